import TestSupport
import Testing

/// Checks are chosen, listed, and made an exit status.
struct CheckOptionTests {
  /// A second Close of the server: close-repeated, a notice, and nothing else.
  static let notice: [UInt8] = {
    var talk = Conversation()
    talk.openWebSocket()
    talk.client(WebSocketFrame.close(1000, "", mask: 6))
    talk.server(WebSocketFrame.close(1000, ""))
    talk.server(WebSocketFrame.close(1000, ""))
    talk.close(by: .server)
    return CaptureBuilder.pcap(talk.packets)
  }()

  /// The code 2999 is not assigned: close-code-unassigned, a warning.
  static let warning: [UInt8] = {
    var talk = Conversation()
    talk.openWebSocket()
    talk.client(WebSocketFrame.close(2999, "", mask: 6))
    talk.server(WebSocketFrame.close(2999, ""))
    talk.close(by: .server)
    return CaptureBuilder.pcap(talk.packets)
  }()

  /// A handshake that is refused.
  static let refused: [UInt8] = {
    var talk = Conversation()
    talk.handshake()
    talk.client(HandshakeText.request())
    talk.server("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
    talk.close()
    return CaptureBuilder.pcap(talk.packets)
  }()

  static func rules(_ file: [UInt8], _ arguments: String...) throws -> (violations: [String], ends: [String]) {
    let directory = TemporaryDirectory()
    let result = BuiltTool.run(arguments + [directory.write(file, to: "a.pcap")])
    #expect(result.status == 0)
    let records = try Sample.records(result.output)
    return (
      records.ofType("violation").compactMap { $0["rule"]?.text },
      records.ofType("end").flatMap { $0["rules"]?.elements ?? [] }.compactMap { $0["rule"]?.text }
    )
  }

  @Test func `the captures break the rules that they are made for`() throws {
    #expect(try Self.rules(Self.notice).violations == ["close-repeated"])
    #expect(try Self.rules(Self.warning).violations == ["close-code-unassigned", "close-code-unassigned"])
    #expect(try Self.rules(Self.refused).violations == [])
    #expect(try Self.rules(Sample.file).violations == ["frame-opcode-reserved-data"])
  }

  @Test func `--severity leaves out what is milder`() throws {
    for (severity, seen) in [("error", 0), ("warning", 2), ("notice", 2)] {
      #expect(try Self.rules(Self.warning, "--severity", severity).violations.count == seen)
    }
    for (severity, seen) in [("error", 0), ("warning", 0), ("notice", 1)] {
      let found = try Self.rules(Self.notice, "--severity", severity)
      #expect(found.violations.count == seen)
      #expect(found.ends.count == seen, "and from the end record")
    }
    #expect(try Self.rules(Sample.file, "--severity", "error").violations.count == 1)
  }

  @Test func `--checks chooses by name`() throws {
    #expect(try Self.rules(Self.notice, "--checks", "close-repeated").violations == ["close-repeated"])
    let other = try Self.rules(Self.notice, "--checks", "accept-missing,data-after-close")
    #expect(other.violations == [] && other.ends == [])
    #expect(try Self.rules(Self.notice, "--checks", "accept-missing,close-repeated").ends == ["close-repeated"])
  }

  @Test(
    arguments: [
      ("error", 0, 0, 3, 0), ("warning", 0, 3, 3, 0), ("notice", 3, 3, 3, 0), ("failed-handshake", 0, 0, 0, 3),
      ("failed-handshake,error", 0, 0, 3, 3), ("error,notice", 3, 3, 3, 0),
    ] as [(String, Int32, Int32, Int32, Int32)])
  func `--fail-on makes what was found the exit status`(
    what: String, notice: Int32, warning: Int32, error: Int32, refused: Int32
  ) {
    let directory = TemporaryDirectory()
    let cases = [(Self.notice, notice), (Self.warning, warning), (Sample.file, error), (Self.refused, refused)]
    for (file, status) in cases {
      let result = BuiltTool.run(["--fail-on", what, directory.write(file, to: "a.pcap")])
      #expect(result.status == status, "\(what)")
      #expect(!result.output.isEmpty)
    }
  }

  @Test func `--fail-on counts the checks and connections that are selected, whatever types are written`() {
    let directory = TemporaryDirectory()
    let path = directory.write(Sample.file, to: "a.pcap")
    #expect(BuiltTool.run(["--fail-on", "error", "--types", "meta", path]).status == 3)
    #expect(BuiltTool.run(["-q", "--fail-on", "error", path]).status == 3)
    #expect(BuiltTool.run(["--fail-on", "error", "--checks", "accept-missing", path]).status == 0)
    #expect(BuiltTool.run(["--fail-on", "error", "--host", "other.example", path]).status == 0)
    #expect(BuiltTool.run(["--fail-on", "error", "--op", "text", "--contains", "zzz", path]).status == 3)
    #expect(BuiltTool.run(["--fail-on", "error", "-c", "5", path]).status == 0, "not reached")
  }

  @Test func `1 comes before 2, and 2 before 3`() {
    let directory = TemporaryDirectory()
    let good = directory.write(Sample.file, to: "good.pcap")
    let damaged = directory.write(
      Array(Sample.file) + [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
        + [UInt8](repeating: 0x55, count: 5000), to: "damaged.pcap")
    let failing = ["--fail-on", "error"]
    #expect(BuiltTool.run(failing + [good]).status == 3)
    #expect(BuiltTool.run([damaged]).status == 2)
    #expect(BuiltTool.run(failing + [damaged]).status == 2)
    #expect(BuiltTool.run(failing + [good, "/nowhere/at/all.pcap"]).status == 1)
    #expect(BuiltTool.run(failing + [damaged, "/nowhere/at/all.pcap"]).status == 1)
    #expect(BuiltTool.run(failing + [damaged, "-c", "0"]).status == 64)
  }

  @Test(
    arguments: [
      ["--checks", "no-such-check"], ["--checks", ""], ["--checks", "+all,no-such"], ["--large-message", "0"],
      ["--severity", "fatal"], ["--severity", "Error"],
      ["--fail-on", "never"], ["--fail-on", ""], ["--fail-on", "error,"],
    ])
  func `names that nothing has are 64`(arguments: [String]) {
    let directory = TemporaryDirectory()
    let result = BuiltTool.run(arguments + [directory.write(Sample.file, to: "a.pcap")])
    #expect(result.status == 64)
    #expect(result.output == [])
    #expect(result.errorText.hasPrefix("Error: \(arguments[0])"), "\(result.errorText)")
  }

  @Test func `checks lists the catalogue, or one of it`() throws {
    let all = BuiltTool.run(["checks"])
    #expect(all.status == 0 && all.errors.isEmpty)
    let words = all.lines.map { $0.split(separator: " ").prefix(3).map(String.init) }
    #expect(words.count > 20)
    #expect(words.contains(["frame-client-unmasked", "error", "MUST"]))
    #expect(words.contains(["close-repeated", "notice", "advisory"]))
    #expect(words.contains(["close-code-not-echoed", "*", "notice"]), "off by default")
    let one = BuiltTool.run(["checks", "text-invalid-utf8"])
    #expect(one.lines.first == "text-invalid-utf8" && one.lines.contains { $0.contains("RFC 6455 §5.6, §8.1") })
    #expect(one.lines.contains("  S 81 03 ceba ff"), "the example")
    let json = BuiltTool.run(["checks", "--json"])
    #expect(
      try Sample.records(json.output).map { $0["id"]?.text }.count == words.count { $0.first?.contains("-") == true })
    let none = BuiltTool.run(["checks", "no-such-check"])
    #expect(none.status == 64 && none.output.isEmpty && none.errorText.contains("no-such-check"))
  }
}
