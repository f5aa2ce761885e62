import NetworkTypes

/// The network service header (RFC 8300 §2).
enum NSH {
  private static let headerBytes = 8
  private static let protocolOffset = 3
  private static let pathOffset = 4

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.nsh, needed: headerBytes) }
    let at = cursor.offset
    let version = bytes.checkedByte(at) >> 6
    guard version == 0 else { return cursor.fail(.nsh, .badVersion(version)) }
    let length = Int(bytes.checkedByte(at + 1) & 0x3f) * 4
    guard length >= headerBytes, length <= cursor.declared else {
      return cursor.fail(.nsh, .invalidLength, needed: length, available: cursor.declared)
    }
    guard cursor.available >= length else { return cursor.truncated(.nsh, needed: length) }
    let next = bytes.checkedByte(at + protocolOffset)
    guard let layer = layer(next) else { return cursor.fail(.nsh, .unknownProtocol(UInt16(next))) }
    let path = bytes.checkedBigEndian(at + pathOffset, as: UInt32.self) >> 8
    cursor.offset += length
    return cursor.enter(.nsh, path, to: layer)
  }

  /// The table of next protocols, which VXLAN-GPE shares.
  static func layer(_ number: UInt8) -> NextLayer? {
    switch number {
    case 1: .ipv4
    case 2: .ipv6
    case 3: .ethernet
    case 4: .nsh
    case 5: .mpls
    default: nil
    }
  }
}
