import TestSupport
import Testing
import TrafficAnalysis

/// Payloads that are themselves streams of frames, with segments lost: none of what is in them is told as a frame.
struct HostileRecoveryTests {
  /// Frames that fill `size` bytes; with `grid`, some begin where a segment of the frame around them does.
  static func stream(
    of size: Int, isMasked: Bool, grid: Int?, first: Int, _ random: inout SeededGenerator
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    let header = isMasked ? 6 : 2
    while bytes.count < size {
      var room = size - bytes.count
      if let grid { room = min(room, grid - (first + bytes.count) % grid) }
      let key = isMasked ? UInt32.random(in: 0 ... .max, using: &random) : nil
      let fits = (0...125).contains(room - header)
      let length = fits ? room - header : Int.random(in: 5...90, using: &random)
      guard header + length <= room else {
        bytes += random.bytes(room)
        continue
      }
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes += WebSocketFrame.binary(random.bytes(length), mask: key)
      case 1: bytes += WebSocketFrame.ping(random.bytes(length), mask: key)
      default:
        let text = (0..<length).map { _ in "abcdef {}\":,0123".randomElement(using: &random)! }
        bytes += WebSocketFrame.text(String(text), mask: key)
      }
    }
    return bytes
  }

  /// A connection of which one side sends such payloads among ordinary messages.
  static func sample(seed: UInt64, from side: Conversation.Side) -> RecoveryTests.Sample {
    var random = SeededGenerator(seed: seed)
    var sample = RecoveryTests.Sample()
    let segment = [536, 1000, 1460].randomElement(using: &random)!
    var talk = Conversation(maximumSegment: segment)
    talk.openWebSocket()
    sample.start = talk.packets.count
    let hasGrid = Bool.random(using: &random)
    let isMasked = Bool.random(using: &random)
    for _ in 0..<12 {
      let key = side == .client ? UInt32.random(in: 0 ... .max, using: &random) : nil
      let header = side == .client ? 8 : 4
      var payload: [UInt8]
      switch Int.random(in: 0..<3, using: &random) {
      case 0: payload = Array("{\"plain\":\(Int.random(in: 0...999_999, using: &random))}".utf8)
      case 1:
        // The frame fills one segment or two.
        payload = stream(
          of: segment * Int.random(in: 1...2, using: &random) - header, isMasked: isMasked,
          grid: hasGrid ? segment : nil, first: header, &random)
      default:
        payload = stream(
          of: Int.random(in: segment...5 * segment, using: &random), isMasked: isMasked,
          grid: hasGrid ? segment : nil, first: header, &random)
      }
      // Frames stand on the wire, or come out of the masking.
      if let key, Bool.random(using: &random) { payload = WebSocketFrame.masked(payload, with: key) }
      let frame = WebSocketFrame.binary(payload, mask: key)
      sample.sent[side]!.append(payload)
      sample.note([frame], of: side, at: talk)
      let first = talk.packets.count
      talk.send(from: side, frame)
      sample.carriers[side]!.append(Array(first..<talk.packets.count))
      talk.ack(from: side.other)
    }
    talk.close()
    sample.packets = talk.packets
    return sample
  }

  /// A connection on which one side sends text, some messages in one write, and now and then a payload of frames that
  /// somebody made it hand on.
  static func relay(seed: UInt64, from side: Conversation.Side, joins: Bool) -> RecoveryTests.Sample {
    var random = SeededGenerator(seed: seed)
    var writer = BurstWriter(side: side, segmentBytes: [536, 1000, 1460].randomElement(using: &random)!)
    let isMasked = Bool.random(using: &random)
    for number in 0..<60 {
      let key = side == .client ? UInt32.random(in: 0 ... .max, using: &random) : nil
      if Int.random(in: 0..<24, using: &random) == 0 {
        var payload = stream(
          of: Int.random(in: 300...8000, using: &random), isMasked: isMasked, grid: nil, first: 0, &random)
        if let key, Bool.random(using: &random) { payload = WebSocketFrame.masked(payload, with: key) }
        writer.add(payload, opcode: 2, mask: key)
      } else {
        writer.add(BurstWriter.text(number, &random), opcode: 1, mask: key)
      }
      if !joins || Int.random(in: 0..<6, using: &random) == 0 { writer.write() }
    }
    return writer.finish()
  }

  @Test(arguments: Array(1...4), [false, true])
  func `text that was sent until then makes no frames of a payload`(seed: UInt64, joins: Bool) {
    for side in Conversation.Side.allCases {
      var tally = RecoveryTests.Tally()
      let sample = Self.relay(seed: seed, from: side, joins: joins)
      var random = SeededGenerator(seed: seed)
      for index in sample.dataPackets.shuffled(using: &random).prefix(12) {
        RecoveryTests.check(sample, losing: [index], tally: &tally, "relay \(seed), \(side), without packet \(index)")
      }
    }
  }

  /// Seeds that failed once.
  private static let kept: [UInt64] = [74]

  @Test(arguments: kept + Array(1...10), Conversation.Side.allCases)
  func `frames inside payloads are none, whatever is lost`(seed: UInt64, side: Conversation.Side) {
    var tally = RecoveryTests.Tally()
    let sample = Self.sample(seed: seed, from: side)
    var random = SeededGenerator(seed: seed)
    let data = (sample.start..<sample.packets.count).filter { sample.packets[$0].bytes.count > 80 }
    for index in data.shuffled(using: &random).prefix(12) {
      RecoveryTests.check(sample, losing: [index], tally: &tally, "seed \(seed), \(side), without packet \(index)")
    }
    for count in [2, 3, 5] {
      let lost = Set((0..<count).map { _ in data.randomElement(using: &random)! })
      RecoveryTests.check(sample, losing: lost, tally: &tally, "seed \(seed), \(side), without \(lost.sorted())")
    }
    print("seed \(seed), \(side), payloads of frames: messages untouched by the loss told: \(tally.share)")
  }
}
