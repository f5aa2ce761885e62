import TestSupport
import Testing

/// Selection chooses what is written, and changes nothing in what is decoded and counted.
struct SelectionOptionTests {
  /// Two WebSockets whose packets take turns.
  static let packets: [BuiltPacket] = {
    var first = Conversation(client: "10.0.0.1:40000", server: "10.0.0.2:80")
    first.openWebSocket(path: "/chat?token=1", host: "a.example.com")
    first.client(WebSocketFrame.text("hello", mask: 1))
    first.server(WebSocketFrame.text("wide world"))
    first.client(WebSocketFrame.binary([1, 0xff, 0xfe, 2], mask: 2))
    first.server(WebSocketFrame.ping([0x31]))
    first.client(WebSocketFrame.pong([0x31], mask: 3))
    first.server(WebSocketFrame.text("{\"type\":\"ping\"}"))
    first.server(WebSocketFrame.frame(opcode: 3, [1]))
    first.client(WebSocketFrame.close(1000, "", mask: 4))
    first.server(WebSocketFrame.close(1000, ""))
    first.close()
    var second = Conversation(
      client: "10.0.0.3:40001", server: "10.0.0.4:9000", nanoseconds: 1_700_000_000_000_500_000)
    second.openWebSocket(path: "/feed", host: "b.example.org:9000")
    second.server(WebSocketFrame.text("hello b"))
    second.server(WebSocketFrame.text("fra", fin: false))
    second.server(WebSocketFrame.continuation(Array("gment".utf8)))
    second.close()
    return (first.packets + second.packets).sorted { $0.nanoseconds < $1.nanoseconds }
  }()
  static let file = CaptureBuilder.pcap(packets)
  /// The lines of the log without selection.
  static let wholeLog: [String] = {
    let directory = TemporaryDirectory()
    return BuiltTool.run([directory.write(file, to: "a.pcap")]).lines
  }()

  /// Payloads of messages and controls in the order of the log.
  static func payloads(_ arguments: String...) throws -> [String] {
    let directory = TemporaryDirectory()
    let result = BuiltTool.run(arguments + ["--types", "message,control", directory.write(file, to: "a.pcap")])
    #expect(result.status == 0)
    return try Sample.records(result.output).map {
      $0["text"]?.text ?? $0["b64"]?.text ?? $0["close_code"].map { _ in "close" } ?? "?"
    }
  }

  /// All of them, by hand: packets take turns, a millisecond apart.
  static let everything = [
    "hello", "hello b", "wide world", "Af/+Ag==", "fragment", "1", "1", "{\"type\":\"ping\"}", "close", "close",
  ]

  @Test func `without selection everything is there`() throws {
    #expect(try Self.payloads() == Self.everything)
  }

  @Test(
    arguments: [
      (["--host", "a.example.com"], "a.example.com"), (["--host", "*.org"], "b.example.org:9000"),
      (["--host", "B.example.ORG:9000"], "b.example.org:9000"), (["--path", "/chat"], "a.example.com"),
      (["--path", "*token=?"], "a.example.com"), (["--path", "/f*"], "b.example.org:9000"),
      (["--port", "9000"], "b.example.org:9000"), (["--port", "40000"], "a.example.com"),
      (["--port", "1", "--port", "80"], "a.example.com"), (["--host", "x", "--host", "a.*"], "a.example.com"),
      (["--host=*", "--path=/feed"], "b.example.org:9000"),
    ])
  func `a selected connection is there whole, the other not at all`(arguments: [String], host: String) throws {
    let directory = TemporaryDirectory()
    let path = directory.write(Self.file, to: "a.pcap")
    let result = BuiltTool.run(arguments + [path])
    #expect(result.status == 0)
    let whole = Self.wholeLog.filter { $0.contains("\"host\":\"\(host)\"") }
    #expect(whole.count >= 4)
    #expect(result.lines.dropFirst().dropLast() == whole[...])
  }

  @Test(
    arguments: [
      ["--host", "example.com"], ["--path", "/CHAT"], ["--port", "4000"], ["--conn", "zzzz"],
      ["--host", "a.*", "--path", "/feed"],
    ])
  func `where no connection is selected, the log has its first and its last line, and the summary says so`(
    arguments: [String]
  ) throws {
    let directory = TemporaryDirectory()
    let result = BuiltTool.run(arguments + [directory.write(Self.file, to: "a.pcap")])
    #expect(result.status == 0)
    #expect(try Sample.records(result.output).types == ["meta", "stats"])
    #expect(result.errorText.contains("No connection was selected"))
  }

  @Test func `a connection is named by its conn, whole or in part`() throws {
    let directory = TemporaryDirectory()
    let path = directory.write(Self.file, to: "a.pcap")
    let opens = try Sample.records(BuiltTool.run(["--types", "open", path]).output)
    let names = opens.compactMap { $0["conn"]?.text }
    try #require(names.count == 2 && names[0].prefix(4) != names[1].prefix(4))
    for (name, host) in zip(names, ["a.example.com", "b.example.org:9000"]) {
      for part in [name, String(name.prefix(4)), String(name.prefix(9))] {
        let records = try Sample.records(BuiltTool.run(["--conn", part, "--types", "open,end", path]).output)
        #expect(records.compactMap { $0["host"]?.text } == [host, host])
      }
    }
    let both = BuiltTool.run(["--conn", names[0], "--conn", String(names[1].prefix(5)), "--types", "open", path])
    #expect(try Sample.records(both.output).count == 2)
    #expect(BuiltTool.run(["--conn", String(names[0].dropFirst(5)), "--types", "open", path]).output == [])
  }

  @Test(
    arguments: [
      (["--op", "text"], ["hello", "hello b", "wide world", "fragment", "{\"type\":\"ping\"}"]),
      (["--op", "binary"], ["Af/+Ag=="]), (["--op", "ping"], ["1"]),
      (["--op", "ping,close"], ["1", "close", "close"]),
      (["--op", "continuation"], []), (["--dir", "c2s"], ["hello", "Af/+Ag==", "1", "close"]),
      (["--dir", "s2c", "--op", "text"], ["hello b", "wide world", "fragment", "{\"type\":\"ping\"}"]),
      (["--contains", "hello"], ["hello", "hello b"]), (["--contains", "agm"], ["fragment"]),
      (["--contains", "hello", "--contains", "b"], ["hello b"]), (["--contains", "HELLO"], []),
      (["--contains", "-o-"], []), (["--min-len", "8"], ["wide world", "fragment", "{\"type\":\"ping\"}"]),
      (["--min-len", "0"], everything), (["--min-len", "16"], []),
      (["--no-heartbeats"], ["hello", "hello b", "wide world", "Af/+Ag==", "fragment", "close", "close"]),
      (["--no-heartbeats", "--op", "ping,pong"], []), (["--host", "a*", "--contains", "hello"], ["hello"]),
    ])
  func `messages and controls are selected`(arguments: [String], expected: [String]) throws {
    let directory = TemporaryDirectory()
    let path = directory.write(Self.file, to: "a.pcap")
    let result = BuiltTool.run(arguments + [path])
    let records = try Sample.records(result.output)
    let payloads = records.filter { ["message", "control"].contains($0["type"]?.text) }.map {
      $0["text"]?.text ?? $0["b64"]?.text ?? "close"
    }
    #expect(result.status == 0)
    #expect(payloads == expected)
    // Connections keep their opens and ends.
    let hosts = arguments.contains("--host") ? ["a.example.com"] : ["a.example.com", "b.example.org:9000"]
    #expect(records.ofType("open").compactMap { $0["host"]?.text } == hosts)
    #expect(Set(records.ofType("end").compactMap { $0["host"]?.text }) == Set(hosts))
  }

  @Test func `what is looked for may be bytes that are no text`() throws {
    let directory = TemporaryDirectory()
    let path = directory.write(Self.file, to: "a.pcap")
    for (bytes, count) in [("\\377\\376", 1), ("\\376\\377", 0), ("\\001\\377", 1), ("\\377\\376\\002", 1)] {
      let result = BuiltTool.shell(
        "\"$WSTAP\" -q --types message --contains \"$(printf '\(bytes)')\" '\(path)'")
      #expect(result.status == 0)
      #expect(
        try Sample.records(result.output).compactMap { $0["b64"]?.text }
          == [String](repeating: "Af/+Ag==", count: count))
    }
  }

  @Test func `a message is searched beyond what is written of it`() throws {
    var talk = Conversation()
    talk.openWebSocket()
    talk.server(WebSocketFrame.text(String(repeating: "x", count: 200_000) + "needle"))
    talk.server(WebSocketFrame.text(String(repeating: "y", count: 200_000)))
    talk.close()
    let file = CaptureBuilder.pcap(talk.packets)
    for (limit, written) in [("65536", 65536), ("10", 10), ("0", 0), ("200006", 200_006)] {
      let (records, result) = try Sample.run("--contains", "needle", "--max-payload", limit, file: file)
      let messages = records.ofType("message")
      #expect(result.status == 0)
      #expect(messages.map { $0["len"]?.integer } == [200_006])
      #expect(messages.map { $0["text"]?.text?.utf8.count } == [written])
      #expect(messages.map { $0["truncated"]?.boolean } == [written < 200_006])
    }
    let hidden = try Sample.run("--contains", "needle", "--no-payload", file: file).records.ofType("message")
    #expect(hidden.map { $0["len"]?.integer } == [200_006])
    #expect(hidden.allSatisfy { $0["text"] == nil })
  }

  @Test func `frames are selected by what they say themselves`() throws {
    func frames(_ arguments: String...) throws -> [String] {
      let directory = TemporaryDirectory()
      let path = directory.write(Self.file, to: "a.pcap")
      let result = BuiltTool.run(["--types", "frame"] + arguments + [path])
      return try Sample.records(result.output).compactMap { $0["op"]?.text }
    }
    #expect(try frames("--op", "continuation") == ["continuation"])
    #expect(try frames("--op", "reserved_data,pong") == ["pong", "reserved_data"])
    #expect(try frames("--min-len", "10") == ["text", "text"])
    #expect(try frames("--dir", "c2s", "--host", "a*") == ["text", "binary", "pong", "close"])
    #expect(try frames("--contains", "hello") == [])
  }

  @Test(
    arguments: [
      ["--host", "a*"], ["--port", "1"], ["--op", "close"], ["--contains", "nothing"], ["--min-len", "9999"],
      ["--no-heartbeats"], ["--dir", "s2c"], ["--checks", "accept-missing"], ["--severity", "error"],
      ["--fail-on", "notice"], ["--path", "/x", "--conn", "aaaa"],
    ])
  func `the counts are the same whatever is selected`(arguments: [String]) throws {
    let directory = TemporaryDirectory()
    let path = directory.write(Self.file, to: "a.pcap")
    let result = BuiltTool.run(arguments + ["--types", "stats", path])
    func counts(_ line: String?) throws -> [JSONValue.Member] {
      let members = try StrictJSON.parse(Array(#require(line).utf8)).members
      return try #require(members).filter { $0.name != "mem_bytes" }
    }
    #expect(try counts(result.lines.first) == counts(Self.wholeLog.last))
  }

  @Test(
    arguments: [
      ["--conn", "abc"], ["--conn", "ABCDE"], ["--conn", "abcdefghijklmn"], ["--conn", "ab-cd"], ["--conn", ""],
      ["--port", "65536"], ["--port", "-1"], ["--port", "http"], ["--op", "texts"], ["--op", ""],
      ["--op", "text,,ping"],
      ["--dir", "up"], ["--dir", "C2S"], ["--contains", ""], ["--min-len", "-1"], ["--min-len", "few"], ["--host"],
      ["--path"], ["--no-heartbeats=yes"],
    ])
  func `a selection that means nothing is 64`(arguments: [String]) {
    let directory = TemporaryDirectory()
    let path = directory.write(Self.file, to: "a.pcap")
    let result = BuiltTool.run([path] + arguments)
    #expect(result.status == 64)
    #expect(result.output == [])
    #expect(result.errorText.hasPrefix("Error: "))
  }
}
