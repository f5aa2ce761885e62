import NetworkTypes

/// The Internet checksum: a one's complement sum of 16-bit words (RFC 1071).
enum InternetChecksum {
  /// The sum of `bytes[range]` as network-order words, folded to 16 bits; an odd last octet is padded with zero.
  ///
  /// The sum is the same in any byte order but for a swap of the result (RFC 1071 §2 B), and 2^16 is 1 in it: so whole
  /// machine words are added up as pairs of 32 bits, and folded once. `range` lies within `bytes`.
  static func sum(_ bytes: RawSpan, _ range: Range<Int>) -> UInt16 {
    var at = range.lowerBound
    let end = range.upperBound
    // Two accumulators of 32-bit halves: neither overflows below 2^32 words, which is more than a packet can hold.
    var low: UInt64 = 0
    var high: UInt64 = 0
    while end - at >= 32 {
      let first = bytes.checkedNative(at, as: UInt64.self)
      let second = bytes.checkedNative(at + 8, as: UInt64.self)
      let third = bytes.checkedNative(at + 16, as: UInt64.self)
      let fourth = bytes.checkedNative(at + 24, as: UInt64.self)
      low &+= (first & 0xffff_ffff) &+ (second & 0xffff_ffff) &+ (third & 0xffff_ffff) &+ (fourth & 0xffff_ffff)
      high &+= (first >> 32) &+ (second >> 32) &+ (third >> 32) &+ (fourth >> 32)
      at += 32
    }
    while end - at >= 4 {
      low &+= UInt64(bytes.checkedNative(at, as: UInt32.self))
      at += 4
    }
    if end - at >= 2 {
      low &+= UInt64(bytes.checkedNative(at, as: UInt16.self))
      at += 2
    }
    if at < end { low &+= UInt64(UInt16(bigEndian: UInt16(bytes.checkedByte(at)) << 8)) }
    return UInt16(bigEndian: fold(low &+ high))
  }

  /// Whether a TCP segment's checksum, which stands in `bytes[range]`, is right (RFC 9293 §3.1, RFC 8200 §8.1).
  static func isRight(_ bytes: RawSpan, _ range: Range<Int>, from source: IPAddress, to destination: IPAddress) -> Bool
  {
    let pseudoHeader =
      halves(of: source) &+ halves(of: destination) &+ UInt64(range.count) &+ UInt64(TCPHeader.protocolNumber)
    return fold(pseudoHeader &+ UInt64(sum(bytes, range))) == 0xffff
  }

  /// The sum of an address as 32-bit words.
  @inline(__always)
  private static func halves(of address: IPAddress) -> UInt64 {
    let lower = UInt64(truncatingIfNeeded: address.value)
    var sum = (lower & 0xffff_ffff) &+ (lower >> 32)
    if address.isIPv6 {
      let upper = UInt64(truncatingIfNeeded: address.value >> 64)
      sum &+= (upper & 0xffff_ffff) &+ (upper >> 32)
    }
    return sum
  }

  /// A sum with its carries added back in until it has 16 bits.
  @inline(__always)
  private static func fold(_ sum: UInt64) -> UInt16 {
    var folded = (sum & 0xffff_ffff) &+ (sum >> 32)
    folded = (folded & 0xffff) &+ (folded >> 16 & 0xffff) &+ (folded >> 32)
    folded = (folded & 0xffff) &+ (folded >> 16)
    folded = (folded & 0xffff) &+ (folded >> 16)
    return UInt16(truncatingIfNeeded: folded)
  }
}
