import NetworkTypes

/// The IPv6 header (RFC 8200 §3).
enum IPv6Header {
  static let headerBytes = 40
  private static let payloadLengthOffset = 4
  private static let nextHeaderOffset = 6
  private static let sourceOffset = 8
  private static let destinationOffset = 24

  @inline(__always)
  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.ipv6, needed: headerBytes) }
    let at = cursor.offset
    let version = bytes.checkedByte(at) >> 4
    guard version == 6 else { return cursor.fail(.ipv6, .badVersion(version)) }
    let payloadLength = Int(bytes.checkedBigEndian(at + payloadLengthOffset, as: UInt16.self))
    // Zero is a jumbogram (RFC 2675 §3) or a packet that the network card cuts up later: it then fills the frame.
    if payloadLength != 0 { cursor.limit(to: headerBytes + payloadLength) }
    cursor.source = IPAddress(v6: bytes.checkedBigEndian(at + sourceOffset))
    cursor.destination = IPAddress(v6: bytes.checkedBigEndian(at + destinationOffset))
    cursor.canVerifyChecksum = true
    cursor.offset += headerBytes
    return .ipProtocol(bytes.checkedByte(at + nextHeaderOffset))
  }
}
