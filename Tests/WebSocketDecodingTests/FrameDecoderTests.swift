import NetworkTypes
import TestSupport
import Testing
import WebSocketDecoding

/// What a frame decoder told, so that the cuts of the input do not show.
private enum Step: Equatable {
  case frame(FrameHeader)
  case payload([UInt8])
  case end
  case lost
}

/// Decodes chunks; payload that continues is joined, and its offsets are checked on the way.
private func decode(
  _ chunks: [[UInt8]], with decoder: inout FrameDecoder, startingOffset: UInt64 = 0
) -> [Step] {
  var steps: [Step] = []
  var offset = startingOffset
  for chunk in chunks {
    var cursor = 0
    var turns = 3 * chunk.count + 4
    pieces: while turns > 0 {
      turns -= 1
      let before = cursor
      let event = chunk.span.bytes.withNext(&decoder, &cursor)
      switch event {
      case .needMoreBytes:
        #expect(cursor == chunk.count)
        break pieces
      case .header(let header):
        offset = 0
        steps.append(.frame(header))
      case .payload(let range, let place):
        #expect(place == offset && range.lowerBound == before && range.upperBound == cursor && !range.isEmpty)
        offset += UInt64(range.count)
        if case .payload(let start) = steps.last {
          steps[steps.count - 1] = .payload(start + chunk[range])
        } else {
          steps.append(.payload(Array(chunk[range])))
        }
      case .end: steps.append(.end)
      case .framingLost: steps.append(.lost)
      }
    }
    #expect(turns > 0, "the decoder goes round without taking bytes")
  }
  return steps
}

extension RawSpan {
  fileprivate func withNext(_ decoder: inout FrameDecoder, _ cursor: inout Int) -> FrameDecoder.Event {
    decoder.next(self, &cursor)
  }
}

private func header(
  _ opcode: Opcode, _ length: UInt64, mask: UInt32? = nil, fin: Bool = true, rsv: UInt8 = 0,
  form: WebSocketFrame.LengthForm = .shortest
) -> FrameHeader {
  let bytes = WebSocketFrame.frame(
    opcode: opcode.rawValue, mask: mask, fin: fin, rsv: rsv, form: form, length: length)
  return withSpan(bytes) { FrameHeader($0, at: 0)! }
}

private func decode(_ chunks: [[UInt8]]) -> [Step] {
  var decoder = FrameDecoder()
  return decode(chunks, with: &decoder)
}

struct FrameDecoderTests {
  @Test func `control frames between fragments are told where they stand`() {
    let key: UInt32 = 0x37fa_213d
    let stream =
      WebSocketFrame.text("Hel", mask: key, fin: false) + WebSocketFrame.ping([1, 2], mask: 0)
      + WebSocketFrame.continuation([], mask: key, fin: false) + WebSocketFrame.pong()
      + WebSocketFrame.continuation(Array("lo".utf8), mask: key) + WebSocketFrame.close(1000)
    let steps = verifySplits(of: stream, trailing: WebSocketFrame.text("x")) { decode($0) }
    #expect(
      steps == [
        .frame(header(.text, 3, mask: key, fin: false)), .payload([0x7f, 0x9f, 0x4d]), .end,
        .frame(header(.ping, 2, mask: 0)), .payload([1, 2]), .end,
        .frame(header(.continuation, 0, mask: key, fin: false)), .end,
        .frame(header(.pong, 0)), .end,
        .frame(header(.continuation, 2, mask: key)), .payload([0x5b, 0x95]), .end,
        .frame(header(.close, 2)), .payload([0x03, 0xe8]), .end,
      ])
  }

  @Test func `frames without payload end at once`() {
    let stream: [UInt8] = [0x81, 0, 0x89, 0x80, 1, 2, 3, 4, 0x82, 126, 0, 0]
    let steps = verifySplits(of: stream) { decode($0) }
    #expect(
      steps == [
        .frame(header(.text, 0)), .end, .frame(header(.ping, 0, mask: 0x0102_0304)), .end,
        .frame(header(.binary, 0, form: .sixteenBits)), .end,
      ])
  }

  @Test(arguments: [125, 126, 127, 65535, 65536])
  func `payloads at the length borders are cut out`(count: Int) {
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let stream = WebSocketFrame.binary(payload) + WebSocketFrame.ping([9])
    let steps = count < 200 ? verifySplits(of: stream) { decode($0) } : decode([stream])
    #expect(
      steps == [
        .frame(header(.binary, UInt64(count))), .payload(payload), .end, .frame(header(.ping, 1)), .payload([9]),
        .end,
      ])
  }

  @Test func `a trailing part of a frame is told as far as it goes`() {
    let whole = WebSocketFrame.text("Hi")
    let cutPayload = WebSocketFrame.frame(
      opcode: 2, [1, 2, 3], mask: 0, form: .sixtyFourBits, length: 1 << 62)
    let steps = verifySplits(of: whole + cutPayload) { decode($0) }
    #expect(
      steps == [
        .frame(header(.text, 2)), .payload(Array("Hi".utf8)), .end,
        .frame(header(.binary, 1 << 62, mask: 0, form: .sixtyFourBits)), .payload([1, 2, 3]),
      ])
    for count in 1..<14 {
      var decoder = FrameDecoder()
      #expect(decode([whole + Array(cutPayload.prefix(count))], with: &decoder) == Array(steps.prefix(3)))
      #expect(decoder.pendingHeaderBytes == count && !decoder.isBetweenFrames && !decoder.isLost)
    }
  }

  @Test func `a length with its top bit set loses the frames`() {
    for length in [1 << 63, UInt64.max] {
      let stream =
        WebSocketFrame.ping() + WebSocketFrame.frame(opcode: 1, [1, 2, 3], form: .sixtyFourBits, length: length)
      let steps = verifySplits(of: stream, trailing: WebSocketFrame.ping()) { decode($0) }
      #expect(
        steps == [
          .frame(header(.ping, 0)), .end, .frame(header(.text, length, form: .sixtyFourBits)), .lost,
        ])
    }
    var decoder = FrameDecoder()
    _ = decode([WebSocketFrame.frame(opcode: 1, form: .sixtyFourBits, length: 1 << 63)], with: &decoder)
    #expect(decoder.isLost && !decoder.isBetweenFrames)
    #expect(decode([WebSocketFrame.ping()], with: &decoder) == [])
  }

  @Test func `the largest lawful length is counted down`() {
    var decoder = FrameDecoder()
    let start = WebSocketFrame.frame(opcode: 2, [7], form: .sixtyFourBits, length: .max >> 1)
    #expect(
      decode([start], with: &decoder)
        == [.frame(header(.binary, .max >> 1, form: .sixtyFourBits)), .payload([7])])
    let isInStep = decoder.skip(Int.max - 1)
    #expect(isInStep)
    #expect(decode([WebSocketFrame.ping()], with: &decoder) == [.end, .frame(header(.ping, 0)), .end])
  }

  @Test func `random frames come out as they went in`() {
    var random = SeededGenerator(seed: 6455)
    for _ in 0..<30 {
      var stream: [UInt8] = []
      var expected: [Step] = []
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let payload = random.bytes(Int.random(in: 0...140, using: &random))
        let opcode = Opcode(rawValue: UInt8.random(in: 0..<16, using: &random))
        let mask = Bool.random(using: &random) ? UInt32.random(in: 0...(.max), using: &random) : nil
        let fin = Bool.random(using: &random)
        let rsv = UInt8.random(in: 0..<8, using: &random)
        let forms: [WebSocketFrame.LengthForm] = [.shortest, .sixteenBits, .sixtyFourBits]
        let form = forms.randomElement(using: &random)!
        let frame = WebSocketFrame.frame(
          opcode: opcode.rawValue, payload, mask: mask, fin: fin, rsv: rsv, form: form)
        stream += frame
        expected.append(
          .frame(header(opcode, UInt64(payload.count), mask: mask, fin: fin, rsv: rsv, form: form)))
        if !payload.isEmpty { expected.append(.payload(Array(frame.suffix(payload.count)))) }
        expected.append(.end)
      }
      #expect(verifySplits(of: stream, cuts: 100) { decode($0) } == expected)
    }
  }

  @Test func `a hole inside a payload keeps the frames in step`() {
    for (first, hole) in [(0, 1), (0, 10), (3, 4), (3, 7), (9, 1)] {
      var decoder = FrameDecoder()
      let frame = WebSocketFrame.binary([UInt8](0..<10))
      let before = decode([Array(frame[..<(2 + first)])], with: &decoder)
      #expect(before.first == .frame(header(.binary, 10)))
      let isInStep = decoder.skip(hole)
      #expect(isInStep && !decoder.isLost)
      let rest = Array(frame[(2 + first + hole)...])
      let after = decode(
        [rest + WebSocketFrame.ping()], with: &decoder, startingOffset: UInt64(first + hole))
      let payload: [Step] = rest.isEmpty ? [] : [.payload(rest)]
      #expect(after == payload + [.end, .frame(header(.ping, 0)), .end])
    }
  }

  @Test func `a hole that takes a header away loses the frames`() {
    func skipping(_ bytes: [UInt8], _ count: Int) -> (Bool, FrameDecoder) {
      var decoder = FrameDecoder()
      _ = decode([bytes], with: &decoder)
      let isInStep = decoder.skip(count)
      return (isInStep, decoder)
    }
    let between = skipping([], 1)
    let insideHeader = skipping([0x82], 1)
    let pastPayload = skipping([0x82, 3, 1], 3)
    let hugeHole = skipping([0x82, 3, 1], .max)
    let negative = skipping([0x82, 3, 1], -1)
    let topBit = skipping(WebSocketFrame.frame(opcode: 1, form: .sixtyFourBits, length: 1 << 63), 1)
    for (isInStep, decoder) in [between, insideHeader, pastPayload, hugeHole, negative, topBit] {
      #expect(!isInStep && decoder.isLost)
      var decoder = decoder
      #expect(decode([[0x81, 0, 0x81, 0]], with: &decoder) == [])
      let again = decoder.skip(1)
      #expect(!again && decoder.isLost)
    }
  }

  @Test func `a hole right behind a header whose payload is told later keeps step`() {
    var decoder = FrameDecoder()
    let bytes: [UInt8] = [0x82, 4]
    var cursor = 0
    // Only the header is taken; the payload is wholly lost.
    let event = bytes.span.bytes.withNext(&decoder, &cursor)
    #expect(event == .header(header(.binary, 4)))
    let isInStep = decoder.skip(4)
    #expect(isInStep)
    #expect(decode([[0x89, 0]], with: &decoder) == [.end, .frame(header(.ping, 0)), .end])
  }

  @Test func `random bytes and holes never stop the decoder`() {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      var decoder = FrameDecoder()
      for _ in 0..<6 {
        let chunk = random.bytes(Int.random(in: 0...40, using: &random))
        var cursor = 0
        var turns = 3 * chunk.count + 4
        while turns > 0, chunk.span.bytes.withNext(&decoder, &cursor) != .needMoreBytes { turns -= 1 }
        #expect(turns > 0 && cursor == chunk.count)
        if Int.random(in: 0..<4, using: &random) == 0 {
          _ = decoder.skip(Int(truncatingIfNeeded: random.next() >> UInt64.random(in: 0..<64, using: &random)))
        }
      }
    }
  }
}
