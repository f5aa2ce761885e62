import NetworkTypes
import TestSupport
import Testing

@testable import WebSocketDecoding

/// Frames are found again where they are, and nowhere else.
struct FrameChainTests {
  static let client = FrameChain.Rules(isMasked: true, allowsCompression: true, trustsFirst: false)
  static let server = FrameChain.Rules(isMasked: false, allowsCompression: true, trustsFirst: false)
  /// Finds what a search without known roles would, at a third of its evidence.
  static let either = FrameChain.Rules(
    isMasked: nil, allowsCompression: true, trustsFirst: false, headBits: 20, chainBits: 24)
  static let all = [client, server, either]

  /// What is found in chunks of which each is a segment, or in bytes with boundaries at given places.
  static func find(
    _ segments: [[UInt8]], _ rules: FrameChain.Rules, isEnd: Bool = true, beginsWrite: Bool = true,
    fullSegment: Int = 1448
  ) -> FrameChain.Finding? {
    var chain = FrameChain(rules: rules, limits: Limits(), beginsWrite: beginsWrite, fullSegment: fullSegment)
    for segment in segments {
      chain.markBoundary()
      segment.withRawSpan { chain.append($0) }
      chain.markBoundary()
      if let finding = chain.search() { return finding }
    }
    return chain.finish(isEnd: isEnd)
  }

  static func segments(of bytes: [UInt8], _ size: Int) -> [[UInt8]] {
    stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
  }

  static func header(_ bytes: [UInt8]) -> FrameHeader { bytes.withRawSpan { FrameHeader($0, at: 0)! } }

  static func masked(_ text: String, _ key: UInt32) -> [UInt8] { WebSocketFrame.text(text, mask: key) }

  @Test func `frames behind the rest of a payload are found at the first of them`() {
    let rest = Array("the end of a message whose beginning was lost".utf8)
    let texts = (0..<6).map { "{\"price\":\(100 + $0 * $0),\"symbol\":\"ABC\"}" }
    let sent = texts.map { WebSocketFrame.text($0) }
    let found = Self.find([rest] + sent, Self.server)
    #expect(found?.offset == rest.count)
    #expect(found?.isMasked == false)
    // All in one segment: they may be its payload, up to the next frame that begins a segment.
    let joined = rest + sent.flatMap { $0 }
    #expect(Self.find([joined], Self.server) == nil)
    #expect(Self.find([joined, sent[0]], Self.server)?.offset == joined.count)
    let keys: [UInt32] = [0x5a13_9bd2, 0x01fe_7744, 0xc0de_1234, 0x8899_aabb, 0x1020_3040, 0x7f6e_5d4c]
    let replies = zip(texts, keys).map { Self.masked($0, $1) }
    #expect(Self.find([rest] + replies, Self.client)?.offset == rest.count)
    #expect(Self.find([rest] + replies, Self.either)?.isMasked == true)
  }

  @Test func `a chain goes on through fragments and the controls between them`() {
    let sent = [
      WebSocketFrame.text("a first fragment of some length ", fin: false), WebSocketFrame.ping(Array("beat".utf8)),
      WebSocketFrame.continuation(Array("and a second".utf8), fin: false), WebSocketFrame.continuation(Array("!".utf8)),
      WebSocketFrame.close(1000, "bye"),
    ]
    #expect(Self.find(sent, Self.server)?.offset == 0)
    // A message may not begin inside another, nor anything come behind a Close.
    var chain = ChainLink(
      Self.header(WebSocketFrame.text("a", fin: false)), at: 0, startBits: 0, isAligned: false, isAnchored: false)
    #expect(!chain.allows(Self.header(WebSocketFrame.text("b"))))
    #expect(chain.allows(Self.header(WebSocketFrame.ping())))
    chain = ChainLink(Self.header(WebSocketFrame.close()), at: 0, startBits: 0, isAligned: false, isAnchored: false)
    #expect(!chain.allows(Self.header(WebSocketFrame.ping())))
  }

  @Test func `a chain is not begun by the rest of a fragmented message`() {
    let sent = [
      WebSocketFrame.continuation(Array("the last fragment".utf8)), WebSocketFrame.text("{\"a\":\"a whole message\"}"),
      WebSocketFrame.text("{\"b\":\"another whole message\"}"),
    ]
    #expect(Self.find(sent, Self.server)?.offset == sent[0].count)
  }

  @Test(arguments: [false, true])
  func `the same bytes in the same segments give the same, however they are cut`(isMasked: Bool) {
    var random = SeededGenerator(seed: 7)
    var bytes = random.bytes(61)
    var borders: Set<Int> = [0, bytes.count]
    for index in 0..<8 {
      let key = isMasked ? UInt32.random(in: 0 ... .max, using: &random) : nil
      bytes +=
        index % 3 == 0
        ? WebSocketFrame.binary(random.bytes(20 + index), mask: key)
        : WebSocketFrame.text("message number \(index * index * 77)", mask: key)
      if index % 2 == 0 { borders.insert(bytes.count) }
    }
    let found = verifySplits(of: bytes) { chunks in
      var chain = FrameChain(
        rules: isMasked ? Self.client : Self.server, limits: Limits(), beginsWrite: true, fullSegment: 1448)
      var found: [FrameChain.Finding] = []
      if borders.contains(0) { chain.markBoundary() }
      for chunk in chunks {
        for byte in chunk {
          [byte].withRawSpan { chain.append($0) }
          if borders.contains(chain.end) { chain.markBoundary() }
        }
        if found.isEmpty, let finding = chain.search() { found.append(finding) }
      }
      return found
    }
    #expect(found.count == 1)
    #expect(borders.contains(found.first?.offset ?? -1))
  }

  @Test(arguments: all)
  func `what is no WebSocket holds no chain`(rules: FrameChain.Rules) {
    var random = SeededGenerator(seed: 2026)
    var samples: [[UInt8]] = [
      [UInt8](repeating: 0, count: 20_000), [UInt8](repeating: 0x81, count: 20_000),
      [UInt8](repeating: 0x82, count: 20_000),
      (0..<8000).flatMap { _ in [0x82, 0x7e] as [UInt8] }, (0..<8000).flatMap { _ in [0x81, 0x82] as [UInt8] },
      (0..<8000).flatMap { _ in [0x8a, 0x00] as [UInt8] }, (0..<8000).flatMap { _ in [0x89, 0x80] as [UInt8] },
      // CBOR: pairs of small numbers; ASN.1: the names of a certificate (RFC 5280 §4.2.1.6).
      (0..<9000).flatMap { [0x82, 0x01, UInt8($0 % 24)] as [UInt8] },
      (0..<400).flatMap { [0x82, UInt8(11 + "\($0)".count)] + Array("host\($0).example".utf8) },
      Array(String(repeating: "GET /index.html HTTP/1.1\r\nHost: example.com\r\n\r\n", count: 500).utf8),
      Array(String(repeating: "с тех пор как это было — «да» и нет, 中文字符也没有问题。", count: 500).utf8),
    ]
    for _ in 0..<4 { samples.append(random.bytes(100_000)) }
    for (index, sample) in samples.enumerated() {
      for size in [1448, sample.count] {
        let found = Self.find(Self.segments(of: sample, size), rules)
        #expect(found == nil, "sample \(index) in segments of \(size)")
      }
    }
  }

  @Test func `the inside of a large frame holds no chain, whatever its key`() {
    var random = SeededGenerator(seed: 641)
    let words = [
      "the", "price", "of", "{\"id\":", "1234,", "\"name\":", "\"Müller\"}", "AB", "\n", "aaaa", "0000", "  ",
    ]
    for round in 0..<60 {
      let text = (0..<1200).map { _ in words.randomElement(using: &random)! }.joined(separator: " ")
      let payload = round % 3 == 0 ? [UInt8](repeating: UInt8(round), count: 6000) : Array(text.utf8)
      let key = UInt32.random(in: 0 ... .max, using: &random)
      let inside = Array(WebSocketFrame.masked(payload, with: key)[Int.random(in: 0..<9, using: &random)...])
      for rules in [Self.client, Self.either] {
        let found = Self.find(Self.segments(of: inside, 1448), rules)
        #expect(found == nil, "round \(round), key \(key)")
      }
    }
  }

  @Test func `bytes that are held are bounded, and what is dropped is not given back`() {
    var random = SeededGenerator(seed: 3)
    var chain = FrameChain(rules: Self.server, limits: Limits(), beginsWrite: true, fullSegment: 1448)
    for _ in 0..<400 {
      random.bytes(1448).withRawSpan { chain.append($0) }
      #expect(chain.search() == nil)
      #expect(chain.end - chain.heldFrom <= Limits().searchedBytes)
    }
    #expect(chain.end == 400 * 1448)
    #expect(chain.held(from: 0).count == chain.end - chain.heldFrom)
  }

  @Test func `frames in the payload of a frame that begins a segment are none`() {
    let inner = (0..<6).flatMap { WebSocketFrame.text("{\"a\":\($0),\"msg\":\"hello world\"}") }
    let outer = WebSocketFrame.binary(inner)
    // All of one size: what proves them is that each fills a write.
    #expect(Self.find([outer, outer, outer, outer], Self.server)?.offset == 0)
    let mixed = (0..<4).flatMap { [WebSocketFrame.binary(Array("plain bytes \($0)".utf8)), outer] }
    #expect(Self.find(mixed, Self.server)?.offset == 0)
    // The outer one is under way when the direction is over.
    #expect(Self.find([Array(outer.dropLast(3))], Self.server) == nil)
    // Frames that a client sent elsewhere, handed on by a server.
    let masked = (0..<6).flatMap { Self.masked("{\"a\":\($0),\"msg\":\"hello world\"}", 0x5a13_9bd2 &* UInt32($0 + 1)) }
    let handedOn = WebSocketFrame.binary(masked)
    #expect(Self.find([handedOn, handedOn, handedOn, handedOn], Self.either) == nil)
  }

  @Test func `frames in a payload of many segments are none, and what begins a write behind it is one`() {
    var random = SeededGenerator(seed: 8)
    func text(_ length: Int) -> [UInt8] {
      WebSocketFrame.text(String((0..<length).map { _ in "abcdef {}:0123".randomElement(using: &random)! }))
    }
    // Each segment of the payload begins with a frame, and the payload with a full segment.
    var inner: [UInt8] = []
    for _ in 0..<8 {
      inner += (0..<13).flatMap { _ in text(100) } + text(1448 - 13 * 102 - 2)
    }
    let last = text(60) + text(70)
    let segments = Self.segments(of: inner, 1448) + [last]
    #expect(Self.find(segments, Self.server, beginsWrite: false) == nil)
    let next = [text(50), text(60)]
    let found = Self.find(segments + next, Self.server, beginsWrite: false)
    #expect(found?.offset == inner.count + last.count)
    // More than tunnels read at once.
    let stream = (0..<500).flatMap { _ in text(98) }
    #expect(Self.find(Self.segments(of: stream, 1448), Self.server, beginsWrite: false)?.offset ?? 0 > 32 << 10)
  }

  @Test func `records at the end of a payload that fill a segment are no frames`() {
    let patterns: [[UInt8]] = [[0x82, 4, 0, 0, 0, 1], [0x82, 0x0b] + Array("example.com".utf8), [0x81, 0]]
    let texts = (0..<4).map { WebSocketFrame.text("{\"seq\":\($0)}") }
    for pattern in patterns {
      let rest = (0..<50).flatMap { _ in pattern }
      #expect(Self.find([rest] + texts, Self.server)?.offset == rest.count)
    }
    let counted = (50..<100).flatMap { [0x82, 4, 0, 0, 0, UInt8($0)] as [UInt8] }
    #expect(Self.find([counted] + texts, Self.server)?.offset == counted.count)
  }

  @Test func `the first byte behind a lost handshake needs less`() {
    let trusting = FrameChain.Rules(isMasked: true, allowsCompression: false, trustsFirst: true)
    let sent = [Self.masked("Hi", 0x1122_3344), Self.masked("there", 0x5566_7788), Self.masked("you all", 0x99aa_bbcc)]
    let joined = sent.flatMap { $0 }
    #expect(Self.find([joined], trusting)?.offset == 0)
    #expect(Self.find(sent, Self.client)?.offset == 0)
    #expect(Self.find([Array(joined[..<20]), Array(joined[20...])], Self.client)?.offset != 0)
  }

  @Test func `what fills a write is told, with little evidence of its own`() {
    var random = SeededGenerator(seed: 12)
    let rest = (0..<7).map { _ in random.bytes(80) }
    let texts = (0..<3).map { WebSocketFrame.text("{\"seq\":\($0),\"say\":\"something\"}") }
    // Behind any number of writes that go on with a payload.
    let weak = WebSocketFrame.binary(random.bytes(20))
    #expect(Self.find(rest + [weak] + texts, Self.server)?.offset == 560)
    // In fragments that are one write.
    let fragments =
      WebSocketFrame.text("{\"seq\":1,\"say\"", fin: false) + WebSocketFrame.continuation(Array(":\"x\"}".utf8))
    #expect(Self.find([fragments] + texts, Self.server)?.offset == 0)
    // In several segments, of which all but the last are full.
    let long = WebSocketFrame.binary(random.bytes(3000))
    #expect(Self.find(Self.segments(of: long, 1448) + texts, Self.server)?.offset == 0)
    // Before the next hole, or the end.
    for isEnd in [false, true] {
      #expect(Self.find([weak], Self.server, isEnd: isEnd)?.offset == 0)
      #expect(Self.find([weak, Array(texts[0].dropLast(5))], Self.server, isEnd: isEnd)?.offset == 0)
    }
    #expect(Self.find([random.bytes(40)], Self.server) == nil)
  }

  @Test func `a header that is cut by the end of the bytes keeps no chain from being found`() {
    let text = WebSocketFrame.text("{\"seq\":1,\"say\":\"something\"}")
    // A false frame ends four bytes before the end, with the beginning of a long header.
    var payload =
      Array("{\"say\":\"abcdefghijklmnopqrst".utf8) + [0x82, 9] + Array("uvwxyz012".utf8) + [0x82, 0x7f, 0, 1]
    #expect(Self.find([WebSocketFrame.binary(payload)], Self.server)?.offset == 0)
    payload = Array(payload.dropLast(3))
    #expect(Self.find([WebSocketFrame.binary(payload)], Self.server)?.offset == 0)
    #expect(Self.find([text], Self.server)?.offset == 0)
  }

  @Test func `a frame that begins a write and may end behind missing bytes is known to`() {
    var chain = FrameChain(rules: Self.server, limits: Limits(), beginsWrite: true, fullSegment: 1448)
    chain.markBoundary()
    Array(WebSocketFrame.binary([UInt8](repeating: 7, count: 100)).dropLast(4)).withRawSpan { chain.append($0) }
    chain.markBoundary()
    #expect(chain.search() == nil)
    #expect(chain.frameEnds(at: 102))
    #expect(!chain.frameEnds(at: 101))
    #expect(!chain.frameEnds(at: .max))
  }

  @Test func `frames in one write are told where the direction sends text alone`() {
    var rules = Self.server
    let rest = Array("the end of a message whose beginning was lost".utf8)
    let burst = (0..<60).flatMap { WebSocketFrame.text("{\"seq\":\($0),\"say\":\"something\"}") }
    let segments = Self.segments(of: rest + burst, 1448)
    func find(_ segments: [[UInt8]]) -> Int? { Self.find(segments, rules, beginsWrite: false)?.offset }
    rules.messages = .any
    #expect(find(segments) == nil)
    rules.messages = .text
    #expect(find(segments) ?? .max < rest.count + 200)
    // Not if there is something binary among them.
    let binary = (0..<60).flatMap {
      WebSocketFrame.binary(Array("binary \($0)".utf8)) + WebSocketFrame.text("{\"n\":\($0)}")
    }
    #expect(find(Self.segments(of: rest + binary, 1448)) == nil)
    // Nor if they are such as may stand in text: each header is the end of a character.
    let inText = (0..<60).flatMap {
      [0x81, 120] + Array("{\"seq\":\(10 + $0),\"say\":\"".utf8) + [UInt8](repeating: 0x61, count: 102) + [0xc2]
    }
    #expect(find(Self.segments(of: rest + [0xc2] + inText, 1448)) == nil)
    // Where it is not known yet, it is seen behind the write: text alone, and several frames in a write.
    rules.messages = .unknown
    #expect(find(segments) == nil)
    let next = (0..<10).map { WebSocketFrame.text("{\"next\":\($0),\"say\":\"something\"}") }
    #expect(find(segments + next) ?? 0 >= rest.count + burst.count)
    let joined = [next[0] + next[1] + next[2]] + next[3...]
    #expect(find(segments + joined) ?? .max < rest.count + 200)
    #expect(find(segments + joined[..<4]) ?? 0 >= rest.count + burst.count)
    let mixed = [joined[0], WebSocketFrame.binary([1, 2, 3])] + joined[1...]
    #expect(find(segments + mixed) ?? 0 >= rest.count + burst.count)
  }
}
