import NetworkTypes
import PacketCapture
import PacketDecoding
import TestSupport
import Testing
import TrafficAnalysis
import WebSocketDecoding

/// WebSockets of other projects' captures, which may stand beside this one, recut as `RecutTests` does it.
struct SharedRecutTests {
  static let folder = "../shared/captures"

  /// Small captures that have WebSockets, as the folders' own lists say.
  ///
  /// Of those with a truth every third one: that many take a few seconds.
  static func paths() throws -> [String] {
    var real: [String] = []
    for line in try ProjectFiles.text(of: folder + "/real/MANIFEST.tsv").split(separator: "\n") {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count > 5, fields[5] == "websocket", let size = Int(fields[4]), size <= 300_000 else { continue }
      real.append("\(folder)/real/\(fields[0])")
    }
    let truth = ProjectFiles.isFolder(folder + "/truth") ? try ProjectFiles.files(under: folder + "/truth") : []
    let captures = truth.filter { $0.contains("/capture.pcap") }
    return real + captures.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
  }

  /// Most payload bytes of a connection that is recut, and most connections of a file.
  static let byteLimit = 20_000
  static let connectionLimit = 2

  @Test(.enabled(if: ProjectFiles.isFolder(folder + "/real"), "../shared/captures is not there"))
  func `a connection of another project's capture tells the same however it comes`() throws {
    var recut = 0
    let paths = try Self.paths()
    for (index, path) in paths.enumerated() {
      var taken = 0
      for var turns in Turns.connections(in: path, byteLimit: Self.byteLimit) where taken < Self.connectionLimit {
        let plain = RecutTests.plain(turns)
        guard plain.opens.count == 1, plain.ends.count == 1 else { continue }
        turns.firstClose = turns.firstCloseTurn()
        RecutTests.check(turns, seed: UInt64(index + 1))
        taken += 1
      }
      recut += taken
    }
    print("\(recut) WebSockets of \(paths.count) captures recut")
    #expect(recut >= 20)
  }
}

extension Turns {
  /// The turn in which the first Close begins: who closes first is told by the order.
  fileprivate func firstCloseTurn() -> Int {
    var talk = Conversation(client: "10.0.0.1:40000")
    talk.handshake()
    for turn in turns { talk.send(from: turn.side, turn.bytes) }
    let closes = analyze(talk.packets).frames.filter { $0.header.opcode == .close }
    var places: [Conversation.Side: Int] = [.client: 0, .server: 0]
    for (index, turn) in turns.enumerated() {
      let start = places[turn.side]!
      places[turn.side]! += turn.bytes.count
      let sender: Sender = turn.side == .client ? .client : .server
      if closes.contains(where: { $0.sender == sender && $0.offset < places[turn.side]! && $0.offset >= start }) {
        return index
      }
    }
    return max(0, turns.count - 2)
  }

  /// The connections of a capture of which nothing is missing, as long as they are small and in order.
  fileprivate static func connections(in path: String, byteLimit: Int) -> [Turns] {
    struct Talk {
      var client: Endpoint
      var next: [Conversation.Side: SequenceNumber] = [:]
      var turns: [(side: Conversation.Side, bytes: [UInt8])] = []
      var byteCount = 0
      var isWhole = true
    }
    var talks: [FlowKey: Talk] = [:]
    var order: [FlowKey] = []
    let source = CaptureFileSource(paths: [ProjectFiles.absolute(path)])
    var decoder = PacketDecoder(limits: Limits())
    while let run = try? source.nextBatch() {
      run.batch.withBytes { bytes in
        for packet in run.batch.packets[run.range] {
          let decoded = decoder.decode(
            bytes, in: packet.bytes, originalLength: packet.originalLength, linkType: packet.linkType,
            frameCheckBytes: packet.frameCheckBytes)
          guard case .segment(let segment) = decoded else { continue }
          if segment.flags.contains(.syn), !segment.flags.contains(.ack), talks[segment.flow] == nil {
            talks[segment.flow] = Talk(client: segment.source)
            order.append(segment.flow)
          }
          guard var talk = talks[segment.flow], talk.isWhole else { continue }
          let side: Conversation.Side = segment.source == talk.client ? .client : .server
          if segment.flags.contains(.syn) {
            let first = segment.sequence.advanced(by: 1)
            talk.isWhole = segment.payload.isEmpty && (talk.next[side] ?? first) == first
            talk.next[side] = first
          } else if !segment.payload.isEmpty {
            talk.isWhole = talk.next[side] == segment.sequence && segment.payload.count == segment.payloadLength
            talk.next[side] = segment.sequence.advanced(by: segment.payload.count)
            talk.byteCount += segment.payload.count
            if talk.byteCount > byteLimit { talk.isWhole = false }
            talk.turns.append((side, bytes.extracting(segment.payload).copied()))
          }
          talks[segment.flow] = talk
        }
      }
    }
    return order.compactMap { talks[$0] }.filter { $0.isWhole && !$0.turns.isEmpty }.map {
      Turns(description: path, turns: $0.turns, firstClose: 0)
    }
  }
}
