import NetworkTypes
import TestSupport
import Testing
import TrafficAnalysis
import WebSocketDecoding

/// Each segment of a connection lost in turn, and random sets of them: whatever is told was sent.
struct RecoveryTests {
  /// A connection, and what was sent over it.
  struct Sample: Sendable {
    var packets: [BuiltPacket] = []
    /// Messages and controls of each side in order.
    var sent: [Conversation.Side: [[UInt8]]] = [.client: [], .server: []]
    /// The frames of each side, by the place of their first byte in its TCP stream.
    var frames: [Conversation.Side: [Int: [UInt8]]] = [.client: [:], .server: [:]]
    /// For each message of a side the indices of the packets that carry it.
    var carriers: [Conversation.Side: [[Int]]] = [.client: [], .server: []]
    /// The first packet behind the handshake.
    var start = 0

    /// Notes frames that are sent next.
    mutating func note(_ pieces: [[UInt8]], of side: Conversation.Side, at talk: Conversation) {
      var place = Int(talk.sequence[side]! &- RecoveryTests.firstSequence[side]!)
      for piece in pieces {
        frames[side]![place] = piece
        place += piece.count
      }
    }
  }

  /// The number of each side's first byte.
  static let firstSequence: [Conversation.Side: UInt32] = [.client: 1001, .server: 5001]

  /// Text as services send it, some of it large, with controls and fragments between.
  static func sample(seed: UInt64, isCompressed: Bool, segmentBytes: Int = 500) -> Sample {
    var random = SeededGenerator(seed: seed)
    var sample = Sample()
    var talk = Conversation()
    talk.openWebSocket(
      requestFields: isCompressed ? [deflate] : [], responseFields: isCompressed ? [deflate] : [])
    sample.start = talk.packets.count
    var senders: [Conversation.Side: DeflateSender] = [.client: DeflateSender(), .server: DeflateSender()]
    for index in 0..<60 {
      let side: Conversation.Side = Bool.random(using: &random) ? .client : .server
      let words = Int.random(in: 0...8, using: &random) == 0 ? 150 : Int.random(in: 0...12, using: &random)
      let kind = Int.random(in: 0...9, using: &random)
      var payload: [UInt8]
      switch kind {
      case 0: payload = random.bytes(Int.random(in: 0...300, using: &random))
      case 1: payload = random.bytes(Int.random(in: 0...20, using: &random))
      default:
        let text = (0..<words).map { _ in String(Int.random(in: 0...99_999, using: &random), radix: 36) }
        payload = Array("{\"seq\":\(index),\"say\":\"\(text.joined(separator: " ")) é\"}".utf8)
      }
      func key() -> UInt32? { side == .client ? UInt32.random(in: 0 ... .max, using: &random) : nil }
      sample.sent[side]!.append(payload)
      var pieces: [[UInt8]] = []
      if kind == 1 {
        pieces = [WebSocketFrame.ping(payload, mask: key())]
      } else {
        let wire = isCompressed ? senders[side]!.compress(payload) : payload
        let rsv: UInt8 = isCompressed ? 4 : 0
        let opcode: UInt8 = kind == 0 ? 2 : 1
        let cut = kind == 2 ? wire.count / 2 : wire.count
        pieces = [
          WebSocketFrame.frame(opcode: opcode, Array(wire[..<cut]), mask: key(), fin: cut == wire.count, rsv: rsv)
        ]
        if cut < wire.count { pieces.append(WebSocketFrame.continuation(Array(wire[cut...]), mask: key())) }
      }
      sample.note(pieces, of: side, at: talk)
      let first = talk.packets.count
      talk.send(from: side, pieces.flatMap { $0 }, segmentBytes: segmentBytes)
      sample.carriers[side]!.append(Array(first..<talk.packets.count))
      talk.ack(from: side.other)
    }
    talk.close()
    sample.packets = talk.packets
    return sample
  }

  /// Whether `part` stands in `all` in the same order, though others may stand between.
  static func isInOrder<Element: Equatable>(_ part: [Element], in all: [Element]) -> Bool {
    var rest = all[...]
    for element in part {
      guard let index = rest.firstIndex(of: element) else { return false }
      rest = rest[(index + 1)...]
    }
    return true
  }

  struct Tally {
    /// Messages of which no segment is lost.
    var untouched = 0
    var found = 0
    /// Those of them that stand where nobody can tell frames from a payload (see `placesKnown`).
    var unknowable = 0
    /// What was lost where another one of them is not there, once for each.
    var missing: [String] = []
    var share: String {
      "\(found) of \(untouched) (\(found * 1000 / max(1, untouched)) ‰; \(unknowable) behind a full segment)"
    }
  }

  /// The packets of a side at whose beginning its place in the frames can be known from what was captured.
  ///
  /// Where less is lost in a row than a full segment has, the last one that was lost was short, so that a write ended
  /// with it and another one begins behind it. Where as much is lost as the largest segment had until then, or more,
  /// the lost bytes may have had the header of a frame with all that follows in its payload, until a segment which is
  /// shorter than the largest ends that write. So what comes before is touched by the loss, though none of its own bytes
  /// are missing: what it lacks is the proof that it is no payload.
  static func placesKnown(_ sample: Sample, _ side: Conversation.Side, losing lost: Set<Int>) -> Set<Int> {
    var known: Set<Int> = []
    var largest = 0
    var missing = 0
    var isKnown = true
    for (index, packet) in sample.packets.enumerated() {
      // Ethernet, IPv4 and TCP without options; the client has port 40000, which is 9c 40.
      let length = packet.bytes.count - 54
      let isClient = packet.bytes[34] == 0x9c
      guard length > 0, isClient == (side == .client) else { continue }
      if lost.contains(index) {
        missing += length
        continue
      }
      if missing > 0 { isKnown = missing < largest }
      missing = 0
      if isKnown { known.insert(index) }
      largest = max(largest, length)
      if length < largest { isKnown = true }
    }
    return known
  }

  /// Holds what is told without some packets against what was sent.
  static func check(_ sample: Sample, losing lost: Set<Int>, tally: inout Tally, _ name: String) {
    let told = analyze(sample.packets.enumerated().filter { !lost.contains($0.offset) }.map(\.element))
    for (side, sender) in [(Conversation.Side.client, Sender.client), (.server, .server)] {
      let sent = sample.sent[side]!
      let messages = told.messages.filter {
        $0.record.sender == sender && $0.record.losses.isEmpty && $0.record.undecoded == nil
      }.map(\.payload)
      let controls = told.controls.filter { $0.record.sender == sender && $0.record.losses.isEmpty }.map(\.payload)
      #expect(isInOrder(messages, in: sent), "\(name), \(side)")
      #expect(isInOrder(controls, in: sent), "\(name), \(side)")
      // Each frame that is told, whole or not, stands where one was sent, and has its header.
      let frames = told.frames.filter { $0.sender == sender }
      func header(_ frame: [UInt8]) -> FrameHeader? { frame.withRawSpan { FrameHeader($0, at: 0) } }
      if lost.contains(0) {
        // Without the SYN places count from the first byte captured.
        let all = sample.frames[side]!.sorted { $0.key < $1.key }.map { header($0.value) }
        #expect(isInOrder(frames.map(\.header), in: all), "\(name), \(side)")
      } else {
        for frame in frames {
          #expect(sample.frames[side]![frame.offset].flatMap(header) == frame.header, "\(name), \(side): \(frame)")
        }
      }
      let known = placesKnown(sample, side, losing: lost)
      var rest = messages + controls
      for (ordinal, (message, carriers)) in zip(sent, sample.carriers[side]!).enumerated() {
        guard lost.isDisjoint(with: carriers) else { continue }
        tally.untouched += 1
        let isKnowable = carriers.first.map(known.contains) ?? false
        if !isKnowable { tally.unknowable += 1 }
        if let index = rest.firstIndex(of: message) {
          rest.remove(at: index)
          tally.found += 1
        } else if isKnowable {
          tally.missing.append("\(name), \(side): message \(ordinal) in \(carriers)")
        }
      }
    }
    #expect(told.rules == [], "\(name)")
  }

  @Test(arguments: [false, true], [1400, 500, 90])
  func `with any one segment missing, whatever is told was sent`(isCompressed: Bool, segmentBytes: Int) {
    var tally = Tally()
    let sample = Self.sample(seed: 41, isCompressed: isCompressed, segmentBytes: segmentBytes)
    for index in sample.start..<sample.packets.count {
      Self.check(
        sample, losing: [index], tally: &tally, "\(isCompressed ? "compressed" : "plain") without packet \(index)")
    }
    print(
      "one segment of \(segmentBytes) bytes lost, \(isCompressed ? "compressed" : "plain"):",
      "messages untouched by the loss told: \(tally.share)")
    if !isCompressed { #expect(tally.missing == []) }
  }

  @Test(arguments: [false, true])
  func `with random segments missing, whatever is told was sent`(isCompressed: Bool) {
    var tally = Tally()
    for seed in UInt64(100)..<115 {
      let sample = Self.sample(
        seed: seed, isCompressed: isCompressed, segmentBytes: [120, 500, 90, 1400][Int(seed % 4)])
      var random = SeededGenerator(seed: seed)
      for count in [2, 5, 12] {
        let lost = Set((0..<count).map { _ in Int.random(in: sample.start..<sample.packets.count, using: &random) })
        Self.check(sample, losing: lost, tally: &tally, "seed \(seed), without \(lost.sorted())")
      }
    }
    print(
      "random segments lost, \(isCompressed ? "compressed" : "plain"):",
      "messages untouched by the loss told: \(tally.share)")
    if !isCompressed { #expect(tally.missing == []) }
  }
}
