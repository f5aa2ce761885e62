import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How a live capture ends, or goes on: each time the log is read, and every record of it is whole.
@Suite(.serialized, .enabled(if: LiveNetwork.isAvailable, LiveNetwork.skipping))
struct LiveEndingTests {
  /// Peers whose connections stay open.
  final class Talk {
    let directory = TemporaryDirectory()
    let network: LiveNetwork
    private let peers: RunningProcess
    static let connections = 8

    init(_ network: LiveNetwork) throws {
      self.network = network
      peers = RunningProcess(
        network.talking(truth: directory.file("truth"), connections: Self.connections, messages: 3, holds: true))
    }

    /// Waits until all is said.
    func finishTalking() {
      #expect(peers.wait(seconds: 60) { String(decoding: $0.output, as: UTF8.self).contains("talked") })
    }

    deinit {
      peers.closeInput()
      _ = peers.finish(seconds: 60)
    }
  }

  private func count(_ type: String, in bytes: [UInt8]) -> Int {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n").count { $0.contains("\"type\":\"\(type)\"") }
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `the first signal ends every connection in the log`(signal: Int32) throws {
    let network = try LiveNetwork()
    let process = try network.tool(.client, ["-i", network.interface(.client)])
    let talk = try Talk(network)
    talk.finishTalking()
    process.signal(signal)
    let result = process.finish(seconds: 30)
    #expect(result.status == 0 && result.signal == nil)
    let records = try Sample.records(result.output)
    LogCheck.expectValid(records)
    let ends = records.ofType("end")
    #expect(ends.count == Talk.connections && ends.allSatisfy { $0["cause"]?.text == "capture_end" })
    // All were said to each other: "done" and "done too" are the last messages of all.
    #expect(records.ofType("message").count == Talk.connections * (3 + 1) * 2)
    #expect(records.types.last == "stats" && records.last?["ws_open"]?.integer == 0)
    #expect(records.last?["final"]?.boolean == true)
  }

  @Test func `SIGUSR1 is answered while no packet comes`() throws {
    let network = try LiveNetwork()
    let process = try network.tool(.client, ["-i", network.interface(.client), "-f", "tcp"])
    process.signal(SIGUSR1)
    #expect(process.wait { self.count("stats", in: $0.output) == 1 })
    let talk = try Talk(network)
    talk.finishTalking()
    #expect(process.wait { self.count("message", in: $0.output) == Talk.connections * 8 })
    process.signal(SIGUSR1)
    #expect(process.wait { self.count("stats", in: $0.output) == 2 })
    process.signal(SIGTERM)
    let records = try Sample.records(process.finish().output)
    LogCheck.expectValid(records)
    let stats = records.ofType("stats")
    #expect(stats.map { $0["final"]?.boolean } == [false, false, true])
    #expect(stats.map { $0["ws_open"]?.integer } == [0, Talk.connections, 0])
    #expect(stats.allSatisfy { $0["kernel_drops"] != nil && $0["tool_drops"] != nil })
    #expect(records.types.first == "meta")
  }

  @Test(arguments: [["--threads", "1"], ["--threads", "2"]])
  func `a reader who goes away ends it quietly while no packet comes`(threads: [String]) throws {
    let network = try LiveNetwork()
    let tool = network.command(.client, [BuiltTool.path, "-i", network.interface(.client)] + threads)
    let result = run(["/bin/sh", "-c", "\"$@\" | head -n 1", "sh"] + tool, timeoutSeconds: 30)
    #expect(!result.isTimedOut)
    let records = try Sample.records(result.output)
    #expect(records.types == ["meta"])
    #expect(result.errorText.isEmpty, "\(result.errorText)")
  }

  @Test func `when an interface goes, the others go on; without any the run ends`() throws {
    let network = try LiveNetwork()
    for command in [
      ["ip", "link", "add", "extra", "type", "veth", "peer", "name", "other"],
      ["ip", "link", "set", "extra", "up"], ["ip", "link", "set", "other", "up"],
    ] {
      #expect(network.run(.client, command).status == 0)
    }
    let process = try network.tool(.client, ["-i", network.interface(.client), "-i", "extra"])
    #expect(network.run(.client, ["ip", "link", "del", "extra"]).status == 0)
    #expect(process.wait { String(decoding: $0.errors, as: UTF8.self).contains("extra: the interface is gone") })
    let talk = try Talk(network)
    talk.finishTalking()
    #expect(process.wait { self.count("message", in: $0.output) == Talk.connections * 8 })
    #expect(network.run(.client, ["ip", "link", "del", network.interface(.client)]).status == 0)
    let result = process.finish(seconds: 30)
    #expect(result.status == 1 && result.signal == nil && !result.isTimedOut)
    #expect(result.errorText.contains("\(network.interface(.client)): the interface is gone"))
    let records = try Sample.records(result.output)
    LogCheck.expectValid(records)
    #expect(records.ofType("end").count == Talk.connections)
    #expect(records.ofType("open").allSatisfy { $0["file"]?.integer == 0 })
    #expect(records.last?["final"]?.boolean == true)
  }

  @Test func `an interface that is down for a while is captured from when it is up again`() throws {
    let network = try LiveNetwork()
    let process = try network.tool(.client, ["-i", network.interface(.client)])
    for state in ["down", "up"] {
      #expect(network.run(.client, ["ip", "link", "set", network.interface(.client), state]).status == 0)
      usleep(500_000)
    }
    let talk = try Talk(network)
    talk.finishTalking()
    #expect(process.wait { self.count("message", in: $0.output) == Talk.connections * 8 })
    process.signal(SIGINT)
    #expect(process.finish().status == 0)
  }

  @Test func `connections without packets end by the clock`() throws {
    let network = try LiveNetwork()
    let process = try network.tool(.client, ["-i", network.interface(.client), "--idle-timeout", "2", "-f", "tcp"])
    let talk = try Talk(network)
    talk.finishTalking()
    #expect(process.wait(seconds: 30) { self.count("end", in: $0.output) == Talk.connections })
    process.signal(SIGINT)
    let records = try Sample.records(process.finish().output)
    LogCheck.expectValid(records)
    #expect(records.ofType("end").allSatisfy { $0["cause"]?.text == "idle" })
  }

  @Test func `it stops after so many packets, or so much time`() throws {
    let network = try LiveNetwork()
    let process = try network.tool(.client, ["-i", network.interface(.client), "-c", "20", "--threads", "2"])
    let talk = try Talk(network)
    talk.finishTalking()
    let result = process.finish(seconds: 30)
    #expect(result.status == 0)
    #expect(try Sample.records(result.output).last?["pkts"]?.integer == 20)
    let timed = network.run(.client, [BuiltTool.path, "-i", network.interface(.client), "--duration", "1"])
    #expect(timed.status == 0 && !timed.isTimedOut)
    #expect(try Sample.records(timed.output).types == ["meta", "stats"])
  }
}
