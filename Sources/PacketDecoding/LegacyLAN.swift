import NetworkTypes

/// Token ring (IEEE 802.5) and FDDI (ANSI X3.139): addresses, then logical link control.
enum LegacyLAN {
  private static let tokenRingBytes = 14
  private static let tokenRingSourceOffset = 8
  private static let fddiBytes = 13

  static func decodeTokenRing(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= tokenRingBytes else { return cursor.truncated(.tokenRing, needed: tokenRingBytes) }
    let at = cursor.offset
    // The frame type in the top bits: 01 is a frame of the link control.
    guard bytes.checkedByte(at + 1) >> 6 == 1 else { return .stop(.llc) }
    var length = tokenRingBytes
    // The group bit of the source says that a route follows, with its length in the low five bits.
    if bytes.checkedByte(at + tokenRingSourceOffset) & 0x80 != 0 {
      guard cursor.available > length else { return cursor.truncated(.tokenRing, needed: length + 1) }
      let route = Int(bytes.checkedByte(at + length) & 0x1f)
      guard route >= 2 else { return cursor.fail(.tokenRing, .invalidLength, needed: route, available: 2) }
      length += route
    }
    guard cursor.available >= length else { return cursor.truncated(.tokenRing, needed: length) }
    return cursor.advance(length, to: .llc)
  }

  static func decodeFDDI(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= fddiBytes else { return cursor.truncated(.fddi, needed: fddiBytes) }
    // Frame control CLFFZZZZ: FF is 01 for the link control, whatever class and address length.
    guard bytes.checkedByte(cursor.offset) >> 4 & 0x03 == 1 else { return .stop(.llc) }
    return cursor.advance(fddiBytes, to: .llc)
  }
}
