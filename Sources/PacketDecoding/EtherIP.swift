import NetworkTypes

/// Ethernet within IP (RFC 3378 §3).
enum EtherIP {
  private static let headerBytes = 2

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.etherIP, needed: headerBytes) }
    let version = bytes.checkedByte(cursor.offset) >> 4
    guard version == 3 else { return cursor.fail(.etherIP, .badVersion(version)) }
    cursor.offset += headerBytes
    return cursor.enter(.etherIP, to: .ethernet)
  }
}
