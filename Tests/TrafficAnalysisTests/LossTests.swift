import NetworkTypes
import TCPReassembly
import TestSupport
import Testing
import TrafficAnalysis
import WebSocketDecoding

/// What is missing from a capture costs what it must, and is said (no wrong text, no frame that was not there).
struct LossTests {
  static let body = String(repeating: "abcdefghij", count: 300)

  /// A server that sends `before`, then the long text in three segments of which the second is lost, then "next".
  static func lossInside(snapped: Bool = false) -> Recording {
    var talk = Conversation()
    talk.openWebSocket()
    let frame = WebSocketFrame.text(body)
    talk.server(Array(frame[..<1000]))
    if snapped {
      talk.server(Array(frame[1000..<2000]))
      // Ethernet, IPv4 and TCP headers and 100 bytes.
      talk.packets[talk.packets.count - 1] = talk.packets[talk.packets.count - 1].snapped(to: 54 + 100)
    } else {
      talk.lose(from: .server, Array(frame[1000..<2000]))
    }
    talk.server(Array(frame[2000...]))
    talk.server(WebSocketFrame.text("next"))
    talk.server(WebSocketFrame.close(1000))
    talk.client(WebSocketFrame.close(1000, mask: exampleMask))
    talk.close()
    return analyze(talk)
  }

  @Test func `a hole inside a payload costs that message alone`() throws {
    let told = Self.lossInside()
    // The header takes four bytes of the first thousand.
    #expect(told.messages.map(\.record.length) == [996, 4])
    #expect(told.messages.map(\.record.losses) == [.incomplete, []])
    #expect(told.messages[0].payload == Array(Self.body.utf8.prefix(996)))
    #expect(told.talk.filter { $0.hasPrefix("s2c") }.dropFirst() == ["s2c text \"next\"", "s2c close 1000 \"\""])
    #expect(told.rules == [])
    let frames = told.frames.filter { $0.sender == .server }
    #expect(frames.map(\.length) == [996, 4, 2])
    #expect(frames.map(\.losses) == [.incomplete, [], []])
    let end = try #require(told.ends.first)
    #expect(end.server.gapBytes == 1000)
    #expect(end.isClean)
    #expect(told.stats.last?.gaps == 1)
    #expect(told.stats.last?.gapBytes == 1000)
  }

  @Test func `a snap length that cuts a payload is told apart from a loss`() {
    let told = Self.lossInside(snapped: true)
    #expect(told.messages.map(\.record.length) == [1096, 4])
    #expect(told.messages.map(\.record.losses) == [.snapped, []])
    #expect(told.frames.map(\.losses) == [.snapped, [], [], []])
  }

  @Test func `a hole inside a ping has no round trip, and inside a Close no code`() {
    var talk = Conversation()
    talk.openWebSocket()
    func cut(_ frame: [UInt8], _ range: Range<Int>) {
      talk.server(Array(frame[..<range.lowerBound]))
      talk.lose(from: .server, Array(frame[range]))
      talk.server(Array(frame[range.upperBound...]))
    }
    cut(WebSocketFrame.ping(Array("abcdef".utf8)), 4..<6)
    talk.client(WebSocketFrame.pong(Array("abcdef".utf8), mask: exampleMask))
    cut(WebSocketFrame.close(1000, "reason"), 6..<8)
    talk.close()
    let told = analyze(talk)
    #expect(
      told.talk.sorted()
        == ["c2s pong \"abcdef\"", "s2c close malformed 03 e8 72 65 incomplete", "s2c ping \"ab\" incomplete"].sorted())
    #expect(
      told.controls.allSatisfy {
        if case .pong(let time) = $0.record.kind { time == nil } else { true }
      })
    #expect(told.ends.first?.closeCode == nil)
    #expect(told.rules == [])
  }

  @Test func `a hole inside one fragment leaves the others of its message`() {
    var talk = Conversation()
    talk.openWebSocket()
    talk.server(WebSocketFrame.text("one ", fin: false))
    let second = WebSocketFrame.continuation(Array("two three ".utf8), fin: false)
    talk.server(Array(second[..<5]))
    talk.lose(from: .server, Array(second[5..<8]))
    talk.server(Array(second[8...]))
    talk.server(WebSocketFrame.continuation(Array("four".utf8)))
    talk.server(WebSocketFrame.text("next"))
    talk.close()
    let told = analyze(talk)
    #expect(told.talk == ["s2c text \"one two\" incomplete", "s2c text \"next\""])
    #expect(told.messages.first?.record.frames == 3)
  }

  @Test func `a hole that takes a header leaves no frame that was not there`() {
    var talk = Conversation()
    talk.openWebSocket()
    talk.server(WebSocketFrame.text("first"))
    talk.lose(from: .server, WebSocketFrame.text("lost"))
    talk.server(WebSocketFrame.text("a"))
    talk.client(WebSocketFrame.text("yes", mask: exampleMask))
    talk.close()
    let told = analyze(talk)
    let texts = told.messages.filter { $0.record.losses.isEmpty }.map { String(decoding: $0.payload, as: UTF8.self) }
    #expect(texts.filter { $0 != "a" }.sorted() == ["first", "yes"])
    #expect(told.rules == [])
    #expect(told.ends.first?.server.gapBytes == 6)
  }

  @Test func `text is not wrong where bytes of it are missing`() {
    var talk = Conversation()
    talk.openWebSocket()
    let frame = WebSocketFrame.text("€€€")
    talk.server(Array(frame[..<4]))
    talk.lose(from: .server, Array(frame[4..<6]))
    talk.server(Array(frame[6...]))
    talk.close()
    let told = analyze(talk)
    #expect(told.rules == [])
    #expect(told.messages.map(\.payload) == [[0xe2, 0x82]])
    #expect(told.messages.map(\.record.losses) == [.incomplete])
  }

  @Test func `retransmitted and disordered segments change nothing but their counts`() throws {
    var talk = Conversation()
    talk.openWebSocket()
    for index in 0..<6 { talk.server(WebSocketFrame.text("message \(index)")) }
    talk.close()
    let plain = analyze(talk.packets)
    let shuffled = analyze(talk.packets.moving(7, to: 6).moving(9, to: 10).duplicating(5).retimed())
    #expect(shuffled.talk == plain.talk)
    #expect(try #require(shuffled.ends.first).server.retransmittedBytes == 11)
    #expect(try #require(plain.ends.first).server.retransmittedBytes == 0)
  }

  @Test(arguments: [OverlapPolicy.first, .last])
  func `bytes that come twice and differ are counted, and one copy stands`(policy: OverlapPolicy) throws {
    var talk = Conversation()
    talk.openWebSocket()
    let frame = WebSocketFrame.text("right")
    let start = talk.sequence[.server]!
    // The end arrives early, twice; then the beginning.
    talk.segment(from: .server, flags: 0x18, payload: Array(frame[4...]), sequence: start &+ 4)
    talk.segment(from: .server, flags: 0x18, payload: Array("xyz".utf8), sequence: start &+ 4)
    talk.segment(from: .server, flags: 0x18, payload: Array(frame[..<4]), sequence: start)
    talk.sequence[.server] = start &+ 7
    talk.close()
    let told = analyze(talk, options: AnalysisOptions(overlapPolicy: policy))
    #expect(told.talk == ["s2c text \"\(policy == .first ? "right" : "rixyz")\""])
    #expect(try #require(told.ends.first).server.overlapConflicts == 1)
  }
}
