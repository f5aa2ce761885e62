import TestSupport
import Testing

@testable import EventLogging

/// `*` stands for any bytes, `?` for one, all else for itself.
struct GlobTests {
  static func matches(_ pattern: String, _ text: String, ignoresCase: Bool = false) -> Bool {
    Glob(Array(pattern.utf8), ignoresCase: ignoresCase).matches(Array(text.utf8))
  }

  @Test(
    arguments: [
      ("", ""), ("*", ""), ("*", "anything"), ("**", ""), ("a", "a"), ("a*", "a"), ("a*", "abc"), ("*c", "abc"),
      ("a*c", "ac"), ("a*c", "abcbc"), ("*b*", "abc"), ("?", "x"), ("a?c", "abc"), ("??", "ab"), ("*?", "a"),
      ("*.example.com", "a.b.example.com"), ("/chat/*", "/chat/"), ("a*b*c", "aXbXbXc"), ("[a]", "[a]"),
      ("*aab", "aaaab"), ("\\*", "\\x"),
    ])
  func `what a pattern stands for matches`(pattern: String, text: String) {
    #expect(Self.matches(pattern, text))
  }

  @Test(
    arguments: [
      ("", "a"), ("a", ""), ("a", "ab"), ("a", "A"), ("b", "ab"), ("?", ""), ("?", "ab"), ("a*c", "abcd"),
      ("*.example.com", "example.com"), ("a?c", "ac"), ("*b", "abc"), ("a*b*c", "aXcXb"), ("[ab]", "a"), ("*?", ""),
    ])
  func `what it does not stand for does not`(pattern: String, text: String) {
    #expect(!Self.matches(pattern, text))
  }

  @Test func `only the letters of ASCII have a case`() {
    #expect(Self.matches("ExAmple.COM", "eXample.com", ignoresCase: true))
    #expect(Self.matches("*.COM", "a.com", ignoresCase: true))
    #expect(!Self.matches("[", "{", ignoresCase: true))
    #expect(!Self.matches("@", "`", ignoresCase: true))
    #expect(!Self.matches("Ä", "ä", ignoresCase: true))
  }

  @Test func `a question mark is one byte, and bytes need be no text`() {
    #expect(!Self.matches("?", "ä"))
    #expect(Self.matches("??", "ä"))
    #expect(Glob([0xff, UInt8(ascii: "*")]).matches([0xff, 0x00, 0xfe]))
    #expect(!Glob([0xff]).matches([0xfe]))
  }

  /// The plain twin, by the definition.
  static func stands(_ pattern: ArraySlice<UInt8>, for text: ArraySlice<UInt8>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == UInt8(ascii: "*") {
      return (text.startIndex...text.endIndex).contains { stands(pattern.dropFirst(), for: text[$0...]) }
    }
    guard let byte = text.first, first == UInt8(ascii: "?") || first == byte else { return false }
    return stands(pattern.dropFirst(), for: text.dropFirst())
  }

  @Test func `it comes to the same as the definition`() {
    var random = SeededGenerator(seed: 1)
    var found = 0
    for _ in 0..<20_000 {
      let pattern = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        Array("ab*?".utf8).randomElement(using: &random)!
      }
      let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in Array("ab".utf8).randomElement(using: &random)!
      }
      let expected = Self.stands(pattern[...], for: text[...])
      #expect(Glob(pattern).matches(text) == expected, "\(pattern) \(text)")
      if expected { found += 1 }
    }
    #expect((1000..<19_000).contains(found), "both answers are tried")
  }

  @Test(.timeLimit(.minutes(1))) func `many stars before a long text do not take for ever`() {
    let pattern = [[UInt8]](repeating: Array("*a".utf8), count: 50).flatMap(\.self) + Array("b".utf8)
    #expect(!Glob(pattern).matches([UInt8](repeating: UInt8(ascii: "a"), count: 5000)))
  }
}
