import NetworkTypes
import TestSupport
import Testing
import TrafficAnalysis
import WebSocketDecoding

/// The last word on a WebSocket, and the counts of a run.
struct EndRecordTests {
  @Test func `the end sums up both directions`() throws {
    let request = HandshakeText.request().utf8.count
    let answer = HandshakeText.response().utf8.count
    let told = socket { talk in
      talk.client(WebSocketFrame.text("abc", mask: exampleMask))
      talk.client(WebSocketFrame.binary([1, 2], mask: exampleMask, fin: false))
      talk.client(WebSocketFrame.continuation([3, 4], mask: exampleMask))
      talk.server(WebSocketFrame.ping([1]))
      talk.client(WebSocketFrame.pong([1], mask: exampleMask))
      talk.server(WebSocketFrame.text("€"))
      talk.server(WebSocketFrame.close(1001, "away"))
      talk.client(WebSocketFrame.close(1001, mask: exampleMask))
    }
    let end = try #require(told.ends.first)
    #expect(end.cause == .fin)
    #expect(end.isClean)
    #expect(end.closedBy == .server)
    #expect(end.closeCode == 1001)
    #expect(end.closeReason == "away")
    #expect(end.rules.isEmpty)
    // From the answer to the second FIN, with which all is said: 8 frames, FIN, FIN. The last ACK comes after it.
    #expect(end.durationMicroseconds == 10_000)
    #expect(end.client.packets == 9)
    #expect(end.client.bytes == request + 40)
    #expect(end.client.frames == 5)
    #expect(end.client.messages == 2)
    #expect(end.client.textMessages == 1)
    #expect(end.client.binaryMessages == 1)
    #expect(end.client.pings == 0)
    #expect(end.client.pongs == 1)
    #expect(end.client.payload == 7)
    #expect(end.client.wire == 7)
    #expect(end.server.packets == 6)
    #expect(end.server.bytes == answer + 16)
    #expect(end.server.frames == 3)
    #expect(end.server.messages == 1)
    #expect(end.server.pings == 1)
    #expect(end.server.payload == 3)
    for side in [end.client, end.server] {
      #expect(side.gapBytes == 0)
      #expect(side.retransmittedBytes == 0)
      #expect(side.overlapConflicts == 0)
      #expect(side.unframedBytes == 0)
    }
    #expect(told.kinds.first == "meta")
    #expect(told.kinds.last == "stats")
    #expect(told.metas.first?.packet?.number == 1)
  }

  @Test func `compressed payload counts inflated, and on the wire`() throws {
    let told = socket(request: [deflate], response: [deflate]) { talk in
      talk.server(WebSocketFrame.frame(opcode: 1, DeflateTests.hello, rsv: 4))
      talk.server(WebSocketFrame.frame(opcode: 1, DeflateTests.helloAgain, rsv: 4))
    }
    let end = try #require(told.ends.first)
    #expect(end.server.payload == 10)
    #expect(end.server.wire == 12)
  }

  @Test func `each connection that is open at the end of the capture ends there, and with idleness before`() {
    var first = Conversation(client: "10.0.0.1:40000")
    first.openWebSocket()
    var second = Conversation(client: "10.0.0.1:40001", nanoseconds: first.nanoseconds + 7_300_000_000_000)
    second.openWebSocket()
    #expect(analyze(first.packets + second.packets).ends.map(\.cause).contains(.captureEnd))
    #expect(analyze(first.packets + second.packets).ends.count == 2)
  }

  @Test func `a port that is used again is another connection`() {
    var first = Conversation(nanoseconds: 1_700_000_000_000_000_000)
    first.openWebSocket()
    first.server(WebSocketFrame.text("one"))
    first.close()
    var second = Conversation(
      clientSequence: 900_000, serverSequence: 800_000, nanoseconds: 1_700_000_010_000_000_000)
    second.openWebSocket()
    second.server(WebSocketFrame.text("two"))
    second.close()
    let told = analyze(first.packets + second.packets)
    #expect(told.story == ["open", "s2c text \"one\"", "end: fin", "open", "s2c text \"two\"", "end: fin"])
    #expect(Set(told.opens.map(\.connection.name)).count == 2)
    #expect(Set(told.opens.map(\.connection.communityID)).count == 1)
    #expect(told.stats.last?.tcpConnections == 2)
  }

  @Test func `the records come in the order of the capture`() {
    let told = socket { talk in
      for index in 0..<20 { talk.server(WebSocketFrame.text("\(index)")) }
    }
    #expect(told.packets.map(\.number) == told.packets.map(\.number).sorted())
    #expect(told.messages.map(\.record.packet.number) == Array(6..<26))
  }

  @Test func `a limit of packets ends the run there`() {
    var talk = Conversation()
    talk.openWebSocket()
    for index in 0..<20 { talk.server(WebSocketFrame.text("\(index)")) }
    let told = analyze(talk, options: AnalysisOptions(packetLimit: 8))
    #expect(told.stats.last?.packets == 8)
    #expect(told.messages.count == 3)
    #expect(told.ends.map(\.cause) == [.captureEnd])
  }

  @Test func `a sink that is broken ends the run`() {
    var talk = Conversation()
    talk.openWebSocket()
    for index in 0..<200 { talk.server(WebSocketFrame.text("\(index)")) }
    let told = analyze(talk.packets, breaksAfter: 10)
    #expect(told.messages.count < 20)
  }

  @Test func `no packets are told as that`() {
    let told = analyze([])
    #expect(told.kinds == ["meta", "stats"])
    #expect(told.metas.first?.packet == nil)
    #expect(told.stats.first?.packets == 0)
    #expect(told.stats.first?.isFinal == true)
  }

  @Test func `TLS is counted, and nothing else is said of it`() {
    var talk = Conversation(server: "10.0.0.2:443")
    talk.handshake()
    talk.client([0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x00])
    talk.server([0x16, 0x03, 0x03, 0x00, 0x05, 0x02, 0x00, 0x00, 0x01, 0x00])
    talk.close()
    let told = analyze(talk)
    #expect(told.story == [])
    #expect(told.stats.last?.tlsConnections == 1)
  }

  @Test func `times at both ends of what a clock can say keep every duration exact in a double`() throws {
    var talk = Conversation(nanoseconds: .min, step: 0)
    talk.openWebSocket()
    talk.server(WebSocketFrame.text("a", fin: false))
    talk.nanoseconds = .max
    talk.server(WebSocketFrame.continuation([0x62]))
    talk.rst(from: .server)
    let told = analyze(talk)
    let largest: Int64 = 9_007_199_254_740_991
    #expect(try #require(told.messages.first).record.durationMicroseconds <= largest)
    #expect(try #require(told.ends.first).durationMicroseconds <= largest)
  }

  @Test func `a connection is named by its ends and its first packet's time`() {
    // The example of the Community ID's specification.
    var talk = Conversation(
      client: "128.232.110.120:34855", server: "66.35.250.204:80", nanoseconds: 1_071_580_904_891_921_000)
    talk.openWebSocket()
    let told = analyze(talk)
    #expect(told.opens.first?.connection.communityID == "1:LQU9qZlK+B5F3KDmev6m5PMibrg=")
    // SHA-1 over 0000 42 23 fa cc 80 e8 6e 78 06 00 0050 8827, the time and eight zeros, computed apart from this code.
    #expect(told.opens.first?.connection.name == "bgvwsw75kkivg")
    #expect(told.opens.first?.connection.name.utf8.count == 13)
  }
}
