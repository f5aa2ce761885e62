import HTTPDecoding
import NetworkTypes
import TestSupport
import Testing
import WebSocketDecoding

@testable import EventLogging
@testable import TrafficAnalysis

/// Lines keep to the width and to the colours that were asked for, whatever is in them.
struct TextLayoutTests {
  static let name = TextWriterTests.name

  static func lines(_ style: TextStyle, _ body: (TextWriter) -> Void) throws -> [String] {
    try TextWriterTests.lines(style, TextWriterTests.everything, body)
  }

  // MARK: - Width

  @Test func `at 80 columns a payload is cut to what has room`() throws {
    let style = TextStyle(width: 80)
    let begin = "22:13:20.123 \(Self.name) → text "
    // The line begins with 37 columns, so that 43 are left.
    #expect(
      try Self.lines(style, TextWriterTests.message(String(repeating: "a", count: 43))) == [
        begin + "     43 B  " + String(repeating: "a", count: 43)
      ])
    #expect(
      try Self.lines(style, TextWriterTests.message(String(repeating: "a", count: 44))) == [
        begin + "     44 B  " + String(repeating: "a", count: 42) + "…"
      ])
    #expect(
      try Self.lines(style, TextWriterTests.message(String(repeating: "世", count: 1000))) == [
        begin + "  2.9 KiB  " + String(repeating: "世", count: 21) + "…"
      ])
  }

  @Test func `at 20 and 45 columns the beginning of a line is shorter`() throws {
    let long = TextWriterTests.message(String(repeating: "a", count: 500))
    #expect(try Self.lines(TextStyle(width: 20), long) == ["\(Self.name) → text aaaaaa…"])
    #expect(
      try Self.lines(TextStyle(width: 45), long) == ["22:13:20 \(Self.name) → text 500 B  aaaaaaaaaaaaaaa…"])
    #expect(try Self.lines(TextStyle(width: 20), TextWriterTests.close([3, 0xe8])) == ["\(Self.name) ← close 1000 …"])
    #expect(try Self.lines(TextStyle(width: 7), long) == ["\(Self.name) …"])
    #expect(try Self.lines(TextStyle(width: 2), long) == ["\(Self.name.prefix(1))…"])
    #expect(try Self.lines(TextStyle(width: 1), long) == ["…"])
    #expect(try Self.lines(TextStyle(width: 1, usesUTF8: false), long) == ["."])
  }

  @Test func `at 200 columns there is more of a payload, and at 80 less of bytes`() throws {
    let text = (0..<40).map { "word\($0)" }.joined(separator: " ")
    #expect(
      try Self.lines(TextStyle(width: 200), TextWriterTests.message(text)) == [
        "22:13:20.123 \(Self.name) → text     269 B  " + text.prefix(162) + "…"
      ])
    var record = NDJSONWriterTests.message(TextWriterTests.identity(), form: .bytes(errorOffset: nil), length: 256)
    record.isDeflated = false
    record.opcode = .binary
    let bytes = TextWriterTests.message(record, (0...255).map { UInt8($0) })
    #expect(
      try Self.lines(TextStyle(width: 80), bytes) == [
        "22:13:20.123 \(Self.name) → binary   256 B  0001 0203 0405 0607 0809 0a…  |...........|"
      ])
    #expect(
      try Self.lines(TextStyle(width: 20), bytes)
        == ["\(Self.name) → binary 00…"].map { _ in "\(Self.name) → binary …" })
  }

  @Test func `a width that a terminal does not know is 80, and a pipe's is 2000`() throws {
    let long = TextWriterTests.message(String(repeating: "a", count: 5000))
    for width in [0, -1, Int.min] {
      #expect(try Self.lines(TextStyle(width: width), long).map(\.count) == [80])
    }
    #expect(try Self.lines(TextStyle(), long).map(\.count) == [2000])
    #expect(try Self.lines(TextStyle(width: .max), long).map(\.count) == [2000])
  }

  @Test func `nothing is cut in the middle of a character or an escape`() throws {
    func payload(_ text: String, _ width: Int) throws -> Substring {
      let line = try #require(try Self.lines(TextStyle(width: width), TextWriterTests.message(text)).first)
      return line.dropFirst("\(Self.name) → text ".count)
    }
    // Seven columns are left of 20, one of them for the sign of the cut.
    #expect(try payload("世界世界世界", 20) == "世界世…")
    #expect(try payload("a世界世界", 20) == "a世界…")
    #expect(try payload("世界世a", 20) == "世界世a")
    #expect(try payload("e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}", 20).unicodeScalars.count == 14)
    #expect(try payload("abc\u{1b}\u{1b}", 20) == "abc…")
    #expect(try payload("abc\u{1b}", 20) == #"abc\x1b"#)
    #expect(try payload("abc\u{202e}", 20) == "abc…")
    #expect(try payload("ab👩‍👩‍👧x", 20) == "ab…")
    #expect(try payload("a👩‍👩‍👧", 20) == "a👩‍👩‍👧")
    #expect(try payload("🇩🇪🇫🇷🇮🇹🇪🇸", 20) == "🇩🇪…")
  }

  @Test(arguments: [38, 60, 70, 80, 81, 100])
  func `a run of ASCII is cut as its characters are, wherever it begins`(width: Int) throws {
    for begin in ["", "é", "\\", "é \\", "世\n", "e\u{301}", "\\\\n"] {
      for (count, end) in (0..<20).flatMap({ count in ["", "a", "é", "\n"].map { (count, $0) } }) {
        let text = begin + String(repeating: "\" now", count: count) + end
        let line = try #require(try Self.lines(TextStyle(width: width), TextWriterTests.message(text)).first)
        let shown = SafeTextTests.shown(text)
        let left = width - line.prefix { $0 != "B" }.count - 3
        let expected = DisplayWidthTests.leastColumns(shown) <= left
        #expect(line.hasSuffix("…") == !expected)
        // An escape, which has two columns here, may leave one of them.
        if !expected { #expect(DisplayWidthTests.leastColumns(line) >= width - 1) }
      }
    }
  }

  @Test func `a long URL leaves room for what stands behind it`() throws {
    let path = Array(("/" + String(repeating: "p", count: 300)).utf8)
    let record = TextWriterTests.open(
      protocolName: "chat.v1", deflate: true, connection: TextWriterTests.identity(path: path))
    #expect(
      try Self.lines(TextStyle(width: 120)) { $0.open(record) } == [
        "22:13:20.123 \(Self.name) open 10.0.0.1:40000 → ws://example.com/"
          + String(repeating: "p", count: 26) + "…, 101, subprotocol chat.v1, deflate"
      ])
  }

  @Test func `the meaning of a code gives way to the sums`() throws {
    let end = TextWriterTests.end(code: 1011, reason: "why")
    #expect(
      try Self.lines(TextStyle(width: 83)) { $0.end(end) } == [
        "22:13:20.123 \(Self.name) end  by client 1011, → 3 msgs 1.2 KiB ← 1 msg 5 B, 2.3 s"
      ])
    #expect(
      try Self.lines(TextStyle(width: 88)) { $0.end(end) } == [
        "22:13:20.123 \(Self.name) end  by client 1011 internal er…, → 3 msgs 1.2 KiB ← 1 msg 5 B, 2.3 s"
      ])
  }

  @Test func `without UTF-8 every line is ASCII`() throws {
    let style = TextStyle(width: 60, usesUTF8: false)
    let lines = try Self.lines(style) { writer in
      writer.open(TextWriterTests.open())
      TextWriterTests.message("grün 世界 and more of it")(writer)
      writer.end(
        TextWriterTests.end(rules: [
          EndRecord.RuleCount(rule: .frameServerMasked, severity: Rule.frameServerMasked.severity, count: 3)
        ]))
    }
    #expect(
      lines == [
        "22:13:20.123 \(Self.name) open 10.0.0.1:40000 -> ws://examp..., 101",
        "22:13:20.123 \(Self.name) -> text      27 B  gr\\u{fc}n \\u{4e16}...",
        "22:13:20.123 \(Self.name) end  by client 1000, -> 3 msgs 1.2 KiB...",
      ])
  }

  // MARK: - Harmlessness

  /// Records with the same hostile text wherever a record has text of a stranger.
  static func hostileRecords(_ text: [UInt8], _ writer: TextWriter) {
    let connection = TextWriterTests.identity(host: text, path: text)
    writer.meta(MetaRecord(packet: nil, toolVersion: "1", inputs: [String(decoding: text, as: UTF8.self)], filter: nil))
    var open = TextWriterTests.open(protocolName: String(decoding: text, as: UTF8.self), connection: connection)
    writer.open(open)
    open.request?.fields = HTTPFields([HTTPField(name: text, value: text)])
    writer.open(open)
    var message = NDJSONWriterTests.message(connection, length: text.count)
    for form in [PayloadForm.text, .bytes(errorOffset: 1), .bytes(errorOffset: nil)] {
      for opcode in [Opcode.text, .binary] {
        (message.form, message.opcode) = (form, opcode)
        TextWriterTests.message(message, text)(writer)
      }
    }
    TextWriterTests.control(.ping, text)(writer)
    TextWriterTests.control(.pong(roundTripMicroseconds: .max), text, .bytes(errorOffset: nil))(writer)
    TextWriterTests.close([0x03, 0xe8] + text)(writer)
    TextWriterTests.close(text)(writer)
    writer.violation(
      ViolationRecord(
        connection: connection, packet: TextWriterTests.stamp, rule: .frameServerMasked,
        severity: Rule.frameServerMasked.severity, sender: .server, offset: .max,
        detail: String(decoding: text, as: UTF8.self)))
    var end = TextWriterTests.end(reason: String(decoding: text, as: UTF8.self))
    end.connection = connection
    end.durationMicroseconds = .max
    end.client.payload = .max
    writer.end(end)
  }

  /// The lines of hostile records: harmless, and no wider than the width.
  static func expectHarmless(
    _ text: [UInt8], _ style: TextStyle, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let bytes = try TextWriterTests.bytes(style, LogOptions(headers: .all)) { hostileRecords(text, $0) }
    var lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
    #expect(lines.popLast()?.isEmpty == true, sourceLocation: sourceLocation)
    #expect(lines.count >= 20, sourceLocation: sourceLocation)
    let width = style.width.map { $0 < 1 ? 80 : $0 } ?? 2000
    for line in lines {
      var plain = Array(line)
      if style.usesColor {
        let (stripped, last) = withoutColors(line)
        #expect(last == nil || last == Array("0".utf8), "a colour is not ended", sourceLocation: sourceLocation)
        plain = stripped
      }
      SafeTextTests.expectHarmless(plain, sourceLocation: sourceLocation)
      let columns = DisplayWidthTests.leastColumns(String(decoding: plain, as: UTF8.self))
      #expect(columns <= width, "\(String(decoding: plain, as: UTF8.self))", sourceLocation: sourceLocation)
    }
  }

  /// A line without its sequences of the form `ESC [ digits and semicolons m`, and the parameters of the last one.
  static func withoutColors(_ line: some Collection<UInt8>) -> (plain: [UInt8], last: [UInt8]?) {
    var rest = Array(line)[...]
    var plain: [UInt8] = []
    var last: [UInt8]?
    while let byte = rest.popFirst() {
      let parameters = rest.dropFirst().prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ";") }
      guard byte == 0x1b, rest.first == UInt8(ascii: "["),
        rest.dropFirst(parameters.count + 1).first == UInt8(ascii: "m")
      else {
        plain.append(byte)
        continue
      }
      last = Array(parameters)
      rest = rest.dropFirst(parameters.count + 2)
    }
    return (plain, last)
  }

  static let styles = [
    TextStyle(), TextStyle(width: 80), TextStyle(width: 200, usesColor: true), TextStyle(width: 20),
    TextStyle(width: 20, usesColor: true), TextStyle(width: 80, usesUTF8: false), TextStyle(width: 1, usesColor: true),
    TextStyle(width: 0), TextStyle(width: 29), TextStyle(width: 59, usesColor: true),
    TextStyle(width: 3, usesUTF8: false),
  ]

  @Test(arguments: [
    "\u{1b}[2J\u{1b}[H", "\u{1b}]52;c;aGVsbG8=\u{7}", "\u{9b}31m\u{90}q\u{9c}", "\u{202e}txt.exe\u{202c}\u{2067}",
    "\u{0}\u{0}",
    "👨‍👩‍👧‍👦👩🏽‍🚀🏳️‍🌈", "🇩🇪🇫🇷🇮", "Z\u{351}\u{36b}\u{343}\u{32a}\u{302}\u{36b}\u{33d}\u{34f}\u{334}a\u{327}l\u{301}go",
    "\r\n\u{85}\u{2028}fake", "\\x1b[2J",
    "\u{8}\u{8}\u{8}\u{b}\u{c}\u{e}\u{f}\u{7f}", "한국어 ᄒ\u{1161}\u{11ab} 日本語", "\u{1b}P$q\u{1b}\\", "",
  ])
  func `a hostile text harms no terminal, wherever it stands`(text: String) throws {
    for style in Self.styles { try Self.expectHarmless(Array(text.utf8), style) }
  }

  @Test func `random hostile texts harm no terminal`() throws {
    var generator = SeededGenerator(seed: 5)
    for round in 0..<300 {
      try Self.expectHarmless(SafeTextTests.hostile(&generator), Self.styles[round % Self.styles.count])
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["a", "\u{301}", "世", "\u{1b}", "👩\u{200d}", "a\u{301}", "\\", "\n"])
  func `a line of a megabyte costs what is shown of it`(unit: String) throws {
    let text = Array(String(repeating: unit, count: (1 << 20) / unit.utf8.count).utf8)
    let clock = ContinuousClock()
    let spent = try clock.measure {
      for style in [TextStyle(), TextStyle(width: 80), TextStyle(width: 20, usesColor: true)] {
        let bytes = try TextWriterTests.bytes(style) { writer in
          var record = NDJSONWriterTests.message(TextWriterTests.identity(), length: text.count)
          for opcode in [Opcode.text, .binary] {
            record.opcode = opcode
            for _ in 0..<4 { TextWriterTests.message(record, text)(writer) }
          }
        }
        // Nine lines; each column is at most a character with its marks and joined emoji, and a colour.
        #expect(bytes.count < 9 * 2000 * 16)
      }
    }
    // Looking at all of it would be 24 MiB, which takes minutes in a debug build.
    #expect(spent < .seconds(10))
  }

  // MARK: - Colour

  @Test func `with colour only what is an SGR sequence is written, and it is ended before the line's end`() throws {
    let style = TextStyle(width: 100, usesColor: true)
    let bytes = try TextWriterTests.bytes(style, TextWriterTests.everything) { writer in
      TextWriterTests.message("a\u{1b}b")(writer)
      TextWriterTests.control(.ping, [0x78])(writer)
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    let color = String(
      decoding: TextStyle.sequence(.name(Self.name.utf8.reduce(0) { $0 + Int($1) } % 6)).utf8, as: UTF8.self)
    #expect(
      lines == [
        "\u{1b}[0;2m2023-11-14 UTC\u{1b}[0m",
        "\u{1b}[0;2m22:13:20.123 \(color)\(Self.name) \u{1b}[0;1;32m→ \u{1b}[0mtext       3 B  a\u{1b}[0;35m\\x1b\u{1b}[0mb",
        "\u{1b}[0;2m22:13:20.123 \(color)\(Self.name) \u{1b}[0;2m← ping       1 B  x\u{1b}[0m",
      ])
  }

  @Test func `without colour there is not one ESC`() throws {
    let bytes = try TextWriterTests.bytes(TextStyle(), LogOptions(headers: .all)) {
      Self.hostileRecords(Array("\u{1b}[31m".utf8), $0)
    }
    #expect(!bytes.contains(0x1b))
  }

  // MARK: - Names and quantities

  @Test func `a short name is longer where another connection has it`() {
    var names = ConnectionNames(limit: 4)
    #expect(names.shortName(of: "abcdefghijklm") == "abcde")
    #expect(names.shortName(of: "abcdeXYZijklm") == "abcdeX")
    #expect(names.shortName(of: "abcdeXYZ_jklm") == "abcdeXY")
    #expect(names.shortName(of: "abcdefghijklm") == "abcde")
    #expect(names.shortName(of: "abcdeXYZijklm") == "abcdeX")
    #expect(names.shortName(of: "zbcdefghijklm") == "zbcde")
    // The memory is used up: others have their full names, and those that have short ones keep them.
    #expect(names.shortName(of: "ybcdefghijklm") == "ybcdefghijklm")
    #expect(names.shortName(of: "zbcdefghijklm") == "zbcde")
    #expect(names.shortName(of: "ybcdefghijklm") == "ybcdefghijklm")
  }

  @Test(arguments: [
    (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1075, "1.0 KiB"), (1076, "1.1 KiB"), (10_188, "9.9 KiB"),
    (10_189, "10 KiB"), (1_022_975, "999 KiB"), (1_023_488, "1.0 MiB"), (5 << 30, "5.0 GiB"), (Int.max, "8.0 EiB"),
  ])
  func `a size has a unit that a person reads`(bytes: Int, text: String) {
    #expect(Quantities.size(bytes) == text)
  }

  @Test(arguments: [
    (Int64(-1), "0 µs"), (999, "999 µs"), (1000, "1.0 ms"), (12_345, "12 ms"), (999_499, "999 ms"), (999_500, "1.0 s"),
    (2_340_000, "2.3 s"), (59_499_999, "59 s"), (59_500_000, "1m00s"), (125_999_999, "2m05s"), (3_600_000_000, "1h00m"),
    (86_399_999_999, "23h59m"), (93_600_000_000, "1d02h"), (Int64.max, "106751991d04h"),
  ])
  func `a duration has a unit that a person reads`(microseconds: Int64, text: String) {
    #expect(Quantities.duration(microseconds: microseconds, unit: "µs") == text)
  }
}
