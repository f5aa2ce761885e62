import NetworkTypes

/// The IP authentication header, which leaves what follows it in the clear (RFC 4302 §2).
enum AuthenticationHeader {
  /// Up to the sequence number; the integrity check value follows.
  private static let fixedBytes = 12

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= fixedBytes else { return cursor.truncated(.authentication, needed: fixedBytes) }
    // RFC 4302 §2.2: the length in 4-octet units, minus two.
    let length = (Int(bytes.checkedByte(cursor.offset + 1)) + 2) * 4
    let possible = cursor.declaredEnd - cursor.offset
    guard length >= fixedBytes, length <= possible else {
      return cursor.fail(.authentication, .invalidLength, needed: length, available: possible)
    }
    guard cursor.available >= length else { return cursor.truncated(.authentication, needed: length) }
    let next = bytes.checkedByte(cursor.offset)
    cursor.offset += length
    return .ipProtocol(next)
  }
}
