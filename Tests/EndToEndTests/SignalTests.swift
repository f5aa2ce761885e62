import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Signals end a run cleanly, or ask for counts.
struct SignalTests {
  /// A capture's header and the packets of a WebSocket that is still open, and the packets that end it.
  static let (beginning, rest): ([UInt8], [UInt8]) = {
    var talk = Conversation()
    talk.openWebSocket()
    talk.server(WebSocketFrame.text("first"))
    let beginning = CaptureBuilder.pcap(talk.packets)
    talk.server(WebSocketFrame.text("second"))
    talk.close()
    return (beginning, Array(CaptureBuilder.pcap(talk.packets)[beginning.count...]))
  }()

  static func contains(_ text: String) -> (RunningProcess) -> Bool {
    { String(decoding: $0.output, as: UTF8.self).contains(text) }
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `the first SIGINT or SIGTERM ends the run with ends and counts`(signal: Int32) throws {
    let process = RunningProcess.tool(["-"])
    process.send(Self.beginning)
    #expect(process.wait(until: Self.contains("\"first\"")), "a stream's records come with its packets")
    process.signal(signal)
    let result = process.finish()
    #expect(result.status == 0 && result.signal == nil)
    let records = try Sample.records(result.output)
    LogCheck.expectValid(records)
    #expect(records.types == ["meta", "open", "message", "end", "stats"])
    #expect(records.ofType("end").first?["cause"]?.text == "capture_end")
    #expect(records.last?["final"]?.boolean == true)
    #expect(records.last?["pkts"]?.integer == 6)
    #expect(result.errorText.contains("signal"))
  }

  @Test func `a log in a file gets its name when a signal ends the run`() throws {
    let directory = TemporaryDirectory()
    let log = directory.write(Array("old".utf8), to: "log")
    let process = RunningProcess.tool(["-o", log, "-"])
    process.send(Self.beginning)
    let isThere = process.wait { _ in LogDirectory.names(directory).count == 2 }
    #expect(isThere && readFile(log) == Array("old".utf8))
    process.signal(SIGTERM)
    #expect(process.finish().status == 0)
    #expect(try Sample.records(#require(readFile(log))).types.last == "stats")
    #expect(LogDirectory.names(directory) == ["log"])
  }

  @Test func `a signal ends the wait for somebody who writes to a FIFO`() throws {
    let directory = TemporaryDirectory()
    #expect(mkfifo(directory.file("fifo"), 0o600) == 0)
    let log = directory.file("log")
    let process = RunningProcess.tool(["-o", log, directory.file("fifo")])
    // The log is opened before the inputs are.
    #expect(process.wait { _ in LogDirectory.names(directory).count == 2 })
    usleep(500_000)
    process.signal(SIGINT)
    let result = process.finish(seconds: 10)
    #expect(result.status == 0 && result.signal == nil)
    #expect(try Sample.records(#require(readFile(log))).types == ["meta", "stats"])
  }

  @Test func `SIGUSR1 writes the counts up to now, and the run goes on`() throws {
    let process = RunningProcess.tool(["-"])
    process.send(Self.beginning)
    #expect(process.wait(until: Self.contains("\"first\"")))
    process.signal(SIGUSR1)
    #expect(process.wait(until: Self.contains("\"type\":\"stats\"")), "although standard input is silent")
    process.send(Self.rest)
    process.closeInput()
    let result = process.finish()
    #expect(result.status == 0)
    let records = try Sample.records(result.output)
    LogCheck.expectValid(records)
    let stats = records.ofType("stats")
    #expect(stats.map { $0["final"]?.boolean } == [false, true])
    #expect(stats.map { $0["ws_open"]?.integer } == [1, 0])
    #expect(stats.map { $0["pkts"]?.integer } == [6, 10])
    #expect(records.types == ["meta", "open", "message", "stats", "message", "violation", "end", "stats"])
  }

  @Test func `SIGUSR1 is answered before the first packet`() throws {
    let directory = TemporaryDirectory()
    #expect(mkfifo(directory.file("fifo"), 0o600) == 0)
    let log = directory.file("log")
    let process = RunningProcess.tool(["-o", log, directory.file("fifo")])
    #expect(process.wait { _ in LogDirectory.names(directory).count == 2 })
    process.signal(SIGUSR1)
    let isTold = process.wait { _ in
      LogDirectory.names(directory).contains { $0 != "fifo" && (readFile(directory.file($0)) ?? []).contains(0x0a) }
    }
    #expect(isTold)
    process.signal(SIGTERM)
    let result = process.finish(seconds: 10)
    #expect(result.status == 0 && result.signal == nil)
    let records = try Sample.records(#require(readFile(log)))
    #expect(records.types.first == "meta" && records.types.filter { $0 == "meta" }.count == 1)
    #expect(records.types.last == "stats" && records.last?["final"]?.boolean == true)
  }

  @Test func `a reader who goes away ends the run although standard input is silent`() throws {
    let process = RunningProcess(["/bin/sh", "-c", "\"$0\" - | head -n 1", BuiltTool.path])
    process.send(Self.beginning)
    let result = process.finish(seconds: 20)
    #expect(!result.isTimedOut)
    #expect(try Sample.records(result.output).types == ["meta"])
    #expect(result.errorText.isEmpty, "\(result.errorText)")
  }

  @Test func `a second signal ends it at once`() throws {
    let directory = TemporaryDirectory()
    let big = directory.write(ProgressTests.big, to: "big.pcap")
    let fifo = directory.file("fifo")
    #expect(mkfifo(fifo, 0o600) == 0)
    // A reader who takes nothing: the run waits in its write, and cannot end cleanly.
    let reader = open(fifo, O_RDWR | O_CLOEXEC)
    defer { close(reader) }
    let process = RunningProcess.tool(["-o", fifo, big])
    var waiting: Int32 = 0
    let isFull = process.wait { _ in
      usleep(50_000)
      let before = waiting
      _ = ioctl(reader, UInt(FIONREAD), &waiting)
      return waiting > 0 && waiting == before
    }
    #expect(isFull)
    process.signal(SIGINT)
    #expect(!process.wait(seconds: 1) { _ in false })
    process.signal(SIGINT)
    let result = process.finish(seconds: 10)
    #expect(result.signal == SIGINT && !result.isTimedOut)
  }

  @Test func `a parent that ignores SIGINT means it`() throws {
    let process = RunningProcess(["/bin/sh", "-c", "trap '' INT; exec \"$0\" -", BuiltTool.path])
    process.send(Self.beginning)
    #expect(process.wait(until: Self.contains("\"first\"")))
    process.signal(SIGINT)
    usleep(500_000)
    process.send(Self.rest)
    process.closeInput()
    let result = process.finish()
    #expect(result.status == 0)
    #expect(
      try Sample.records(result.output).types == ["meta", "open", "message", "message", "violation", "end", "stats"])
    #expect(!result.errorText.contains("signal"))
  }
}
