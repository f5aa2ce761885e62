import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The exit status says how a run went: 0 done, 1 cannot read or write, 2 damaged, 64 usage.
struct ExitStatusTests {
  @Test(arguments: [
    ["/nowhere/at/all.pcap"], ["/"], ["-o", "/nowhere/at/all", "SAMPLE"], ["-o", "/", "SAMPLE"],
    ["SAMPLE", "/nowhere/at/all.pcap"], ["EMPTY"], ["TEXT"],
  ])
  func `what cannot be read or written is 1, with a sentence that names it`(arguments: [String]) {
    let directory = TemporaryDirectory()
    let result = BuiltTool.run(arguments.map { Self.path($0, directory) })
    #expect(result.status == 1)
    #expect(!result.errors.isEmpty)
    #expect(!result.errorText.contains("Fatal"))
  }

  @Test func `a file that may not be read is 1`() {
    guard getuid() != 0 else {
      print("skipped: root may read every file")
      return
    }
    let directory = TemporaryDirectory()
    let path = directory.write(Sample.file, to: "a.pcap")
    chmod(path, 0)
    #expect(BuiltTool.run([path]).status == 1)
  }

  @Test func `what can be read is logged although another input cannot`() throws {
    let directory = TemporaryDirectory()
    let result = BuiltTool.run(["/nowhere/at/all.pcap", directory.write(Sample.file, to: "a.pcap")])
    #expect(result.status == 1)
    #expect(try Sample.records(result.output).types == Sample.types)
    #expect(result.errorText.contains("/nowhere/at/all.pcap"))
  }

  @Test func `a capture that is cut in its last packet is done, with a warning`() throws {
    let (records, result) = try Sample.run(file: Array(Sample.file.dropLast(3)))
    #expect(result.status == 0)
    #expect(records.last?["pkts"]?.integer == Sample.packetCount - 1)
    #expect(result.errorText.contains("warning"))
    let header = try Sample.run(
      file: Array(CaptureBuilder.pcap(Array(Sample.conversation().packets[..<5]))) + [1, 2, 3])
    #expect(header.result.status == 0)
    #expect(header.records.last?["pkts"]?.integer == 5)
  }

  @Test func `a damaged capture is 2, and what can be read is logged`() throws {
    let packets = Sample.conversation().packets
    var file = CaptureBuilder.pcap(Array(packets[..<7]))
    // A record that claims four thousand million bytes.
    file +=
      [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff] + [UInt8](repeating: 0x55, count: 5000)
    let (records, result) = try Sample.run(file: file)
    #expect(result.status == 2)
    #expect(records.types.starts(with: ["meta", "open", "message"]))
    #expect(records.types.last == "stats")
    #expect(result.errorText.contains("a.pcap"))
  }

  @Test func `1 comes before 2`() {
    let directory = TemporaryDirectory()
    var file = CaptureBuilder.pcap(Array(Sample.conversation().packets[..<7]))
    file +=
      [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff] + [UInt8](repeating: 0x55, count: 5000)
    #expect(BuiltTool.run([directory.write(file, to: "a.pcap"), "/nowhere/at/all.pcap"]).status == 1)
  }

  @Test(arguments: [
    [], ["-q"], ["--no-such-option", "SAMPLE"], ["-f", "no such ( filter", "SAMPLE"],
    ["--types", "message,other", "SAMPLE"],
    ["--types", "", "SAMPLE"], ["--headers", "some", "SAMPLE"], ["--overlap", "middle", "SAMPLE"],
    ["-c", "0", "SAMPLE"],
    ["-c", "-1", "SAMPLE"], ["-c", "many", "SAMPLE"], ["-c", "99999999999999999999", "SAMPLE"],
    ["--max-payload", "-1", "SAMPLE"], ["--max-payload", "x", "SAMPLE"], ["--max-payload", "99999999999", "SAMPLE"],
    ["-", "-"], ["-o"], ["SAMPLE", "-r"], ["--max-payload", "1"],
  ])
  func `a command line that means nothing is 64, and writes no log`(arguments: [String]) {
    let directory = TemporaryDirectory()
    let result = BuiltTool.run(arguments.map { Self.path($0, directory) })
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    #expect(!result.errors.isEmpty)
  }

  @Test func `a bad command line leaves an old log alone`() {
    let directory = TemporaryDirectory()
    let log = directory.write([0x61], to: "log")
    #expect(BuiltTool.run(["--types", "x", "-o", log, directory.write(Sample.file, to: "a.pcap")]).status == 64)
    #expect(readFile(log) == [0x61])
  }

  @Test func `a reader who goes ends the run quietly`() {
    let directory = TemporaryDirectory()
    var talk = Conversation()
    talk.openWebSocket()
    for index in 0..<20_000 {
      talk.server(WebSocketFrame.text("message \(index) " + String(repeating: "x", count: 200)))
    }
    let path = directory.write(CaptureBuilder.pcap(talk.packets), to: "big.pcap")
    let result = BuiltTool.shell("{ \"$WSTAP\" '\(path)'; echo \"status $?\" >&2; } | head -n 1")
    #expect(result.lines.count == 1)
    #expect(result.errorText.contains("status 0"))
    #expect(!result.errorText.contains("pipe"))
    #expect(result.errorText.split(separator: "\n").count == 1, "\(result.errorText)")
    let closed = BuiltTool.shell("{ \"$WSTAP\" -q '\(path)'; echo \"status $?\" >&2; } | true")
    #expect(closed.errorText == "status 0\n")
  }

  @Test func `a disk that is full is 1`() {
    guard access("/dev/full", W_OK) == 0 else {
      print("skipped: no /dev/full here")
      return
    }
    let directory = TemporaryDirectory()
    let path = directory.write(Sample.file, to: "a.pcap")
    let named = BuiltTool.run(["-o", "/dev/full", path])
    #expect(named.status == 1)
    #expect(named.errorText.contains("/dev/full"))
    let standard = BuiltTool.shell("\"$WSTAP\" '\(path)' >/dev/full")
    #expect(standard.status == 1)
    #expect(!standard.errors.isEmpty)
  }

  private static func path(_ argument: String, _ directory: TemporaryDirectory) -> String {
    switch argument {
    case "SAMPLE": directory.write(Sample.file, to: "sample.pcap")
    case "EMPTY": directory.write([], to: "empty.pcap")
    case "TEXT": directory.write(Array("this is no capture at all, only text\n".utf8), to: "text.pcap")
    default: argument
    }
  }
}
