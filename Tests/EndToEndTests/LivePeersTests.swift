import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The log of a live capture against what several hundred real peers say that they sent.
@Suite(.serialized, .enabled(if: LiveNetwork.isAvailable, LiveNetwork.skipping))
struct LivePeersTests {
  static let connections = 240
  static let messages = 4

  struct Way: Sendable, CustomTestStringConvertible {
    var isImpaired = false
    var end = LiveNetwork.End.client
    var arguments: [String] = []
    var linkType = "ethernet"
    var testDescription: String { "\(isImpaired ? "delay, loss and disorder" : "a plain link"), \(end), \(arguments)" }
  }

  @Test(arguments: [
    Way(end: .server, arguments: ["--threads", "3"]), Way(isImpaired: true, linkType: "raw"),
    Way(isImpaired: true, end: .server, arguments: ["--threads", "2"], linkType: "raw"),
    Way(arguments: ["any"], linkType: "linux_sll2"),
  ])
  func `nothing is missing without drops, and nothing is wrong`(way: Way) throws {
    let network = try LiveNetwork(isImpaired: way.isImpaired)
    let directory = TemporaryDirectory()
    let (log, truth) = (directory.file("log"), directory.file("truth"))
    let interface = way.arguments == ["any"] ? "any" : network.interface(way.end)
    let options = way.arguments == ["any"] ? [] : way.arguments
    let process = try network.tool(
      way.end, ["-i", interface, "-f", "tcp", "-o", log, "--max-payload", "100000"] + options, log: log)
    let peers = run(
      network.talking(truth: truth, connections: Self.connections, messages: Self.messages), timeoutSeconds: 300)
    #expect(peers.status == 0, "\(peers.errorText)")
    process.signal(SIGINT)
    let result = process.finish(seconds: 60)
    #expect(result.status == 0 && result.signal == nil, "\(result.errorText)")

    let records = try Sample.records(#require(readFile(log)))
    LogCheck.expectValid(Array(records.prefix(200) + records.suffix(200)))
    let stats = try #require(records.last)
    #expect(records.first?["type"]?.text == "meta" && stats["final"]?.boolean == true)
    #expect(records.first?["inputs"]?.elements?.map(\.text) == [interface])
    let drops = ["kernel_drops", "tool_drops"].compactMap { stats[$0]?.integer }
    try #require(drops == [0, 0], "packets were dropped on this machine: the log cannot be whole")
    let told = LiveStory(log: records)
    let sent = try LiveStory(truth: #require(readFile(truth)))
    #expect(sent.count > Self.connections * Self.messages * 2)
    #expect(told == sent, "\(told.difference(from: sent))")
    #expect(records.ofType("violation").isEmpty, "\(records.ofType("violation").prefix(3))")
    #expect(!records.contains { $0["incomplete"]?.boolean == true || $0["undecoded"] != nil })

    let opens = records.ofType("open")
    #expect(opens.count == Self.connections && opens.allSatisfy { $0["ok"]?.boolean == true })
    #expect(opens.filter { $0["deflate"] != nil }.count == Self.connections / 2)
    let ends = records.ofType("end")
    #expect(ends.count == Self.connections && Set(ends.map { $0["conn"]?.text }).count == Self.connections)
    #expect(ends.allSatisfy { $0["clean"]?.boolean == true && $0["close_reason"]?.text == "bye" })
    #expect(stats["ws_conns"]?.integer == Self.connections && stats["gaps"]?.integer == 0)
    let hasLinkType = stats["link_types"]?.elements?.map(\.text) == [way.linkType]
    #expect(hasLinkType || network.impairment == "netem")

    let lines = result.errorText.split(separator: "\n")
    #expect(lines.contains("\(stats["pkts"]?.integer ?? -1) packets captured"))
    #expect(lines.contains("0 packets dropped by kernel"))
    #expect(lines.contains { $0.hasSuffix(" packets received by filter") })
  }

  @Test func `a record is written soon after its packet`() throws {
    let network = try LiveNetwork()
    let result = run([LiveNetwork.script, "latency", network.json, "--wstap", BuiltTool.path], timeoutSeconds: 120)
    #expect(result.status == 0, "\(result.errorText)")
    let late = try StrictJSON.parse(Array(result.output.dropLast())).elements?.compactMap(\.integer).sorted() ?? []
    #expect(late.count >= 40)
    // On a machine without load all are below 120 ms. The bound is on the median, since others may use this one.
    #expect(late[late.count / 2] < 200, "\(late)")
  }
}
