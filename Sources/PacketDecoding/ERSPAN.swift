import NetworkTypes

/// Mirrored frames over GRE (draft-foschiano-erspan, §4.2 and §4.3).
enum ERSPAN {
  private static let headerBytes2 = 8
  private static let headerBytes3 = 12
  private static let subheaderBytes = 8
  private static let sessionOffset = 2
  private static let sessionMask: UInt16 = 0x03ff
  private static let flagsOffset = 11

  /// Type II: version 1.
  static func decode2(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes2 else { return cursor.truncated(.erspan, needed: headerBytes2) }
    let version = bytes.checkedByte(cursor.offset) >> 4
    guard version == 1 else { return cursor.fail(.erspan, .badVersion(version)) }
    let session = bytes.checkedBigEndian(cursor.offset + sessionOffset, as: UInt16.self) & sessionMask
    cursor.offset += headerBytes2
    return cursor.enter(.erspan, UInt32(session), to: .ethernet)
  }

  /// Type III: version 2, with a subheader of the platform where the last bit says so.
  static func decode3(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes3 else { return cursor.truncated(.erspan, needed: headerBytes3) }
    let version = bytes.checkedByte(cursor.offset) >> 4
    guard version == 2 else { return cursor.fail(.erspan, .badVersion(version)) }
    let session = bytes.checkedBigEndian(cursor.offset + sessionOffset, as: UInt16.self) & sessionMask
    let length = headerBytes3 + (bytes.checkedByte(cursor.offset + flagsOffset) & 1 != 0 ? subheaderBytes : 0)
    guard cursor.available >= length else { return cursor.truncated(.erspan, needed: length) }
    // The frame type of five bits: Ethernet, or IP alone.
    let frameType = bytes.checkedByte(cursor.offset + flagsOffset - 1) >> 2 & 0x1f
    cursor.offset += length
    return cursor.enter(.erspan, UInt32(session), to: frameType == 2 ? .ip : .ethernet)
  }
}
