internal import NetworkTypes

/// What of a direction was captured before its SYN.
///
/// Disorder puts data there. But a receiver drops what comes before the SYN (RFC 9293 §3.10.7.2), so that anybody may
/// send something else first to hide the real beginning. So it stands back behind every other copy, and is used only for
/// bytes that are acknowledged, or waited for, and do not come.
struct EarlyData {
  var queue: SegmentQueue
  /// Where a FIN among it ends the stream.
  var endOffset: Int?
  /// Packets of the connection and packet time since the SYN.
  var packets = 0
  var nanoseconds: Int64 = 0

  init(queue: SegmentQueue, endOffset: Int?) {
    self.queue = queue
    self.endOffset = endOffset
  }

  /// How many bytes of a segment are here too, and whether any of them differs.
  func compare(_ bytes: RawSpan, at offset: Int) -> (count: Int, differs: Bool) {
    var count = 0
    var differs = false
    for chunk in queue.chunks {
      let lower = max(offset, chunk.offset)
      let upper = min(offset + bytes.byteCount, chunk.end)
      guard lower < upper else { continue }
      count += upper - lower
      differs = differs || (lower..<upper).contains { bytes.checkedByte($0 - offset) != chunk.bytes[$0 - chunk.offset] }
    }
    return (count, differs)
  }
}
