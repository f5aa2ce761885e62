import CZlib
import NetworkTypes
import TestSupport
import Testing
import WebSocketDecoding

struct DeflateScannerTests {
  private static let tail: [UInt8] = [0x00, 0x00, 0xff, 0xff]

  private func scan(_ bytes: [UInt8], tail: Bool = true, aligns: Bool = true) -> DeflateScan {
    let scanner = DeflateScanner()
    return withSpan(tail ? bytes + Self.tail : bytes) { scanner.scan($0, alignsBehindFinal: aligns) }
  }

  // MARK: - Against zlib

  @Test func `what zlib makes is whole, and its copies are those that a plain reading finds`() throws {
    var random = SeededGenerator(seed: 1951)
    let scanner = DeflateScanner()
    var largest = 0
    for bits in 9...15 as ClosedRange<Int32> {
      for strategy in [Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED] {
        let sender = ZlibSender(level: [0, 1, 6, 9].randomElement(using: &random)!, bits: bits, strategy: strategy)
        var window: [UInt8] = []
        for _ in 0..<3 {
          let text = Self.text(Int.random(in: 0...2500, using: &random), &random)
          let wire = sender.message(text, flushes: Int.random(in: 0...2, using: &random), &random)
          let plain = try #require(PlainReading(wire + Self.tail, window: window))
          #expect(plain.output == text)
          let scan = withSpan(wire + Self.tail) { scanner.scan($0) }
          #expect(scan.isWhole && scan.outputLength == text.count && scan.finalBlocks == 0)
          let farthest = plain.copies.max { $0.distance < $1.distance }
          #expect(scan.largestDistance == farthest?.distance ?? 0)
          #expect(
            scan.largestDistanceOffset == plain.copies.first { $0.distance == farthest?.distance }?.offset ?? 0)
          #expect(scan.reach == max(0, plain.copies.map { $0.distance - $0.offset }.max() ?? 0))
          #expect(scan.largestDistance <= 1 << Int(bits))
          largest = max(largest, scan.largestDistance)
          window = (window + text).suffix(32768)
        }
      }
    }
    #expect(largest > 2048)
  }

  @Test func `a cut of a message ends inside a block, wherever it is`() {
    var random = SeededGenerator(seed: 7)
    for strategy in [Z_DEFAULT_STRATEGY, Z_FIXED] {
      let sender = ZlibSender(level: 9, bits: 15, strategy: strategy)
      let wire = sender.message(Self.text(900, &random), flushes: 0, &random)
      // Behind the last block's end the header of the empty one begins, in the last byte or two.
      for count in 1..<wire.count - 1 {
        let scan = scan(Array(wire[..<count]), tail: false)
        #expect(!scan.endsBetweenBlocks && scan.fault == nil, "cut at \(count) of \(wire.count)")
      }
      #expect(self.scan(wire).isWhole)
    }
  }

  @Test func `random and damaged bytes are whole exactly where zlib takes them`() {
    var random = SeededGenerator(seed: 99)
    let senders = [Z_DEFAULT_STRATEGY, Z_FIXED].map { ZlibSender(level: 9, bits: 15, strategy: $0) }
    var taken = 0
    for round in 0..<2400 {
      var wire: [UInt8]
      if round.isMultiple(of: 3) {
        wire = random.bytes(Int.random(in: 0...40, using: &random))
      } else {
        let sender = senders[round % 2]
        sender.reset()
        wire = sender.message(Self.text(Int.random(in: 1...200, using: &random), &random), flushes: 1, &random)
        for _ in 0..<Int.random(in: 0...2, using: &random) {
          wire[Int.random(in: 0..<wire.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
        }
      }
      let ending = Self.inflate(wire)
      let scan = scan(wire)
      #expect((ending == .whole) == (scan.isWhole && scan.reach == 0), "\(wire.hexText): \(ending), \(scan)")
      if ending == .unterminated {
        let bare = self.scan(wire, tail: false)
        #expect(bare.fault == nil && bare.reach == 0 && wire.count * 8 - bare.endBit < 3)
      }
      if ending == .whole { taken += 1 }
    }
    #expect(taken > 300)
  }

  // MARK: - What it says

  @Test(arguments: [
    ("07", DeflateFault.blockType(bit: 1)), ("00 01 00 00 00 41", .storedLength(bit: 8)),
    // 287 literal codes; 31 distance codes.
    ("f4 01 00 00", .codeCounts(bit: 3)), ("04 1e 00 00", .codeCounts(bit: 3)),
    // No code lengths at all.
    ("04 00 00 00 00", .codeLengths(bit: 3)),
    // Symbol 286, which is never used, and distance symbol 30.
    ("1b 03", .symbol(bit: 3)), ("02 3e", .symbol(bit: 10)),
  ])
  func `a fault is named with its place`(text: String, fault: DeflateFault) {
    #expect(scan(hex(text), tail: false).fault == fault)
  }

  @Test func `distances are told to the byte`() {
    for distance in [1, 2, 4, 5, 6, 7, 8, 9, 12, 13, 256, 257, 512, 513, 1024, 1025, 24576, 24577, 32768] {
      let content = [UInt8](repeating: 0x61, count: 32768)
      let found = scan(DeflateBits.message(content, copyingFrom: 1, distance))
      #expect(found.isWhole && found.reach == 0 && found.outputLength == 32774)
      #expect(found.largestDistance == distance && found.largestDistanceOffset == (distance == 1 ? 32768 : 32771))
      let before = scan(DeflateBits.message(copyingFrom: distance, 1))
      #expect(before.isWhole && before.reach == distance && before.reachOffset == 0)
    }
  }

  @Test func `final blocks, and what stands behind them`() {
    // RFC 7692 §7.2.3.4, then with a bit of the padding set.
    #expect(scan(hex("f3 48 cd c9 c9 07 00 00")).paddingOffset == nil)
    let set = scan(hex("f3 48 cd c9 c9 07 80 00"))
    #expect(set.isWhole && set.finalBlocks == 1 && set.paddingOffset == 6)
    // A stored block ends at a byte's end.
    var bits = DeflateBits()
    bits.stored([1, 2], isFinal: true)
    bits.header(0)
    let stored = scan(bits.bytes)
    #expect(stored.isWhole && stored.finalBlocks == 1 && !stored.endsInsideByte)
    // The next block goes on in the same byte.
    bits = DeflateBits()
    bits.header(1, isFinal: true)
    bits.literals("He")
    bits.endOfBlock()
    bits.header(1)
    bits.literals("llo")
    bits.endOfBlock()
    bits.header(0)
    #expect(!scan(bits.bytes).isWhole)
    let loose = scan(bits.bytes, aligns: false)
    #expect(loose.isWhole && loose.outputLength == 5)
  }

  @Test func `bits left over begin a block`() {
    #expect(scan([], tail: false).endsBetweenBlocks)
    // An empty fixed block has ten bits: six are left, of which three begin a stored block.
    #expect(!scan(hex("02 00"), tail: false).endsBetweenBlocks)
    #expect(scan(hex("02 00")).isWhole)
  }

  // MARK: - Help

  /// Words that come again, near and far, and bytes that do not.
  private static func text(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
    var text: [UInt8] = []
    while text.count < count {
      if Bool.random(using: &random), text.count > 40 {
        let start = Int.random(in: 0..<text.count - 20, using: &random)
        text += Array(text[start..<start + Int.random(in: 3...20, using: &random)])
      } else {
        text += random.bytes(6).map { $0 & 0x3f }
      }
    }
    return Array(text.prefix(count))
  }

  private static func inflate(_ wire: [UInt8]) -> Inflater.Ending {
    let inflater = Inflater()
    let room = ByteBuffer(capacity: 64)
    guard withSpan(wire, { inflater.inflate($0, through: room, limit: 1 << 30) { _ in } }) == .consumed else {
      return .failed
    }
    return inflater.finishMessage(through: room, limit: 1 << 30) { _ in }
  }
}

/// Deflates messages by zlib, as permessage-deflate does (RFC 7692 §7.2.1).
private final class ZlibSender {
  private var stream: UnsafeMutablePointer<z_stream>

  init(level: Int32, bits: Int32, strategy: Int32) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = deflateInit2_(
      stream, level, Z_DEFLATED, -bits, 9, strategy, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK)
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  func reset() { deflateReset(stream) }

  /// A message that is flushed some times on its way, without the last four octets.
  func message(_ text: [UInt8], flushes: Int, _ random: inout SeededGenerator) -> [UInt8] {
    var wire: [UInt8] = []
    var start = 0
    for _ in 0..<flushes where start < text.count {
      let end = Int.random(in: start + 1...text.count, using: &random)
      let kinds = [Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_BLOCK, Z_NO_FLUSH]
      wire += deflate(Array(text[start..<end]), kinds.randomElement(using: &random)!)
      start = end
    }
    wire += deflate(Array(text[start...]), Z_SYNC_FLUSH)
    // Where a flush has nothing to do, it adds nothing: then the message ends with an empty block of its own.
    return wire.suffix(4) == [0x00, 0x00, 0xff, 0xff] ? Array(wire.dropLast(4)) : wire + [0x00]
  }

  private func deflate(_ text: [UInt8], _ flush: Int32) -> [UInt8] {
    var text = text
    var room = [UInt8](repeating: 0, count: 20_000)
    return text.withUnsafeMutableBufferPointer { input in
      room.withUnsafeMutableBufferPointer { output in
        stream.pointee.next_in = input.baseAddress
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        _ = CZlib.deflate(stream, flush)
        return Array(output[..<(output.count - Int(stream.pointee.avail_out))])
      }
    }
  }
}

/// Inflates bit by bit, code by code, with nothing made for speed: the plain twin.
private struct PlainReading {
  private(set) var output: [UInt8] = []
  private(set) var copies: [(offset: Int, distance: Int)] = []
  private let wire: [UInt8]
  private var place = 0

  private static let lengthBases = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
  ]
  private static let lengthExtras = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distanceBases = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
    8193, 12289, 16385, 24577,
  ]

  /// `nil` if the bytes are no whole message behind `window`.
  init?(_ wire: [UInt8], window: [UInt8]) {
    self.wire = wire
    var text = window
    while place < wire.count * 8 {
      guard let final = bits(1), final == 0, let type = bits(2) else { return nil }
      guard type == 0 ? copyStored(&text) : inflate(type, &text, window.count) else { return nil }
    }
    output = Array(text[window.count...])
  }

  private mutating func bits(_ count: Int) -> Int? {
    guard place + count <= wire.count * 8 else { return nil }
    var value = 0
    for index in 0..<count { value |= Int(wire[(place + index) / 8] >> UInt8((place + index) % 8) & 1) << index }
    place += count
    return value
  }

  private mutating func copyStored(_ text: inout [UInt8]) -> Bool {
    place = (place + 7) / 8 * 8
    guard let length = bits(16), let complement = bits(16), length ^ complement == 0xffff else { return false }
    for _ in 0..<length {
      guard let byte = bits(8) else { return false }
      text.append(UInt8(byte))
    }
    return true
  }

  /// Codes by their bits: the first one of a length follows the last one of the length before (RFC 1951 §3.2.2).
  private static func codes(_ lengths: [Int]) -> [Int: Int] {
    var codes: [Int: Int] = [:]
    var code = 0
    for length in 1...15 {
      for (symbol, its) in lengths.enumerated() where its == length {
        codes[length << 16 | code] = symbol
        code += 1
      }
      code <<= 1
    }
    return codes
  }

  private mutating func symbol(_ codes: [Int: Int]) -> Int? {
    var code = 0
    for length in 1...15 {
      guard let bit = bits(1) else { return nil }
      code = code << 1 | bit
      if let symbol = codes[length << 16 | code] { return symbol }
    }
    return nil
  }

  private mutating func inflate(_ type: Int, _ text: inout [UInt8], _ start: Int) -> Bool {
    var lengths = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
    var distances = [Int](repeating: 5, count: 30)
    if type == 2 {
      guard let counts = readLengths() else { return false }
      (lengths, distances) = counts
    }
    let lengthCodes = Self.codes(lengths)
    let distanceCodes = Self.codes(distances)
    while let symbol = symbol(lengthCodes) {
      if symbol == 256 { return true }
      if symbol < 256 {
        text.append(UInt8(symbol))
        continue
      }
      guard symbol < 286, let extra = bits(Self.lengthExtras[symbol - 257]), let code = self.symbol(distanceCodes),
        let more = bits(max(0, code / 2 - 1))
      else { return false }
      let distance = Self.distanceBases[code] + more
      guard distance <= text.count else { return false }
      copies.append((text.count - start, distance))
      for _ in 0..<Self.lengthBases[symbol - 257] + extra { text.append(text[text.count - distance]) }
    }
    return false
  }

  private mutating func readLengths() -> ([Int], [Int])? {
    guard let literals = bits(5), let distances = bits(5), let count = bits(4) else { return nil }
    var order = [Int](repeating: 0, count: 19)
    let places = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    for index in 0..<count + 4 {
      guard let length = bits(3) else { return nil }
      order[places[index]] = length
    }
    let codes = Self.codes(order)
    var lengths: [Int] = []
    while lengths.count < literals + 257 + distances + 1 {
      guard let symbol = symbol(codes) else { return nil }
      switch symbol {
      case 16:
        guard let last = lengths.last, let more = bits(2) else { return nil }
        lengths += Array(repeating: last, count: 3 + more)
      case 17, 18:
        guard let more = bits(symbol == 17 ? 3 : 7) else { return nil }
        lengths += Array(repeating: 0, count: (symbol == 17 ? 3 : 11) + more)
      default: lengths.append(symbol)
      }
    }
    return (Array(lengths.prefix(literals + 257)), Array(lengths.dropFirst(literals + 257)))
  }
}
