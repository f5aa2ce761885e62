import NetworkTypes

/// IP over ATM: classical IP of Linux, and the header of SunATM.
enum ATM {
  private static let sunBytes = 4
  private static let sunTypeMask: UInt8 = 0x0f
  private static let sunLLC: UInt8 = 2

  /// LINKTYPE_ATM_CLIP: link control, or an IP packet without it (RFC 2684 §5.1, §6).
  static func decodeCLIP(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= 2 else { return cursor.truncated(.llc, needed: 2) }
    return bytes.checkedBigEndian(cursor.offset, as: UInt16.self) == 0xaaaa ? .llc : .ip
  }

  /// LINKTYPE_SUNATM: direction and type, path, circuit.
  static func decodeSun(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= sunBytes else { return cursor.truncated(.llc, needed: sunBytes) }
    let type = bytes.checkedByte(cursor.offset) & sunTypeMask
    return type == sunLLC ? cursor.advance(sunBytes, to: .llc) : .stop(.linkControl(UInt16(type)))
  }
}
