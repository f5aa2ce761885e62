import TestSupport
import Testing

/// On a terminal the log is text, as wide as the terminal and coloured as it and the user want.
struct TerminalTests {
  /// Long names, wide characters, marks, and a payload longer than any line.
  static let rich: [UInt8] = {
    var talk = Conversation()
    talk.openWebSocket(
      path: "/" + String(repeating: "path/", count: 60), host: String(repeating: "sub.", count: 30) + "example.com")
    for text in [
      "short", String(repeating: "long ", count: 100), String(repeating: "你好", count: 100),
      String(repeating: "👋🏽", count: 80), String(repeating: "e\u{301}", count: 200), "שלום עולם مرحبا",
      String(repeating: "👨‍👩‍👧‍👦", count: 30), String(repeating: "🇩🇪", count: 60), String(repeating: "ｗｉｄｅ", count: 50),
      String(repeating: "\u{1b}[31m", count: 60), String(repeating: "한국어", count: 60),
    ] {
      talk.server(WebSocketFrame.text(text))
      talk.client(WebSocketFrame.text("x" + text, mask: 9))
    }
    talk.server(WebSocketFrame.binary([UInt8](0...255)))
    talk.server(WebSocketFrame.ping(Array("are you there?".utf8)))
    talk.server(WebSocketFrame.frame(opcode: 3, [1]))
    talk.server(WebSocketFrame.close(1001, String(repeating: "going away ", count: 10)))
    talk.close()
    return CaptureBuilder.pcap(talk.packets)
  }()

  /// Runs over `file` with standard output, and what else is named, on a terminal.
  static func screen(
    _ arguments: [String], file: [UInt8] = Sample.file, environment: [String: String] = [:],
    streams: RunningProcess.Streams = .output, columns: Int = 80
  ) -> (screen: TerminalBytes, result: ProcessResult) {
    let directory = TemporaryDirectory()
    let process = RunningProcess.tool(
      arguments + [directory.write(file, to: "a.pcap")], environment: environment, terminal: streams, columns: columns)
    let result = process.finish()
    #expect(result.status == 0 && !result.isTimedOut)
    return (TerminalBytes(process.screen), result)
  }

  @Test func `a terminal gets text, a pipe and a file get NDJSON`() throws {
    let (screen, _) = Self.screen([])
    let lines = try #require(screen.lines)
    #expect(lines.first?.hasPrefix("wstap ") == true)
    #expect(lines.contains { $0.contains("open 10.0.0.1:40000 → ws://example.com/chat, 101") })
    #expect(lines.contains { $0.contains("→ text") && $0.hasSuffix("  aäb") })
    #expect(lines.contains { $0.contains("← text") && $0.hasSuffix("  Hello") })
    #expect(lines.contains { $0.contains("! error frame-opcode-reserved-data") })
    #expect(!lines.contains { $0.hasPrefix("{") })
    let directory = TemporaryDirectory()
    let path = directory.write(Sample.file, to: "a.pcap")
    let piped = BuiltTool.shell("\"$WSTAP\" -q '\(path)' | cat")
    #expect(try Sample.records(piped.output).types == Sample.types)
    // Standard error on a terminal changes nothing in that.
    let (_, result) = Self.screen([], streams: .errors)
    #expect(try Sample.records(result.output).types == Sample.types)
  }

  @Test func `--format ndjson is for terminals too, without colour`() throws {
    let (screen, _) = Self.screen(["--format", "ndjson", "--color", "auto"])
    #expect(!screen.hasColors)
    let lines = try #require(screen.lines)
    #expect(try lines.map { try StrictJSON.parse(Array($0.utf8)) }.types == Sample.types)
  }

  @Test(arguments: [20, 29, 30, 59, 60, 80, 200])
  func `no line is wider than the terminal, and long ones use it`(columns: Int) throws {
    for options in [["--headers", "all", "--frames"], ["--color", "never"]] {
      let (screen, _) = Self.screen(options, file: Self.rich, columns: columns)
      screen.expectHarmless()
      let widths = try #require(screen.lines).map(TerminalBytes.columns)
      #expect(widths.count > 20)
      #expect(widths.allSatisfy { $0 <= columns }, "\(widths.max() ?? 0) columns of \(columns)")
      // A wide character that has no room leaves a column free.
      #expect(widths.filter { $0 >= columns - 2 }.count > 8, "\(widths)")
    }
  }

  @Test func `a terminal that reports no width has 80 columns, or what COLUMNS says`() throws {
    for (columns, width) in [("", 80), ("44", 44), ("x", 80), ("-1", 80)] {
      let (screen, _) = Self.screen([], file: Self.rich, environment: ["COLUMNS": columns], columns: 0)
      let widths = try #require(screen.lines).map(TerminalBytes.columns)
      #expect((width - 2...width).contains(widths.max() ?? 0), "\(widths.max() ?? 0)")
    }
  }

  @Test(
    arguments: [
      ([:], [], true), (["NO_COLOR": "1"], [], false), (["NO_COLOR": "0"], [], false), (["TERM": "dumb"], [], false),
      (["TERM": ""], [], false), ([:], ["--color", "never"], false), ([:], ["--color", "auto"], true),
      (["NO_COLOR": "1"], ["--color", "always"], true), (["TERM": "dumb"], ["--color", "always"], true),
    ] as [([String: String], [String], Bool)])
  func `a terminal gets colours unless somebody does not want them`(
    environment: [String: String], arguments: [String], isColored: Bool
  ) throws {
    let (screen, _) = Self.screen(arguments, environment: environment)
    #expect(screen.hasColors == isColored)
    screen.expectHarmless()
    let plain = Self.screen(["--color", "never"]).screen
    // The first line names the file, which is another one.
    #expect(screen.lines?.dropFirst() == plain.lines?.dropFirst(), "colours change no word")
  }

  @Test func `a pipe gets colours only by --color always`() {
    let directory = TemporaryDirectory()
    let path = directory.write(Sample.file, to: "a.pcap")
    let environment = ["TERM": "xterm", "LC_ALL": "C.UTF-8"]
    let always = BuiltTool.run(["--format", "text", "--color", "always", path], environment: environment)
    #expect(TerminalBytes(always.output).hasColors)
    for color in ["auto", "never"] {
      let result = BuiltTool.run(["--format", "text", "--color", color, path], environment: environment)
      #expect(result.output == TerminalBytes(always.output).withoutColors)
    }
    let log = directory.file("log")
    #expect(BuiltTool.run(["--color", "always", "-o", log, path]).status == 0)
    #expect(readFile(log)?.contains(0x1b) == false, "NDJSON has none")
  }

  @Test func `without UTF-8 there is only ASCII`() throws {
    for environment in [
      ["LC_ALL": "C"], ["LC_ALL": "", "LC_CTYPE": "POSIX"], ["LC_ALL": "", "LC_CTYPE": "", "LANG": "de_DE.ISO-8859-1"],
    ] {
      let (screen, _) = Self.screen([], file: Self.rich, environment: environment)
      #expect(screen.bytes.allSatisfy { $0 < 0x80 })
      screen.expectHarmless()
      let lines = try #require(screen.lines)
      #expect(lines.allSatisfy { $0.utf8.count <= 80 })
      #expect(lines.contains { $0.contains("<- text") && $0.contains("\\u{4f60}\\u{597d}") })
    }
  }

  @Test func `warnings and the summary stand below the log, which they do not disturb`() throws {
    let (screen, _) = Self.screen(["-v"], streams: [.output, .errors])
    let lines = try #require(screen.lines)
    let log = try #require(Self.screen(["-v"]).screen.lines)
    #expect(lines.prefix(log.count).dropFirst() == log.dropFirst())
    #expect(lines.count > log.count)
    #expect(lines.dropFirst(log.count).allSatisfy { $0.hasPrefix("wstap: ") })
    screen.expectHarmless()
  }
}
