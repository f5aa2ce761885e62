import NetworkTypes

/// A provider backbone bridge's service tag, which a whole frame follows (IEEE 802.1Q §9.7).
enum ProviderBridge {
  private static let headerBytes = 4

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.pbb, needed: headerBytes) }
    let service = bytes.checkedBigEndian(cursor.offset, as: UInt32.self) & 0x00ff_ffff
    cursor.offset += headerBytes
    return cursor.enter(.pbb, service, to: .ethernet)
  }
}
