import TestSupport
import Testing

/// What is told of a command line for live capture; nothing is captured here.
struct LiveOptionTests {
  @Test(arguments: [
    (["-i", "lo", "a.pcap"], "exclude each other"),
    (["-i", ""], "name is empty"),
    (["-i", "lo", "-i", "lo"], "named twice"),
    (["-i", "lo", "-s", "262145"], "-s takes"),
    (["-i", "lo", "-B", "0"], "-B takes"),
    (["-i", "lo", "--duration", "0"], "--duration takes"),
    (["-i", "lo", "-Z", "no such user"], "no user 'no such user'"),
    (["-i", "lo", "--threads", "0"], "--threads takes"),
    (["-i", "lo", "--threads", "2", "--format", "text"], "ndjson only"),
    (["-i", "lo", "--fanout-group", "65536"], "--fanout-group takes"),
    (["-i", "lo", "-c", "0"], "-c takes"),
    (["-i", "lo", "-f", "tcp port"], "is no capture filter"),
    (["--threads", "2", "a.pcap"], "is for interfaces"),
    (["-Z", "nobody", "a.pcap"], "is for interfaces"),
    (["--duration", "1", "-"], "is for interfaces"),
  ])
  func `a wrong command line is told`(arguments: [String], words: String) {
    let result = BuiltTool.run(arguments)
    #expect(result.status == 64)
    #expect(result.errorText.contains(words), "\(result.errorText)")
    #expect(result.output.isEmpty)
  }

  @Test func `an interface that is not there is told`() {
    let result = BuiltTool.run(["-i", "no-such-if"])
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(
      result.errorText.contains("there is no interface 'no-such-if'") || result.errorText.contains("no permission"),
      "\(result.errorText)")
  }
}
