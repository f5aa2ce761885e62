/// A sender of permessage-deflate messages (RFC 7692 §7.2.1): fixed Huffman codes (RFC 1951 §3.2.6), and copies of three
/// to ten octets from wherever they stand in its window.
public struct DeflateSender: Sendable {
  /// Whether messages refer back to those before them.
  public let takesOver: Bool
  private var history: [UInt8] = []
  private var bits: [UInt8] = []
  private var fill = 0

  /// A sender with an empty window.
  public init(takesOver: Bool = true) { self.takesOver = takesOver }

  /// The payload of a message.
  public mutating func compress(_ message: [UInt8]) -> [UInt8] {
    if !takesOver { history = [] }
    bits = []
    fill = 0
    // One block that is not the last, with fixed codes.
    put(0, 1)
    put(1, 2)
    var index = 0
    while index < message.count {
      let match = longestMatch(Array(message[index..<min(index + 10, message.count)]))
      if let match {
        code(UInt32(match.length - 3 + 1), 7)
        distance(match.distance)
      } else if message[index] < 144 {
        code(0x30 + UInt32(message[index]), 8)
      } else {
        code(0x190 + UInt32(message[index]) - 144, 9)
      }
      let taken = match?.length ?? 1
      history += message[index..<index + taken]
      history.removeFirst(max(0, history.count - 32768))
      index += taken
    }
    code(0, 7)
    // The empty stored block of a flush, without its lengths.
    put(0, 3)
    return bits
  }

  private func longestMatch(_ next: [UInt8]) -> (length: Int, distance: Int)? {
    guard next.count >= 3 else { return nil }
    var best: (length: Int, distance: Int)?
    var start = history.count - 3
    while start >= 0, history.count - start <= 2000 {
      var length = 0
      while length < next.count, start + length < history.count, history[start + length] == next[length] { length += 1 }
      if length >= 3, length > best?.length ?? 0 { best = (length, history.count - start) }
      start -= 1
    }
    return best
  }

  /// RFC 1951 §3.2.5: two codes for each power of two from 4 on.
  private mutating func distance(_ distance: Int) {
    guard distance > 4 else { return code(UInt32(distance - 1), 5) }
    let value = distance - 1
    let extra = Int.bitWidth - 2 - value.leadingZeroBitCount
    code(UInt32(2 * (extra + 1) + (value >> extra & 1)), 5)
    put(UInt32(value & ((1 << extra) - 1)), extra)
  }

  /// A Huffman code: its most significant bit first.
  private mutating func code(_ value: UInt32, _ count: Int) {
    for shift in stride(from: count - 1, through: 0, by: -1) { put(value >> UInt32(shift) & 1, 1) }
  }

  private mutating func put(_ value: UInt32, _ count: Int) {
    for shift in 0..<count {
      if fill == 0 { bits.append(0) }
      bits[bits.count - 1] |= UInt8(value >> UInt32(shift) & 1) << UInt8(fill)
      fill = (fill + 1) % 8
    }
  }
}
