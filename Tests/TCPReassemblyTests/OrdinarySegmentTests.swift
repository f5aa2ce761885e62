import NetworkTypes
import PacketDecoding
import TCPReassembly
import TestSupport
import Testing

/// One call of a connection to its analyzer.
private struct Call: Equatable {
  enum Kind: Equatable {
    case bytes([UInt8])
    case gap(Int, GapCause)
    case end(StreamEnd)
  }

  /// The number of the connection, and of its analyzer.
  var analyzer: [Int]
  var kind: Kind
  var direction: Direction
  var offset: Int
  var packet: PacketStamp
}

/// Writes down every call singly, and demands what the plan says.
private final class CallRecorder: ByteStreamAnalyzer {
  private let name: [Int]
  private let calls: Calls
  /// Calls until the analyzer is replaced, or wants nothing more.
  private var rest: Int
  private let successors: Int

  init(name: [Int], calls: Calls, rest: Int, successors: Int) {
    self.name = name
    self.calls = calls
    self.rest = rest
    self.successors = successors
  }

  private func note(_ kind: Call.Kind, _ position: StreamPosition) -> StreamDemand {
    calls.all.append(
      Call(
        analyzer: name, kind: kind, direction: position.direction, offset: position.offset, packet: position.packet))
    rest -= 1
    guard rest == 0 else { return .everything }
    guard successors > 0 else { return .nothing }
    return .replacement(
      CallRecorder(name: [name[0], name[1] + 1], calls: calls, rest: 3, successors: successors - 1))
  }

  func receive(_ bytes: RawSpan, at position: StreamPosition) -> StreamDemand {
    note(.bytes(bytes.copied()), position)
  }

  func gap(byteCount: Int, cause: GapCause, at position: StreamPosition) -> StreamDemand {
    note(.gap(byteCount, cause), position)
  }

  func finish(_ end: StreamEnd, at position: StreamPosition) -> StreamDemand { note(.end(end), position) }
}

private final class Calls {
  var all: [Call] = []
  /// In the order in which their analyzers were made.
  var connections: [Connection] = []
}

/// One segment of a capture.
private struct Step {
  var fromClient: Bool
  var sequence: UInt32
  var acknowledgment: UInt32
  var flags: TCPFlags
  var payload: [UInt8] = []
  var declared: Int?
  var pause: Int64 = 1_000_000
}

/// The short way for the next bytes in order, and for bare acknowledgments, comes to what the long way comes to.
///
/// ECN's bits (RFC 3168 §6.1) and URG mean nothing to reassembly, and a segment that has one takes the long way.
struct OrdinarySegmentTests {
  private static let harmless: [TCPFlags] = [
    .urg, .ece, .cwr,
  ]
  private static let clientBase: UInt32 = 0xffff_ff00
  private static let serverBase: UInt32 = 5000

  /// What a table tells of some segments with further flags on each of them, as calls and as counts.
  private func play(
    _ steps: [Step], adding extra: TCPFlags, rest: Int, successors: Int, limits: Limits
  ) -> (calls: [Call], counts: String) {
    let calls = Calls()
    let table = ConnectionTable(limits: limits, overlapPolicy: .first) { connection in
      calls.connections.append(connection)
      return CallRecorder(name: [calls.connections.count, 0], calls: calls, rest: rest, successors: successors)
    }
    let flow = FlowKey(Endpoint("10.0.0.1:40000"), Endpoint("10.0.0.2:80"))
    var stamp = PacketStamp(timestamp: Timestamp(nanoseconds: 1_700_000_000_000_000_000), number: 0, fileIndex: 0)
    for step in steps {
      stamp = PacketStamp(
        timestamp: Timestamp(nanoseconds: stamp.timestamp.nanoseconds + step.pause), number: stamp.number + 1,
        fileIndex: 0)
      let segment = TCPSegment(
        flow: flow, sentByLower: step.fromClient, sequence: SequenceNumber(step.sequence),
        acknowledgment: SequenceNumber(step.acknowledgment), flags: step.flags.union(extra), window: 65535,
        payload: 0..<step.payload.count, payloadLength: step.declared ?? step.payload.count)
      table.receive(segment, step.payload.span.bytes, packet: stamp)
    }
    var counts = "\(table.statistics())"
    table.finish(packet: stamp)
    counts += " \(table.statistics())"
    for connection in calls.connections {
      counts += " \(connection.statistics(of: .fromOriginator)) \(connection.statistics(of: .fromResponder))"
      counts += " \(connection.originator) \(connection.responder) \(connection.lastTime)"
      counts += " \(String(describing: connection.firstEnder)) \(String(describing: connection.handshakeMicroseconds))"
      counts += " \(connection.beginsAtSYN(.fromOriginator)) \(connection.beginsAtSYN(.fromResponder))"
    }
    return (calls.all, counts)
  }

  /// Expects the same of both ways, and gives the calls.
  @discardableResult
  private func compare(
    _ steps: [Step], rest: Int = .max, successors: Int = 0, limits: Limits = Limits(), _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> [Call] {
    let short = play(steps, adding: [], rest: rest, successors: successors, limits: limits)
    for extra in Self.harmless {
      let long = play(steps, adding: extra, rest: rest, successors: successors, limits: limits)
      if short.calls != long.calls {
        let index = zip(short.calls, long.calls).prefix { $0 == $1 }.count
        Issue.record(
          """
          \(what): call \(index) of \(short.calls.count) and \(long.calls.count) differs:
          short \(short.calls.dropFirst(index).prefix(1))
          long \(long.calls.dropFirst(index).prefix(1))
          """, sourceLocation: sourceLocation)
        break
      }
      if short.counts != long.counts {
        Issue.record("\(what):\nshort \(short.counts)\nlong  \(long.counts)", sourceLocation: sourceLocation)
        break
      }
    }
    return short.calls
  }

  private func client(_ place: Int, _ text: String = "", _ flags: TCPFlags = .ack, ack: Int = 0, declared: Int? = nil)
    -> Step
  {
    Step(
      fromClient: true, sequence: Self.clientBase &+ UInt32(truncatingIfNeeded: place),
      acknowledgment: Self.serverBase &+ UInt32(truncatingIfNeeded: ack), flags: flags, payload: Array(text.utf8),
      declared: declared)
  }

  private func server(_ place: Int, _ text: String = "", _ flags: TCPFlags = .ack, ack: Int = 0, declared: Int? = nil)
    -> Step
  {
    Step(
      fromClient: false, sequence: Self.serverBase &+ UInt32(truncatingIfNeeded: place),
      acknowledgment: Self.clientBase &+ UInt32(truncatingIfNeeded: ack), flags: flags, payload: Array(text.utf8),
      declared: declared)
  }

  private var opening: [Step] { [client(-1, "", .syn), server(-1, "", [.syn, .ack]), client(0)] }

  // MARK: - By hand

  @Test func `a conversation in order`() {
    let calls = compare(
      opening + [
        client(0, "abc", [.psh, .ack]), server(0, "", ack: 3), server(0, "xyz", ack: 3), client(3, "", ack: 3),
        client(3, "de", ack: 3), client(5, "", [.fin, .ack], ack: 3), server(3, "", [.fin, .ack], ack: 6),
        client(6, "", ack: 4),
      ], "in order")
    #expect(
      calls.map(\.kind) == [
        .bytes(Array("abc".utf8)), .bytes(Array("xyz".utf8)), .bytes(Array("de".utf8)), .end(.fin), .end(.fin),
      ])
    #expect(calls.map(\.offset) == [0, 0, 3, 5, 3])
  }

  @Test func `a FIN before the last data`() {
    let calls = compare(
      opening + [
        client(0, "abc"), client(8, "", [.fin, .ack]), server(0, "x", ack: 3), client(3, "de", ack: 1),
        server(1, "y", ack: 5), client(5, "fgh", ack: 2), server(2, "z", ack: 9),
      ], "FIN first")
    #expect(calls.filter { $0.kind == .end(.fin) }.map(\.packet.number) == [9])
  }

  @Test func `data behind the FIN, keep-alives and data after a reset`() {
    compare(
      opening + [
        client(0, "abc"), client(3, "", [.fin, .ack]), client(3, "more"), client(4, "more"), server(-1, "", ack: 4),
        server(0, "abc"), client(3, "", ack: 3), server(3, "", [.rst, .ack]), server(3, "later"), client(7, "x"),
      ], "behind the end")
  }

  @Test func `connections without SYN, or of one side`() {
    compare([client(0, "abc"), client(3, "def"), server(0, "x", ack: 6), client(6, "g", ack: 1)], "no SYN")
    compare([client(0), server(0), client(0), client(0, "abc"), server(0, "x", ack: 3)], "no SYN, bare first")
    compare([client(-1, "", .syn), client(0), client(0, "abc"), client(3, "def")], "client alone")
    compare(
      [server(-1, "", [.syn, .ack]), server(0, "abc"), server(3, "def"), server(6, "", [.fin, .ack])], "server")
    compare([client(0, "", ack: 5), client(0, "abc", ack: 5), server(5, "x", ack: 3)], "acknowledged before seen")
  }

  @Test func `a hole that the snap length cut is given up at the same packet`() {
    // Of ten octets and the FIN nothing but the headers was captured, and the ten before them came late.
    let calls = compare(
      opening + [
        client(10, "", [.fin, .ack], declared: 10), client(0, "0123456789"), server(0, "a", ack: 10),
        server(1, "b", ack: 21),
      ], "cut before the FIN")
    #expect(calls.filter { $0.kind == .gap(10, .snapped) }.map(\.packet.number) == [5])
    compare(
      opening + [
        client(0, "abc"), client(3, "de", declared: 9), server(0, "a", ack: 12), client(12, "xyz"), client(15, "z"),
        client(16, "", declared: 4), client(20, "", [.fin, .ack]), server(1, "b", ack: 21),
      ], "cut between")
  }

  // MARK: - By chance

  /// A conversation of both sides; `faults` of a hundred segments are lost, doubled, moved or repeated in part.
  private func conversation(_ random: inout SeededGenerator, faults: Int, snapped: Int) -> [Step] {
    var steps: [Step] = []
    if Int.random(in: 0..<4, using: &random) > 0 { steps = opening }
    var places = [0, 0]
    var hasFinished = [false, false]
    func add(_ side: Int, _ start: Int, _ payload: [UInt8], _ flags: TCPFlags, declared: Int? = nil) {
      let bases = [Self.clientBase, Self.serverBase]
      let seen = places[1 - side] + (hasFinished[1 - side] ? 1 : 0)
      steps.append(
        Step(
          fromClient: side == 0, sequence: bases[side] &+ UInt32(truncatingIfNeeded: start),
          acknowledgment: bases[1 - side] &+ UInt32(truncatingIfNeeded: seen), flags: flags, payload: payload,
          declared: declared,
          pause: Int.random(in: 0..<40, using: &random) == 0 ? 900_000_000 : Int64.random(in: 0...9, using: &random)))
    }
    for _ in 0..<Int.random(in: 3...120, using: &random) {
      let side = Int.random(in: 0...1, using: &random)
      let size = [0, 0, 1, 2, 17, 100, 1460][Int.random(in: 0..<7, using: &random)]
      let flags: TCPFlags = Bool.random(using: &random) ? .ack : [.psh, .ack]
      if hasFinished[side] {
        add(side, places[side] + 1, [], .ack)
        continue
      }
      let start = max(0, places[side] - (Int.random(in: 0..<100, using: &random) < faults ? 9 : 0))
      let payload = random.bytes(size + places[side] - start)
      if Int.random(in: 0..<100, using: &random) < snapped, !payload.isEmpty {
        let kept = Bool.random(using: &random) ? 0 : Int.random(in: 0..<payload.count, using: &random)
        add(side, start, Array(payload.prefix(kept)), flags, declared: payload.count)
      } else {
        add(side, start, payload, flags)
      }
      places[side] += size
      if Int.random(in: 0..<40, using: &random) == 0 {
        add(side, places[side], [], [.fin, .ack])
        hasFinished[side] = true
      }
    }
    if Int.random(in: 0..<6, using: &random) == 0 { add(0, places[0], [], [.rst, .ack]) }
    var index = 0
    while index < steps.count {
      if Int.random(in: 0..<100, using: &random) < faults {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: steps.remove(at: index)
        case 1: steps.insert(steps[index], at: min(steps.count, index + Int.random(in: 0...9, using: &random)))
        default:
          let place = min(steps.count - 1, index + Int.random(in: 1...5, using: &random))
          steps.insert(steps.remove(at: index), at: place)
        }
      }
      index += 1
    }
    return steps
  }

  private func compareByChance(seeds: Range<UInt64>, faults: Int, snapped: Int = 0) {
    for seed in seeds {
      var random = SeededGenerator(seed: seed)
      var limits = Limits()
      if seed.isMultiple(of: 3) { limits.gapPackets = 5 }
      if seed.isMultiple(of: 4) { limits.basePackets = 4 }
      let rest = seed.isMultiple(of: 5) ? Int.random(in: 1...20, using: &random) : .max
      let steps = conversation(&random, faults: faults, snapped: snapped)
      compare(steps, rest: rest, successors: Int(seed % 3), limits: limits, "seed \(seed)")
    }
  }

  @Test func `random conversations in order`() { compareByChance(seeds: 0..<60, faults: 0) }

  @Test func `random conversations with losses, copies and disorder`() {
    compareByChance(seeds: 1000..<1150, faults: 3)
    compareByChance(seeds: 2000..<2100, faults: 20)
  }

  @Test func `random conversations of which some segments are cut`() {
    compareByChance(seeds: 3000..<3100, faults: 0, snapped: 5)
    compareByChance(seeds: 4000..<4100, faults: 8, snapped: 8)
  }
}
