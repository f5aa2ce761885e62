import NetworkTypes

/// ARCNET (RFC 1201 §2, RFC 1051), as the BSDs and as Linux capture it.
enum ARCNET {
  /// Source and destination, before the type.
  private static let addressBytes = 2
  /// Linux adds two octets of offset.
  private static let linuxOffsetBytes = 2
  /// A split flag and a sequence number, which the packets of RFC 1051 lack.
  private static let splitBytes = 3
  private static let exceptionFlag: UInt8 = 0xff

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor, isLinux: Bool) -> NextLayer {
    let typeOffset = addressBytes + (isLinux ? linuxOffsetBytes : 0)
    guard cursor.available > typeOffset else { return cursor.truncated(.arcnet, needed: typeOffset + 1) }
    let type = bytes.checkedByte(cursor.offset + typeOffset)
    switch type {
    case 240: return cursor.advance(typeOffset + 1, to: .ipv4)
    case 241: return .stop(.arp)
    case 212, 196:
      var length = typeOffset + 1 + splitBytes
      guard cursor.available >= length else { return cursor.truncated(.arcnet, needed: length) }
      var flag = bytes.checkedByte(cursor.offset + typeOffset + 1)
      if flag == exceptionFlag, !isLinux {
        length += 4
        guard cursor.available >= length else { return cursor.truncated(.arcnet, needed: length) }
        flag = bytes.checkedByte(cursor.offset + typeOffset + 5)
      }
      // A piece of a packet that was split.
      guard flag == 0 else { return .stop(.fragment) }
      return cursor.advance(length, to: type == 212 ? .ipv4 : .ipv6)
    case 213, 214: return .stop(.arp)
    default: return .stop(.linkControl(UInt16(type)))
    }
  }
}
