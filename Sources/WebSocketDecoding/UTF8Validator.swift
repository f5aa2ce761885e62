internal import NetworkTypes

/// Checks that a text that arrives in pieces is UTF-8 (RFC 3629), as RFC 6455 §8.1 demands.
public struct UTF8Validator: Sendable {
  /// Bytes taken so far.
  public private(set) var byteCount = 0
  /// Where the first ill-formed sequence begins, counted from the text's first byte.
  public private(set) var errorOffset: Int?

  /// Continuation bytes that the character at hand still needs, and what the next of them may be (RFC 3629 §4).
  private var due = 0
  private var lowest: UInt8 = 0x80
  private var highest: UInt8 = 0xbf
  private var characterOffset = 0

  /// A validator before the first byte of a text.
  public init() {}

  /// Whether all bytes so far are UTF-8 and end with a whole character.
  public var isComplete: Bool { errorOffset == nil && due == 0 }

  /// Says that the text ends here; a character that is not whole is an error.
  public mutating func finish() {
    if errorOffset == nil, due > 0 { errorOffset = characterOffset }
  }

  /// Takes the next bytes.
  public mutating func validate(_ bytes: RawSpan) {
    let count = bytes.byteCount
    guard errorOffset == nil else {
      byteCount += count
      return
    }
    var index = 0
    while index < count {
      if due == 0 {
        index = Self.endOfASCII(in: bytes, from: index)
        guard index < count else { break }
        characterOffset = byteCount + index
        guard begin(with: bytes.checkedByte(index)) else {
          errorOffset = characterOffset
          break
        }
      } else {
        let byte = bytes.checkedByte(index)
        guard byte >= lowest, byte <= highest else {
          errorOffset = characterOffset
          break
        }
        lowest = 0x80
        highest = 0xbf
        due -= 1
      }
      index += 1
    }
    byteCount += count
  }

  /// Takes a leading byte of 0x80 or more; false if no character begins with it.
  private mutating func begin(with byte: UInt8) -> Bool {
    lowest = 0x80
    highest = 0xbf
    switch byte {
    case 0xc2...0xdf: due = 1
    case 0xe0: (due, lowest) = (2, 0xa0)
    case 0xe1...0xec, 0xee, 0xef: due = 2
    case 0xed: (due, highest) = (2, 0x9f)
    case 0xf0: (due, lowest) = (3, 0x90)
    case 0xf1...0xf3: due = 3
    case 0xf4: (due, highest) = (3, 0x8f)
    default: return false
    }
    return true
  }

  /// The index of the first byte of 0x80 or more at or behind `start`, or the end.
  static func endOfASCII(in bytes: RawSpan, from start: Int) -> Int {
    // SAFETY: every load ends at or before the span's byte count.
    unsafe bytes.withUnsafeBytes { source in
      let count = source.count
      var index = start
      while index &+ 32 <= count {
        let first = unsafe source.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let second = unsafe source.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self)
        let third = unsafe source.loadUnaligned(fromByteOffset: index &+ 16, as: UInt64.self)
        let fourth = unsafe source.loadUnaligned(fromByteOffset: index &+ 24, as: UInt64.self)
        guard (first | second | third | fourth) & 0x8080_8080_8080_8080 == 0 else { break }
        index &+= 32
      }
      while index &+ 8 <= count {
        let word = unsafe source.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let high = word.littleEndian & 0x8080_8080_8080_8080
        guard high == 0 else { return index &+ high.trailingZeroBitCount / 8 }
        index &+= 8
      }
      // What is left is the end of eight bytes, most of which were looked at.
      if index < count, count &- start >= 8 {
        let last = count &- 8
        let word = unsafe source.loadUnaligned(fromByteOffset: last, as: UInt64.self)
        let high = word.littleEndian & 0x8080_8080_8080_8080
        return high == 0 ? count : last &+ high.trailingZeroBitCount / 8
      }
      while index < count, unsafe source[index] < 0x80 { index &+= 1 }
      return index
    }
  }

  /// How many of `bytes`, the beginning of a valid text, make whole characters: all but at most three.
  public static func wholeCharacters(in bytes: RawSpan) -> Int {
    let count = bytes.byteCount
    var index = count
    // A character has at most three continuation bytes (10xxxxxx).
    while index > 0, count - index < 3, bytes.checkedByte(index - 1) & 0xc0 == 0x80 { index -= 1 }
    guard index > 0 else { return count }
    let lead = bytes.checkedByte(index - 1)
    let length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
    return count - (index - 1) >= length ? count : index - 1
  }
}
