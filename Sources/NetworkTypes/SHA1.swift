/// SHA-1 of FIPS 180-4, for the handshake's accept key and the connection's name; not for security.
///
/// Every handshake takes three digests, so that nothing here is put into an array but the padded end and the result.
public enum SHA1 {
  private typealias Words = InlineArray<16, UInt32>

  /// Twenty of the steps, which mix alike.
  private enum Quarter {
    case first, second, third, fourth
  }

  private struct State {
    var a: UInt32 = 0x6745_2301
    var b: UInt32 = 0xefcd_ab89
    var c: UInt32 = 0x98ba_dcfe
    var d: UInt32 = 0x1032_5476
    var e: UInt32 = 0xc3d2_e1f0
  }

  /// The 20 octets of the digest of `message`.
  public static func digest(_ message: [UInt8]) -> [UInt8] {
    var state = State()
    let whole = message.count & ~63
    message.withRawSpan { bytes in
      for start in stride(from: 0, to: whole, by: 64) { compress(bytes, at: start, into: &state) }
    }
    let rest = message.count - whole
    var end: [UInt8] = []
    end.reserveCapacity(128)
    end.append(contentsOf: message[whole...])
    end.append(0x80)
    // The length takes the last eight octets of a block.
    let length = rest < 56 ? 64 : 128
    while end.count < length - 8 { end.append(0) }
    let bitCount = UInt64(message.count) &* 8
    for shift in stride(from: 56, through: 0, by: -8) { end.append(UInt8(truncatingIfNeeded: bitCount >> shift)) }
    end.withRawSpan { bytes in
      for start in stride(from: 0, to: length, by: 64) { compress(bytes, at: start, into: &state) }
    }
    var digest: [UInt8] = []
    digest.reserveCapacity(20)
    append(state.a, to: &digest)
    append(state.b, to: &digest)
    append(state.c, to: &digest)
    append(state.d, to: &digest)
    append(state.e, to: &digest)
    return digest
  }

  private static func compress(_ bytes: RawSpan, at start: Int, into state: inout State) {
    var words = Words(repeating: 0)
    for index in 0..<16 { words[index] = bytes.checkedBigEndian(start &+ index &* 4) }
    var (a, b, c, d, e) = (state.a, state.b, state.c, state.d, state.e)
    // Five steps at once, after which each of the five words stands where it stood: none has to be moved.
    @inline(__always)
    func run(_ quarter: Quarter, _ start: Int) {
      var index = start
      while index < start &+ 20 {
        step(quarter, index, a, &b, c, d, &e, &words)
        step(quarter, index &+ 1, e, &a, b, c, &d, &words)
        step(quarter, index &+ 2, d, &e, a, b, &c, &words)
        step(quarter, index &+ 3, c, &d, e, a, &b, &words)
        step(quarter, index &+ 4, b, &c, d, e, &a, &words)
        index &+= 5
      }
    }
    run(.first, 0)
    run(.second, 20)
    run(.third, 40)
    run(.fourth, 60)
    state.a &+= a
    state.b &+= b
    state.c &+= c
    state.d &+= d
    state.e &+= e
  }

  /// One of the 80 steps; the words behind the 16th are made of those before, and take their places.
  @inline(__always)
  private static func step(
    _ quarter: Quarter, _ index: Int, _ a: UInt32, _ b: inout UInt32, _ c: UInt32, _ d: UInt32, _ e: inout UInt32,
    _ words: inout Words
  ) {
    let place = index & 15
    if quarter != .first || index >= 16 {
      words[place] = rotate(
        words[(index &- 3) & 15] ^ words[(index &- 8) & 15] ^ words[(index &- 14) & 15] ^ words[place], 1)
    }
    let mixed: UInt32
    switch quarter {
    case .first: mixed = ((b & c) | (~b & d)) &+ 0x5a82_7999
    case .second: mixed = (b ^ c ^ d) &+ 0x6ed9_eba1
    case .third: mixed = ((b & c) | (b & d) | (c & d)) &+ 0x8f1b_bcdc
    case .fourth: mixed = (b ^ c ^ d) &+ 0xca62_c1d6
    }
    e = e &+ rotate(a, 5) &+ mixed &+ words[place]
    b = rotate(b, 30)
  }

  @inline(__always)
  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word &<< count | word &>> (32 &- count)
  }

  private static func append(_ word: UInt32, to digest: inout [UInt8]) {
    digest.append(UInt8(truncatingIfNeeded: word &>> 24))
    digest.append(UInt8(truncatingIfNeeded: word &>> 16))
    digest.append(UInt8(truncatingIfNeeded: word &>> 8))
    digest.append(UInt8(truncatingIfNeeded: word))
  }
}
