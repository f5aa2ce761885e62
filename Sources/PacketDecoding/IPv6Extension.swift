import NetworkTypes

/// The extension headers of IPv6 that are passed by their length (RFC 8200 §4), and the fragment header.
enum IPv6Extension {
  private static let unitBytes = 8
  private static let segmentsLeftOffset = 3
  /// The fragment offset and the more-fragments bit; the two bits between are reserved.
  private static let fragmentBits: UInt16 = 0xfff9

  /// Passes hop-by-hop options or another header of the same form.
  static func decodeOptions(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= unitBytes else { return cursor.truncated(.ipv6Extension, needed: unitBytes) }
    let at = cursor.offset
    let next = bytes.checkedByte(at)
    let length = (Int(bytes.checkedByte(at + 1)) + 1) * unitBytes
    guard cursor.declaredEnd - at >= length else {
      return cursor.fail(.ipv6Extension, .invalidLength, needed: length, available: cursor.declaredEnd - at)
    }
    guard cursor.available >= length else { return cursor.truncated(.ipv6Extension, needed: length) }
    cursor.offset += length
    return .ipProtocol(next)
  }

  /// Passes a routing header: with segments left, the checksum covers the last address of the route (RFC 8200 §8.1).
  static func decodeRouting(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    if let left = bytes.byte(at: cursor.offset + segmentsLeftOffset), left != 0 { cursor.canVerifyChecksum = false }
    return decodeOptions(bytes, &cursor)
  }

  /// Passes destination options: with a home address in them, the checksum covers that one (RFC 6275 §11.3.1).
  ///
  /// They are too rare to be searched for it, so that no checksum behind them is judged.
  static func decodeDestinationOptions(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    cursor.canVerifyChecksum = false
    return decodeOptions(bytes, &cursor)
  }

  /// Passes the header of an atomic fragment (RFC 6946 §2), which is a whole packet; any other is a piece of one.
  static func decodeFragment(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= unitBytes else { return cursor.truncated(.ipv6Extension, needed: unitBytes) }
    let fragment: UInt16 = bytes.checkedBigEndian(cursor.offset + 2)
    let next = bytes.checkedByte(cursor.offset)
    let identification: UInt32 = bytes.checkedBigEndian(cursor.offset + 4)
    cursor.offset += unitBytes
    if fragment & fragmentBits != 0 {
      cursor.fragment = FragmentHeader(
        identification: identification, offset: Int(fragment & 0xfff8), hasMore: fragment & 1 != 0, next: next)
      return .fragment
    }
    return .ipProtocol(next)
  }
}
