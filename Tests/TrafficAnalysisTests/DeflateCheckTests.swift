import NetworkTypes
import TestSupport
import Testing
import TrafficAnalysis
import WebSocketDecoding

/// The traps of the checks of compressed data, beside the two scenes of each in the catalogue.
struct DeflateCheckTests {
  private static let agreed = "{permessage-deflate}"
  private static let resets = "{permessage-deflate; server_no_context_takeover}"
  private static let hello = "f248cdc9c90700"
  private static let again = "f200110000"

  struct Trap: CustomTestStringConvertible {
    let testDescription: String
    let scene: String
    let rules: [String]

    init(_ description: String, _ scene: String, _ rules: String...) {
      testDescription = description
      self.scene = scene
      self.rules = rules
    }
  }

  /// A compressed text message of the server, or a fragment.
  private static func frame(_ payload: [UInt8], _ first: Int = 0xc1) -> String {
    let bytes = payload.hexText
    let length: [UInt8] =
      payload.count < 126 ? [UInt8(payload.count)] : [126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
    return "S \([UInt8(first)].hexText) \(length.hexText) \(bytes)"
  }

  private static func window(_ bits: Int) -> String { "{permessage-deflate; server_max_window_bits=\(bits)}" }

  private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 * 7 & 127) } }

  /// A final block "He", and a block "llo" in the same byte.
  private static let insideByte: [UInt8] = {
    var bits = DeflateBits()
    bits.header(1, isFinal: true)
    bits.literals("He")
    bits.endOfBlock()
    bits.header(1)
    bits.literals("llo")
    bits.endOfBlock()
    bits.header(0)
    return bits.bytes
  }()

  /// Three bytes from before the message, and block type 3.
  private static let faultBehindCopy: [UInt8] = {
    var bits = DeflateBits()
    bits.header(1)
    bits.copy(from: 5)
    bits.endOfBlock()
    bits.header(3)
    return bits.bytes
  }()

  /// 20,000 zeros by zlib in 37 bytes.
  private static let smallBomb =
    "c2 25 ecc13101000000c2a0f54f6d0d0fa000000000000000000000000000000000000000783000"

  static let traps: [Trap] = [
    Trap("an empty message has an octet", "\(agreed) | S c1 00", "deflate-inflate-failed"),
    Trap(
      "so has one that follows a final block", "\(agreed) | S c1 08 f348cdc9c9070000 | S c1 00",
      "deflate-inflate-failed"),
    Trap("the octet of an empty message", "\(agreed) | S c1 01 00"),
    Trap("a message that ends inside a block", "\(agreed) | S c1 03 f248cd", "deflate-inflate-failed"),
    Trap("one fragment is not to inflate by itself", "\(agreed) | S 41 03 f248cd | S 80 04 c9c90700"),
    Trap("a plain message leaves the window", "\(agreed) | S c1 07 \(hello) | S 81 01 61 | S c1 05 \(again)"),
    Trap("behind a final block the window stands", "\(agreed) | S c1 08 f348cdc9c9070000 | S c1 05 \(again)"),
    Trap("a distance beyond all data", "\(agreed) | S c1 05 \(again)", "deflate-inflate-failed"),
    Trap(
      "the windows of the directions are two", "\(agreed) | c c1 07 \(hello) | S c1 05 \(again)",
      "deflate-inflate-failed"),

    Trap("no_context_takeover binds its own side", "\(resets) | c c1 07 \(hello) | c c1 05 \(again)"),
    Trap(
      "a client's no_context_takeover",
      "{permessage-deflate; client_no_context_takeover} | c c1 07 \(hello) | c c1 05 \(again)",
      "deflate-takeover-violated"),
    Trap(
      "an offer of it binds nobody",
      """
      REQ +Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover | \
      RES +Sec-WebSocket-Extensions: permessage-deflate | c c1 07 \(hello) | c c1 05 \(again)
      """),
    Trap(
      "a distance beyond all messages is no takeover", "\(resets) | S c1 02 0200 | S c1 05 \(again)",
      "deflate-inflate-failed"),
    Trap(
      "one that is cut as well is no takeover", "\(resets) | S c1 07 \(hello) | S c1 02 f200",
      "deflate-inflate-failed"),
    Trap(
      "one with a fault as well is no takeover", "\(resets) | S c1 07 \(hello) | \(frame(faultBehindCopy))",
      "deflate-inflate-failed"),
    Trap(
      "a takeover in fragments", "\(resets) | S c1 07 \(hello) | S 41 02 f200 | S 00 01 11 | S 80 02 0000",
      "deflate-takeover-violated"),
    Trap(
      "a takeover behind twenty messages",
      "\(resets) | S c1 07 \(hello) *20 | S c1 05 \(again)", "deflate-takeover-violated"),
    Trap(
      "a takeover behind a failure is a failure", "\(resets) | S c1 02 ffff | S c1 05 \(again)",
      "deflate-inflate-failed"),

    Trap(
      "a distance as long as the window",
      "\(window(9)) | \(frame(DeflateBits.message(bytes(600), copyingFrom: 512)))"),
    Trap(
      "a distance of one more", "\(window(9)) | \(frame(DeflateBits.message(bytes(600), copyingFrom: 513)))",
      "deflate-window-exceeded"),
    Trap(
      "the other side's window",
      "{permessage-deflate; client_max_window_bits=9} | \(frame(DeflateBits.message(bytes(600), copyingFrom: 513)))"),
    Trap(
      "into the message before",
      "\(window(9)) | \(frame(DeflateBits.message(bytes(600)))) | \(frame(DeflateBits.message(copyingFrom: 513)))",
      "deflate-window-exceeded"),
    Trap(
      "against both agreements",
      """
      {permessage-deflate; server_no_context_takeover; server_max_window_bits=9} | \
      \(frame(DeflateBits.message(bytes(600)))) | \(frame(DeflateBits.message(copyingFrom: 513)))
      """, "deflate-takeover-violated", "deflate-window-exceeded"),
    Trap(
      "the largest distance without a limit",
      "\(agreed) | \(frame(DeflateBits.message(bytes(32768), copyingFrom: 32768)))"),

    Trap(
      "fragments without their tails, in three, one of them empty",
      "\(agreed) | S 41 07 \(hello) | S 00 00 | S 00 05 \(again) | S 80 05 \(again)",
      "deflate-fragment-tail-removed", "deflate-inflate-failed"),
    Trap(
      "fragments that would not inflate so either", "\(agreed) | S 41 07 \(hello) | S 80 02 ffff",
      "deflate-inflate-failed"),
    Trap(
      "without the window before them they would not",
      "\(resets) | S 41 05 \(again) | S 80 07 \(hello)", "deflate-inflate-failed"),
    Trap(
      "the tail twice, and the next message refers to the one before it",
      "\(agreed) | S c1 0b \(hello)0000ffff | S c1 05 \(again)", "deflate-inflate-failed", "deflate-tail-not-removed"),

    Trap("a final block without the octet behind it", "\(agreed) | S c1 07 f348cdc9c90700", "deflate-inflate-failed"),
    Trap(
      "a block that begins inside the final one's last byte", "\(agreed) | \(frame(insideByte))",
      "deflate-bfinal-padding", "deflate-inflate-failed"),
    Trap("two final blocks with whole bytes", "\(agreed) | S c1 0f f348cdc9c90700 f348cdc9c9070000"),

    Trap("many small bombs", "\(agreed) | S \(smallBomb) *53", "deflate-bomb"),
    Trap("some small bombs", "\(agreed) | S \(smallBomb) *52"),
    Trap(
      "a bomb that is never finished",
      "\(agreed) | S 42 7e07a2 ecc101010000008220ffaf6e484001 00{1937} 6f06 | S FIN | C FIN",
      "closed-without-close-frame", "deflate-bomb", "frame-truncated", "message-unfinished"),
  ]

  private func run(_ scene: String, _ limits: Limits = Limits()) throws -> Recording {
    analyze(try Scene(scene).packets, options: AnalysisOptions(limits: limits, rules: .everything), rules: nil)
  }

  private func deflateRules(_ told: Recording) -> [String] {
    // That a window is small is for the handshake to tell.
    Set(told.violations.map(\.rule.id).filter { $0.hasPrefix("deflate-") && $0 != "deflate-window-small" }).sorted()
  }

  @Test(arguments: traps) func `a trap of the checks of compressed data`(_ trap: Trap) throws {
    let told = try run(trap.scene)
    #expect(deflateRules(told) == trap.rules.filter { $0.hasPrefix("deflate-") }, "\(trap.testDescription)")
  }

  @Test func `with a window of eight bits nine are a notice, since zlib makes nine of eight`() throws {
    for (distance, severity) in [(256, nil), (257, .notice), (512, .notice), (513, .error)]
      as [(Int, Rule.Severity?)]
    {
      let told = try run(
        "\(Self.window(8)) | \(Self.frame(DeflateBits.message(Self.bytes(600), copyingFrom: distance)))")
      #expect(told.violations.first { $0.rule == .deflateWindowExceeded }?.severity == severity)
    }
  }

  @Test func `details show the values`() throws {
    func details(_ scene: String) throws -> [String] {
      try run(scene).violations.filter { $0.rule.id.hasPrefix("deflate-") && $0.rule != .deflateWindowSmall }.map(
        \.detail)
    }
    #expect(
      try details("\(Self.window(9)) | \(Self.frame(DeflateBits.message(Self.bytes(600), copyingFrom: 9, 513)))")
        == ["byte 603 is copied over a distance of 513, the window has 512 bytes"])
    #expect(
      try details("\(Self.resets) | S c1 07 \(Self.hello) | S c1 05 \(Self.again)")
        == ["byte 1 is copied from 4 bytes before the message, which is to stand for itself"])
    #expect(try details("\(Self.agreed) | S c1 05 ffffffffff") == ["block type 3 at bit 1"])
    #expect(
      try details("\(Self.agreed) | S c1 05 \(Self.again)")
        == ["byte 1 is copied from 4 bytes before the message, where nothing is to refer to"])
    #expect(
      try details("\(Self.agreed) | S \(Self.smallBomb) *53") == ["53 messages, 1961 bytes inflate to 1060000 at least"]
    )
  }

  @Test func `a sender who takes over against the agreement is read, and counted`() throws {
    let told = try run(
      "\(Self.resets) | S c1 07 \(Self.hello) | [S c1 05 \(Self.again) | S c1 07 \(Self.hello)] *20 | S FIN | C FIN")
    #expect(told.messages.count == 41)
    #expect(told.messages.allSatisfy { $0.payload == Array("Hello".utf8) })
    #expect(told.ends.first?.rules.first { $0.rule == .deflateTakeoverViolated }?.count == 20)
  }

  @Test func `one who begins late is read from then on`() throws {
    let told = try run(
      "\(Self.resets) | S c1 07 \(Self.hello) *20 | S c1 05 \(Self.again) *2 | S c1 07 \(Self.hello) | S c1 05 \(Self.again)"
    )
    #expect(
      told.messages.map(\.record.undecoded) == Array(repeating: nil, count: 20) + [
        .contextLost, .contextLost, nil, nil,
      ])
    #expect(told.messages.last?.payload == Array("Hello".utf8))
  }

  @Test func `a failure is told when it shows, as the message may never end`() throws {
    let told = try run("\(Self.agreed) | S 41 05 ffffffffff | @5 | S FIN | C FIN")
    #expect(told.violations.first?.rule == .deflateInflateFailed)
    #expect(told.violations.first?.packet.number ?? 0 < told.ends.first?.packet.number ?? 0)
  }

  @Test func `behind lost bytes nothing is told of what may refer to them`() {
    for (field, payload) in [
      (deflate, hex(Self.again)), (deflate, hex("ffff")),
      (deflate + "; server_max_window_bits=9", DeflateBits.message(copyingFrom: 513)),
    ] {
      let told = socket(request: [deflate], response: [field]) { talk in
        let first = WebSocketFrame.frame(opcode: 1, DeflateBits.message(Self.bytes(600)), rsv: 4)
        talk.server(Array(first[..<20]))
        talk.lose(from: .server, Array(first[20..<30]))
        talk.server(Array(first[30...]))
        talk.server(WebSocketFrame.frame(opcode: 1, payload, rsv: 4))
      }
      #expect(deflateRules(told) == [])
    }
  }

  @Test func `what is too long to be kept is not judged`() throws {
    var limits = Limits()
    limits.judgedDeflateBytes = 100
    let exceeding = "\(Self.window(9)) | \(Self.frame(DeflateBits.message(Self.bytes(600), copyingFrom: 513)))"
    #expect(deflateRules(try run(exceeding, limits)) == [])
    // What zlib says is said.
    let failing = "\(Self.agreed) | \(Self.frame(DeflateBits.message(Self.bytes(600)) + [0xff, 0xff]))"
    #expect(deflateRules(try run(failing, limits)) == ["deflate-inflate-failed"])
  }
}
