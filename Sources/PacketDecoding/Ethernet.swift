import NetworkTypes

/// Ethernet: two addresses of 6 octets and an EtherType (IEEE 802.3 §3.2).
enum Ethernet {
  static let headerBytes = 14
  private static let typeOffset = 12

  @inline(__always)
  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.ethernet, needed: headerBytes) }
    let type: UInt16 = bytes.checkedBigEndian(cursor.offset + typeOffset)
    cursor.offset += headerBytes
    return EtherType.layer(type, &cursor)
  }
}
