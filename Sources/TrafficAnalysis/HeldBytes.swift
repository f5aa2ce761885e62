internal import NetworkTypes

/// Bytes of one direction that wait for the other, under a cap; what is lost behind them is only counted.
struct HeldBytes {
  private(set) var bytes: [UInt8] = []
  /// Place of the first byte held in the stream.
  private(set) var offset = 0
  /// Bytes behind those held that are missing: not captured, or beyond the cap.
  private(set) var lostBytes = 0

  /// Whether nothing waits.
  var isEmpty: Bool { bytes.isEmpty && lostBytes == 0 }

  /// Holds `more`, which stand at `position` in the stream.
  mutating func append(_ more: RawSpan, at position: Int, limit: Int) {
    if isEmpty { offset = position }
    guard lostBytes == 0 else {
      lostBytes += more.byteCount
      return
    }
    let room = max(0, limit - bytes.count)
    let kept = more.extracting(first: room)
    bytes.append(contentsOf: kept)
    lostBytes = more.byteCount - kept.byteCount
  }

  /// Notes bytes that were never captured.
  mutating func appendGap(_ byteCount: Int, at position: Int) {
    if isEmpty { offset = position }
    lostBytes += byteCount
  }

  /// Drops the first `byteCount` bytes, which were used.
  mutating func removeFirst(_ byteCount: Int) {
    bytes.removeFirst(min(byteCount, bytes.count))
    offset += byteCount
  }

  /// Takes everything out.
  mutating func take() -> HeldBytes {
    let taken = self
    self = HeldBytes()
    return taken
  }
}
