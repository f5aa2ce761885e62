import NetworkTypes
import PacketCapture
import PacketDecoding
import TestSupport

/// What both sides of a connection said, in turns, to be put on the wire in many ways.
struct Turns: CustomStringConvertible {
  var description: String
  var turns: [(side: Conversation.Side, bytes: [UInt8])]
  /// The first turn that is not moved across the other direction's: who closes first is told by the order.
  var firstClose: Int

  /// The connection as a random network delivers it, and a random sniffer sees it.
  ///
  /// Segments are cut anew, doubled, overlapped by others with the same bytes, and moved by up to `window` places;
  /// sequence numbers wrap somewhere inside.
  func packets(
    _ random: inout SeededGenerator, client: String, wrapping: Wrapping, window: Int = 20
  ) -> [BuiltPacket] {
    var segments = [Segment(side: .client, flags: Conversation.Flag.syn), Segment(side: .server, flags: 0x12)]
    segments.append(Segment(side: .client, flags: Conversation.Flag.ack))
    var sent: [Conversation.Side: Int] = [.client: 0, .server: 0]
    var streams: [Conversation.Side: [UInt8]] = [.client: [], .server: []]
    var firstFixed = 0
    for (index, turn) in turns.enumerated() {
      if index == firstClose { firstFixed = segments.count }
      streams[turn.side]! += turn.bytes
      var rest = turn.bytes[...]
      while !rest.isEmpty {
        let longest = [3, 40, 300, 1400].randomElement(using: &random)!
        let part = rest.prefix(Int.random(in: 1...longest, using: &random))
        rest = rest.dropFirst(part.count)
        segments.append(
          Segment(
            side: turn.side, flags: 0x18, offset: sent[turn.side]!, bytes: Array(part), known: sent[turn.side.other]!))
        sent[turn.side]! += part.count
      }
    }
    var places = segments.indices.map { Double($0) }
    for index in segments.indices where index < firstFixed && !segments[index].bytes.isEmpty {
      if Int.random(in: 0..<4, using: &random) == 0 {
        places[index] = min(
          Double(firstFixed) - 0.5, places[index] + Double.random(in: 0...Double(window), using: &random))
      }
      switch Int.random(in: 0..<12, using: &random) {
      case 0:
        segments.append(segments[index])
        places.append(places[index] + Double.random(in: 0...Double(window), using: &random))
      case 1:
        // Again, from some bytes before on.
        var longer = segments[index]
        let start = max(0, longer.offset - Int.random(in: 1...500, using: &random))
        longer.bytes = Array(streams[longer.side]![start..<longer.offset + longer.bytes.count])
        longer.offset = start
        segments.append(longer)
        places.append(places[index] + Double.random(in: 0...Double(window), using: &random))
      default: break
      }
    }
    let order = segments.indices.sorted { (places[$0], $0) < (places[$1], $1) }
    return wire(order.map { segments[$0] }, sent, client, wrapping, &random)
  }

  private struct Segment {
    var side: Conversation.Side
    var flags: UInt8
    var offset = 0
    var bytes: [UInt8] = []
    /// Bytes of the other side that it acknowledges.
    var known = 0
  }

  private func wire(
    _ segments: [Segment], _ sent: [Conversation.Side: Int], _ client: String, _ wrapping: Wrapping,
    _ random: inout SeededGenerator
  ) -> [BuiltPacket] {
    let server = client.hasPrefix("[") ? "[2001:db8::2]:80" : "10.0.0.2:80"
    var talk = Conversation(client: client, server: server, link: .raw)
    let first = sent.mapValues { length in
      UInt32.max &- UInt32(truncatingIfNeeded: Int.random(in: 0...max(1, length), using: &random))
    }
    for segment in segments {
      let isSYN = segment.flags & Conversation.Flag.syn != 0
      let acknowledgment = first[segment.side.other]! &+ 1 &+ UInt32(segment.known)
      talk.segment(
        from: segment.side, flags: segment.flags, payload: segment.bytes,
        sequence: first[segment.side]! &+ (isSYN ? 0 : 1 + UInt32(segment.offset)),
        acknowledgment: segment.flags == Conversation.Flag.syn ? 0 : acknowledgment)
    }
    for side in [Conversation.Side.client, .server] {
      talk.segment(
        from: side, flags: 0x11, sequence: first[side]! &+ 1 &+ UInt32(sent[side]!),
        acknowledgment: first[side.other]! &+ 1 &+ UInt32(sent[side.other]!))
    }
    // A host gives no two of its packets the same identification, whichever connection they belong to.
    let connection = Int(talk.ends[.client]!.port % 3)
    return talk.packets.enumerated().flatMap { index, packet in
      wrapping.packets(
        packet.bytes, nanoseconds: 1_700_000_000_000_000_000,
        identification: UInt16(truncatingIfNeeded: index * 3 + connection))
    }
  }
}

extension Turns {
  /// A built conversation with everything in it: fragments, controls between them, compression, long and empty messages.
  static func built(seed: UInt64) -> Turns {
    var random = SeededGenerator(seed: seed)
    let isCompressed = Bool.random(using: &random)
    let extensions = isCompressed ? ["Sec-WebSocket-Extensions: permessage-deflate"] : []
    var turns: [(side: Conversation.Side, bytes: [UInt8])] = [
      (.client, Array(HandshakeText.request("Host: recut.example", extensions.first ?? "X-Any: 1").utf8)),
      (.server, Array(HandshakeText.response(extensions.first ?? "X-Any: 1").utf8)),
    ]
    var senders: [Conversation.Side: DeflateSender] = [.client: DeflateSender(), .server: DeflateSender()]
    for _ in 0..<Int.random(in: 5...25, using: &random) {
      let side: Conversation.Side = Bool.random(using: &random) ? .client : .server
      let mask = side == .client ? UInt32.random(in: 1...UInt32.max, using: &random) : nil
      let length = [0, 5, 125, 126, 900, 4000].randomElement(using: &random)!
      let text = (0..<length).map { _ in "abcdefghij äß漢".randomElement(using: &random)! }
      switch Int.random(in: 0..<5, using: &random) {
      case 0: turns.append((side, WebSocketFrame.ping(random.bytes(4), mask: mask)))
      case 1: turns.append((side, WebSocketFrame.binary(random.bytes(length), mask: mask)))
      case 2 where isCompressed:
        let payload = senders[side]!.compress(Array(String(text).utf8))
        turns.append((side, WebSocketFrame.frame(opcode: 1, payload, mask: mask, rsv: 4)))
      case 3:
        turns.append((side, WebSocketFrame.text(String(text), mask: mask, fin: false)))
        turns.append((side, WebSocketFrame.pong([1], mask: mask)))
        turns.append((side, WebSocketFrame.continuation(Array("end".utf8), mask: mask)))
      default: turns.append((side, WebSocketFrame.text(String(text), mask: mask)))
      }
    }
    let firstClose = turns.count
    turns.append((.client, WebSocketFrame.close(1000, "bye", mask: 77)))
    turns.append((.server, WebSocketFrame.close(1000, "bye")))
    return Turns(description: "built \(seed)", turns: turns, firstClose: firstClose)
  }

  /// A captured conversation: the capture holds one connection, in order and without losses.
  static func captured(_ fixture: String) throws -> Turns {
    let source = CaptureFileSource(paths: [ProjectFiles.absolute("fixtures/\(fixture)")])
    var decoder = PacketDecoder(limits: Limits())
    var client: Endpoint?
    var turns: [(side: Conversation.Side, bytes: [UInt8])] = []
    while let run = try source.nextBatch() {
      run.batch.withBytes { bytes in
        for packet in run.batch.packets[run.range] {
          let decoded = decoder.decode(
            bytes, in: packet.bytes, originalLength: packet.originalLength, linkType: packet.linkType,
            frameCheckBytes: packet.frameCheckBytes)
          guard case .segment(let segment) = decoded else { continue }
          if client == nil { client = segment.source }
          guard !segment.payload.isEmpty else { continue }
          turns.append(
            (segment.source == client ? .client : .server, bytes.extracting(segment.payload).copied()))
        }
      }
    }
    return Turns(description: fixture, turns: turns, firstClose: max(0, turns.count - 2))
  }
}
