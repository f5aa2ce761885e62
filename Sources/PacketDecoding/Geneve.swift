import NetworkTypes

/// GENEVE (RFC 8926 §3.4).
enum Geneve {
  private static let headerBytes = 8
  private static let typeOffset = 2
  private static let identifierOffset = 4

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.geneve, needed: headerBytes) }
    let at = cursor.offset
    let first = bytes.checkedByte(at)
    // RFC 8926 §3.4: packets of another version must be dropped.
    guard first >> 6 == 0 else { return .stop(.udp) }
    let length = headerBytes + Int(first & 0x3f) * 4
    guard length <= cursor.declared else {
      return cursor.fail(.geneve, .invalidLength, needed: length, available: cursor.declared)
    }
    guard cursor.available >= length else { return cursor.truncated(.geneve, needed: length) }
    let type: UInt16 = bytes.checkedBigEndian(at + typeOffset)
    let network = bytes.checkedBigEndian(at + identifierOffset, as: UInt32.self) >> 8
    cursor.offset += length
    cursor.network = network
    guard cursor.pass(.geneve, network) else { return .failed }
    return EtherType.isLength(type) ? cursor.fail(.geneve, .unknownEtherType(type)) : EtherType.layer(type, &cursor)
  }
}
