import NetworkTypes

/// The loopback headers of the BSDs and macOS: four octets with the address family.
enum Loopback {
  static let headerBytes = 4

  /// Decodes NULL, whose family is in the byte order of the capturing host, and LOOP, where it is in network order.
  ///
  /// Families are small numbers, so that the order shows: a wrong one gives a value above 16 bits.
  @inline(__always)
  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.loopback, needed: headerBytes) }
    let value: UInt32 = bytes.checkedBigEndian(cursor.offset)
    let family = value > 0xffff ? value.byteSwapped : value
    switch family {
    case 2:
      cursor.offset += headerBytes
      return .ipv4
    // AF_INET6 of Linux, of NetBSD and OpenBSD, of FreeBSD, and of macOS.
    case 10, 24, 28, 30:
      cursor.offset += headerBytes
      return .ipv6
    default: return cursor.fail(.loopback, .unknownAddressFamily(family))
    }
  }
}
