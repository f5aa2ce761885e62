import NetworkTypes
import TestSupport
import Testing
import TrafficAnalysis

/// What happens to WebSockets where the limits of a run are reached, and how that is told.
struct BoundsTests {
  private static func options(_ change: (inout Limits) -> Void) -> AnalysisOptions {
    var limits = Limits()
    change(&limits)
    return AnalysisOptions(limits: limits)
  }

  /// Connections one after the other, each from a port of its own.
  private static func packets(_ count: Int, _ body: (Int, inout Conversation) -> Void) -> [BuiltPacket] {
    (0..<count).flatMap { number in
      var talk = Conversation(
        client: "10.0.0.1:\(10_000 + number)", nanoseconds: 1_700_000_000_000_000_000 + Int64(number) * 1_000_000_000)
      body(number, &talk)
      return talk.packets
    }
  }

  @Test func `opaque connections go first, then HTTP, then the WebSocket that was idle for longest`() throws {
    let told = analyze(
      Self.packets(7) { number, talk in
        switch number {
        case 0, 3, 4, 5, 6:
          talk.openWebSocket()
          talk.server(WebSocketFrame.text("\(number)"))
        case 1:
          talk.handshake()
          talk.client("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        default:
          talk.handshake()
          talk.server("SSH-2.0-test\r\n")
        }
      }, options: Self.options { $0.connections = 4 })
    #expect(told.messages.map { String(decoding: $0.payload, as: UTF8.self) } == ["0", "3", "4", "5", "6"])
    #expect(told.ends.map(\.connection.client.port) == [10_000, 10_003, 10_004, 10_005, 10_006])
    #expect(told.ends.map(\.cause) == [.evicted, .captureEnd, .captureEnd, .captureEnd, .captureEnd])
    let stats = try #require(told.stats.last)
    #expect(stats.evicted == 2 && stats.evictedWebSockets == 1)
    #expect(stats.webSockets == 5 && stats.openWebSockets == 0)
  }

  @Test func `under a limit of memory each WebSocket has its end, and the evicted ones are counted`() throws {
    let told = analyze(
      Self.packets(200) { number, talk in
        talk.openWebSocket()
        talk.server(WebSocketFrame.text("\(number)"))
      },
      options: Self.options {
        $0.memoryBytes = 60_000
        $0.processBytes = 0
      })
    let evicted = told.ends.prefix { $0.cause == .evicted }
    #expect(evicted.count > 100 && evicted.count < 200)
    #expect(told.ends.dropFirst(evicted.count).allSatisfy { $0.cause == .captureEnd })
    // The longest idle first; those that go together do so in no promised order.
    #expect(Set(evicted.map(\.connection.client.port)) == Set((10_000..<10_000 + evicted.count).map { UInt16($0) }))
    #expect(Set(told.ends.map(\.connection.client.port)).count == 200)
    #expect(told.messages.count == 200 && told.ends.allSatisfy { $0.server.messages == 1 })
    let stats = try #require(told.stats.last)
    #expect(stats.evictedWebSockets == evicted.count && stats.evicted == evicted.count)
    #expect(stats.webSockets == 200 && stats.openWebSockets == 0)
  }

  @Test func `a WebSocket that goes on behind its eviction is another connection`() throws {
    var first = Conversation(nanoseconds: 1_699_999_990_000_000_000)
    first.openWebSocket()
    first.server(WebSocketFrame.text("before"))
    let before = first.packets
    first.packets = []
    first.nanoseconds += 20_000_000_000
    for number in 0..<4 {
      let text = "{\"number\":\(number),\"text\":\"" + String(repeating: "abc", count: number + 3) + "\"}"
      first.client(WebSocketFrame.text(text, mask: 0x1234_5678 &* UInt32(2 * number + 1)))
      first.server(WebSocketFrame.text(text + " "))
    }
    let told = analyze(
      before
        + Self.packets(3) { _, talk in
          talk.openWebSocket()
        } + first.packets, options: Self.options { $0.connections = 2 })
    #expect(told.ends.first?.cause == .evicted)
    #expect(told.ends.first?.connection.client == first.ends[.client])
    let opens = told.opens.filter { $0.connection.client == first.ends[.client] }
    #expect(opens.map(\.discovery) == [.handshake, .midstream])
    #expect(Set(opens.map(\.connection.name)).count == 2)
    #expect(told.messages.filter { $0.record.connection.client == first.ends[.client] }.count == 9)
  }

  @Test func `a fragmented message that waits counts, and its WebSocket is dropped when it must be`() throws {
    let told = analyze(
      Self.packets(20) { number, talk in
        talk.openWebSocket()
        talk.server(WebSocketFrame.text(String(repeating: "a", count: 30_000), fin: false))
      },
      options: Self.options {
        $0.memoryBytes = 400_000
        $0.processBytes = 0
      })
    let evicted = told.ends.filter { $0.cause == .evicted }
    #expect(evicted.count >= 5, "\(evicted.count)")
    #expect(told.ends.count == 20 && told.messages.count == 20)
    #expect(told.messages.allSatisfy { $0.record.losses == .incomplete && $0.payload.count == 30_000 })
    #expect(told.stats.last?.evictedWebSockets == evicted.count)
  }

  @Test func `inflating windows count, and those of closed connections do not`() throws {
    let text = [UInt8](repeating: 0x61, count: 10_000)
    let payload = DeflateBits.message(text)
    func evicted(closing: Bool) throws -> Int {
      let packets = Self.packets(60) { _, talk in
        talk.openWebSocket(requestFields: [deflate], responseFields: [deflate])
        talk.server([0xc1, 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)] + payload)
        if closing { talk.close() }
      }
      let told = analyze(
        packets,
        options: Self.options {
          $0.memoryBytes = 300_000
          $0.processBytes = 0
        })
      #expect(told.messages.map(\.payload) == .init(repeating: text, count: 60))
      return try #require(told.stats.last).evicted
    }
    #expect(try evicted(closing: false) >= 30)
    #expect(try evicted(closing: true) == 0)
  }

  @Test func `the same capture is cut at the same places each time`() {
    let packets = Self.packets(100) { number, talk in
      talk.openWebSocket()
      talk.server(WebSocketFrame.text("\(number)", fin: number % 3 == 0))
    }
    let options = Self.options {
      $0.memoryBytes = 50_000
      $0.processBytes = 0
    }
    #expect(analyze(packets, options: options).story == analyze(packets, options: options).story)
  }
}
