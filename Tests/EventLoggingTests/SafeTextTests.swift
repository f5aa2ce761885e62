import TestSupport
import Testing

@testable import EventLogging

/// What a stranger wrote is shown so that no terminal obeys it, and so that a reader can tell what was written.
struct SafeTextTests {
  /// What is shown of some bytes, piece by piece.
  static func pieces(_ bytes: [UInt8], utf8: Bool = true) -> [(text: String, columns: Int, kind: SafeText.Kind)] {
    var pieces: [(text: String, columns: Int, kind: SafeText.Kind)] = []
    withSpan(bytes) { text in
      SafeText(usesUTF8: utf8).forEachPiece(of: text) { piece, columns, kind in
        pieces.append((String(validating: piece, as: UTF8.self) ?? "not UTF-8", columns, kind))
        return true
      }
    }
    return pieces
  }

  static func shown(_ text: String, utf8: Bool = true) -> String {
    pieces(Array(text.utf8), utf8: utf8).map(\.text).joined()
  }

  static func shown(_ bytes: [UInt8]) -> String { pieces(bytes).map(\.text).joined() }

  @Test(arguments: [
    // Plain text stays as it is.
    ("", ""), ("hello", "hello"), ("Grüße", "Grüße"), ("你好", "你好"), ("שלום", "שלום"), ("a\u{a0}b", "a\u{a0}b"),
    ("\u{fffd}", "\u{fffd}"),
    // Controls.
    ("a\u{0}b", #"a\x00b"#), ("\u{1b}[2J", #"\x1b[2J"#), ("\n\r\t", #"\n\r\t"#), ("\u{7f}", #"\x7f"#),
    ("\u{1b}]52;c;aGk=\u{7}", #"\x1b]52;c;aGk=\x07"#), ("\u{9b}31m", #"\u{9b}31m"#), ("\u{85}", #"\u{85}"#),
    // Direction of writing.
    ("\u{202e}x\u{202c}", #"\u{202e}x\u{202c}"#),
    ("\u{2066}\u{2067}\u{2068}\u{2069}", #"\u{2066}\u{2067}\u{2068}\u{2069}"#),
    ("\u{200e}\u{200f}\u{61c}", #"\u{200e}\u{200f}\u{61c}"#),
    // What is invisible, or breaks lines.
    ("a\u{200b}b", #"a\u{200b}b"#), ("\u{feff}a", #"\u{feff}a"#), ("a\u{ad}b", #"a\u{ad}b"#),
    ("\u{2028}\u{2029}", #"\u{2028}\u{2029}"#), ("\u{2060}", #"\u{2060}"#), ("\u{3164}", #"\u{3164}"#),
    ("a\u{34f}", #"a\u{34f}"#), ("pay\u{200c}pal", #"pay\u{200c}pal"#), ("a\u{200d}b", #"a\u{200d}b"#),
    ("\u{e0041}\u{e007f}", #"\u{e0041}\u{e007f}"#),
    // What has no meaning everywhere.
    ("\u{e000}", #"\u{e000}"#), ("\u{f8ff}", #"\u{f8ff}"#),
    ("\u{378}", #"\u{378}"#),
  ])
  func `each character is shown as itself or as an escape`(text: String, expected: String) {
    #expect(Self.shown(text) == expected)
  }

  @Test(arguments: [
    (#"\"#, #"\"#), (#"\""#, #"\""#), (#"\d\s"#, #"\d\s"#), (#"\n"#, #"\\n"#), (#"\x1b"#, #"\\x1b"#),
    (#"\u0041"#, #"\\u0041"#), (#"\\"#, #"\\\"#), ("\\\u{1b}", #"\\\x1b"#), ("\\\\\n", #"\\\\\n"#),
    (#"C:\temp"#, #"C:\\temp"#),
  ])
  func `a backslash that was sent cannot pass for an escape`(text: String, expected: String) {
    #expect(Self.shown(text) == expected)
    #expect(Self.read(expected) == Array(text.utf8))
  }

  @Test func `a byte that is no UTF-8 is shown by its number`() {
    #expect(Self.shown([0x61, 0xff, 0x62]) == #"a\xffb"#)
    #expect(Self.shown([0xc0, 0xaf]) == #"\xc0\xaf"#)
    #expect(Self.shown([0xe2, 0x82]) == #"\xe2\x82"#)
    #expect(Self.shown([0xed, 0xa0, 0x80]) == #"\xed\xa0\x80"#)
    #expect(Self.shown([0xf4, 0x90, 0x80, 0x80]) == #"\xf4\x90\x80\x80"#)
    #expect(Self.shown([0xf0, 0x9f, 0x98, 0x80]) == "😀")
    #expect(Self.shown([0x9b]) == #"\x9b"#)
  }

  @Test func `code points that are no characters are shown by their numbers`() throws {
    for value: UInt32 in [0xfdd0, 0xfdef, 0xfffe, 0xffff, 0x1fffe, 0x10ffff, 0x100000] {
      let scalar = try #require(Unicode.Scalar(value))
      #expect(Self.shown(String(Character(scalar))) == "\\u{\(String(value, radix: 16))}")
    }
  }

  @Test func `in ASCII, everything beyond it is an escape`() {
    #expect(Self.shown("é😀~", utf8: false) == #"\u{e9}\u{1f600}~"#)
  }

  @Test(arguments: [
    ("a\u{301}", 1), ("\u{1112}\u{1161}\u{11ab}", 2), ("👩‍👩‍👧‍👦", 8), ("🇩🇪", 4), ("👍🏽", 4), ("❤\u{fe0f}", 2),
    ("1\u{fe0f}\u{20e3}", 2),
    ("👩🏽\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👨🏻", 12), ("न\u{93f}", 2), ("ก\u{e33}"[...].description, 2),
  ])
  func `what a reader sees as one character is one piece`(text: String, columns: Int) {
    let pieces = Self.pieces(Array(text.utf8))
    #expect(pieces.map(\.text).joined() == text)
    #expect(pieces.map(\.columns).reduce(0, +) == columns)
    // SARA AM is a letter of its own for terminals.
    #expect(pieces.count == (text.unicodeScalars.last == "\u{e33}" ? 2 : 1))
  }

  @Test func `joiners stay where writing needs them`() {
    let persian = "می\u{200c}خواهم"
    #expect(Self.shown(persian) == persian)
    let sinhala = "ක\u{dca}\u{200d}ෂ"
    #expect(Self.shown(sinhala) == sinhala)
    #expect(Self.shown("ב\u{200c}ג") == #"ב\u{200c}ג"#)
    #expect(Self.shown("👩\u{200d}") == #"👩\u{200d}"#)
    #expect(Self.shown("👩\u{200d}\u{200d}👩") == #"👩\u{200d}\u{200d}👩"#)
  }

  @Test func `a mark without a character to stand on is shown by its number`() {
    #expect(Self.shown("\u{301}a") == #"\u{301}a"#)
    #expect(Self.shown("\n\u{301}") == #"\n\u{301}"#)
    #expect(Self.shown("\u{fe0f}") == #"\u{fe0f}"#)
    #expect(Self.shown("a\u{1161}") == #"a\u{1161}"#)
  }

  @Test func `marks do not pile up, and variation selectors carry no data`() {
    let pile = "a" + String(repeating: "\u{301}", count: 8)
    #expect(Self.shown(pile) == "a" + String(repeating: "\u{301}", count: 6) + #"\u{301}\u{301}"#)
    #expect(Self.shown("😀\u{e0101}\u{e0102}") == "😀\u{e0101}\\u{e0102}")
    let row = Self.pieces(Array((1...40).map { _ in "👩" }.joined(separator: "\u{200d}").utf8))
    #expect(row.allSatisfy { $0.text.unicodeScalars.count <= 16 })
  }

  @Test func `of a long text only what is asked for is looked at`() {
    let marks = Array(("x" + String(repeating: "\u{301}", count: 500_000)).utf8)
    let letters = [UInt8](repeating: 0x61, count: 1 << 20)
    for text in [marks, letters] {
      var given = 0
      withSpan(text) { bytes in
        SafeText().forEachPiece(of: bytes) { piece, _, _ in
          given += piece.count
          return given < 100
        }
      }
      // The last piece may be a whole run.
      #expect(given < 100 + 257)
    }
  }

  @Test func `a text of a message is shown at once`() {
    #expect(SafeText.string("odd\u{1b}[31m name\n") == #"odd\x1b[31m name\n"#)
  }

  /// What is harmless, by a rule of its own: valid UTF-8, no C0, DEL, C1, and no bidi control.
  static func expectHarmless(
    _ bytes: some Collection<UInt8>, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      Issue.record("not UTF-8", sourceLocation: sourceLocation)
      return
    }
    let bad = text.unicodeScalars.first(where: isDangerous)
    #expect(bad == nil, sourceLocation: sourceLocation)
  }

  static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f...0x9f: true
    case 0x61c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: true
    default: false
    }
  }

  /// Reads what is shown back into what was sent.
  static func read(_ shown: String) -> [UInt8] {
    var sent: [UInt8] = []
    var rest = Array(shown.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let next = rest.first, Array("\\nrtxu".utf8).contains(next) else {
        sent.append(byte)
        continue
      }
      rest.removeFirst()
      switch next {
      case UInt8(ascii: "\\"): sent.append(next)
      case UInt8(ascii: "n"): sent.append(0x0a)
      case UInt8(ascii: "r"): sent.append(0x0d)
      case UInt8(ascii: "t"): sent.append(0x09)
      case UInt8(ascii: "x"):
        sent.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
        rest = rest.dropFirst(2)
      default:
        let digits = rest.dropFirst().prefix { $0 != UInt8(ascii: "}") }
        let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0
        sent += Array(String(Unicode.Scalar(value).map(Character.init) ?? "?").utf8)
        rest = rest.dropFirst(digits.count + 2)
      }
    }
    return sent
  }

  /// Bytes that try everything: any bytes, any code points, and much of what is dangerous.
  static func hostile(_ generator: inout SeededGenerator) -> [UInt8] {
    let dangers: [[UInt8]] = [
      [0x1b], Array("\u{1b}[2J".utf8), Array("\u{1b}]52;c;AAAA\u{7}".utf8), [0x9b], Array("\u{9b}".utf8), [0x00],
      [0x7f],
      Array("\u{202e}".utf8), Array("\u{2067}".utf8), Array("\u{200d}".utf8), Array("\u{fe0f}".utf8), [0x5c], [0x0a],
      Array("👩".utf8), Array("🏽".utf8), Array("🇩".utf8), Array("\u{301}".utf8), Array("\u{1161}".utf8),
      [0xed, 0xa0, 0x80],
      Array("\u{e0041}".utf8), Array("न".utf8), Array("\u{93f}".utf8), Array("世".utf8), Array("nrtxu\\".utf8), [0x20],
      [0xf4], [0xe2, 0x80], Array("\u{85}".utf8), Array("!truncated".utf8), Array("\u{600}".utf8),
    ]
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0..<60, using: &generator) {
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: bytes += generator.bytes(Int.random(in: 1..<5, using: &generator))
      case 1:
        let value = UInt32.random(in: 0...0x10ffff, using: &generator)
        if let scalar = Unicode.Scalar(value) { bytes += Array(String(Character(scalar)).utf8) }
      default: bytes += dangers[Int.random(in: 0..<dangers.count, using: &generator)]
      }
    }
    return bytes
  }

  @Test func `whatever is sent, what is shown is harmless and can be read back`() {
    var generator = SeededGenerator(seed: 71)
    for _ in 0..<3000 {
      let sent = Self.hostile(&generator)
      for utf8 in [true, false] {
        let pieces = Self.pieces(sent, utf8: utf8)
        let shown = pieces.map(\.text).joined()
        Self.expectHarmless(shown.utf8)
        #expect(Self.read(shown) == sent)
        #expect(pieces.map(\.columns).reduce(0, +) >= DisplayWidthTests.leastColumns(shown))
        if !utf8 { #expect(shown.utf8.allSatisfy { $0 < 0x7f }) }
      }
    }
  }

  @Test func `every code point by itself is shown harmlessly and can be read back`() {
    // Beyond the first two planes there are ideographs, tags, variation selectors and private use: samples will do.
    let values =
      [0...0x1ffff, 0xe0000...0xe01ff].joined().map { $0 } + stride(from: 0x20000, through: 0x10ffff, by: 61)
    for value in values {
      guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
      let sent = Array(String(Character(scalar)).utf8)
      let shown = Self.shown(sent)
      if shown.utf8.elementsEqual(sent) {
        if Self.isDangerous(scalar) { Issue.record("U+\(String(value, radix: 16)) is shown as it is") }
      } else if shown.utf8.contains(where: { $0 < 0x20 || $0 > 0x7e }) || Self.read(shown) != sent {
        Issue.record("U+\(String(value, radix: 16)) is shown as \(shown)")
      }
    }
  }
}
