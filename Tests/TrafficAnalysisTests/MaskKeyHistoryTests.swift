import Testing

@testable import TrafficAnalysis

@Suite struct `The history of masking keys` {
  /// The same by a list of all keys: the plain twin of the table.
  struct Twin {
    var keys: [UInt32] = []
    let lookback: Int

    /// How many frames ago the key was used.
    mutating func take(_ key: UInt32) -> Int? {
      defer { keys.append(key) }
      guard key != 0, let last = keys.suffix(lookback).lastIndex(of: key) else { return nil }
      let back = keys.count - last
      return back <= lookback ? back : nil
    }
  }

  /// Few enough keys that many come again, at all distances.
  @Test(arguments: [8, 64, 500, 3000]) func `keys that come again are found, however far back`(variety: Int) {
    var generator = SystemRandomNumberGenerator()
    let history = MaskKeyHistory(lookback: 1000)
    var twin = Twin(lookback: 1000)
    var missed = 0
    var found = 0
    for frame in 1...40_000 {
      // Spread over all 32 bits.
      let key = UInt32.random(in: 1...UInt32(variety), using: &generator) &* 2_654_435_761
      let expected = twin.take(key)
      let seen = history.take(key) ? history.found.repeated : nil
      if expected != nil { found += 1 }
      // A full bucket forgets its oldest; it may never find what was not there.
      if expected != nil, seen == nil {
        missed += 1
      } else {
        #expect(seen == expected, "frame \(frame)")
      }
    }
    #expect(found > 500)
    #expect(missed * 50 <= found, "\(missed) of \(found)")
  }

  @Test func `a million fresh keys are no pattern`() {
    var generator = SystemRandomNumberGenerator()
    let history = MaskKeyHistory(lookback: 1000)
    var repeated = 0
    for _ in 0..<200_000 {
      guard history.take(UInt32.random(in: 1...UInt32.max, using: &generator)) else { continue }
      #expect(history.found.pattern == nil)
      if history.found.repeated != nil { repeated += 1 }
    }
    // 200,000 keys with 1,000 each before them: 0.05 are expected.
    #expect(repeated <= 3)
  }

  @Test func `what it holds grows with the keys and has an end`() {
    let history = MaskKeyHistory(lookback: 1000)
    let first = history.heldBytes
    for key in 1...100_000 as ClosedRange<UInt32> { _ = history.take(key &* 2_654_435_761) }
    #expect(first < 512)
    #expect(history.heldBytes < 32_000)
  }
}
