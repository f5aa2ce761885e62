import NetworkTypes

/// SLIP as the BSDs capture it: a direction, and 15 octets of the link's own header (LINKTYPE_SLIP).
enum SLIP {
  private static let headerBytes = 16
  private static let typeOffset = 1

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.slip, needed: headerBytes) }
    // The packet follows with its own header, unless that was compressed (RFC 1144): then the top bit is set.
    let isCompressed = bytes.checkedByte(cursor.offset + typeOffset) & 0x80 != 0
    cursor.offset += headerBytes
    return isCompressed ? .stop(.linkControl(0)) : .ip
  }
}
