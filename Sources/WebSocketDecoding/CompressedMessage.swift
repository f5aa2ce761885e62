internal import NetworkTypes

/// The compressed bytes of an open message, kept until it is whole, to say what is wrong with it.
final class CompressedMessage {
  private let bytes = ByteBuffer(capacity: 512)
  /// Where its fragments end, but the last.
  private var fragmentEnds: [Int] = []
  /// Whether all of it is kept.
  private(set) var isWhole = true

  /// More fragments than these are not told apart.
  private static let keptFragments = 1024
  private static let tail: [UInt8] = [0x00, 0x00, 0xff, 0xff]

  /// Bytes kept.
  var count: Int { bytes.count }
  /// Bytes of memory that are held.
  var heldBytes: Int { 64 + bytes.capacity + fragmentEnds.capacity * MemoryLayout<Int>.stride }
  /// Fragments, with the one at hand.
  var fragmentCount: Int { fragmentEnds.count + 1 }

  /// Begins anew.
  func begin() {
    bytes.removeAll()
    fragmentEnds.removeAll(keepingCapacity: true)
    isWhole = true
  }

  /// Takes the next bytes, without their mask.
  func append(_ more: RawSpan, limit: Int) {
    guard isWhole else { return }
    if more.byteCount <= limit - bytes.count { bytes.append(more) } else { giveUp() }
  }

  /// Says that bytes are missing here.
  func giveUp() {
    isWhole = false
    bytes.removeAll()
  }

  /// Says that a fragment ends here that is not the last.
  func endFragment() {
    if fragmentEnds.count < Self.keptFragments { fragmentEnds.append(bytes.count) } else { giveUp() }
  }

  /// Whether the message ends with 00 00 ff ff.
  var endsWithTail: Bool {
    isWhole && bytes.count >= 4 && bytes.withBytes(from: bytes.count - 4) { $0.checkedBigEndian(0) as UInt32 } == 0xffff
  }

  /// Calls `body` with the bytes.
  func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result { bytes.withBytes(body) }

  /// Calls `body` with the bytes and the tail that a receiver appends (RFC 7692 §7.2.2).
  func withTail<Result>(_ body: (RawSpan) -> Result) -> Result {
    let count = bytes.count
    Self.tail.withRawSpan { bytes.append($0) }
    defer { bytes.truncate(to: count) }
    return bytes.withBytes(body)
  }

  /// Calls `body` with the bytes and a tail behind each fragment that has some.
  func withTails<Result>(in scratch: ByteBuffer, _ body: (RawSpan) -> Result) -> Result {
    scratch.removeAll()
    bytes.withBytes { all in
      var start = 0
      for end in fragmentEnds + [all.byteCount] where end > start || end == all.byteCount {
        scratch.append(all.extracting(start..<end))
        Self.tail.withRawSpan { scratch.append($0) }
        start = end
      }
    }
    return scratch.withBytes(body)
  }
}
