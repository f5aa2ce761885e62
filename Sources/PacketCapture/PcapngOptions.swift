internal import NetworkTypes

/// Walks through the options of a pcapng block (§3.5).
struct PcapngOptions {
  /// An option of a block.
  struct Option {
    var code: UInt16
    /// Its value, without padding.
    var bytes: Range<Int>
  }

  /// `opt_endofopt`, which ends the list.
  private static let endOfOptions: UInt16 = 0
  /// `opt_comment`, which any block may have.
  static let comment: UInt16 = 1

  /// Whether the list went beyond its block.
  private(set) var isBroken = false

  private var offset: Int
  private let end: Int
  private let isSwapped: Bool

  /// The options of `block` from the offset `start` on.
  init(block: PcapngReader.Block, from start: Int) {
    offset = start
    end = block.bytes.upperBound
    isSwapped = block.isSwapped
  }

  /// The next option, `nil` at the end of the list or where it is broken.
  mutating func next(_ bytes: RawSpan) -> Option? {
    guard offset < end else { return nil }
    guard end - offset >= 4 else {
      isBroken = true
      return nil
    }
    let rawCode: UInt16 = bytes.checkedNative(offset)
    let rawLength: UInt16 = bytes.checkedNative(offset + 2)
    let code = isSwapped ? rawCode.byteSwapped : rawCode
    let length = Int(isSwapped ? rawLength.byteSwapped : rawLength)
    guard code != Self.endOfOptions else {
      offset = end
      return nil
    }
    let start = offset + 4
    guard length <= end - start else {
      isBroken = true
      offset = end
      return nil
    }
    offset = min(end, start + (length + 3) & ~3)
    return Option(code: code, bytes: start..<start + length)
  }
}
