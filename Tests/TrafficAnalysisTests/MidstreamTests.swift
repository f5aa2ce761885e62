import NetworkTypes
import PacketCapture
import TestSupport
import Testing
import TrafficAnalysis
import WebSocketDecoding

/// WebSockets of which the capture lacks the handshake, or a part of it.
struct MidstreamTests {
  static let keys: [UInt32] = [0x5a13_9bd2, 0x01fe_7744, 0xc0de_1234, 0x8899_aabb, 0x1020_3040, 0x7f6e_5d4c]

  /// Questions and answers, `count` of each.
  static func chat(_ talk: inout Conversation, _ count: Int = 6) {
    for index in 0..<count {
      talk.client(WebSocketFrame.text("question \(index * index)", mask: keys[index % keys.count] &+ UInt32(index)))
      talk.server(WebSocketFrame.text("{\"answer\":\(index * index)}"))
    }
  }

  static func texts(_ told: Recording, _ sender: Sender) -> [String] {
    told.messages.filter { $0.record.sender == sender && $0.record.losses.isEmpty && $0.record.undecoded == nil }
      .map { String(decoding: $0.payload, as: UTF8.self) }
  }

  static let questions = (0..<6).map { "question \($0 * $0)" }
  static let answers = (0..<6).map { "{\"answer\":\($0 * $0)}" }

  @Test(arguments: [false, true])
  func `a capture that begins behind the handshake gives a guess, whose client is the side that masks`(
    serverIsFirst: Bool
  ) throws {
    var talk = Conversation()
    talk.openWebSocket()
    let start = talk.packets.count
    Self.chat(&talk)
    talk.close()
    let told = analyze(Array(talk.packets[(start + (serverIsFirst ? 1 : 0))...]))
    let open = try #require(told.opens.first)
    #expect(told.opens.count == 1 && open.discovery == .midstream && open.failure == nil && open.isIncomplete)
    #expect(open.connection.client == Endpoint("10.0.0.1:40000") && open.connection.path == nil)
    #expect(Self.texts(told, .client) == Array(Self.questions[(serverIsFirst ? 1 : 0)...]))
    #expect(Self.texts(told, .server) == Self.answers)
    #expect(told.ends.count == 1 && told.rules == [])
    #expect(told.stats.first?.webSockets == 1)
  }

  @Test func `one side is enough, if it says enough`() {
    var talk = Conversation()
    talk.openWebSocket()
    let start = talk.packets.count
    Self.chat(&talk)
    let ports: [Conversation.Side: UInt16] = [.client: 40000, .server: 80]
    for (side, sender) in [(Conversation.Side.client, Sender.client), (.server, .server)] {
      // Ethernet and IPv4 headers come before the source port.
      let packets = talk.packets[start...].filter { UInt16($0.bytes[34]) << 8 | UInt16($0.bytes[35]) == ports[side] }
      let told = analyze(packets)
      #expect(told.opens.map(\.discovery) == [.midstream])
      #expect(told.opens.first?.connection.client == Endpoint("10.0.0.1:40000"))
      #expect(Self.texts(told, sender) == (side == .client ? Self.questions : Self.answers))
      #expect(told.messages.allSatisfy { $0.record.sender == sender })
    }
  }

  @Test(arguments: [false, true], [0, 1, 4, 40])
  func `frames of a client in the payload of a server make no roles`(clientSends: Bool, lostBytes: Int) {
    let inner = (0..<6).flatMap {
      WebSocketFrame.text("{\"a\":\($0),\"msg\":\"hello world\"}", mask: Self.keys[$0])
    }
    var talk = Conversation()
    talk.openWebSocket()
    let start = talk.packets.count
    // The capture may begin inside the first.
    talk.server(Array(WebSocketFrame.binary(inner).dropFirst(lostBytes)))
    for index in 0..<4 {
      if clientSends { talk.client(WebSocketFrame.text("ok \(index)", mask: Self.keys[index] &+ 5)) }
      talk.server(WebSocketFrame.binary(inner))
    }
    let told = analyze(Array(talk.packets[start...]))
    #expect(told.opens.allSatisfy { $0.connection.client == Endpoint("10.0.0.1:40000") })
    #expect(told.opens.count <= (clientSends ? 1 : 0))
    #expect(!told.frames.contains { $0.sender == .server && $0.header.opcode == .text })
    #expect(told.rules == [])
  }

  @Test func `no guess is made where the first byte was captured`() {
    var talk = Conversation()
    talk.handshake()
    Self.chat(&talk)
    talk.close()
    #expect(analyze(talk).opens.isEmpty)
  }

  @Test func `frames of the client alone are not enough to begin with`() {
    var talk = Conversation()
    talk.client(WebSocketFrame.text("hello there", mask: 0x1234_5678))
    talk.server(WebSocketFrame.text("hello"))
    #expect(analyze(talk).opens.isEmpty)
  }

  @Test func `a lost answer does not hide the frames`() throws {
    var talk = Conversation()
    talk.handshake()
    talk.client(HandshakeText.request(path: "/lost"))
    talk.lose(from: .server, Array(HandshakeText.response().utf8))
    Self.chat(&talk)
    talk.close()
    let told = analyze(talk)
    let open = try #require(told.opens.first)
    #expect(told.opens.count == 1 && open.discovery == .midstream && open.failure == nil)
    #expect(open.connection.path == Array("/lost".utf8))
    #expect(Self.texts(told, .client) == Self.questions && Self.texts(told, .server) == Self.answers)
    #expect(told.rules == [])
  }

  @Test func `a lost request does not hide the frames`() throws {
    var talk = Conversation()
    talk.handshake()
    talk.lose(from: .client, Array(HandshakeText.request().utf8))
    talk.server(HandshakeText.response())
    Self.chat(&talk)
    talk.close()
    let told = analyze(talk)
    #expect(told.opens.map(\.discovery) == [.handshake])
    #expect(Self.texts(told, .client) == Self.questions && Self.texts(told, .server) == Self.answers)
  }

  @Test(arguments: [true, false])
  func `behind a request that nobody answered are frames only if the client acknowledges an answer`(isAnswered: Bool) {
    var talk = Conversation()
    talk.handshake()
    talk.client(HandshakeText.request(path: "/one-way"))
    if isAnswered { talk.lose(from: .server, Array(HandshakeText.response().utf8)) }
    for (index, key) in Self.keys.enumerated() {
      talk.client(WebSocketFrame.text("question \(index * index)", mask: key))
    }
    talk.fin(from: .client)
    let told = analyze(talk)
    #expect(told.opens.map(\.failure) == [isAnswered ? nil : .noResponse])
    #expect(Self.texts(told, .client) == (isAnswered ? Self.questions : []))
  }

  @Test func `a named port is a WebSocket from its first byte, unless a handshake says so itself`() {
    var forced = AnalysisOptions(reportsFrames: true)
    forced.forcedPorts = [80]
    var talk = Conversation()
    talk.handshake()
    talk.client(WebSocketFrame.binary([1, 2, 3], mask: 7))
    talk.server(WebSocketFrame.binary([4]))
    talk.close()
    let told = analyze(talk, options: forced)
    #expect(told.opens.map(\.discovery) == [.forced] && told.opens.first?.failure == nil)
    #expect(told.messages.map(\.payload) == [[1, 2, 3], [4]])
    var late = Conversation()
    Self.chat(&late)
    #expect(Self.texts(analyze(late, options: forced), .client) == Self.questions)
    var whole = Conversation()
    whole.openWebSocket()
    Self.chat(&whole)
    #expect(analyze(whole, options: forced).opens.map(\.discovery) == [.handshake])
    var page = Conversation()
    page.handshake()
    page.client("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    page.server("HTTP/1.1 204 No Content\r\n\r\n")
    #expect(analyze(page, options: forced).opens.isEmpty)
  }

  @Test(arguments: [false, true])
  func `cut at any packet behind the handshake, whatever is told was sent`(isCompressed: Bool) {
    var picked = 0
    var tally = RecoveryTests.Tally()
    let sample = RecoveryTests.sample(seed: 77, isCompressed: isCompressed)
    for start in sample.start..<sample.packets.count {
      RecoveryTests.check(sample, losing: Set(0..<start), tally: &tally, "cut at \(start)")
      if analyze(Array(sample.packets[start...])).opens.contains(where: { $0.discovery == .midstream }) { picked += 1 }
    }
    print(
      "cut at each of \(sample.packets.count - sample.start) packets, \(isCompressed ? "compressed" : "plain"):",
      "\(picked) picked up; messages behind the cut told: \(tally.share)")
    #expect(picked * 10 >= (sample.packets.count - sample.start) * 8)
  }

  /// Packets of a file but for the first ones.
  final class CutSource: PacketSource {
    let damage: [CaptureDamage] = []
    private let source: CaptureFileSource
    private var skipped: Int

    init(_ path: String, from first: Int) {
      source = CaptureFileSource(paths: [path])
      skipped = first
    }

    func nextBatch() throws(CaptureError) -> PacketRun? {
      while let run = try source.nextBatch() {
        let cut = min(skipped, run.range.count)
        skipped -= cut
        if cut < run.range.count {
          return PacketRun(batch: run.batch, range: run.range.lowerBound + cut..<run.range.upperBound)
        }
      }
      return nil
    }
  }

  /// All but the one where of two copies of a segment the first counts, which a cut may take away, and those that
  /// inflate to so much that one run takes seconds.
  static let fixtures = ((try? ProjectFiles.files(under: "fixtures", ending: ".pcap")) ?? []).filter {
    !$0.hasSuffix("overlap-that-differs.pcap") && !$0.hasSuffix("deflate-bomb.pcap")
  }

  @Test(arguments: fixtures)
  func `a fixture cut anywhere tells nothing that the whole one does not`(path: String) throws {
    func run(from first: Int) throws -> Recording {
      let recording = Recording()
      let pipeline = Pipeline(
        options: AnalysisOptions(), filter: nil,
        meta: MetaRecord(packet: nil, toolVersion: "0", inputs: [path], filter: nil), sink: recording)
      try pipeline.run(CutSource(ProjectFiles.absolute(path), from: first))
      return recording
    }
    let whole = try run(from: 0)
    let count = try #require(whole.stats.last).packets
    for first in stride(from: 1, to: count, by: max(1, count / 10)) {
      let cut = try run(from: first)
      for end in Set(whole.messages.map(\.record.connection.client) + cut.messages.map(\.record.connection.client)) {
        for sender in Sender.allCases {
          func payloads(_ told: Recording) -> [[UInt8]] {
            told.messages.filter {
              $0.record.connection.client == end && $0.record.sender == sender && $0.record.losses.isEmpty
                && $0.record.undecoded == nil
            }.map(\.payload)
          }
          #expect(RecoveryTests.isInOrder(payloads(cut), in: payloads(whole)), "from packet \(first)")
        }
      }
    }
  }
}
