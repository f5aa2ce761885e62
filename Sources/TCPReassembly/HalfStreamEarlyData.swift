internal import NetworkTypes

/// What was captured before the SYN of a direction: see `EarlyData`.
extension HalfStream {
  /// Sets apart what waits, and the FIN: the SYN that was captured behind them has just fixed the base.
  mutating func setEarlyDataApart() {
    guard !isQueueEmpty || endOffset != nil else { return }
    let disorder = disordered()
    disorder.early = EarlyData(queue: disorder.queue, endOffset: endOffset)
    disorder.queue.removeAll()
    endOffset = nil
  }

  /// Whether what was captured before the SYN is to be taken for the stream's: the other side has acknowledged bytes that
  /// are missing otherwise.
  var needsEarlyData: Bool {
    guard let disorder, disorder.early != nil else { return false }
    return acknowledgedOffset > nextOffset
  }

  /// Counts a packet of the connection, and says whether bytes that were captured before the SYN have waited for better
  /// ones long enough.
  func shouldTakeEarlyData(elapsed: Int64, limits: Limits) -> Bool {
    guard let early = disorder?.early else { return false }
    disorder?.early?.packets += 1
    disorder?.early?.nanoseconds += elapsed
    return early.packets >= limits.gapPackets || early.nanoseconds + elapsed >= limits.gapNanoseconds
  }

  /// Puts what was captured before the SYN, up to a place, where nothing better waits.
  mutating func takeEarlyData(upTo limit: Int) {
    guard let disorder, var early = disorder.early else { return }
    disorder.early = nil
    for chunk in early.queue.chunks where chunk.end > nextOffset && chunk.offset < limit {
      let range = max(nextOffset, chunk.offset) - chunk.offset..<min(limit, chunk.end) - chunk.offset
      chunk.bytes.withRawSpan { bytes in
        _ = disorder.queue.insert(bytes.extracting(range), at: chunk.offset + range.lowerBound, policy: .first)
      }
    }
    if let end = early.endOffset, end < limit {
      noteEnd(at: end)
      early.endOffset = nil
    }
    early.queue.dropAll(before: max(limit, nextOffset))
    if !early.queue.isEmpty || early.endOffset != nil { disorder.early = early }
  }

  /// Compares a segment with what was captured before the SYN: counts bytes that came again, and whether they differ.
  func compareWithEarlyData(_ bytes: RawSpan, at offset: Int) {
    guard let disorder, let early = disorder.early else { return }
    let (same, differs) = early.compare(bytes, at: offset)
    disorder.statistics.retransmittedBytes += same
    if differs { disorder.statistics.overlapConflicts += 1 }
  }
}
