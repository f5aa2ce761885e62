import NetworkTypes
import TestSupport
import Testing
import TrafficAnalysis
import WebSocketDecoding

/// One record, apart into what must be told however the bytes are cut, and what hangs on packets and their times.
private struct Told: Equatable {
  var what: String
  var payload: [UInt8] = []
  var packets: String
}

extension Recording {
  /// All records but frames and `meta`, in their order.
  fileprivate var told: [Told] {
    var counts: [String: Int] = [:]
    return kinds.compactMap { kind in
      let index = counts[kind, default: 0]
      counts[kind] = index + 1
      return switch kind {
      case "message": Told(messages[index])
      case "control": Told(controls[index])
      case "violation": Told(violations[index])
      case "end": Told(ends[index])
      case "stats": Told(stats[index])
      case "open": Told(what: "open \(opens[index].failure == nil)", packets: "\(opens[index].packet)")
      default: nil
      }
    }
  }
}

extension Told {
  init(_ message: Recording.Message) {
    let record = message.record
    what = """
      \(record.sender) \(record.opcode.name) \(record.ordinal): \(String(describing: record.length)) \
      of \(record.wireLength) in \(record.frames), \(record.isDeflated), \(record.form), \(record.losses.rawValue), \
      \(String(describing: record.undecoded)) \(record.connection.name)
      """
    payload = message.payload
    packets = "\(record.packet) \(record.durationMicroseconds)"
  }

  init(_ control: Recording.Control) {
    let record = control.record
    what = "\(record.sender) \(record.length), \(record.form), \(record.losses.rawValue) \(record.connection.name) "
    packets = "\(record.packet)"
    switch record.kind {
    case .ping: what += "ping"
    case .pong(let microseconds):
      what += "pong \(microseconds == nil)"
      packets += " \(String(describing: microseconds))"
    case .close(let close): what += "close \(String(describing: close))"
    }
    payload = control.payload
  }

  init(_ record: ViolationRecord) {
    what = "\(record.sender) breaks \(record.rule.id) at \(record.offset): \(record.detail) \(record.connection.name)"
    packets = "\(record.packet)"
  }

  init(_ record: EndRecord) {
    var client = record.client
    var server = record.server
    packets = "\(record.packet) \(record.durationMicroseconds) \(client.packets) \(server.packets)"
    client.packets = 0
    server.packets = 0
    what = """
      end \(record.cause) \(record.isClean) \(String(describing: record.closedBy)) \
      \(String(describing: record.closeCode)) \(String(describing: record.closeReason)) \
      \(record.rules.map { "\($0.rule.id) \($0.count)" }) \(client) \(server)
      """
  }

  init(_ record: StatsRecord) {
    what = "stats \(record.webSockets) \(record.openWebSockets) \(record.gaps) \(record.gapBytes) \(record.undecodable)"
    packets = "\(record.packet) \(record.packets) \(record.bytes)"
  }
}

/// What two sides say after the opening, in pieces that follow one another.
private struct Talk {
  typealias Side = Conversation.Side

  var random: SeededGenerator
  /// Whether payloads may be long: not where each byte is a packet.
  let isLong: Bool
  var hasClosed: Set<Side> = []
  /// Sides inside a fragmented message.
  var isFragmented: Set<Side> = []

  init(seed: UInt64, isLong: Bool) {
    random = SeededGenerator(seed: seed)
    self.isLong = isLong
  }

  mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

  mutating func length() -> Int {
    let edges = [0, 1, 9, 10, 11, 124, 125, 126, 127, 130]
    let longEdges = [4096, 65534, 65535, 65536, 65537, 70000]
    switch Int.random(in: 0..<10, using: &random) {
    case 0...3: return edges.randomElement(using: &random)!
    case 4 where isLong: return longEdges.randomElement(using: &random)!
    case 5 where isLong: return Int.random(in: 0...70000, using: &random)
    default: return Int.random(in: 0...300, using: &random)
    }
  }

  mutating func text(_ count: Int) -> [UInt8] {
    let pieces: [[UInt8]] =
      chance(2) ? [[0x61], [0x20], [0x7a]] : [[0x61], [0xc3, 0xa4], [0xe2, 0x82, 0xac], [0xf0, 0x9f, 0x98, 0x80]]
    var bytes: [UInt8] = []
    while bytes.count < count { bytes += pieces.randomElement(using: &random)! }
    guard chance(6), !bytes.isEmpty else { return bytes }
    // Wrong: cut inside a character, or with an octet that UTF-8 has not, or a surrogate.
    switch Int.random(in: 0..<3, using: &random) {
    case 0: bytes[Int.random(in: 0..<bytes.count, using: &random)] = 0xff
    case 1: bytes += [0xf0, 0x9f]
    default: bytes += [0xed, 0xa0, 0x80]
    }
    return bytes
  }

  mutating func mask(_ side: Side) -> UInt32? {
    let isMasked = (side == .client) != chance(15)
    return isMasked ? (chance(8) ? 0 : UInt32(truncatingIfNeeded: random.next())) : nil
  }

  mutating func frame(_ side: Side) -> [UInt8] {
    let rsv: UInt8 = chance(12) ? UInt8.random(in: 1...7, using: &random) : 0
    switch Int.random(in: 0..<24, using: &random) {
    case 0, 1: return WebSocketFrame.frame(opcode: 9, random.bytes(chance(9) ? 126 : 4), mask: mask(side))
    case 2: return WebSocketFrame.frame(opcode: 10, random.bytes(3), mask: mask(side), rsv: rsv)
    case 3:
      return WebSocketFrame.frame(opcode: [3, 7, 11, 15].randomElement(using: &random)!, [1, 2], mask: mask(side))
    case 4...7:
      // Opens a fragmented message, or goes on with it, or ends it.
      let isOpen = isFragmented.contains(side)
      let ends = chance(2)
      if ends { isFragmented.remove(side) } else { isFragmented.insert(side) }
      let opcode: UInt8 = isOpen || chance(9) ? 0 : UInt8.random(in: 1...2, using: &random)
      let count = length()
      return WebSocketFrame.frame(opcode: opcode, text(count), mask: mask(side), fin: ends, rsv: rsv)
    case 8 where chance(4):
      hasClosed.insert(side)
      return WebSocketFrame.close(1000, "over", mask: mask(side))
    default:
      // Some interrupt a fragmented message; the short way is for what stands between messages.
      if isFragmented.remove(side) != nil, !chance(2) {
        return WebSocketFrame.continuation([0x61], mask: mask(side))
      }
      let isText = chance(2)
      let count = length()
      let payload = isText ? text(count) : random.bytes(count)
      let form: WebSocketFrame.LengthForm =
        switch Int.random(in: 0..<10, using: &random) {
        case 0 where payload.count < 65536: .sixteenBits
        case 1: .sixtyFourBits
        default: .shortest
        }
      return WebSocketFrame.frame(opcode: isText ? 1 : 2, payload, mask: mask(side), rsv: rsv, form: form)
    }
  }

  /// Pieces of either side: several frames, one, or a part of one.
  mutating func pieces() -> [(side: Side, bytes: [UInt8])] {
    var waiting: [Side: [UInt8]] = [.client: [], .server: []]
    var pieces: [(side: Side, bytes: [UInt8])] = []
    for _ in 0..<Int.random(in: 4...20, using: &random) {
      let side: Side = chance(2) ? .client : .server
      for _ in 0..<Int.random(in: 1...6, using: &random) { waiting[side]! += frame(side) }
      let bytes = waiting[side]!
      let end = chance(2) ? bytes.count : Int.random(in: 0...bytes.count, using: &random)
      pieces.append((side, Array(bytes[..<end])))
      waiting[side] = Array(bytes[end...])
    }
    // The rest, but sometimes not all of it: the capture ends inside a frame.
    for side in Side.allCases where !chance(4) { pieces.append((side, waiting[side]!)) }
    return pieces
  }
}

/// The short way for messages of one plain frame that lie wholly in a segment comes to the records of the frame decoder.
struct WholeMessagesTests {
  private func options(_ kept: Int, reportsFrames: Bool) -> AnalysisOptions {
    var limits = Limits()
    limits.keptPayloadBytes = kept
    return AnalysisOptions(limits: limits, reportsFrames: reportsFrames)
  }

  /// A capture of what was said, cut into segments of at most `segmentBytes`.
  private func capture(
    _ pieces: [(side: Conversation.Side, bytes: [UInt8])], segmentBytes: Int, isDeflated: Bool
  ) -> [BuiltPacket] {
    var talk = Conversation()
    talk.openWebSocket(requestFields: isDeflated ? [deflate] : [], responseFields: isDeflated ? [deflate] : [])
    for (side, bytes) in pieces { talk.send(from: side, bytes, segmentBytes: segmentBytes) }
    talk.close()
    return talk.packets
  }

  private func expectSame(
    _ one: [Told], _ other: [Told], withPackets: Bool, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for (index, (one, other)) in zip(one, other).enumerated() {
      guard one.what != other.what || one.payload != other.payload || (withPackets && one.packets != other.packets)
      else { continue }
      let at = zip(one.payload, other.payload).prefix { $0 == $1 }.count
      Issue.record(
        """
        \(what), record \(index): payloads of \(one.payload.count) and \(other.payload.count), the same up to \(at)
        \(one.what) \(one.packets)
        \(other.what) \(other.packets)
        """, sourceLocation: sourceLocation)
      return
    }
    #expect(one.count == other.count, "\(what)", sourceLocation: sourceLocation)
  }

  @Test(arguments: [0, 10, 65536])
  func `frame by frame, the same is told of random conversations`(kept: Int) {
    for seed in UInt64(0)..<12 {
      var talk = Talk(seed: seed, isLong: true)
      let pieces = talk.pieces()
      let packets = capture(pieces, segmentBytes: 60_000, isDeflated: seed % 3 == 2)
      let short = analyze(packets, options: options(kept, reportsFrames: false))
      let plain = analyze(packets, options: options(kept, reportsFrames: true))
      #expect(short.frames.isEmpty && !plain.frames.isEmpty)
      expectSame(short.told, plain.told, withPackets: true, "seed \(seed)")
      // The same bytes in other segments, most of which hold no whole frame.
      let size = [1460, 997, 4096][Int(seed % 3)]
      let cut = analyze(
        capture(pieces, segmentBytes: size, isDeflated: seed % 3 == 2), options: options(kept, reportsFrames: false))
      expectSame(short.told, cut.told, withPackets: false, "seed \(seed) in segments of \(size)")
    }
  }

  @Test(arguments: [0, 10, 65536])
  func `byte by byte, the same is told of random conversations`(kept: Int) {
    for seed in UInt64(100)..<106 {
      var talk = Talk(seed: seed, isLong: false)
      let pieces = talk.pieces()
      let whole = analyze(
        capture(pieces, segmentBytes: 60_000, isDeflated: seed % 3 == 2), options: options(kept, reportsFrames: false))
      let cut = capture(pieces, segmentBytes: 1, isDeflated: seed % 3 == 2)
      let short = analyze(cut, options: options(kept, reportsFrames: false))
      expectSame(whole.told, short.told, withPackets: false, "seed \(seed)")
      expectSame(
        short.told, analyze(cut, options: options(kept, reportsFrames: true)).told, withPackets: true, "seed \(seed)")
    }
  }

  @Test func `a whole message that interrupts another, or follows a Close, is no ordinary one`() {
    for reportsFrames in [false, true] {
      var talk = Conversation()
      talk.openWebSocket()
      talk.server(WebSocketFrame.text("be", fin: false))
      talk.server(WebSocketFrame.text("whole"))
      talk.server(WebSocketFrame.binary([1], rsv: 4))
      talk.server(WebSocketFrame.text("long text"))
      talk.server(WebSocketFrame.frame(opcode: 1, [0xff]))
      talk.server(WebSocketFrame.text("", mask: 7))
      talk.server(WebSocketFrame.frame(opcode: 2, [2], form: .sixteenBits))
      talk.server(WebSocketFrame.close(1000))
      talk.server(WebSocketFrame.text("x"))
      talk.close()
      let told = analyze(talk, options: options(5, reportsFrames: reportsFrames))
      #expect(told.messages.map(\.payload.count) == [2, 5, 1, 5, 1, 0, 1, 1])
      #expect(told.messages.map(\.record.losses) == [.incomplete, [], [], .truncated, [], [], [], []])
      #expect(
        told.rules == [
          "data-after-close", "frame-length-not-minimal", "frame-rsv1-unexpected", "frame-server-masked",
          "message-interleaved", "text-invalid-utf8",
        ])
    }
  }

  @Test func `sound messages are told as they were sent, many in a segment`() {
    var random = SeededGenerator(seed: 7)
    var sent: [[UInt8]] = []
    var texts: [Bool] = []
    var segments: [[UInt8]] = [[]]
    for count in Array(0...300) + [4096, 65534, 65535, 65536] {
      let payload = count % 2 == 0 ? random.bytes(count) : Array("ä€😀a".utf8) + [UInt8](repeating: 0x62, count: count)
      sent.append(payload)
      texts.append(count % 2 == 1)
      let frame = WebSocketFrame.frame(
        opcode: count % 2 == 0 ? 2 : 1, payload, mask: UInt32(truncatingIfNeeded: random.next()))
      if segments[segments.count - 1].count + frame.count > 20_000 { segments.append([]) }
      segments[segments.count - 1] += frame
    }
    for size in [60_000, 1460] {
      var talk = Conversation()
      talk.openWebSocket()
      for segment in segments { talk.send(from: .client, segment, segmentBytes: size) }
      talk.close()
      let told = analyze(talk, options: options(.max, reportsFrames: false))
      #expect(told.messages.map(\.payload) == sent)
      #expect(told.messages.map(\.record.ordinal) == Array(1...sent.count))
      #expect(told.messages.map(\.record.form) == texts.map { $0 ? .text : .bytes(errorOffset: nil) })
      #expect(told.rules == [])
      #expect(told.ends.map(\.client.payload) == [sent.reduce(0) { $0 + $1.count }])
    }
  }
}
