import NetworkTypes

/// Teredo: IPv6 over UDP over IPv4, behind an authentication and an origin indication, or none (RFC 4380 §5.1.1).
enum Teredo {
  private static let originBytes = 8
  /// The two lengths included; nonce and confirmation follow identifier and value.
  private static let authenticationBytes = 4
  private static let nonceBytes = 9

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= 2 else { return .stop(.udp) }
    if bytes.checkedBigEndian(cursor.offset, as: UInt16.self) == 1 {
      guard cursor.available >= authenticationBytes else {
        return cursor.truncated(.teredo, needed: authenticationBytes)
      }
      let length =
        authenticationBytes + Int(bytes.checkedByte(cursor.offset + 2)) + Int(bytes.checkedByte(cursor.offset + 3))
        + nonceBytes
      guard length <= cursor.declared else { return .stop(.udp) }
      guard cursor.available >= length else { return cursor.truncated(.teredo, needed: length) }
      cursor.offset += length
    }
    if cursor.available >= 2, bytes.checkedBigEndian(cursor.offset, as: UInt16.self) == 0 {
      guard originBytes <= cursor.declared else { return .stop(.udp) }
      guard cursor.available >= originBytes else { return cursor.truncated(.teredo, needed: originBytes) }
      cursor.offset += originBytes
    }
    guard let first = cursor.available >= 1 ? bytes.byte(at: cursor.offset) : nil, first >> 4 == 6 else {
      return .stop(.udp)
    }
    return cursor.enter(.teredo, to: .ipv6)
  }
}
