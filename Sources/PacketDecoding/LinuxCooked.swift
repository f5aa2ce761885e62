import NetworkTypes

/// Linux cooked captures, as of the interface "any" (LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2).
enum LinuxCooked {
  static let headerBytes = 16
  private static let deviceTypeOffset = 2
  private static let protocolOffset = 14

  static let headerBytes2 = 20
  private static let protocolOffset2 = 0
  private static let deviceTypeOffset2 = 8

  /// ARPHRD_NETLINK: the protocol is then a netlink family and no EtherType.
  private static let netlink: UInt16 = 824

  /// Decodes version 1: packet type, device type, address length, 8 octets of address, protocol.
  @inline(__always)
  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.linuxCooked, needed: headerBytes) }
    let device: UInt16 = bytes.checkedBigEndian(cursor.offset + deviceTypeOffset)
    let type: UInt16 = bytes.checkedBigEndian(cursor.offset + protocolOffset)
    cursor.offset += headerBytes
    return device == netlink ? .stop(.netlink) : EtherType.layer(type, &cursor)
  }

  /// Decodes version 2: protocol, reserved, interface index, device type, packet type, address length, address.
  @inline(__always)
  static func decode2(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes2 else { return cursor.truncated(.linuxCooked, needed: headerBytes2) }
    let type: UInt16 = bytes.checkedBigEndian(cursor.offset + protocolOffset2)
    let device: UInt16 = bytes.checkedBigEndian(cursor.offset + deviceTypeOffset2)
    cursor.offset += headerBytes2
    return device == netlink ? .stop(.netlink) : EtherType.layer(type, &cursor)
  }
}
