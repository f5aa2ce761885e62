import NetworkTypes
import TestSupport
import Testing
import TrafficAnalysis
import WebSocketDecoding

/// Writes messages of one side, as many in one write as is wanted, cut into full segments.
struct BurstWriter {
  private var sample = RecoveryTests.Sample()
  private var talk: Conversation
  private let side: Conversation.Side
  private let segmentBytes: Int
  private var wire: [UInt8] = []
  private var ranges: [Range<Int>] = []

  /// A connection behind its handshake.
  init(side: Conversation.Side, segmentBytes: Int) {
    self.side = side
    self.segmentBytes = segmentBytes
    talk = Conversation(maximumSegment: segmentBytes)
    talk.openWebSocket()
    sample.start = talk.packets.count
  }

  /// Text as services send it.
  static func text(_ number: Int, _ random: inout SeededGenerator) -> [UInt8] {
    let words = (0..<Int.random(in: 0...12, using: &random)).map { _ in
      String(Int.random(in: 0...99_999, using: &random), radix: 36)
    }
    return Array("{\"seq\":\(number),\"say\":\"\(words.joined(separator: " ")) é\"}".utf8)
  }

  /// Adds a message to the next write.
  mutating func add(_ payload: [UInt8], opcode: UInt8, mask: UInt32?) {
    let frame = WebSocketFrame.frame(opcode: opcode, payload, mask: mask)
    let place = Int(talk.sequence[side]! &- RecoveryTests.firstSequence[side]!) + wire.count
    sample.sent[side]!.append(payload)
    sample.frames[side]![place] = frame
    ranges.append(wire.count..<wire.count + frame.count)
    wire += frame
  }

  /// Sends what was added.
  mutating func write() {
    let first = talk.packets.count
    talk.send(from: side, wire)
    for range in ranges {
      sample.carriers[side]!.append(
        Array(first + range.lowerBound / segmentBytes...first + (range.upperBound - 1) / segmentBytes))
    }
    talk.ack(from: side.other)
    wire = []
    ranges = []
  }

  /// The connection, with what was added last, and closed.
  mutating func finish() -> RecoveryTests.Sample {
    if !wire.isEmpty { write() }
    talk.close()
    sample.packets = talk.packets
    return sample
  }
}

extension RecoveryTests.Sample {
  /// Packets with payload behind the handshake.
  var dataPackets: [Int] { (start..<packets.count).filter { packets[$0].bytes.count > 54 } }
}

/// Segments lost out of writes that have many messages: nothing in them begins where a segment does.
struct BurstRecoveryTests {
  static func sample(seed: UInt64, from side: Conversation.Side, isText: Bool) -> RecoveryTests.Sample {
    var random = SeededGenerator(seed: seed)
    var writer = BurstWriter(side: side, segmentBytes: 1448)
    var number = 0
    for _ in 0..<5 {
      for _ in 0..<Int.random(in: 10...150, using: &random) {
        number += 1
        let key = side == .client ? UInt32.random(in: 0 ... .max, using: &random) : nil
        if isText {
          writer.add(BurstWriter.text(number, &random), opcode: 1, mask: key)
        } else {
          writer.add(random.bytes(Int.random(in: 10...120, using: &random)), opcode: 2, mask: key)
        }
      }
      writer.write()
    }
    return writer.finish()
  }

  @Test(arguments: Conversation.Side.allCases, [true, false])
  func `messages that were sent in one write are found behind a lost segment`(side: Conversation.Side, isText: Bool) {
    var tally = RecoveryTests.Tally()
    for seed in UInt64(1)...3 {
      let sample = Self.sample(seed: seed, from: side, isText: isText)
      for index in sample.dataPackets {
        RecoveryTests.check(sample, losing: [index], tally: &tally, "burst \(seed), \(side), without packet \(index)")
      }
    }
    print(
      "one full segment lost of bursts of \(isText ? "text" : "binary messages"), \(side):",
      "messages untouched by the loss told: \(tally.share)")
    if isText { #expect(tally.found * 1000 >= tally.untouched * 995) }
  }

  @Test(arguments: Conversation.Side.allCases)
  func `text that was sent in one write is found where the capture begins inside it`(side: Conversation.Side) {
    var options = AnalysisOptions(reportsFrames: true)
    options.forcedPorts = [80]
    var found = 0
    var all = 0
    for seed in UInt64(1)...4 {
      let sample = Self.sample(seed: seed, from: side, isText: true)
      for cut in [0, 1, 3] {
        let begin = sample.start + cut
        let told = analyze(Array(sample.packets[begin...]), options: options).messages.filter {
          $0.record.losses.isEmpty
        }
        #expect(RecoveryTests.isInOrder(told.map(\.payload), in: sample.sent[side]!), "seed \(seed), cut \(cut)")
        all += sample.carriers[side]!.count { $0[0] >= begin }
        found += told.count
      }
    }
    print("--decode-as inside bursts of text, \(side): \(found) of \(all) messages told")
    #expect(found * 100 >= all * 97)
  }
}
