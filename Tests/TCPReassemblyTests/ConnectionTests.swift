import NetworkTypes
import PacketDecoding
import TCPReassembly
import TestSupport
import Testing

struct ConnectionTests {
  private func expect(
    _ wire: Wire, _ events: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(wire.events == events, sourceLocation: sourceLocation)
    #expect(wire.faults == [], sourceLocation: sourceLocation)
  }

  // MARK: - Order

  @Test func `a conversation in order is passed on as it comes`() {
    var talk = Conversation()
    talk.handshake()
    talk.client("abc")
    talk.server("xyz")
    talk.client("def")
    talk.close()
    let wire = Wire()
    wire.receive(talk.packets)
    expect(wire, ["o:abc", "r:xyz", "o:def", "o end fin", "r end fin"])
    let connection = wire.connections[0]
    #expect(connection.originator == Endpoint("10.0.0.1:40000") && connection.responder == Endpoint("10.0.0.2:80"))
    #expect(connection.handshakeMicroseconds == 2000 && connection.firstEnder == .fromOriginator)
    #expect(connection.beginsAtSYN(.fromOriginator) && connection.beginsAtSYN(.fromResponder))
    #expect(connection.statistics(of: .fromOriginator).packets == 6)
    #expect(connection.statistics(of: .fromOriginator).bytes == 6)
    #expect(!connection.isOneSided && wire.statistics.gaps == 0)
  }

  @Test func `five segments in any order give the same stream`() {
    let segments = [(0, "ab"), (2, "c"), (3, "defg"), (7, "h"), (8, "ij")]
    for base in [1001, UInt32.max - 3] {
      for order in permutations(segments) {
        let wire = Wire()
        wire.clientBase = base
        wire.handshake()
        for (place, text) in order { wire.client(place, text) }
        wire.client(10, "", [.fin, .ack])
        if wire.events != ["o:abcdefghij", "o end fin"] || !wire.faults.isEmpty {
          Issue.record("\(order): \(wire.events) \(wire.faults)")
          return
        }
      }
    }
  }

  @Test func `the packets of an opening in any order give the same streams`() {
    let names = ["SYN", "SYN-ACK", "request", "answer", "FIN"]
    for order in permutations(names) {
      let wire = Wire()
      for name in order {
        switch name {
        case "SYN": wire.synchronize()
        case "SYN-ACK": wire.answer()
        case "request": wire.client(0, "hello", ack: 0)
        case "answer": wire.server(0, "welcome", ack: 5)
        default: wire.client(5, "", [.fin, .ack], ack: 0)
        }
      }
      wire.finish()
      guard wire.recorders.count == 1 else {
        Issue.record("\(order): \(wire.recorders.count) connections")
        continue
      }
      let recorder = wire.recorders[0]
      let texts = recorder.bytes.map { String(decoding: $0, as: UTF8.self) }
      #expect(texts == ["hello", "welcome"] && wire.faults == [], "\(order): \(recorder.events)")
      #expect(recorder.ends == [.fin, .captureEnd], "\(order): \(recorder.events)")
      #expect(wire.connections[0].originator.port == 40000, "\(order)")
    }
  }

  @Test func `random segments, shuffled and doubled, give the bytes that were sent`() {
    for seed in UInt64(0)..<150 {
      var random = SeededGenerator(seed: seed)
      let sent = (0..<2).map { _ in random.bytes(Int.random(in: 0...400, using: &random)) }
      let wire = Wire()
      wire.clientBase = seed.isMultiple(of: 3) ? UInt32.max - 100 : UInt32(truncatingIfNeeded: random.next())
      wire.serverBase = UInt32(truncatingIfNeeded: random.next())
      // Who, place, bytes, flags, acknowledged place.
      var plan: [(Bool, Int, ArraySlice<UInt8>, TCPFlags, Int)] = [
        (true, -1, [], .syn, 0), (false, -1, [], [.syn, .ack], 0),
      ]
      var places = [0, 0]
      while places[0] < sent[0].count || places[1] < sent[1].count {
        let side = Int.random(in: 0...1, using: &random)
        let end = min(sent[side].count, places[side] + Int.random(in: 0...40, using: &random))
        // Some segments begin earlier than the last one ended.
        let start = max(0, places[side] - (Int.random(in: 0..<5, using: &random) == 0 ? 7 : 0))
        plan.append((side == 0, start, sent[side][start..<end], [.ack], places[1 - side]))
        places[side] = end
      }
      plan.append((true, sent[0].count, [], [.fin, .ack], sent[1].count))
      plan.append((false, sent[1].count, [], [.fin, .ack], sent[0].count + 1))
      for index in plan.indices where Int.random(in: 0..<6, using: &random) == 0 {
        plan.insert(plan[index], at: min(plan.count, index + Int.random(in: 0...10, using: &random)))
      }
      // A shuffle within windows: each packet moves by a few places at most.
      let keys = plan.indices.map { $0 + Int.random(in: 0...6, using: &random) }
      let order = plan.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
      for index in order {
        let (isClient, place, bytes, flags, ack) = plan[index]
        let own = isClient ? wire.clientBase : wire.serverBase
        let other = isClient ? wire.serverBase : wire.clientBase
        wire.segment(
          fromClient: isClient, sequence: own &+ UInt32(truncatingIfNeeded: place),
          acknowledgment: other &+ UInt32(ack), flags, Array(bytes))
      }
      wire.finish()
      guard wire.recorders.count <= 1, wire.faults.isEmpty else {
        Issue.record("seed \(seed): \(wire.recorders.count) analyzers, \(wire.faults)")
        continue
      }
      let recorder = wire.recorders.first
      #expect(recorder?.bytes ?? [[], []] == sent, "seed \(seed)")
      #expect(recorder == nil || recorder?.ends == [.fin, .fin], "seed \(seed): \(recorder?.ends ?? [])")
      #expect(wire.statistics.gaps == 0 && wire.statistics.connections == 1, "seed \(seed)")
    }
  }

  // MARK: - Bytes that come again

  @Test func `retransmitted bytes are dropped and counted`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "abcdef")
    wire.client(0, "abcdef")
    wire.client(3, "defghi")
    wire.client(9, "jkl")
    expect(wire, ["o:abcdefghijkl"])
    #expect(wire.connections[0].statistics(of: .fromOriginator).retransmittedBytes == 9)
    #expect(wire.connections[0].statistics(of: .fromOriginator).overlapConflicts == 0)
  }

  @Test(arguments: OverlapPolicy.allCases)
  func `differing bytes follow the policy while they are held, and are counted`(policy: OverlapPolicy) {
    let wire = Wire(policy: policy)
    wire.handshake()
    wire.client(3, "DEF")
    wire.client(5, "fghi")
    wire.client(2, "cd")
    wire.client(0, "ab")
    expect(wire, [policy == .first ? "o:abcDEFghi" : "o:abcdEfghi"])
    #expect(wire.connections[0].statistics(of: .fromOriginator).overlapConflicts == 2)
    #expect(wire.connections[0].statistics(of: .fromOriginator).retransmittedBytes == 2)
  }

  @Test func `bytes that were passed on stay as they were`() {
    let wire = Wire(policy: .last)
    wire.handshake()
    wire.client(0, "abc")
    wire.client(0, "XYZdef")
    expect(wire, ["o:abcdef"])
  }

  @Test func `keep-alive probes bring nothing`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "abc")
    wire.client(2, "\0")
    wire.server(0, ack: 3)
    wire.client(2)
    wire.client(3, "def")
    wire.client(5, "\0")
    // A probe while something waits.
    wire.client(9, "jkl")
    wire.client(5, "\0")
    wire.client(6, "ghi")
    expect(wire, ["o:abcdefghijkl"])
  }

  @Test func `numbers wrap around`() {
    let wire = Wire()
    wire.clientBase = UInt32.max - 4
    wire.handshake()
    wire.client(3, "defghi")
    wire.client(0, "abc")
    wire.client(9, "jkl")
    wire.client(7, "hijkl")
    wire.client(12, "", [.fin, .ack])
    expect(wire, ["o:abcdefghijkl", "o end fin"])
  }

  // MARK: - The beginning

  @Test func `data in the SYN is the beginning of the stream`() {
    let wire = Wire()
    wire.client(-1, "early", .syn)
    wire.answer()
    wire.client(5, " bird")
    expect(wire, ["o:early bird"])
  }

  @Test func `data in the SYN counts for its sender, whoever was seen first`() {
    let wire = Wire()
    // The server's segment was captured before the SYN that it answers.
    wire.server(0, "", [.ack], ack: 5)
    wire.client(-1, "early", .syn)
    wire.answer()
    wire.server(0, "answer", ack: 5)
    wire.finish()
    expect(wire, ["o:early", "r:answer", "o end captureEnd", "r end captureEnd"])
    #expect(wire.connections[0].originator.port == 40000)
  }

  @Test func `data in an answer counts for its sender, whoever was seen first`() {
    let wire = Wire()
    wire.server(5, "-second")
    wire.server(-1, "first", [.syn, .ack])
    wire.client(0, "x")
    wire.finish()
    #expect(wire.recorders.count == 1)
    #expect(wire.recorders.first?.bytes.map { String(decoding: $0, as: UTF8.self) } == ["x", "first-second"])
    #expect(wire.connections.first?.originator.port == 40000)
  }

  @Test func `an acknowledgment in a late SYN-ACK does not count for the wrong side`() {
    let wire = Wire()
    wire.clientBase = 2_000_000_000
    wire.serverBase = 1000
    wire.server(0, "welcome")
    wire.answer()
    // A hole in the server's stream that nobody acknowledged waits longer than 128 packets.
    wire.server(10, "later")
    for _ in 0..<200 { wire.server(15) }
    wire.server(7, "abc")
    expect(wire, ["r:welcomeabclater"])
  }

  @Test func `data before its SYN waits for it`() {
    let client = Wire()
    client.client(0, "abc")
    client.synchronize()
    client.answer()
    client.client(3, "def")
    client.server(0, "", ack: 6)
    expect(client, ["o:abcdef"])
    let server = Wire()
    server.synchronize()
    server.server(0, "abc")
    server.answer()
    server.server(3, "def")
    server.client(0, "", ack: 3)
    expect(server, ["r:abcdef"])
    #expect(server.connections[0].beginsAtSYN(.fromResponder))
  }

  @Test func `an answer may be captured before its SYN`() {
    let wire = Wire()
    wire.answer()
    wire.synchronize()
    wire.client(0, "abc")
    wire.server(0, "xyz")
    wire.finish()
    expect(wire, ["o:abc", "r:xyz", "o end captureEnd", "r end captureEnd"])
    #expect(wire.connections[0].originator.port == 40000 && wire.statistics.connections == 1)
  }

  @Test func `both ends may open at once`() {
    let wire = Wire()
    wire.client(-1, "", .syn)
    wire.server(-1, "", .syn)
    wire.client(-1, "", [.syn, .ack])
    wire.server(-1, "", [.syn, .ack])
    wire.client(0, "abc")
    wire.server(0, "xyz")
    expect(wire, ["o:abc", "r:xyz"])
    #expect(wire.statistics.connections == 1)
  }

  @Test func `a capture that begins in the middle begins with the lowest byte`() {
    let wire = Wire()
    wire.client(3, "def")
    wire.client(0, "abc")
    wire.client(6, "ghi")
    #expect(wire.recorders.isEmpty)
    wire.finish()
    expect(wire, ["o:abcdefghi", "o end captureEnd", "r end captureEnd"])
    #expect(!wire.connections[0].beginsAtSYN(.fromOriginator) && wire.connections[0].isOneSided)
  }

  @Test func `a stream without SYN is passed on after 128 packets, or two seconds`() {
    let packets = Wire()
    packets.client(0, "abc")
    for _ in 0..<127 { packets.server(0) }
    #expect(packets.recorders.isEmpty)
    packets.server(0)
    expect(packets, ["o:abc"])
    let seconds = Wire()
    seconds.client(0, "abc")
    seconds.wait(milliseconds: 1900)
    seconds.server(0)
    #expect(seconds.recorders.isEmpty)
    seconds.wait(milliseconds: 200)
    seconds.server(0)
    expect(seconds, ["o:abc"])
  }

  @Test func `silence before the first byte is no waiting for bytes before it`() {
    let wire = Wire()
    wire.client(0)
    wire.wait(milliseconds: 20_000)
    wire.client(3, "def")
    wire.client(0, "abc")
    wire.finish()
    expect(wire, ["o:abcdef", "o end captureEnd", "r end captureEnd"])
  }

  // MARK: - The end

  @Test func `a FIN before its data ends the stream when the data has come`() {
    let wire = Wire()
    wire.handshake()
    wire.client(3, "", [.fin, .ack])
    wire.client(0, "abc")
    expect(wire, ["o:abc", "o end fin"])
  }

  @Test func `a FIN with data that is early waits for what is missing`() {
    let wire = Wire()
    wire.handshake()
    wire.client(3, "def", [.fin, .ack])
    #expect(wire.recorders.isEmpty)
    wire.client(0, "abc")
    expect(wire, ["o:abcdef", "o end fin"])
  }

  @Test func `a stream without its FIN ends with the capture`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "abc")
    wire.server(0, "", [.fin, .ack], ack: 3)
    wire.finish()
    expect(wire, ["o:abc", "r end fin", "o end captureEnd"])
    #expect(wire.connections[0].firstEnder == .fromResponder)
  }

  @Test func `a half-closed connection goes on in the other direction`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "abc", [.fin, .ack])
    wire.server(0, "xyz", ack: 4)
    wire.server(3, "uvw", [.fin, .ack], ack: 4)
    wire.client(4, "", ack: 7)
    expect(wire, ["o:abc", "o end fin", "r:xyzuvw", "r end fin"])
  }

  @Test func `nothing follows the end of a stream`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "abc", [.fin, .ack])
    wire.client(0, "abc", [.fin, .ack])
    wire.client(4, "more")
    wire.client(100, "far")
    wire.client(3, "x")
    wire.client(104, "", [.fin, .ack])
    wire.server(0, "x", ack: 200)
    wire.finish()
    expect(wire, ["o:abc", "o end fin", "r:x", "r end captureEnd"])
    #expect(wire.statistics.gaps == 0 && wire.statistics.gapBytes == 0)
  }

  @Test func `data captured behind a reset still counts`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "abc")
    wire.client(6, "", [.rst])
    wire.client(3, "def")
    wire.finish()
    expect(wire, ["o:abcdef", "o end reset", "r end reset"])
    #expect(wire.connections[0].firstEnder == .fromOriginator)
  }

  @Test func `a reset is told when disorder has had its time`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "abc")
    wire.server(0, "", [.rst], ack: 3)
    wire.port = 41000
    for _ in 0..<1900 { wire.client(0) }
    expect(wire, ["o:abc"])
    for _ in 0..<110 { wire.client(0) }
    expect(wire, ["o:abc", "o end reset", "r end reset"])
  }

  @Test func `a reset far from the stream is a forgery and counted`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "abc")
    wire.client(10_000_000, "", [.rst])
    wire.client(-10_000_000, "", [.rst])
    wire.client(3, "def")
    wire.client(6, "", [.fin, .ack])
    wire.server(0, "", [.fin, .ack], ack: 7)
    expect(wire, ["o:abcdef", "o end fin", "r end fin"])
    #expect(wire.connections[0].statistics(of: .fromOriginator).ignoredResets == 2)
  }

  @Test func `a direction without data ends with its FIN, also where its beginning was not captured`() {
    let wire = Wire()
    wire.client(0, "", ack: 0)
    wire.server(0, "xyz")
    wire.server(3, "", [.fin, .ack])
    wire.client(0, "", [.fin, .ack], ack: 4)
    wire.finish()
    #expect(wire.recorders.count == 1)
    #expect(wire.recorders[0].bytes[1] == Array("xyz".utf8))
    #expect(wire.recorders[0].ends == [.fin, .fin] && wire.faults == [])
  }

  @Test func `a direction that was ended by the capture is not told to have had a FIN`() {
    let wire = Wire()
    wire.client(0)
    wire.server(0, "xyz")
    wire.finish()
    #expect(wire.recorders.first?.ends == [.captureEnd, .captureEnd])
    let reset = Wire()
    reset.client(0)
    reset.server(0, "xyz")
    reset.server(3, "", [.rst])
    reset.finish()
    #expect(reset.recorders.first?.ends == [.reset, .reset])
  }

  // MARK: - Connections that nobody wants

  @Test func `a connection that nobody wants is only counted`() {
    let wire = Wire(demand: { _ in .nothing })
    wire.handshake()
    wire.client(0, "abc")
    wire.client(9, "early")
    wire.client(3, "def")
    wire.server(0, "xyz", [.fin, .ack])
    wire.finish()
    expect(wire, ["o:abc"])
    #expect(wire.connections[0].statistics(of: .fromOriginator).bytes == 11)
    #expect(wire.connections[0].statistics(of: .fromResponder).packets == 2)
    #expect(wire.connections[0].firstEnder == .fromResponder)
  }

  @Test func `an analyzer that wants no more at a gap is asked no more, and no other is made`() {
    let wire = Wire(demand: { $0.hasPrefix("gap") ? .nothing : .everything })
    wire.handshake()
    wire.client(3, "def")
    wire.client(20, "", [.fin, .ack])
    wire.server(5, "xyz")
    wire.finish()
    expect(wire, ["o gap 3 lost"])
  }

  @Test func `a connection without data makes no analyzer`() {
    var talk = Conversation()
    talk.handshake()
    talk.close()
    let wire = Wire()
    wire.receive(talk.packets)
    wire.finish()
    #expect(wire.recorders.isEmpty && wire.statistics.connections == 1)
  }
}
