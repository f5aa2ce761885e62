/// Deflate data written bit by bit, with fixed codes, so that a test says what each bit is (RFC 1951).
public struct DeflateBits: Sendable {
  /// What was written, the last byte filled with zeros.
  public private(set) var bytes: [UInt8] = []
  private var fill = 0

  /// No bits.
  public init() {}

  /// Bits of the last byte that are not yet written.
  public var openBits: Int { fill == 0 ? 0 : 8 - fill }

  /// A number, its lowest bit first.
  public mutating func put(_ value: Int, _ count: Int) {
    for shift in 0..<count {
      if fill == 0 { bytes.append(0) }
      bytes[bytes.count - 1] |= UInt8(value >> shift & 1) << UInt8(fill)
      fill = (fill + 1) % 8
    }
  }

  /// A Huffman code, its highest bit first.
  public mutating func code(_ value: Int, _ count: Int) {
    for shift in stride(from: count - 1, through: 0, by: -1) { put(value >> shift & 1, 1) }
  }

  /// Zeros up to the next byte.
  public mutating func align() { put(0, openBits) }

  /// A block's header: 0 is stored, 1 has fixed codes.
  public mutating func header(_ type: Int, isFinal: Bool = false) {
    put(isFinal ? 1 : 0, 1)
    put(type, 2)
  }

  /// A stored block.
  public mutating func stored(_ content: [UInt8], isFinal: Bool = false) {
    header(0, isFinal: isFinal)
    align()
    put(content.count, 16)
    put(~content.count & 0xffff, 16)
    for byte in content { put(Int(byte), 8) }
  }

  /// Literals below 144.
  public mutating func literals(_ text: String) {
    for byte in text.utf8 { code(0x30 + Int(byte), 8) }
  }

  /// Three bytes from some distance.
  public mutating func copy(from distance: Int) {
    code(1, 7)
    guard distance > 4 else { return code(distance - 1, 5) }
    let value = distance - 1
    let extra = Int.bitWidth - 2 - value.leadingZeroBitCount
    code(2 * (extra + 1) + (value >> extra & 1), 5)
    put(value & (1 << extra - 1), extra)
  }

  /// The end of a block with codes.
  public mutating func endOfBlock() { code(0, 7) }

  /// A message of one stored block and copies of three bytes behind it, as it is sent.
  public static func message(_ content: [UInt8] = [], copyingFrom distances: Int...) -> [UInt8] {
    var bits = DeflateBits()
    if !content.isEmpty { bits.stored(content) }
    bits.header(1)
    for distance in distances { bits.copy(from: distance) }
    bits.endOfBlock()
    bits.header(0)
    return bits.bytes
  }
}
