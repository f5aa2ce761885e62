import NetworkTypes

/// An IP packet of either version, told by the version in the first octet.
enum RawIP {
  @inline(__always)
  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= 1 else { return cursor.truncated(.ip, needed: 1) }
    let version = bytes.checkedByte(cursor.offset) >> 4
    switch version {
    case 4: return .ipv4
    case 6: return .ipv6
    default: return cursor.fail(.ip, .badVersion(version))
    }
  }
}
