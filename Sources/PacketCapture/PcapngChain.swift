internal import NetworkTypes

/// Blocks that follow one another: the proof that they are blocks.
extension PcapngReader {
  /// What stands at a place where a block may begin.
  enum Shape {
    /// None that could be told from other bytes.
    case none
    /// One may, but its end is not at hand.
    case outOfBytes
    /// A block, with its length and its section's byte order.
    case block(type: UInt32, length: Int, isSwapped: Bool)
  }

  /// The block types that draft-ietf-opsawg-pcapng and its registry name.
  static func isRegistered(_ type: UInt32) -> Bool {
    switch type {
    case 1...12, 0x201...0x221, BlockType.custom, BlockType.customUncopied, BlockType.section: true
    default: false
    }
  }

  /// The type and padded length that stand at `offset`, where there is room for them; nothing is believed.
  func front(_ bytes: RawSpan, at offset: Int) -> (type: UInt32, length: Int)? {
    guard bytes.byteCount - offset >= 12 else { return nil }
    return (word(bytes, offset), (Int(word(bytes, offset + 4)) + 3) & ~3)
  }

  /// Looks whether a block begins at `offset`, more strictly than the reading does: everything in it must fit.
  func shape(_ bytes: RawSpan, at offset: Int, isSwapped swapped: Bool) -> Shape {
    let end = bytes.byteCount
    guard end - offset >= 12 else { return .outOfBytes }
    var swapped = swapped
    let rawType: UInt32 = bytes.checkedNative(offset)
    if rawType == BlockType.section {
      let magic: UInt32 = bytes.checkedNative(offset + 8)
      guard magic == Self.byteOrderMagic || magic.byteSwapped == Self.byteOrderMagic else { return .none }
      swapped = magic != Self.byteOrderMagic
    }
    let type = swapped ? rawType.byteSwapped : rawType
    let rawLength: UInt32 = bytes.checkedNative(offset + 4)
    let length = (Int(swapped ? rawLength.byteSwapped : rawLength) + 3) & ~3
    guard Self.isRegistered(type), length >= Self.minimumLength(of: type), length <= limits.damageLookaheadBytes
    else { return .none }
    guard end - offset >= length else { return .outOfBytes }
    guard bytes.checkedNative(offset + length - 4, as: UInt32.self) == rawLength else { return .none }
    let block = Block(bytes: offset + 8..<offset + length - 4, fileOffset: 0, isSwapped: swapped)
    return fits(bytes, block, type: type) ? .block(type: type, length: length, isSwapped: swapped) : .none
  }

  /// Whether the content of a block is one of its type.
  func fits(_ bytes: RawSpan, _ block: Block, type: UInt32) -> Bool {
    let start = block.bytes.lowerBound
    let room = block.bytes.count
    func word(_ offset: Int) -> UInt32 {
      let raw: UInt32 = bytes.checkedNative(start + offset)
      return block.isSwapped ? raw.byteSwapped : raw
    }
    switch type {
    case BlockType.enhancedPacket, BlockType.obsoletePacket:
      guard room >= 20 else { return false }
      let captured = Int(word(12))
      let padded = (captured + 3) & ~3
      guard captured <= Int(word(16)), padded <= room - 20 else { return false }
      return hasWholeOptions(bytes, block, from: start + 20 + padded)
    case BlockType.simplePacket:
      guard room >= 4 else { return false }
      return room - 4 <= (Int(word(0)) + 3) & ~3
    case BlockType.interface:
      guard room >= 8 else { return false }
      let reserved: UInt16 = bytes.checkedNative(start + 2)
      return reserved == 0 && hasWholeOptions(bytes, block, from: start + 8)
    case BlockType.section:
      guard room >= 16 else { return false }
      return hasWholeOptions(bytes, block, from: start + 16)
    case BlockType.statistics:
      guard room >= 12 else { return false }
      return hasWholeOptions(bytes, block, from: start + 12)
    default: return true
    }
  }

  private func hasWholeOptions(_ bytes: RawSpan, _ block: Block, from start: Int) -> Bool {
    var options = PcapngOptions(block: block, from: start)
    while options.next(bytes) != nil {}
    return !options.isBroken
  }

  /// Blocks from one place on.
  struct Chain {
    /// How many are whole.
    var count = 0
    /// Whether a section begins among them.
    var hasSection = false
    /// Where the last of them ends.
    var next: Int
    var ending = Ending.broken

    enum Ending {
      /// What follows is no block.
      case broken
      /// The file ends with the last of them.
      case endOfFile
      /// The bytes at hand end inside the next.
      case outOfBytes
      /// As many as were asked for were found, or as long a chain.
      case longEnough
    }

    /// Blocks that, following each other, are no accident.
    static let proof = 3

    /// Whether they prove each other.
    var isProven: Bool { count >= Self.proof || count > 0 && ending == .endOfFile }
  }

  /// Follows the blocks from `start` on.
  func chain(
    _ bytes: RawSpan, from start: Int, isAtEnd: Bool, mostBlocks: Int = .max, mostBytes: Int = .max
  ) -> Chain {
    var chain = Chain(next: start)
    var swapped = isSwapped
    while true {
      if chain.count >= mostBlocks || chain.next - start >= mostBytes {
        chain.ending = .longEnough
        return chain
      }
      if isAtEnd, chain.next == bytes.byteCount {
        chain.ending = .endOfFile
        return chain
      }
      switch shape(bytes, at: chain.next, isSwapped: swapped) {
      case .none: return chain
      case .outOfBytes:
        chain.ending = .outOfBytes
        return chain
      case .block(let type, let length, let isSwapped):
        swapped = isSwapped
        if type == BlockType.section { chain.hasSection = true }
        chain.count += 1
        chain.next += length
      }
    }
  }

  /// Whether blocks begin at `place`, or the file ends there.
  func leads(_ bytes: RawSpan, to place: Int, isAtEnd: Bool) -> Bool {
    guard place < bytes.byteCount else { return isAtEnd && place == bytes.byteCount }
    return chain(bytes, from: place, isAtEnd: isAtEnd, mostBlocks: Chain.proof).isProven
  }
}
