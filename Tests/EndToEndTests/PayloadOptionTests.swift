import TestSupport
import Testing

/// What of payloads and header fields is written, and in which form.
struct PayloadOptionTests {
  static func capture(_ texts: [String], path: String = "/chat", fields: [String] = []) -> [UInt8] {
    var talk = Conversation()
    talk.openWebSocket(path: path, requestFields: fields)
    for text in texts { talk.server(WebSocketFrame.text(text)) }
    talk.close()
    return CaptureBuilder.pcap(talk.packets)
  }

  @Test func `--json-payload embeds what is JSON, and nothing else`() throws {
    let texts = [
      #"{ "a" : [1, 2.5, null] }"#, "plain", "null", "9007199254740991", "9007199254740992", #"{"a":"\ud83d"}"#,
      #"{"a":"\ud83d\ude00"}"#, "{", "", "true",
    ]
    let (records, result) = try Sample.run("--json-payload", file: Self.capture(texts))
    #expect(result.status == 0)
    let lines = result.lines.filter { $0.contains(#""type":"message""#) }
    let embedded = [
      #""json":{"a":[1,2.5,null]},"#, nil, nil, #""json":9007199254740991,"#, nil, nil,
      #""json":{"a":"\ud83d\ude00"},"#,
      nil, nil, #""json":true,"#,
    ]
    for (index, record) in records.ofType("message").enumerated() {
      #expect((record["json"] != nil) == (embedded[index] != nil), "\(texts[index])")
      #expect(record["text"]?.text == (embedded[index] == nil ? texts[index] : nil))
      #expect(record["len"]?.integer == texts[index].utf8.count)
      if let wanted = embedded[index] { #expect(lines[index].contains(wanted), "\(lines[index])") }
    }
    let plain = try Sample.run(file: Self.capture(texts)).records.ofType("message")
    #expect(plain.compactMap { $0["text"]?.text } == texts)
    #expect(plain.allSatisfy { $0["json"] == nil })
  }

  @Test func `--json-payload leaves binary messages and cut ones alone`() throws {
    var talk = Conversation()
    talk.openWebSocket()
    talk.server(WebSocketFrame.binary(Array("[1]".utf8)))
    talk.server(WebSocketFrame.text("[1,2,3]"))
    talk.server(WebSocketFrame.ping(Array("[1]".utf8)))
    talk.close()
    let records = try Sample.run(
      "--json-payload", "--max-payload", "3", file: CaptureBuilder.pcap(talk.packets)
    ).records
    #expect(records.ofType("message").map { $0["b64"]?.text } == ["WzFd", nil])
    #expect(records.ofType("message").map { $0["text"]?.text } == [nil, "[1,"])
    #expect(records.ofType("control").map { $0["text"]?.text } == ["[1]"])
    #expect(records.allSatisfy { $0["json"] == nil })
  }

  @Test func `--redact-query leaves no query in the log`() throws {
    let file = Self.capture(
      ["x?secret"], path: "/chat?token=secret&x=%20",
      fields: ["Origin: https://a.example/?secret=1", "Referer: https://b.example/p?secret#f", "X-Plain: what"])
    let (records, result) = try Sample.run("--redact-query", "--headers", "all", "--no-payload", file: file)
    #expect(result.status == 0)
    #expect(!result.outputText.contains("secret"))
    #expect(records.ofType("open").first?["path"]?.text == "/chat?redacted")
    #expect(records.ofType("end").first?["path"]?.text == "/chat?redacted")
    let fields = records.ofType("open").first?["headers"]?.elements ?? []
    func value(_ name: String) -> String? { fields.first { $0["name"]?.text == name }?["value"]?.text }
    #expect(value("Referer") == "https://b.example/p?redacted")
    #expect(value("X-Plain") == "what")
    #expect(records.ofType("open").first?["origin"]?.text == "https://a.example/?redacted")
    let open = try Sample.run("--headers", "all", file: file).records.ofType("open").first
    #expect(open?["path"]?.text == "/chat?token=secret&x=%20")
    // What is selected is the target as it was sent.
    #expect(try Sample.run("--redact-query", "--path", "*token=*", file: file).records.types.contains("open"))
  }

  @Test func `the text format leaves queries out too`() throws {
    let directory = TemporaryDirectory()
    let path = directory.write(Self.capture(["a"], path: "/chat?token=secret"), to: "a.pcap")
    let redacted = BuiltTool.run(["-q", "--format", "text", "--redact-query", path])
    #expect(redacted.outputText.contains("/chat?redacted"))
    #expect(!redacted.outputText.contains("secret"))
    #expect(BuiltTool.run(["-q", "--format", "text", path]).outputText.contains("secret"))
  }

  @Test(arguments: ["Cookie", "Authorization", "Proxy-Authorization", "X-API-Key", "Sec-WebSocket-Protocol"])
  func `--headers safe leaves out what commonly carries secrets`(name: String) throws {
    let file = Self.capture([], fields: ["\(name): hush-hush", "X-Other: yes"])
    let safe = try Sample.run("--headers", "safe", file: file).records.ofType("open").first
    let names = safe?["headers"]?.elements?.compactMap { $0["name"]?.text } ?? []
    #expect(!names.contains(name) && names.contains("X-Other"))
    let all = try Sample.run("--headers", "all", file: file).records.ofType("open").first
    #expect(all?["headers"]?.elements?.contains { $0["value"]?.text == "hush-hush" } == true)
  }

  @Test func `--format chooses the form, and a file is ndjson unless it says so`() throws {
    let directory = TemporaryDirectory()
    let path = directory.write(Sample.file, to: "a.pcap")
    let text = BuiltTool.run(["--format", "text", path], environment: ["LC_ALL": "C.UTF-8"])
    #expect(text.status == 0)
    #expect(text.lines.contains { $0.contains("aäb") } && !text.outputText.contains("\u{1b}"))
    #expect(try Sample.records(BuiltTool.run(["--format", "ndjson", path]).output).types == Sample.types)
    #expect(BuiltTool.run(["-q", "-o", directory.file("log"), path]).status == 0)
    #expect(try Sample.records(#require(readFile(directory.file("log")))).types == Sample.types)
    #expect(BuiltTool.run(["-q", "--format", "text", "-o", directory.file("text"), path]).status == 0)
    #expect(readFile(directory.file("text"))?.starts(with: Array("wstap ".utf8)) == true)
    for wrong in ["json", "TEXT", ""] { #expect(BuiltTool.run(["--format", wrong, path]).status == 64) }
  }

  @Test func `-v tells more than nothing said, and -q nothing`() throws {
    let directory = TemporaryDirectory()
    let path = directory.write(Sample.file, to: "a.pcap")
    let normal = BuiltTool.run([path])
    let verbose = BuiltTool.run(["-v", path])
    #expect(verbose.errorText.hasPrefix(normal.errorText))
    #expect(verbose.errors.count > normal.errors.count)
    #expect(verbose.errorText.contains("frame-opcode-reserved-data: 1"))
    #expect(normal.errorText.contains("1 WebSocket, 3 messages"))
    #expect(BuiltTool.run(["-q", path]).errors == [])
    #expect(BuiltTool.run(["-q", "-v", path]).status == 64)
    #expect(verbose.lines.dropLast() == normal.lines.dropLast())
    for text in [normal, verbose] {
      #expect(text.errorText.split(separator: "\n").allSatisfy { $0.hasPrefix("wstap: ") })
    }
  }

  @Test(arguments: [["--color", "sometimes"], ["--color", ""], ["--progress", "always"], ["--progress"]])
  func `words that the terminal options do not know are 64`(arguments: [String]) {
    let directory = TemporaryDirectory()
    let path = directory.write(Sample.file, to: "a.pcap")
    let result = BuiltTool.run([path] + arguments)
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
  }
}
