/// A canonical Huffman code of deflate (RFC 1951 §3.2.2), read from its lengths and made to decode.
///
/// Codes of up to nine bits are looked up; longer ones, which are rare by nature, are counted out bit by bit.
struct HuffmanCode {
  /// What stands at the beginning of some bits.
  enum Symbol: Equatable {
    /// A symbol, and the bits of its code.
    case found(Int, length: Int)
    /// The bits end inside a code.
    case cut
    /// No code begins so.
    case unused
  }

  /// The longest code that is looked up.
  static let lookupBits = 9
  /// The longest code there may be.
  static let longest = 15

  /// For nine bits: symbol and length of the code they begin with, as `symbol << 4 | length`.
  private var lookup: [UInt16]
  /// Symbols in the order of their codes.
  private var symbols: [UInt16]
  /// Codes of each length.
  private var counts: [UInt16]
  private var next: [UInt16]

  private static let isLong: UInt16 = 0
  private static let isUnused: UInt16 = 0xffff

  /// The mirror image of each nine bits: codes are sent with their first bit lowest (RFC 1951 §3.1.1).
  private static let mirrored: [UInt16] = (0..<512 as Range<UInt16>).map { value in
    (0..<9 as Range<UInt16>).reduce(0) { $0 | (value >> $1 & 1) << (8 - $1) }
  }

  /// A code without symbols, with room for some.
  init(symbols count: Int) {
    lookup = Array(repeating: Self.isUnused, count: 1 << Self.lookupBits)
    symbols = Array(repeating: 0, count: count)
    counts = Array(repeating: 0, count: Self.longest + 1)
    next = Array(repeating: 0, count: Self.longest + 1)
  }

  /// Becomes the code with the given lengths, 0 for symbols that are not used.
  ///
  /// What is refused is what zlib refuses: more codes than there are, and fewer, except that where `mayBeSparse` there
  /// may be none, or a single one of one bit (RFC 1951 §3.2.7).
  ///
  /// - Returns: Whether there is such a code.
  mutating func assign(_ lengths: ArraySlice<UInt8>, mayBeSparse: Bool) -> Bool {
    for length in 0...Self.longest { counts[length] = 0 }
    for length in lengths { counts[Int(length)] += 1 }
    counts[0] = 0
    // Codes that are left over at each length.
    var left = 1
    var longest = 0
    for length in 1...Self.longest {
      left = left * 2 - Int(counts[length])
      guard left >= 0 else { return false }
      if counts[length] > 0 { longest = length }
    }
    guard left == 0 || (mayBeSparse && longest <= 1) else { return false }
    fillSymbols(lengths)
    fillLookup(lengths, isComplete: left == 0)
    return true
  }

  private mutating func fillSymbols(_ lengths: ArraySlice<UInt8>) {
    var start: UInt16 = 0
    for length in 1...Self.longest {
      next[length] = start
      start += counts[length]
    }
    var symbol: UInt16 = 0
    for length in lengths {
      if length > 0 {
        symbols[Int(next[Int(length)])] = symbol
        next[Int(length)] += 1
      }
      symbol += 1
    }
  }

  private mutating func fillLookup(_ lengths: ArraySlice<UInt8>, isComplete: Bool) {
    for index in lookup.indices { lookup[index] = isComplete ? Self.isLong : Self.isUnused }
    var code = 0
    var index = 0
    for length in 1...Self.lookupBits {
      let step = 1 << length
      for _ in 0..<counts[length] {
        let entry = symbols[index] << 4 | UInt16(length)
        var place = Int(Self.mirrored[code << (Self.lookupBits - length)])
        while place < lookup.count {
          lookup[place] = entry
          place += step
        }
        code += 1
        index += 1
      }
      code <<= 1
    }
  }

  /// Reads the symbol at the beginning of `bits`, the first one lowest, of which `available` are there.
  @inline(__always)
  func symbol(_ bits: UInt64, available: Int) -> Symbol {
    let entry = lookup[Int(truncatingIfNeeded: bits & 511)]
    let length = Int(entry & 15)
    guard entry != Self.isLong, entry != Self.isUnused else { return counted(bits, available: available, entry) }
    return length <= available ? .found(Int(entry >> 4), length: length) : .cut
  }

  /// The length of the code at the beginning of `bits`, if that is looked up and stands for a symbol below 256.
  @inline(__always)
  func lengthOfLiteral(_ bits: UInt64) -> Int? {
    let entry = lookup[Int(truncatingIfNeeded: bits & 511)]
    // Entries of longer codes are 0, those of none are the largest.
    return entry &- 1 < 256 << 4 - 1 ? Int(entry & 15) : nil
  }

  /// The plain way, for codes of every length: the codes of a length follow each other, behind those of one less.
  func counted(_ bits: UInt64, available: Int) -> Symbol {
    var code = 0
    var first = 0
    var index = 0
    for length in 1...Self.longest {
      guard length <= available else { return .cut }
      code |= Int(truncatingIfNeeded: bits >> UInt64(length - 1) & 1)
      let count = Int(counts[length])
      if code - first < count { return .found(Int(symbols[index + code - first]), length: length) }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    return .unused
  }

  @inline(never)
  private func counted(_ bits: UInt64, available: Int, _ entry: UInt16) -> Symbol {
    entry == Self.isUnused ? (available > 0 ? .unused : .cut) : counted(bits, available: available)
  }
}
