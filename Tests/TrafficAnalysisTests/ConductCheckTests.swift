import NetworkTypes
import TestSupport
import Testing
import TrafficAnalysis

/// The exceptions that the catalogue names for the checks of frames, pings, closing, masks and floods, as scenes.
@Suite struct `Checks of conduct` {
  /// A scene, and exactly the rules that it breaks, with every check switched on.
  struct Case: Sendable, CustomTestStringConvertible {
    let what: String
    let scene: String
    let rules: [String]
    var testDescription: String { what }

    init(_ what: String, _ scene: String, _ rules: String...) {
      self.what = what
      self.scene = scene
      self.rules = rules
    }
  }

  static let pings: [Case] = [
    Case("a pong answers the newest of several pings", "S 89 01 31 | S 89 01 32 | c 8a 01 32"),
    Case("no pong is owed behind the pinger's Close", "S 89 01 31 | S 88 02 03e8 | C FIN", "close-unanswered"),
    Case("no pong is owed by whoever has closed", "c 88 02 03e8 | S 89 01 31 | S 88 02 03e8 | S FIN | C FIN"),
    Case("the end of the capture proves nothing", "S 89 01 31 | @300"),
    Case("a ping that is only acknowledged by the FIN may be unseen", "C FIN", "closed-without-close-frame"),
    Case("other frames a minute later owe a pong", "S 89 01 31 | @61 | c 81 01 61", "ping-unanswered"),
    Case("other frames soon owe none yet", "S 89 01 31 | @30 | c 81 01 61"),
    Case("what is owed is told once", "S 89 01 31 | @61 | c 81 01 61 | @61 | c 81 01 61", "ping-unanswered"),
    Case("a pong for an older ping matches", "S 89 01 31 | S 89 01 32 | c 8a 01 31 | c 8a 01 32"),
    Case(
      "a pong behind a long frame is not late", "S 89 01 31 | C 82a8 a1b2c3d4 00{35} | @30 | C 00{5} | c 8a 01 31"),
    Case("an unsolicited pong in each interval", "[c 8a 00 | @20] *5", "pong-unsolicited"),
    Case("many pings, each answered", "[S 89 00 | c 8a 00] *60"),
    Case("60 pings without a pong", "[S 89 00 | @1] *60", "ping-flood"),
  ]

  static let closing: [Case] = [
    Case("an orderly end", "c 88 02 03e8 | S 88 02 03e8 | S FIN | C FIN"),
    Case("an orderly end without codes", "S 88 00 | c 88 00 | S FIN | C FIN"),
    Case("both close at once", "c 88 02 03e8 | S 88 02 03e9 | S FIN | C FIN", "close-code-not-echoed"),
    Case("the answer has no code", "S 88 02 03e8 | c 88 00 | S FIN | C FIN"),
    Case("the client is slow and ends first", "S 88 00 | c 88 00 | @5 | C FIN | S FIN"),
    Case("the server ends late", "S 88 00 | c 88 00 | @15 | S FIN | C FIN", "tcp-not-closed-after-close"),
    Case("the capture ends soon", "S 88 00 | c 88 00 | @3"),
    Case("a reset behind the own FIN", "S 88 00 | c 88 00 | S FIN | C FIN | S RST"),
    Case("the client resets", "S 88 00 | c 88 00 | C RST", "client-closed-tcp-first", "tcp-reset-after-close"),
    Case("a reset without a Close", "S RST", "closed-without-close-frame"),
    Case("a ping behind the own Close", "S 88 00 | S 89 00 | c 88 00 | S FIN | C FIN"),
    Case("the answer waits for a message", "c 01 01 61 | S 88 00 | @11 | c 80 01 62 | c 88 00 | S FIN | C FIN"),
    Case("a Close inside the own message", "S 01 01 61 | S 88 00 | c 88 00 | S FIN | C FIN", "message-unfinished"),
    Case(
      "the other side resets inside a message", "S 01 01 61 | C RST", "closed-without-close-frame", "message-unfinished"
    ),
    Case("the end of the capture inside a message", "S 01 01 61"),
    Case("the end of the capture inside a frame", "S 81 05 6162"),
    Case("a cut header", "S 81 | S FIN", "closed-without-close-frame", "frame-truncated"),
    Case("debris behind a Close is no frame", "S 88 00 | S ff{20} | c 88 00 | S FIN | C FIN", "data-after-close"),
    Case("what a Close with code 1011 of a client means", "c 88 02 03f3 | S 88 02 03f3 | S FIN | C FIN"),
    Case("1012 of a client", "c 88 02 03f4 | S 88 02 03f4 | S FIN | C FIN", "close-code-wrong-role"),
    Case("private codes", "S 88 02 0fa0 | c 88 02 0fa0 | S FIN | C FIN"),
    Case(
      "whoever ends behind a fault did not wait for a Close", "C 81 05 48656c6c6f | S 88 02 03ea | C FIN",
      "close-unanswered", "frame-client-unmasked"),
    Case(
      "a server that failed the connection need not answer a Close", "c 83 00 | c 88 00 | S FIN",
      "frame-opcode-reserved-data"),
  ]

  static let masks: [Case] = [
    Case("a zero key among others is a chance", "c 81 01 61 | C 8181 00000000 61", "mask-key-zero"),
    Case("equal neighbours", "C 8180 37fa213d | C 8180 37fa213d", "mask-key-repeated"),
    Case("a key again later", "C 8180 37fa213d | c 81 00 | c 81 00 | C 8180 37fa213d", "mask-key-repeated"),
    Case("four steps are too few", "C 8180 00000101 | C 8180 00000202 | C 8180 00000303 | C 8180 00000404"),
    Case(
      "a counter in little-endian order",
      "C 8180 01010000 | C 8180 02010000 | C 8180 03010000 | C 8180 04010000 | C 8180 05010000", "mask-key-predictable"),
    Case(
      "only the last byte changes",
      "C 8180 a1b2c301 | C 8180 a1b2c3f7 | C 8180 a1b2c322 | C 8180 a1b2c391 | C 8180 a1b2c310", "mask-key-predictable"),
    Case(
      "keys of few bytes",
      "C 8180 41424344 | C 8180 44434241 | C 8180 42414443 | C 8180 43444142 | C 8180 41434244", "mask-key-predictable"),
    Case("many fresh keys", "c 81 00 *300"),
    Case("the server's frames have no keys to judge", "S 81 01 61 *20"),
  ]

  static let floods: [Case] = [
    Case("many fragments of some size", "S 02 20 00{32} | S 00 20 00{32} *1200 | S 80 00"),
    Case("100 empty fragments", "S 01 00 | S 00 00 *99 | S 80 01 61"),
    Case("a large frame below the limit", "large-message 1 | S 82 7e fde8 00{65000}"),
    Case("a frame that stands still is no flood", "S 82 7e 0400 | @10 | S 00{1024}"),
    Case("a frame that is slow, but moves", "S 82 7e 0400 | [@10 | S 00{256}] *4"),
    Case("HTTP behind a mask is only a payload", "c 81 12 474554202f20485454502f312e310d0a0d0a", "tunnel-in-payload"),
    Case(
      "HTTP on the wire, cut anywhere", "C 8192 00000000 4745 | C 54202f204854 | C 54502f312e310d0a0d0a",
      "mask-key-zero", "masked-bytes-look-like-http", "tunnel-in-payload"),
    Case("a slash is no request", "C 8290 37fa213d 2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f"),
    Case("a TLS ClientHello", "c 82 0a 16030100050100000100", "tunnel-in-payload"),
    Case("a SOCKS greeting comes first or never", "c 82 01 61 | c 82 03 050100"),
    Case("a SOCKS greeting", "c 82 03 050100", "tunnel-in-payload"),
    Case("a server's 05 01 00 is no greeting", "S 82 03 050100"),
  ]

  static let faults: [Case] = [
    Case("a fault, and its peer goes on at once", "C 81 05 48656c6c6f | S 81 02 6f6b", "frame-client-unmasked"),
    Case(
      "a fault, and its peer pongs later", "C 81 05 48656c6c6f | c 89 00 | @20 | S 8a 00", "frame-client-unmasked",
      "pong-delayed", "violation-not-failed"),
    Case(
      "a fault, and its peer's heartbeat goes on", "C 81 05 48656c6c6f | @20 | S 89 00", "frame-client-unmasked"),
    Case(
      "a fault, and its peer sends fragments later", "S 83 00 | @20 | c 01 01 61 | c 80 01 62",
      "frame-opcode-reserved-data", "violation-not-failed"),
    Case(
      "a fault of the Close, and its peer goes on", "S 88 01 03 | @20 | c 81 01 61", "close-payload-one-byte",
      "violation-not-failed"),
  ]

  @Test(arguments: pings + closing + masks + floods + faults)
  func `a scene breaks exactly these rules`(_ example: Case) throws {
    let scene = try Scene(example.scene)
    var limits = Limits()
    if let size = scene.largeMessageBytes { limits.largeMessageBytes = size }
    let options = AnalysisOptions(limits: limits, reportsFrames: true, rules: .everything)
    // Once as the packets were captured, and once without the short way for whole messages.
    for reportsFrames in [true, false] {
      var options = options
      options.reportsFrames = reportsFrames
      let told = analyze(scene.packets, options: options, rules: nil)
      #expect(Set(told.violations.map(\.rule.id)).sorted() == example.rules.sorted(), "\(example.scene)")
    }
  }

  @Test func `a check is told again only where it is graver`() throws {
    let scene = try Scene("C 8180 37fa213d | c 81 00 | c 81 00 | C 8180 37fa213d | c 81 00 | C 8180 37fa213d")
    let told = analyze(scene.packets, options: AnalysisOptions(rules: .everything), rules: nil)
    #expect(told.violations.map(\.rule.id) == ["mask-key-repeated", "mask-key-repeated"])
    #expect(told.violations.map(\.severity) == [.notice, .warning])
    #expect(told.ends.first?.rules.map(\.count) == [2])
  }

  @Test func `nothing is told of pings and Closes where bytes are missing`() throws {
    var packets = try Scene("S 89 01 31 | S 81 03 616263 | S 81 01 64 | C FIN").packets
    // The segment with the second frame.
    let lost = try #require(packets.firstIndex { $0.bytes.suffix(3) == [0x61, 0x62, 0x63] })
    packets.remove(at: lost)
    let told = analyze(packets, options: AnalysisOptions(rules: .everything), rules: nil)
    #expect(told.rules == [])
  }

  @Test func `what one direction shows is told of it alone`() throws {
    let scene = try Scene("S 89 00 *150 | S FIN")
    let server = scene.packets.filter { $0.bytes[26..<30] == [10, 0, 0, 2] }
    let told = analyze(server, options: AnalysisOptions(rules: .everything), rules: nil)
    #expect(told.rules == ["ping-flood"])
  }

  @Test func `severities that are not reached are not counted either`() throws {
    let scene = try Scene("S FIN")
    let options = AnalysisOptions(rules: .everything, mildestSeverity: .warning)
    let told = analyze(scene.packets, options: options, rules: nil)
    #expect(told.violations.isEmpty)
    #expect(told.ends.first?.rules.isEmpty == true)
    #expect(told.stats.last?.totals.violations(.notice) == 0)
  }
}
