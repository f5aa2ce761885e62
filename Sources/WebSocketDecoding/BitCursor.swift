internal import NetworkTypes

/// Takes bits from bytes, the lowest first (RFC 1951 §3.1.1).
struct BitCursor {
  /// The next bits.
  private(set) var held: UInt64 = 0
  /// Bits of `held` that are there.
  private(set) var count = 0
  private var next = 0

  /// The place of the next bit.
  var position: Int { next * 8 - count }

  /// Holds at least 56 bits, or all that are left.
  @inline(__always)
  mutating func refill(_ bytes: RawSpan) {
    if bytes.byteCount - next >= 8 {
      // Bits above `count` are those that the next byte brings, so that taking it again changes nothing.
      held |= UInt64(littleEndian: bytes.checkedNative(next)) << UInt64(count)
      next += (63 - count) >> 3
      count |= 56
    } else {
      while count <= 56, let byte = bytes.byte(at: next) {
        held |= UInt64(byte) << UInt64(count)
        next += 1
        count += 8
      }
    }
  }

  /// The next bits, which stay.
  @inline(__always)
  func peek(_ bitCount: Int) -> UInt64 { held & (1 << UInt64(bitCount) - 1) }

  /// Drops bits that are there.
  @inline(__always)
  mutating func drop(_ bitCount: Int) {
    held >>= UInt64(bitCount)
    count -= bitCount
  }

  /// Takes bits that are there.
  @inline(__always)
  mutating func take(_ bitCount: Int) -> UInt64 {
    let taken = peek(bitCount)
    drop(bitCount)
    return taken
  }

  /// Skips bytes from a byte's boundary on, if they are there.
  mutating func skip(bytes byteCount: Int, of bytes: RawSpan) -> Bool {
    let place = next - count / 8
    guard bytes.byteCount - place >= byteCount else { return false }
    next = place + byteCount
    count = 0
    held = 0
    return true
  }
}
