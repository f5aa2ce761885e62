internal import NetworkTypes

/// What one direction of a connection has carried.
public struct DirectionStatistics: Sendable {
  /// Packets.
  public var packets = 0
  /// Captured payload bytes, with those that came again.
  public var bytes = 0
  /// Payload bytes that had been captured before.
  public var retransmittedBytes = 0
  /// Holes that were given up.
  public var gaps = 0
  /// Bytes in those holes.
  public var gapBytes = 0
  /// Segments that carried other bytes than an earlier one for the same place.
  public var overlapConflicts = 0
  /// Segments that lie too far from the expected place to belong to the stream.
  public var outOfWindow = 0
  /// Segments with a wrong checksum.
  public var badChecksums = 0
  /// Resets that had no effect: the receiver cannot have accepted them, or the connection went on.
  public var ignoredResets = 0
}

/// What a direction needs only while it is in disorder, or has been: apart from `HalfStream`, which every packet touches.
final class Disorder {
  var queue = SegmentQueue()
  /// Counts that in-order packets do not change.
  var statistics = DirectionStatistics()
  /// Bytes that the snap length cut from segments that wait in the queue.
  var snappedRanges: [Range<Int>] = []
  /// What was captured before the SYN: see `EarlyData`.
  var early: EarlyData?
  /// Packets of the connection and packet time since the hole at hand was seen, and since it was acknowledged.
  var holePackets = 0
  var holeNanoseconds: Int64 = 0
  var acknowledgedHolePackets = 0
  var acknowledgedHoleNanoseconds: Int64 = 0
  /// What was acknowledged when the count above began, and up to where every hole has waited long enough.
  var acknowledgedAtFirst = Int.min
  var waitedFor = Int.min

  /// Begins to wait anew: the hole at hand was filled or given up.
  func restartWaiting(passed: Int) {
    holePackets = 0
    holeNanoseconds = 0
    acknowledgedHolePackets = 0
    acknowledgedHoleNanoseconds = 0
    snappedRanges.removeAll { $0.upperBound <= passed }
  }
}

/// One direction of a TCP connection: where its next byte is expected, and what arrived early.
struct HalfStream {
  /// How the direction began.
  enum Beginning: UInt8 {
    /// Nothing was seen that tells where it begins; what arrived is held.
    case unknown
    /// At the SYN's number plus one.
    case syn
    /// At the lowest byte captured.
    case lowestCaptured
  }

  private(set) var beginning = Beginning.unknown
  /// Whether `base` means anything: a segment was seen.
  private(set) var hasReference = false
  /// Why the stream is over, once its end was told.
  var end: StreamEnd?
  /// Whether everything was passed on and the end was told.
  var isFinished: Bool { end != nil }
  /// The number of the next byte in order.
  private(set) var next = SequenceNumber(0)
  /// The number of the byte at offset 0.
  private(set) var base = SequenceNumber(0)
  /// Payload octets of the largest segment.
  var largestSegment: UInt16 = 0
  /// The place of the next byte in the stream.
  private(set) var nextOffset = 0
  /// The other side's highest acknowledgement, as a place in this stream.
  private(set) var acknowledgedOffset = Int.min
  /// When that place was last moved on.
  private(set) var acknowledgedTime = Timestamp.epoch
  /// Packets, and captured payload bytes of them.
  var packets = 0
  var bytes = 0
  /// `endOffset`; `Int.min` before a FIN was seen, as an optional would take another word.
  private var rawEndOffset = Int.min
  /// Where the stream ends, once a FIN was seen.
  var endOffset: Int? {
    get { rawEndOffset == Int.min ? nil : rawEndOffset }
    set { rawEndOffset = newValue ?? Int.min }
  }
  var disorder: Disorder?

  var isBaseKnown: Bool { beginning != .unknown }

  /// Whether nothing waits for earlier bytes.
  var isQueueEmpty: Bool {
    guard let disorder else { return true }
    return disorder.queue.isEmpty && disorder.early == nil
  }

  /// Bytes of memory that disorder takes, about.
  var heldBytes: Int {
    guard let disorder else { return 0 }
    return 256 + disorder.queue.heldBytes + (disorder.early?.queue.heldBytes ?? 0) + disorder.snappedRanges.count * 16
  }

  /// What waits, with all that belongs to it; made when it is first needed.
  mutating func disordered() -> Disorder {
    if let disorder { return disorder }
    let made = Disorder()
    disorder = made
    return made
  }

  /// All counts.
  var statistics: DirectionStatistics {
    var statistics = disorder?.statistics ?? DirectionStatistics()
    statistics.packets = packets
    statistics.bytes = bytes
    return statistics
  }

  /// The place in the stream of the byte with this number; relative to the first segment seen while the base is unknown.
  func offset(of sequence: SequenceNumber) -> Int {
    nextOffset + sequence.distance(from: next)
  }

  /// Counts places from this segment on, until the base is known.
  mutating func setReference(_ sequence: SequenceNumber) {
    guard !hasReference else { return }
    hasReference = true
    base = sequence
    next = sequence
  }

  /// Takes the byte with this number for the stream's first.
  mutating func fixBase(at sequence: SequenceNumber, _ beginning: Beginning) {
    let distance = hasReference ? sequence.distance(from: next) : 0
    if let disorder {
      disorder.queue.shift(by: -distance)
      disorder.snappedRanges = disorder.snappedRanges.map { $0.lowerBound - distance..<$0.upperBound - distance }
      disorder.queue.dropAll(before: 0)
      disorder.restartWaiting(passed: 0)
    }
    if let endOffset { self.endOffset = endOffset - distance }
    if acknowledgedOffset != Int.min { acknowledgedOffset -= distance }
    hasReference = true
    base = sequence
    next = sequence
    nextOffset = 0
    self.beginning = beginning
  }

  /// The number of the lowest byte that is held.
  var lowestHeld: SequenceNumber? {
    disorder?.queue.firstOffset.map { next.advanced(by: $0 - nextOffset) }
  }

  /// The place behind the last byte that is held or was passed on.
  var newestOffset: Int { max(nextOffset, disorder?.queue.endOffset ?? nextOffset) }

  /// The number behind the last byte that was captured, that the FIN leaves, or that was acknowledged; `nil` before
  /// anything was seen.
  var newestSequence: SequenceNumber? {
    guard hasReference else { return nil }
    return next.advanced(by: max(newestOffset, endOffset ?? newestOffset, acknowledgedOffset) - nextOffset)
  }

  /// Whether a receiver might take a reset with this number (RFC 9293 §3.10.7.4): near the bytes that are expected, and
  /// not before what it has acknowledged.
  func mayAcceptReset(_ sequence: SequenceNumber) -> Bool {
    guard hasReference else { return true }
    let offset = offset(of: sequence)
    let window = 1 << 16
    return offset >= max(nextOffset - window, min(acknowledgedOffset, newestOffset))
      && offset <= newestOffset + window
  }

  /// Whether a reset with this number is the one that every receiver takes: it is the next expected (RFC 5961 §3.2).
  func isExactReset(_ sequence: SequenceNumber) -> Bool {
    guard hasReference else { return true }
    let offset = offset(of: sequence)
    guard isBaseKnown else { return offset == newestOffset && disorder?.queue.chunks.count ?? 0 <= 1 }
    guard isQueueEmpty else { return false }
    return offset == nextOffset || (endOffset == nextOffset && offset == nextOffset + 1)
  }

  /// Notes how long a segment is.
  @inline(__always)
  mutating func noteSegment(of byteCount: Int) {
    if byteCount > Int(largestSegment) { largestSegment = UInt16(clamping: byteCount) }
  }

  /// Moves the expected place behind `byteCount` bytes that were passed on or given up.
  mutating func advance(by byteCount: Int) {
    next = next.advanced(by: byteCount)
    nextOffset += byteCount
  }

  /// Takes out the bytes that come next, if they are there, and moves behind them.
  mutating func takeNext() -> SegmentQueue.Chunk? {
    guard let disorder, let chunk = disorder.queue.removeFirst(at: nextOffset) else { return nil }
    advance(by: chunk.bytes.count)
    disorder.restartWaiting(passed: nextOffset)
    return chunk
  }

  /// Moves behind a hole, whose bytes will not come.
  mutating func giveUp(_ hole: Range<Int>) {
    advance(by: hole.count)
    let disorder = disordered()
    disorder.statistics.gaps += 1
    disorder.statistics.gapBytes += hole.count
    disorder.restartWaiting(passed: nextOffset)
  }

  /// Forgets what waits, and keeps the counts.
  mutating func discardQueue() {
    disorder?.queue.removeAll()
    disorder?.early = nil
    disorder?.snappedRanges = []
  }

  /// Notes where the stream ends; the first FIN counts.
  mutating func noteEnd(at offset: Int) {
    if endOffset == nil, offset >= nextOffset || !isBaseKnown { endOffset = offset }
  }

  /// The number behind the FIN's last byte.
  var endSequence: SequenceNumber? {
    endOffset.map { next.advanced(by: $0 - nextOffset) }
  }

  /// Whether every byte up to the FIN was passed on.
  var hasReachedEnd: Bool {
    guard let endOffset, isBaseKnown else { return false }
    return nextOffset >= endOffset
  }

  mutating func noteSnapped(_ range: Range<Int>) {
    let disorder = disordered()
    // A queue is bounded, and so are the cuts in it; beyond, a cut counts as lost.
    if disorder.snappedRanges.count < 1024 { disorder.snappedRanges.append(range) }
  }

  /// Notes what the other side has acknowledged.
  mutating func noteAcknowledgment(_ sequence: SequenceNumber, at time: Timestamp) {
    // The first acknowledgement of a direction that was not captured stands for its beginning.
    guard hasReference else { return setReference(sequence) }
    let offset = offset(of: sequence)
    if offset > acknowledgedOffset {
      acknowledgedOffset = offset
      acknowledgedTime = time
    }
    // The receiver says that it lacks the bytes too: they are still to come.
    if isBaseKnown, offset <= nextOffset { disorder?.holeNanoseconds = 0 }
  }

  /// Whether the other side acknowledged more than was captured.
  var lacksAcknowledgedBytes: Bool { acknowledgedOffset > newestOffset }

  /// The hole before the first byte that waits, or before a FIN.
  var hole: Range<Int>? {
    guard isBaseKnown else { return nil }
    if let first = disorder?.queue.firstOffset { return first > nextOffset ? nextOffset..<first : nil }
    if let endOffset, endOffset > nextOffset { return nextOffset..<endOffset }
    return nil
  }

  /// Why the bytes of `hole` are missing: cut, if all of them are known to have been captured without their bytes.
  func cause(of hole: Range<Int>) -> GapCause {
    guard let ranges = disorder?.snappedRanges, !ranges.isEmpty else { return .lost }
    var covered = hole.lowerBound
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where range.lowerBound <= covered {
      covered = max(covered, range.upperBound)
    }
    return covered >= hole.upperBound ? .snapped : .lost
  }

  /// Counts a packet of the connection against the hole at hand, and says whether waiting is over.
  func shouldGiveUpHole(elapsed: Int64, limits: Limits) -> Bool {
    // Until the base is known there is no hole, and the counters are those of `shouldFixBase`.
    guard isBaseKnown, let disorder else { return false }
    guard let hole else {
      disorder.restartWaiting(passed: nextOffset)
      return false
    }
    if cause(of: hole) == .snapped { return true }
    if exceedsCap(disorder.queue, limits) { return true }
    // The time up to the packet that shows the hole, or that acknowledges it, is no waiting.
    if disorder.holePackets > 0 { disorder.holeNanoseconds += elapsed }
    disorder.holePackets += 1
    if disorder.holeNanoseconds >= limits.unacknowledgedGapNanoseconds { return true }
    // Only a hole with data behind it is given up early: a FIN alone may wait for the end.
    guard acknowledgedOffset >= hole.upperBound, !disorder.queue.isEmpty else { return false }
    if hole.upperBound <= disorder.waitedFor { return true }
    if disorder.acknowledgedHolePackets > 0 {
      disorder.acknowledgedHoleNanoseconds += elapsed
    } else {
      disorder.acknowledgedAtFirst = acknowledgedOffset
    }
    disorder.acknowledgedHolePackets += 1
    guard
      disorder.acknowledgedHolePackets > limits.gapPackets
        || disorder.acknowledgedHoleNanoseconds >= limits.gapNanoseconds
    else { return false }
    // Holes that were acknowledged together have waited together.
    disorder.waitedFor = disorder.acknowledgedAtFirst
    return true
  }

  /// Whether the other side has all before the end of a hole, and data waits behind it.
  func isAcknowledged(_ hole: Range<Int>) -> Bool { acknowledgedOffset >= hole.upperBound && !isQueueEmpty }

  /// Packet time since the hole at hand was seen, and since it was acknowledged, in nanoseconds.
  var waitedForHole: (sinceSeen: Int64, sinceAcknowledged: Int64)? {
    disorder.map { ($0.holeNanoseconds, $0.acknowledgedHoleNanoseconds) }
  }

  /// Counts a packet of the connection while the base is unknown, and says whether the lowest byte is to be taken.
  func shouldFixBase(elapsed: Int64, limits: Limits) -> Bool {
    guard !isBaseKnown, let disorder, !disorder.queue.isEmpty else { return false }
    if disorder.holePackets > 0 { disorder.holeNanoseconds += elapsed }
    disorder.holePackets += 1
    return disorder.holePackets > limits.basePackets || disorder.holeNanoseconds >= limits.gapNanoseconds
      || exceedsCap(disorder.queue, limits)
  }

  private func exceedsCap(_ queue: SegmentQueue, _ limits: Limits) -> Bool {
    queue.byteCount > limits.queuedBytes || queue.chunks.count > limits.queuedChunks
  }
}
