internal import NetworkTypes

/// What the bits of a compressed message say of themselves, whatever stands before them.
public struct DeflateScan: Sendable, Hashable {
  /// The first thing that is no deflate data, and the bit at which it stands; `nil` if the bits run out before.
  public internal(set) var fault: DeflateFault?
  /// The bit behind the last one that was read.
  public internal(set) var endBit = 0
  /// Whether the bits end where a block does; they end inside one otherwise.
  public internal(set) var endsBetweenBlocks = false
  /// Bytes that the message inflates to, up to the fault.
  public internal(set) var outputLength = 0
  /// The largest distance of a copy.
  public internal(set) var largestDistance = 0
  /// Where in the output the copy with the largest distance stands.
  public internal(set) var largestDistanceOffset = 0
  /// The most bytes that a copy reaches back before the message's beginning.
  public internal(set) var reach = 0
  /// Where in the output that copy stands.
  public internal(set) var reachOffset = 0
  /// Blocks with BFINAL = 1.
  public internal(set) var finalBlocks = 0
  /// The byte with the first bit that is not zero between such a block and the next byte.
  public internal(set) var paddingOffset: Int?
  /// Whether such a block ended inside a byte.
  public internal(set) var endsInsideByte = false

  /// Whether the message is whole, if as much stands before it as it reaches back.
  public var isWhole: Bool { fault == nil && endsBetweenBlocks }
}

/// Reads deflate data without inflating it: blocks, codes and copies, and how far these reach back.
///
/// zlib keeps that to itself: it enforces no window but that of 32 KiB, nor shows what stands behind a final block. Time
/// is linear, and memory is that of the tables. It is an object: a value in another one would be copied with its twenty
/// tables for each scan.
public final class DeflateScanner {
  private var lengths = HuffmanCode(symbols: 288)
  private var distances = HuffmanCode(symbols: 32)
  private var lengthsOfLengths = HuffmanCode(symbols: 19)
  private let fixedLengths: HuffmanCode
  private let fixedDistances: HuffmanCode
  /// The code lengths of a dynamic block: up to 288 symbols and 32 distances.
  private var codeLengths = [UInt8](repeating: 0, count: 320)

  /// The order in which the code lengths of code lengths are sent (RFC 1951 §3.2.7).
  private static let order: [Int] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

  /// A scanner.
  public init() {
    // RFC 1951 §3.2.6. The symbols that never occur have codes too, so that both are complete.
    let fixed = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 as UInt8 }
    var code = HuffmanCode(symbols: 288)
    _ = code.assign(fixed[...], mayBeSparse: false)
    fixedLengths = code
    code = HuffmanCode(symbols: 32)
    _ = code.assign([UInt8](repeating: 5, count: 32)[...], mayBeSparse: false)
    fixedDistances = code
  }

  /// Scans a compressed message to its end or its first fault.
  ///
  /// - Parameters:
  ///   - bytes: The payload of all its frames, and the tail 00 00 ff ff.
  ///   - alignsBehindFinal: Whether the block behind a final one begins with the next byte, as it must (RFC 7692 §7.2.1).
  /// - Returns: What they say.
  public func scan(_ bytes: RawSpan, alignsBehindFinal: Bool = true) -> DeflateScan {
    var scan = DeflateScan()
    var bits = BitCursor()
    while scan.fault == nil {
      bits.refill(bytes)
      guard bits.count >= 3 else {
        scan.endsBetweenBlocks = bits.count == 0
        break
      }
      let header = Int(bits.take(3))
      guard scanBlock(header >> 1, bytes, &bits, &scan) else { break }
      if header & 1 == 1 { endFinal(bytes, &bits, &scan, aligns: alignsBehindFinal) }
    }
    scan.endBit = bits.position
    return scan
  }

  private func endFinal(_ bytes: RawSpan, _ bits: inout BitCursor, _ scan: inout DeflateScan, aligns: Bool) {
    scan.finalBlocks += 1
    bits.refill(bytes)
    let rest = bits.count & 7
    guard rest > 0 else { return }
    scan.endsInsideByte = true
    if bits.peek(rest) != 0, scan.paddingOffset == nil { scan.paddingOffset = bits.position / 8 }
    if aligns { bits.drop(rest) }
  }

  /// - Returns: Whether the block is whole.
  private func scanBlock(
    _ type: Int, _ bytes: RawSpan, _ bits: inout BitCursor, _ scan: inout DeflateScan
  ) -> Bool {
    switch type {
    case 0: return Self.scanStored(bytes, &bits, &scan)
    case 1: return Self.scanSymbols(bytes, &bits, &scan, fixedLengths, fixedDistances)
    case 2:
      guard readCodes(bytes, &bits, &scan) else { return false }
      return Self.scanSymbols(bytes, &bits, &scan, lengths, distances)
    default:
      scan.fault = .blockType(bit: bits.position - 2)
      return false
    }
  }

  private static func scanStored(_ bytes: RawSpan, _ bits: inout BitCursor, _ scan: inout DeflateScan) -> Bool {
    bits.drop(bits.count & 7)
    bits.refill(bytes)
    guard bits.count >= 32 else { return false }
    let place = bits.position
    let length = Int(bits.take(16))
    guard Int(bits.take(16)) == length ^ 0xffff else {
      scan.fault = .storedLength(bit: place)
      return false
    }
    guard bits.skip(bytes: length, of: bytes) else { return false }
    scan.outputLength += length
    return true
  }

  /// Reads the two codes of a dynamic block (RFC 1951 §3.2.7).
  private func readCodes(_ bytes: RawSpan, _ bits: inout BitCursor, _ scan: inout DeflateScan) -> Bool {
    bits.refill(bytes)
    guard bits.count >= 14 else { return false }
    let place = bits.position
    let lengthCount = Int(bits.take(5)) + 257
    let distanceCount = Int(bits.take(5)) + 1
    let orderCount = Int(bits.take(4)) + 4
    guard lengthCount <= 286, distanceCount <= 30 else {
      scan.fault = .codeCounts(bit: place)
      return false
    }
    for index in 0..<19 { codeLengths[index] = 0 }
    for index in 0..<orderCount {
      bits.refill(bytes)
      guard bits.count >= 3 else { return false }
      codeLengths[Self.order[index]] = UInt8(bits.take(3))
    }
    guard lengthsOfLengths.assign(codeLengths[0..<19], mayBeSparse: false) else {
      scan.fault = .codeLengths(bit: place)
      return false
    }
    guard readLengths(lengthCount + distanceCount, bytes, &bits, &scan) else { return false }
    // Without a code for the end of the block there is no end.
    guard codeLengths[256] > 0, lengths.assign(codeLengths[0..<lengthCount], mayBeSparse: true),
      distances.assign(codeLengths[lengthCount..<lengthCount + distanceCount], mayBeSparse: true)
    else {
      scan.fault = .codeLengths(bit: place)
      return false
    }
    return true
  }

  private func readLengths(
    _ total: Int, _ bytes: RawSpan, _ bits: inout BitCursor, _ scan: inout DeflateScan
  ) -> Bool {
    var index = 0
    while index < total {
      bits.refill(bytes)
      let place = bits.position
      guard case .found(let symbol, let length) = lengthsOfLengths.symbol(bits.held, available: bits.count) else {
        // The code is complete: only its bits can be missing.
        return false
      }
      bits.drop(length)
      if symbol < 16 {
        codeLengths[index] = UInt8(symbol)
        index += 1
        continue
      }
      let (extra, least) = symbol == 16 ? (2, 3) : symbol == 17 ? (3, 3) : (7, 11)
      guard bits.count >= extra else { return false }
      let count = Int(bits.take(extra)) + least
      guard symbol != 16 || index > 0, count <= total - index else {
        scan.fault = .codeLengths(bit: place)
        return false
      }
      let value = symbol == 16 ? codeLengths[index - 1] : 0
      for _ in 0..<count {
        codeLengths[index] = value
        index += 1
      }
    }
    return true
  }

  /// Reads literals and copies up to the end of the block (RFC 1951 §3.2.5).
  private static func scanSymbols(
    _ bytes: RawSpan, _ bits: inout BitCursor, _ scan: inout DeflateScan, _ lengths: HuffmanCode,
    _ distances: HuffmanCode
  ) -> Bool {
    var output = scan.outputLength
    defer { scan.outputLength = output }
    while true {
      // 48 bits at most belong to a copy: 15 and 5 for its length, 15 and 13 for its distance.
      if bits.count < 48 { bits.refill(bytes) }
      // Most are literals with short codes.
      if let length = lengths.lengthOfLiteral(bits.held), length <= bits.count {
        bits.drop(length)
        output += 1
        continue
      }
      let place = bits.position
      switch lengths.symbol(bits.held, available: bits.count) {
      case .cut: return false
      case .found(let symbol, let length) where symbol < 256:
        bits.drop(length)
        output += 1
        continue
      case .found(256, let length):
        bits.drop(length)
        return true
      case .found(let symbol, let length) where symbol < 286:
        bits.drop(length)
        // Four codes for each power of two from 8 on; the last one stands for 258 alone.
        let value = symbol - 257
        let extra = symbol == 285 || value < 8 ? 0 : value >> 2 - 1
        guard bits.count >= extra else { return false }
        let base = symbol == 285 ? 258 : value < 8 ? value + 3 : (4 | value & 3) << extra + 3
        let copied = base + Int(bits.take(extra))
        guard let distance = distance(&bits, distances, &scan) else { return false }
        if distance > scan.largestDistance {
          scan.largestDistance = distance
          scan.largestDistanceOffset = output
        }
        if distance - output > scan.reach {
          scan.reach = distance - output
          scan.reachOffset = output
        }
        output += copied
      default:
        scan.fault = .symbol(bit: place)
        return false
      }
    }
  }

  @inline(__always)
  private static func distance(_ bits: inout BitCursor, _ code: HuffmanCode, _ scan: inout DeflateScan) -> Int? {
    let found = code.symbol(bits.held, available: bits.count)
    guard case .found(let symbol, let length) = found, symbol < 30 else {
      if found != .cut { scan.fault = .symbol(bit: bits.position) }
      return nil
    }
    bits.drop(length)
    // Two codes for each power of two from 4 on.
    guard symbol >= 4 else { return symbol + 1 }
    let extra = symbol >> 1 - 1
    guard bits.count >= extra else { return nil }
    return (2 | symbol & 1) << extra + 1 + Int(bits.take(extra))
  }
}
