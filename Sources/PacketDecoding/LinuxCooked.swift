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

  /// The numbers of linux/if_ether.h that are no EtherTypes.
  private static let novell: UInt16 = 0x0001
  private static let llc: UInt16 = 0x0004
  private static let ppp: UInt16 = 0x0007

  /// What follows: most devices' packets have the EtherType that the header says, some have headers of their own.
  @inline(__always)
  private static func next(_ device: UInt16, _ type: UInt16, _ cursor: inout LayerCursor) -> NextLayer {
    switch (device, type) {
    case (netlink, _): .stop(.netlink)
    // ARPHRD_FRAD, ARPHRD_IEEE80211, ARPHRD_IEEE80211_PRISM and ARPHRD_IEEE80211_RADIOTAP of linux/if_arp.h.
    case (770, _): .frameRelay
    case (801, _): .ieee80211
    case (802, _): .prism
    case (803, _): .radiotap
    case (_, llc): .llc
    case (_, ppp): .pppPacket
    // Whatever else is no EtherType: Novell's frames, CAN, LocalTalk.
    case (_, novell), (_, ..<0x600): .stop(.llc)
    default: EtherType.layer(type, &cursor)
    }
  }

  /// Decodes version 1: packet type, device type, address length, 8 octets of address, protocol.
  @inline(__always)
  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.linuxCooked, needed: headerBytes) }
    let device: UInt16 = bytes.checkedBigEndian(cursor.offset + deviceTypeOffset)
    let type: UInt16 = bytes.checkedBigEndian(cursor.offset + protocolOffset)
    cursor.offset += headerBytes
    return next(device, type, &cursor)
  }

  /// Decodes version 2: protocol, reserved, interface index, device type, packet type, address length, address.
  @inline(__always)
  static func decode2(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes2 else { return cursor.truncated(.linuxCooked, needed: headerBytes2) }
    let type: UInt16 = bytes.checkedBigEndian(cursor.offset + protocolOffset2)
    let device: UInt16 = bytes.checkedBigEndian(cursor.offset + deviceTypeOffset2)
    cursor.offset += headerBytes2
    return next(device, type, &cursor)
  }
}
