import NetworkTypes
import TestSupport
import Testing
import TrafficAnalysis
import WebSocketDecoding

/// Pings, pongs and Closes (RFC 6455 §5.5, §7).
struct ControlTests {
  /// The round-trip times of the pongs in a talk, in their order.
  static func roundTrips(_ body: (inout Conversation) -> Void) -> [Int64?] {
    socket { talk in body(&talk) }.controls.compactMap { control in
      if case .pong(let time) = control.record.kind { .some(time) } else { nil }
    }
  }

  @Test func `a pong knows the time since the ping that it answers`() {
    let times = Self.roundTrips { talk in
      talk.server(WebSocketFrame.ping([1]))
      talk.wait(nanoseconds: 41_000_000)
      talk.client(WebSocketFrame.pong([1], mask: exampleMask))
      talk.client(WebSocketFrame.ping([1], mask: exampleMask))
      talk.server(WebSocketFrame.pong([1]))
    }
    #expect(times == [42_000, 1000])
  }

  @Test func `a pong answers a ping once, and one that nobody asked for has no time`() {
    let times = Self.roundTrips { talk in
      talk.client(WebSocketFrame.pong([7], mask: exampleMask))
      talk.server(WebSocketFrame.ping([1]))
      talk.client(WebSocketFrame.pong([2], mask: exampleMask))
      talk.server(WebSocketFrame.pong([1]))
      talk.client(WebSocketFrame.pong([1], mask: exampleMask))
      talk.client(WebSocketFrame.pong([1], mask: exampleMask))
    }
    #expect(times == [nil, nil, nil, 3000, nil])
  }

  @Test func `of several pings only the last needs an answer, which stands for those before`() {
    let times = Self.roundTrips { talk in
      talk.server(WebSocketFrame.ping([1]))
      talk.server(WebSocketFrame.ping([2]))
      talk.server(WebSocketFrame.ping([3]))
      talk.client(WebSocketFrame.pong([2], mask: exampleMask))
      talk.client(WebSocketFrame.pong([1], mask: exampleMask))
      talk.client(WebSocketFrame.pong([3], mask: exampleMask))
    }
    #expect(times == [2000, nil, 3000])
  }

  @Test func `where two pings say the same it is not certain which is answered`() {
    let times = Self.roundTrips { talk in
      talk.server(WebSocketFrame.ping())
      talk.server(WebSocketFrame.ping())
      talk.client(WebSocketFrame.pong(mask: exampleMask))
    }
    #expect(times == [nil])
  }

  @Test func `a clock that went back gives no time`() {
    let times = Self.roundTrips { talk in
      talk.server(WebSocketFrame.ping([1]))
      talk.wait(nanoseconds: -5_000_000)
      talk.client(WebSocketFrame.pong([1], mask: exampleMask))
    }
    #expect(times == [nil])
  }

  @Test(arguments: [
    (WebSocketFrame.close(), "s2c close", nil, nil),
    (WebSocketFrame.close(1000), "s2c close 1000 \"\"", 1000, ""),
    (WebSocketFrame.close(3000, "bye €"), "s2c close 3000 \"bye €\"", 3000, "bye €"),
    (WebSocketFrame.frame(opcode: 8, [3]), "s2c close malformed 03", nil, nil),
    (WebSocketFrame.frame(opcode: 8, [3, 232, 0xff]), "s2c close malformed 03 e8 ff", 1000, nil),
    (WebSocketFrame.close(1006), "s2c close 1006 \"\"", 1006, ""),
  ])
  func `a Close is told with its code and reason, and the end repeats the first`(
    frame: [UInt8], line: String, code: UInt16?, reason: String?
  ) throws {
    let told = socket { talk in
      talk.server(frame)
      talk.client(WebSocketFrame.close(4000, "second", mask: exampleMask))
    }
    #expect(told.talk.filter { !$0.contains("breaks") } == [line, "c2s close 4000 \"second\""])
    let end = try #require(told.ends.first)
    #expect(end.closedBy == .server)
    #expect(end.isClean)
    #expect(end.closeCode == code)
    #expect(end.closeReason == reason)
  }

  @Test func `data behind a Close is told and breaks the rule, and a pong is allowed there`() {
    let told = socket { talk in
      talk.server(WebSocketFrame.close(1000))
      talk.client(WebSocketFrame.text("still", mask: exampleMask))
      talk.server(WebSocketFrame.pong([1]))
      talk.server(WebSocketFrame.text("late"))
      talk.server(WebSocketFrame.text("later"))
      talk.client(WebSocketFrame.close(1000, mask: exampleMask))
    }
    #expect(
      told.talk == [
        "s2c close 1000 \"\"", "c2s text \"still\"", "s2c pong \"\u{1}\"", "s2c breaks data-after-close",
        "s2c text \"late\"", "s2c text \"later\"", "c2s close 1000 \"\"",
      ])
    #expect(told.ends.first?.rules.map(\.count) == [2])
  }

  @Test func `a control that is too long or fragmented is told whole all the same`() {
    let long = [UInt8](repeating: 0x78, count: 126)
    let told = socket { talk in
      talk.server(WebSocketFrame.ping(long))
      talk.server(WebSocketFrame.frame(opcode: 9, [0x61], fin: false))
      talk.server(WebSocketFrame.continuation([0x62]))
      talk.server(WebSocketFrame.text("next"))
    }
    #expect(
      told.talk == [
        "s2c breaks control-frame-too-long", "s2c ping \"\(String(repeating: "x", count: 126))\"",
        "s2c breaks control-frame-fragmented", "s2c ping \"a\"", "s2c breaks continuation-without-start",
        "s2c text \"next\"",
      ])
  }

  @Test func `who closes without a Close is the first to end`() {
    for (side, name) in [(Conversation.Side.client, Sender.client), (.server, .server)] {
      let finished = socket(closes: false) { $0.close(by: side) }
      #expect(finished.ends.map(\.closedBy) == [name])
      #expect(finished.ends.map(\.cause) == [.fin])
      #expect(finished.ends.map(\.isClean) == [false])
      let reset = socket(closes: false) { $0.rst(from: side) }
      #expect(reset.ends.map(\.closedBy) == [name])
      #expect(reset.ends.map(\.cause) == [.reset])
    }
  }
}
