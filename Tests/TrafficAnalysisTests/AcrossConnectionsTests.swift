import NetworkTypes
import TestSupport
import Testing

@testable import TrafficAnalysis

@Suite struct `What is remembered across connections` {
  @Test func `a full table forgets the oldest, and never grows`() {
    var table = RecentTable<Int, Int>(limit: 100)
    for key in 0..<1000 { table[key] = key }
    #expect(table[899] == nil)
    #expect((900..<1000).allSatisfy { table[$0] == $0 })
    table[900] = 1
    #expect(table[900] == 1 && table[901] == 901)
  }

  @Test func `a thousand handshakes with the same key are each told`() throws {
    let scene = try Scene(
      "[C request | S response | @1 | connection | REQ Sec-WebSocket-Key: 6C4YFfWoQwLvrQvcyWb2Yg==] *50")
    var rules = RuleSet()
    rules.insert(.keyReused)
    let told = analyze(scene.packets, options: AnalysisOptions(rules: rules), rules: nil)
    #expect(told.violations.count == 50)
  }

  @Test func `a server without TLS is told once`() throws {
    let scene = try Scene("connection 198.51.100.7 > 203.0.113.5:80 | [handshake | connection] *5")
    var rules = RuleSet()
    rules.insert(.cleartextWebsocket)
    #expect(analyze(scene.packets, options: AnalysisOptions(rules: rules), rules: nil).violations.count == 1)
  }

  @Test(
    arguments: [
      ("10.1.2.3", true), ("127.0.0.1", true), ("172.31.0.1", true), ("172.32.0.1", false), ("192.168.9.9", true),
      ("192.169.0.1", false), ("100.64.0.1", true), ("100.128.0.1", false), ("169.254.1.1", true), ("8.8.8.8", false),
      ("::1", true), ("fd00::1", true), ("fe80::1", true), ("febf::1", true), ("fec0::1", false),
      ("2001:db8::1", false),
    ])
  func `internal addresses are known`(text: String, isInternal: Bool) {
    #expect(Endpoint(text.contains(":") ? "[\(text)]:80" : "\(text):80").address.isInternal == isInternal)
  }
}
