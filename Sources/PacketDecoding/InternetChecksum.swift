import NetworkTypes

/// The Internet checksum: a one's complement sum of 16-bit words (RFC 1071).
enum InternetChecksum {
  /// The sum of `bytes[range]` as network-order words, folded to 16 bits; an odd last octet is padded with zero.
  ///
  /// The sum is the same in any byte order but for a swap of the result (RFC 1071 §2 B), and 2^16 is 1 in it: so words
  /// of 32 bits are added up in the machine's order, which the compiler does with vectors, and folded once.
  @inline(__always)
  static func sum(_ bytes: RawSpan, _ range: Range<Int>) -> UInt16 {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.byteCount)
    // SAFETY: the range lies within the bytes, and `words` reads nothing outside `count` octets from its start.
    let total = unsafe bytes.withUnsafeBytes { buffer -> UInt64 in
      guard let base = buffer.baseAddress else { return 0 }
      return unsafe words(base + range.lowerBound, count: range.count)
    }
    return UInt16(bigEndian: fold(total))
  }

  /// The sum of `count` octets from `start` on; it cannot overflow below 2^32 words, more than a packet can hold.
  @inline(__always)
  private static func words(_ start: UnsafeRawPointer, count: Int) -> UInt64 {
    var sum: UInt64 = 0
    // SAFETY: each load ends at or before `count`; integers of fixed width have no invalid bit patterns.
    for index in 0..<count &>> 2 {
      sum &+= UInt64(unsafe start.loadUnaligned(fromByteOffset: index &<< 2, as: UInt32.self))
    }
    if count & 2 != 0 { sum &+= UInt64(unsafe start.loadUnaligned(fromByteOffset: count & ~3, as: UInt16.self)) }
    if count & 1 != 0 {
      sum &+= UInt64(UInt16(bigEndian: UInt16(unsafe start.load(fromByteOffset: count &- 1, as: UInt8.self)) << 8))
    }
    return sum
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
