import TestSupport
import Testing

/// Whatever peers send, a terminal stays unharmed and NDJSON is exact.
struct HostilePayloadTests {
  /// Texts that would steer, deceive or break a reader.
  static let texts: [String] = [
    "\u{1b}[2J\u{1b}[H\u{1b}[31mred", "\u{1b}]0;title\u{07}", "\u{1b}]8;;http://evil\u{1b}\\link\u{1b}]8;;\u{1b}\\",
    "\u{1b}P+q544e\u{1b}\\", "\u{1b}c", "\u{9b}31m", "\u{9d}0;title\u{9c}", "\u{90}dcs\u{9c}", "\u{85}\u{8d}",
    "abc\u{202e}txt.exe", "\u{2066}\u{2067}\u{2068}\u{2069}", "\u{200e}\u{200f}\u{061c}", "a\0b\0", "\0",
    "back\u{8}\u{8}\u{8}space", "over\rwritten", "two\nlines", "two\r\nlines", "tab\tbed", "\u{7f}del",
    "\u{2028}\u{2029}",
    #"{"a":"\ud800"}"#, #"{"a":"\udc00\ud800"}"#, "\\u001b[31m", "\\x1b[31m", "😀👩‍👩‍👧‍👦🇩🇪👍🏽", "\u{feff}bom", "\u{fffd}",
    "\u{e0041}\u{e0042}tag", "zalgo" + String(repeating: "\u{301}", count: 200), "\u{ffff}\u{10ffff}",
    "\u{e000}\u{f8ff}",
    "\"quotes\" \\ / and \u{1f}", "", " ", "!incomplete", String(repeating: "\u{1b}[A", count: 2000),
    String(UnicodeScalar(0x1)) + (1..<0x20).compactMap { UnicodeScalar($0).map { String($0) } }.joined(),
  ]

  static func file(_ texts: [String]) -> [UInt8] {
    var talk = Conversation()
    talk.openWebSocket(
      path: "/\u{202e}\u{85}?x=\u{1f600}", host: "ex\u{9b}31mample.com",
      requestFields: ["User-Agent: \u{9d}0;x\u{9c}", "Origin: http://\u{202e}", "X-\u{e9}: \u{85}"],
      responseFields: ["Sec-WebSocket-Protocol: \u{2066}"])
    for text in texts { talk.server(WebSocketFrame.text(text)) }
    for text in texts where text.utf8.count <= 125 {
      talk.server(WebSocketFrame.ping(Array(text.utf8)))
    }
    talk.server(WebSocketFrame.frame(opcode: 1, [0x61, 0xff, 0x1b, 0x5b, 0x41]))
    talk.server(WebSocketFrame.binary([UInt8](0...255)))
    talk.client(WebSocketFrame.close(1000, "\u{1b}[31m\u{202e}\u{9b}", mask: 3))
    talk.close()
    return CaptureBuilder.pcap(talk.packets)
  }

  @Test func `NDJSON has every text exactly, in lines of its own`() throws {
    let (records, result) = try Sample.run("--headers", "all", file: Self.file(Self.texts))
    #expect(result.status == 0)
    let messages = records.ofType("message")
    #expect(messages.count == Self.texts.count + 2)
    for (record, text) in zip(messages, Self.texts) {
      let read = try #require(record["text"]?.text)
      #expect(Array(read.utf8) == Array(text.utf8))
      #expect(record["len"]?.integer == text.utf8.count)
    }
    let pings = records.ofType("control").filter { $0["op"]?.text == "ping" }.map {
      Array(($0["text"]?.text ?? "?").utf8)
    }
    #expect(pings == Self.texts.map { Array($0.utf8) }.filter { $0.count <= 125 })
    #expect(messages[Self.texts.count]["b64"]?.text == "Yf8bW0E=")
    #expect(messages[Self.texts.count]["utf8_error_at"]?.integer == 1)
    #expect(records.ofType("control").last?["close_reason"]?.text == "\u{1b}[31m\u{202e}\u{9b}")
    // No raw control stands in the log, and no half of a surrogate pair as an escape that was not sent.
    Self.expectNoControls(result.output)
  }

  static func expectNoControls(_ log: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
    var last: UInt8 = 0
    for byte in log {
      let isControl = byte < 0x20 && byte != 0x0a || byte == 0x7f || last == 0xc2 && (0x80...0x9f).contains(byte)
      guard !isControl else {
        Issue.record("a raw control: \(byte)", sourceLocation: sourceLocation)
        return
      }
      last = byte
    }
  }

  @Test(arguments: [20, 80, 200])
  func `a terminal stays unharmed`(columns: Int) throws {
    for arguments in [
      ["--headers", "all"], ["--color", "never", "--frames"], ["--format", "ndjson", "--headers", "all"],
    ] {
      let (screen, _) = TerminalTests.screen(arguments, file: Self.file(Self.texts), columns: columns)
      // NDJSON is for programs: of what is no control, it has what was sent.
      if !arguments.contains("ndjson") { screen.expectHarmless() }
      Self.expectNoControls(screen.withoutColors.filter { $0 != 0x0d })
      if arguments.contains("never") { #expect(!screen.bytes.contains(0x1b)) }
      let lines = try #require(screen.lines)
      if arguments.contains("--headers"), !arguments.contains("ndjson") {
        #expect(lines.allSatisfy { TerminalBytes.columns($0) <= columns })
      }
    }
  }

  @Test func `a file with the text format and the errors are harmless too`() throws {
    let directory = TemporaryDirectory()
    let path = directory.write(Self.file(Self.texts), to: "\u{1b}[31mname\u{202e}.pcap")
    let result = BuiltTool.run(
      ["-v", "--format", "text", "--headers", "all", path], environment: ["LC_ALL": "C.UTF-8"])
    #expect(result.status == 0)
    TerminalBytes(result.output).expectHarmless()
    TerminalBytes(result.errors).expectHarmless()
    #expect(result.lines.allSatisfy { TerminalBytes.columns($0) <= 2000 })
  }

  @Test func `what is shown tells what was sent`() throws {
    let (screen, _) = TerminalTests.screen(["-q"], file: Self.file(Self.texts), columns: 200)
    let lines = try #require(screen.lines).filter { $0.contains("← text") }
    #expect(lines.count == Self.texts.count + 1)
    for (line, ending) in zip(
      lines,
      [
        "  \\x1b[2J\\x1b[H\\x1b[31mred", "  \\x1b]0;title\\x07", "  \\x1b]8;;http://evil\\x1b\\link\\x1b]8;;\\x1b\\",
        "  \\x1bP+q544e\\x1b\\", "  \\x1bc", "  \\u{9b}31m",
      ])
    {
      #expect(line.hasSuffix(ending), "\(line)")
    }
    #expect(lines[Self.texts.firstIndex(of: "abc\u{202e}txt.exe")!].hasSuffix("  abc\\u{202e}txt.exe"))
    #expect(lines[Self.texts.firstIndex(of: "\\x1b[31m")!].hasSuffix("  \\\\x1b[31m"))
    #expect(lines[Self.texts.firstIndex(of: "!incomplete")!].hasSuffix("  \\x21incomplete"))
  }

  @Test func `lines of a megabyte are exact in NDJSON and short on a terminal`() throws {
    let long = [
      String(repeating: "x", count: 1 << 20), String(repeating: "\u{1b}[31m", count: 200_000),
      String(repeating: "😀", count: 1 << 18), String(repeating: "\"\\\u{0}", count: 350_000),
      String(repeating: "e" + String(repeating: "\u{301}", count: 50), count: 10_000),
    ]
    var talk = Conversation()
    talk.openWebSocket()
    for text in long { talk.server(WebSocketFrame.text(text)) }
    talk.close()
    let file = CaptureBuilder.pcap(talk.packets)
    let directory = TemporaryDirectory()
    let path = directory.write(file, to: "a.pcap")
    let result = BuiltTool.run(["--max-payload", "2147483647", "--types", "message", path])
    let records = try Sample.records(result.output)
    #expect(records.map { $0["text"]?.text.map { Array($0.utf8) } } == long.map { Array($0.utf8) })
    #expect(records.allSatisfy { $0["truncated"]?.boolean == false })
    let (screen, _) = TerminalTests.screen(["--max-payload", "2147483647"], file: file)
    screen.expectHarmless()
    let widths = try #require(screen.lines).map(TerminalBytes.columns)
    // The open of two lines, the closing without a Close, and what both sides carried.
    #expect(widths.count == 2 + 1 + long.count + 1 + 1 && widths.allSatisfy { $0 <= 80 })
    #expect(screen.bytes.count < 10_000)
  }
}
