import TestSupport
import Testing

@testable import EventLogging

/// A needle is found where its bytes stand, and nowhere else.
struct NeedleTests {
  /// The plain twin: every place is tried.
  static func isFound(_ needle: [UInt8], in haystack: [UInt8]) -> Bool {
    guard needle.count <= haystack.count else { return false }
    return (0...haystack.count - needle.count).contains { Array(haystack[$0..<$0 + needle.count]) == needle }
  }

  static func found(_ needle: [UInt8], _ haystack: [UInt8]) -> Bool {
    withSpan(haystack) { Needle(needle).isFound(in: $0) }
  }

  @Test(
    arguments: [
      ("", "", true), ("", "a", true), ("a", "", false), ("a", "a", true), ("ab", "aab", true), ("aab", "aaab", true),
      ("abab", "abaabab", true), ("ababc", "abababc", true), ("aaa", "aabaa", false), ("abc", "ab", false),
      ("ABC", "abc", false), ("ä", "bä", true), ("\n", "a\nb", true),
    ])
  func `known answers`(needle: String, haystack: String, isThere: Bool) {
    #expect(Self.found(Array(needle.utf8), Array(haystack.utf8)) == isThere)
  }

  @Test func `bytes need be no text`() {
    #expect(Self.found([0xff, 0x00], [0x01, 0xff, 0xff, 0x00]))
    #expect(!Self.found([0xff, 0x00], [0x00, 0xff, 0x01, 0x00]))
  }

  @Test func `it finds what the naive search finds`() {
    var random = SeededGenerator(seed: 7)
    var hits = 0
    for round in 0..<30_000 {
      // Two letters make beginnings that repeat themselves.
      let letters: ClosedRange<UInt8> = round.isMultiple(of: 3) ? 0...2 : 0...1
      let needle = (0..<Int.random(in: 1...7, using: &random)).map { _ in UInt8.random(in: letters, using: &random) }
      let hay = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: letters, using: &random) }
      let expected = Self.isFound(needle, in: hay)
      #expect(Self.found(needle, hay) == expected, "\(needle) in \(hay)")
      if expected { hits += 1 }
    }
    #expect((3000..<27_000).contains(hits), "both answers are tried")
  }

  @Test(.timeLimit(.minutes(1))) func `a needle that nearly matches everywhere costs no more than its haystack`() {
    let needle = [UInt8](repeating: 0x61, count: 5000) + [0x62]
    #expect(!Self.found(needle, [UInt8](repeating: 0x61, count: 200_000)))
    #expect(Self.found(needle, [UInt8](repeating: 0x61, count: 100_000) + [0x62]))
  }
}
