import NetworkTypes

/// PPP over Ethernet, in its session stage (RFC 2516 §4).
enum PPPoE {
  private static let headerBytes = 6

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.pppoe, needed: headerBytes) }
    let at = cursor.offset
    let version = bytes.checkedByte(at)
    guard version == 0x11 else { return cursor.fail(.pppoe, .badVersion(version)) }
    // Any other code belongs to discovery.
    guard bytes.checkedByte(at + 1) == 0 else { return .stop(.linkControl(0x8864)) }
    let session: UInt16 = bytes.checkedBigEndian(at + 2)
    let length = Int(bytes.checkedBigEndian(at + 4, as: UInt16.self))
    cursor.offset += headerBytes
    cursor.limitWithin(length)
    return cursor.enter(.pppoe, UInt32(session), to: .pppPacket)
  }
}
