import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The files of a live capture while real peers talk: nothing is lost between them, and each is whole.
@Suite(.serialized, .enabled(if: LiveNetwork.isAvailable, LiveNetwork.skipping))
struct LiveFileTests {
  static let connections = 60
  static let messages = 10

  /// A directory that everybody may make files in, as who gave up being root must.
  private func openDirectory() -> TemporaryDirectory {
    let directory = TemporaryDirectory()
    chmod(directory.path, 0o777)
    return directory
  }

  /// Captures what peers say, into files of a directory, holds them against what the peers sent, and gives them.
  ///
  /// `meanwhile` is done five times a second while the peers talk.
  private func capture(
    _ options: [String], in directory: TemporaryDirectory, meanwhile: (RunningProcess, Int) -> Void = { _, _ in }
  ) throws -> [(name: String, size: Int, records: [JSONValue])] {
    let network = try LiveNetwork()
    let outside = TemporaryDirectory()
    let truth = outside.file("truth")
    let usual = ["-i", network.interface(.client), "-f", "tcp", "-Z", "nobody", "--max-payload", "100000"]
    let process = try network.tool(.client, usual + options, log: directory.file("log"))
    let peers = RunningProcess(
      network.talking(truth: truth, connections: Self.connections, messages: Self.messages))
    var round = 0
    // Until the peers have ended.
    _ = peers.wait(seconds: 120) { _ in
      round += 1
      if round % 20 == 0 { meanwhile(process, round / 20) }
      return false
    }
    #expect(peers.finish(seconds: 60).status == 0)
    process.signal(SIGTERM)
    let result = process.finish(seconds: 60)
    #expect(result.status == 0 && result.signal == nil, "\(result.errorText)")

    let parts = try RotationTests.parts(directory)
    let all = parts.flatMap(\.records)
    let stats = try #require(all.last)
    #expect(stats["final"]?.boolean == true && all.ofType("stats").filter { $0["final"]?.boolean == true }.count == 1)
    let drops = ["kernel_drops", "tool_drops"].compactMap { stats[$0]?.integer }
    try #require(drops == [0, 0], "packets were dropped on this machine: the log cannot be whole")
    let told = LiveStory(log: all)
    let sent = try LiveStory(truth: #require(readFile(truth)))
    #expect(sent.count > Self.connections * Self.messages * 2)
    #expect(told == sent, "\(told.difference(from: sent))")
    #expect(parts.map { $0.records[0]["part"]?.integer } == (1...parts.count).map { $0 })
    return parts
  }

  @Test(arguments: ["1", "2"])
  func `by size, under load and without rights`(threads: String) throws {
    let directory = openDirectory()
    let parts = try capture(["-C", "1", "--threads", threads, "-o", directory.file("log")], in: directory)
    #expect(parts.count >= 2)
    for part in parts.dropLast() { #expect(part.size <= 1_000_000 && part.size > 900_000, "\(part.name) \(part.size)") }
    #expect(LogDirectory.names(directory).allSatisfy { !$0.hasSuffix(".part") })
  }

  @Test func `by time, under load and without rights`() throws {
    let directory = openDirectory()
    let parts = try capture(["-G", "1", "-o", directory.file("log-%H%M%S")], in: directory)
    #expect(parts.count >= 2)
    #expect(parts.allSatisfy { $0.name.wholeMatch(of: /log-[0-9]{6}(\.[0-9]+)?/) != nil }, "\(parts.map(\.name))")
  }

  @Test func `a log that is renamed again and again, with SIGHUP, loses no record`() throws {
    let directory = openDirectory()
    let log = directory.file("log")
    let parts = try capture(["--threads", "2", "-o", log], in: directory) { process, round in
      // As logrotate does it; what comes before the signal is seen still goes into the renamed file.
      guard readFile(log) != nil else { return }
      #expect(rename(log, "\(log).\(1000 - round)") == 0)
      process.signal(SIGHUP)
    }
    #expect(parts.count >= 2)
    #expect(parts.last?.name == "log")
  }

  @Test func `counts are in the file of --metrics-file, and are those of the log`() throws {
    let directory = openDirectory()
    let metrics = openDirectory()
    let name = metrics.file("wstap.prom")
    let parts = try capture(["-o", directory.file("log"), "--metrics-file", name], in: directory)
    let stats = try #require(parts.last?.records.last)
    let parsed = PrometheusText.parse(String(decoding: try #require(readFile(name)), as: UTF8.self))
    #expect(parsed.faults == [])
    #expect(parsed.samples["wstap_packets_total"] == stats["pkts"]?.integer.map(Double.init))
    #expect(parsed.samples["wstap_websockets_total"] == Double(Self.connections))
    #expect(parsed.samples["wstap_messages_total"] == Double(parts.flatMap(\.records).ofType("message").count))
    #expect(parsed.samples["wstap_kernel_dropped_packets_total"] == 0)
    #expect(LogDirectory.names(metrics) == ["wstap.prom"])
  }

  @Test func `a log in one file goes on behind that of the run before`() throws {
    let directory = openDirectory()
    let network = try LiveNetwork()
    let log = directory.file("log")
    for run in 1...2 {
      let process = RunningProcess(
        network.command(.client, [BuiltTool.path, "-i", network.interface(.client), "-o", log]))
      let hasBegun = process.wait(seconds: 60) { _ in
        String(decoding: readFile(log) ?? [], as: UTF8.self).split(separator: "\n").count == 2 * run - 1
      }
      #expect(hasBegun)
      process.signal(SIGTERM)
      #expect(process.finish().status == 0)
    }
    let records = try Sample.records(#require(readFile(log)))
    #expect(records.types == ["meta", "stats", "meta", "stats"])
  }
}
