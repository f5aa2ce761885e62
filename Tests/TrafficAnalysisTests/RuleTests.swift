import NetworkTypes
import TestSupport
import Testing
import TrafficAnalysis
import WebSocketDecoding

/// Each check fires for what breaks its rule, alone, and stays silent for what looks like it.
struct RuleTests {
  /// A check, what breaks it and what does not: as bytes after the handshake, "C" for the client's and "S" for the
  /// server's, `xx{n}` for a byte n times, and a leading "{permessage-deflate}" where that is agreed.
  struct Case: Sendable, CustomTestStringConvertible {
    var rule: String
    var broken: String
    var harmless: [String]
    /// Rules that the broken bytes cannot but break too.
    var beside: [String] = []
    var testDescription: String { rule }
  }

  /// The examples of the catalogue, and further harmless ones.
  static let cases: [Case] = [
    Case(
      rule: "frame-client-unmasked", broken: "C 81 05 48656c6c6f",
      harmless: ["C 8185 37fa213d 7f9f4d5158", "C 8180 00000000", "C 8185 00000000 48656c6c6f"]),
    Case(rule: "frame-client-unmasked", broken: "C 89 00", harmless: ["C 8980 37fa213d"]),
    Case(rule: "frame-server-masked", broken: "S 8185 37fa213d 7f9f4d5158", harmless: ["S 81 05 48656c6c6f"]),
    Case(
      rule: "frame-rsv1-unexpected", broken: "S c1 05 48656c6c6f",
      harmless: ["{permessage-deflate} S c1 07 f248cdc9c90700"]),
    Case(rule: "frame-rsv2-unexpected", broken: "S a1 05 48656c6c6f", harmless: ["S 81 05 48656c6c6f"]),
    Case(
      rule: "frame-rsv2-unexpected", broken: "{permessage-deflate} S e1 07 f248cdc9c90700",
      harmless: ["{permessage-deflate} S c1 07 f248cdc9c90700"]),
    Case(rule: "frame-rsv3-unexpected", broken: "S 91 05 48656c6c6f", harmless: ["S 81 05 48656c6c6f"]),
    Case(rule: "frame-opcode-reserved-data", broken: "S 83 05 48656c6c6f", harmless: ["S 82 05 48656c6c6f"]),
    Case(rule: "frame-opcode-reserved-data", broken: "S 87 00", harmless: ["S 82 00"]),
    Case(rule: "frame-opcode-reserved-control", broken: "S 8b 00", harmless: ["S 8a 00"]),
    Case(rule: "frame-opcode-reserved-control", broken: "S 8f 00", harmless: ["S 88 00"]),
    Case(
      rule: "frame-length-not-minimal", broken: "S 81 7e0005 48656c6c6f",
      harmless: ["S 82 7e007e 00{126}", "S 82 7d 00{125}", "S 82 7effff 00{65535}"]),
    Case(
      rule: "frame-length-not-minimal", broken: "S 82 7f000000000000ffff 00{65535}",
      harmless: ["S 82 7f0000000000010000 61{65536}"]),
    Case(
      rule: "frame-length-top-bit", broken: "S 81 7f8000000000000005 48656c6c6f",
      harmless: ["S 82 7f0000000000010000 61{65536}"]),
    Case(
      rule: "control-frame-fragmented", broken: "S 09 01 78",
      harmless: ["S 01 01 61 | S 89 01 78 | S 80 01 62"]),
    Case(rule: "control-frame-too-long", broken: "S 89 7e007e 78{126}", harmless: ["S 89 7d 78{125}"]),
    Case(
      rule: "continuation-without-start", broken: "S 80 03 616263",
      harmless: ["S 01 01 61 | S 00 01 62 | S 80 01 63", "S 01 00 | S 80 00"]),
    Case(
      rule: "message-interleaved", broken: "S 01 01 61 | S 81 01 62",
      harmless: ["S 01 01 61 | S 89 00 | C 8181 37fa213d 55 | S 80 01 63"]),
    Case(
      rule: "message-interleaved", broken: "S 01 01 61 | S 81 01 62 | S 80 01 63", harmless: [],
      beside: ["continuation-without-start"]),
    Case(
      rule: "text-invalid-utf8", broken: "S 81 03 ceba ff",
      harmless: ["S 01 01 ce | S 80 01 ba", "S 82 03 cebaff", "S 81 03 efbfbe", "S 81 03 efbbbf", "S 81 00"]),
    Case(rule: "text-invalid-utf8", broken: "S 81 02 c080", harmless: ["S 81 02 c280"]),
    Case(rule: "text-invalid-utf8", broken: "S 81 03 eda080", harmless: ["S 81 03 ed9fbf"]),
    Case(rule: "text-invalid-utf8", broken: "S 81 04 f4908080", harmless: ["S 81 04 f48fbfbf"]),
    Case(rule: "text-invalid-utf8", broken: "S 81 01 ce", harmless: []),
    Case(rule: "text-invalid-utf8", broken: "S 01 01 ce | S 89 00 | S 80 01 41", harmless: []),
    Case(
      rule: "text-invalid-utf8", broken: "{permessage-deflate} S c1 07 00 0100 feff ff 00",
      harmless: ["{permessage-deflate} S c2 07 00 0100 feff ff 00"]),
    Case(rule: "close-payload-one-byte", broken: "S 88 01 03", harmless: ["S 88 00", "S 88 02 03e8"]),
    Case(rule: "close-code-out-of-range", broken: "S 88 02 03e7", harmless: ["S 88 02 0fa0", "S 88 02 1387"]),
    Case(rule: "close-code-out-of-range", broken: "S 88 02 1388", harmless: ["S 88 02 0bb8"]),
    Case(rule: "close-code-out-of-range", broken: "S 88 02 0000", harmless: ["S 88 02 03e8"]),
    Case(rule: "close-code-forbidden", broken: "S 88 02 03ed", harmless: ["S 88 02 03eb"]),
    Case(rule: "close-code-forbidden", broken: "S 88 02 03ee", harmless: ["S 88 02 03ef"]),
    Case(rule: "close-code-forbidden", broken: "S 88 02 03f7", harmless: ["S 88 02 03f3"]),
    Case(rule: "close-code-reserved", broken: "S 88 02 03ec", harmless: ["S 88 02 03eb"]),
    Case(
      rule: "close-code-unassigned", broken: "S 88 02 07d0",
      harmless: ["S 88 02 03f4", "S 88 02 03f5", "S 88 02 03f6"]),
    Case(rule: "close-code-unassigned", broken: "S 88 02 03f8", harmless: []),
    Case(
      rule: "close-reason-invalid-utf8", broken: "S 88 04 03e8 ffff",
      harmless: ["S 88 05 03e8 e282ac", "S 88 7d 03e8 61{123}"]),
    Case(
      rule: "data-after-close", broken: "S 88 02 03e8 | S 81 04 6c617465",
      harmless: ["C 8882 37fa213d 3412 | S 81 02 6f6b | S 88 02 03e8", "S 88 00 | S 8a 00 | S 89 00"]),
    Case(rule: "data-after-close", broken: "S 01 00 | S 88 00 | S 80 00", harmless: []),
    Case(
      rule: "close-repeated", broken: "S 88 02 03e8 | S 88 02 03e8",
      harmless: ["S 88 02 03e8 | C 8882 37fa213d 3412"]),
    Case(
      rule: "deflate-rsv1-on-control", broken: "{permessage-deflate} S c9 05 48656c6c6f",
      harmless: ["{permessage-deflate} S 89 05 48656c6c6f"]),
    Case(
      rule: "deflate-rsv1-on-continuation", broken: "{permessage-deflate} S 41 03 f248cd | S c0 04 c9c90700",
      harmless: ["{permessage-deflate} S 41 03 f248cd | S 80 04 c9c90700"]),
    Case(
      rule: "deflate-inflate-failed", broken: "{permessage-deflate} S c1 05 ffffffffff",
      harmless: [
        "{permessage-deflate} S c1 08 f348cdc9c9070000", "{permessage-deflate} S c1 01 00",
        "{permessage-deflate} S 81 05 4142434445",
      ]),
    // A message of no bytes lacks the block that its sender must have ended (RFC 7692 §7.2.1, §7.2.3.6).
    Case(rule: "deflate-inflate-failed", broken: "{permessage-deflate} S c1 00", harmless: []),
    // It refers to more than there is.
    Case(rule: "deflate-inflate-failed", broken: "{permessage-deflate} S c1 05 f200110000", harmless: []),
  ]

  /// What the bytes of a case tell.
  static func recording(_ wire: String) -> Recording {
    var wire = wire[...]
    var isCompressed = false
    if wire.hasPrefix("{permessage-deflate}") {
      isCompressed = true
      wire = wire.dropFirst("{permessage-deflate}".count)
    }
    return socket(request: isCompressed ? [deflate] : [], response: isCompressed ? [deflate] : []) { talk in
      for part in wire.split(separator: "|") {
        let words = part.split(separator: " ")
        let side: Conversation.Side = words[0] == "C" ? .client : .server
        var bytes: [UInt8] = []
        for word in words.dropFirst() {
          if let brace = word.firstIndex(of: "{") {
            let count = Int(word[word.index(after: brace)...].dropLast())!
            bytes += [UInt8](repeating: hex(String(word[..<brace]))[0], count: count)
          } else {
            bytes += hex(String(word))
          }
        }
        talk.send(from: side, bytes)
      }
    }
  }

  @Test(arguments: cases)
  func `a check fires for what breaks its rule, and for nothing else`(example: Case) {
    let broken = Self.recording(example.broken)
    #expect(broken.rules == ([example.rule] + example.beside).sorted(), "\(example.broken)")
    let side: Sender = example.broken.contains("C ") ? .client : .server
    #expect(broken.violations.allSatisfy { $0.sender == side })
    for wire in example.harmless { #expect(Self.recording(wire).rules == [], "\(wire)") }
  }

  @Test func `the accept is right with blanks around it, and for any of several keys`() {
    var talk = Conversation()
    talk.handshake()
    talk.client(HandshakeText.request(key: "AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Key: \(HandshakeText.key)"))
    talk.server(HandshakeText.response(accept: "   \(HandshakeText.accept)  "))
    let told = analyze(talk)
    #expect(told.rules == [])
    #expect(told.opens.first?.isAcceptRight == true)
  }

  @Test func `a check is told once a direction, and counted after that`() {
    let told = socket { talk in
      for _ in 0..<3 {
        talk.server(WebSocketFrame.text("a", rsv: 2))
        talk.client(WebSocketFrame.text("b", mask: exampleMask, rsv: 2))
      }
    }
    #expect(told.violations.map(\.rule.id) == ["frame-rsv2-unexpected", "frame-rsv2-unexpected"])
    #expect(told.violations.map(\.sender) == [.server, .client])
    #expect(told.ends.first?.rules.map(\.count) == [6])
  }

  @Test func `another version of the protocol is not held to these rules`() {
    var talk = Conversation()
    talk.handshake()
    talk.client(HandshakeText.request(version: "8"))
    talk.server(HandshakeText.response())
    talk.client(WebSocketFrame.text("unmasked"))
    talk.server(WebSocketFrame.close(1005))
    talk.close()
    let told = analyze(talk)
    #expect(told.rules == [])
    #expect(told.talk == ["c2s text \"unmasked\"", "s2c close 1005 \"\""])
  }

  @Test func `the place of a violation is its frame's`() {
    let told = socket { talk in
      talk.server(WebSocketFrame.text("ok"))
      talk.server(WebSocketFrame.frame(opcode: 3, [1]))
    }
    #expect(told.violations.map(\.offset) == [HandshakeText.response().utf8.count + 4])
    #expect(told.violations.map(\.packet.number) == [7])
  }
}
