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
}

/// One direction of a TCP connection: where its next byte is expected, and what arrived early.
struct HalfStream {
  /// How the direction began.
  enum Beginning {
    /// Nothing was seen that tells where it begins; what arrived is held.
    case unknown
    /// At the SYN's number plus one.
    case syn
    /// At the lowest byte captured.
    case lowestCaptured
  }

  private(set) var beginning = Beginning.unknown
  /// The number of the byte at offset 0.
  private(set) var base = SequenceNumber(0)
  /// Whether `base` means anything: a segment was seen.
  private(set) var hasReference = false
  /// The number of the next byte in order.
  private(set) var next = SequenceNumber(0)
  /// Its place in the stream.
  private(set) var nextOffset = 0
  var queue = SegmentQueue()
  /// Where the stream ends, once a FIN was seen.
  private(set) var endOffset: Int?
  /// Whether everything was passed on and the end was told.
  var isFinished = false
  var statistics = DirectionStatistics()

  /// Bytes that the snap length cut from segments that wait in the queue.
  private var snappedRanges: [Range<Int>] = []
  /// The other side's highest acknowledgement, as a place in this stream.
  private var acknowledgedOffset = Int.min
  /// Packets of the connection and packet time since the hole at hand was seen, and since it was acknowledged.
  private var holePackets = 0
  private var holeNanoseconds: Int64 = 0
  private var acknowledgedHolePackets = 0
  private var acknowledgedHoleNanoseconds: Int64 = 0

  var isBaseKnown: Bool {
    if case .unknown = beginning { return false }
    return true
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
    queue.shift(by: -distance)
    snappedRanges = snappedRanges.map { $0.lowerBound - distance..<$0.upperBound - distance }
    if let endOffset { self.endOffset = endOffset - distance }
    if acknowledgedOffset != Int.min { acknowledgedOffset -= distance }
    hasReference = true
    base = sequence
    next = sequence
    nextOffset = 0
    self.beginning = beginning
    queue.dropAll(before: 0)
  }

  /// The number of the lowest byte that is held.
  var lowestHeld: SequenceNumber? {
    queue.firstOffset.map { next.advanced(by: $0 - nextOffset) }
  }

  /// Moves the expected place behind `byteCount` bytes that were passed on or given up.
  mutating func advance(by byteCount: Int) {
    next = next.advanced(by: byteCount)
    nextOffset += byteCount
  }

  /// Notes where the stream ends; the first FIN counts.
  mutating func noteEnd(at offset: Int) {
    if endOffset == nil, offset >= nextOffset || !isBaseKnown { endOffset = offset }
  }

  /// Whether every byte up to the FIN was passed on.
  var hasReachedEnd: Bool {
    guard let endOffset, isBaseKnown else { return false }
    return nextOffset >= endOffset
  }

  mutating func noteSnapped(_ range: Range<Int>) {
    // A queue is bounded, and so are the cuts in it; beyond, a cut counts as lost.
    if snappedRanges.count < 1024 { snappedRanges.append(range) }
  }

  /// Notes what the other side has acknowledged.
  mutating func noteAcknowledgment(_ sequence: SequenceNumber) {
    guard hasReference else { return }
    acknowledgedOffset = max(acknowledgedOffset, offset(of: sequence))
  }

  /// The hole before the first byte that waits, or before a FIN.
  var hole: Range<Int>? {
    guard isBaseKnown else { return nil }
    if let first = queue.firstOffset { return first > nextOffset ? nextOffset..<first : nil }
    if let endOffset, endOffset > nextOffset { return nextOffset..<endOffset }
    return nil
  }

  /// Why the bytes of `hole` are missing: cut, if all of them are known to have been captured without their bytes.
  func cause(of hole: Range<Int>) -> GapCause {
    var covered = hole.lowerBound
    for range in snappedRanges.sorted(by: { $0.lowerBound < $1.lowerBound }) where range.lowerBound <= covered {
      covered = max(covered, range.upperBound)
    }
    return covered >= hole.upperBound ? .snapped : .lost
  }

  /// Counts a packet of the connection against the hole at hand, and says whether waiting is over.
  mutating func shouldGiveUpHole(elapsed: Int64, limits: Limits) -> Bool {
    guard let hole else {
      restartWaiting()
      return false
    }
    if !snappedRanges.isEmpty, cause(of: hole) == .snapped { return true }
    if queue.byteCount > limits.queuedBytes || queue.chunks.count > limits.queuedChunks { return true }
    holePackets += 1
    holeNanoseconds += elapsed
    if holeNanoseconds >= limits.unacknowledgedGapNanoseconds { return true }
    // Only a hole with data behind it is given up early: a FIN alone may wait for the end.
    guard acknowledgedOffset >= hole.upperBound, !queue.isEmpty else { return false }
    acknowledgedHolePackets += 1
    acknowledgedHoleNanoseconds += elapsed
    return acknowledgedHolePackets > limits.gapPackets || acknowledgedHoleNanoseconds >= limits.gapNanoseconds
  }

  /// Counts a packet of the connection while the base is unknown, and says whether the lowest byte is to be taken.
  mutating func shouldFixBase(elapsed: Int64, limits: Limits) -> Bool {
    guard !isBaseKnown, !queue.isEmpty else { return false }
    holePackets += 1
    holeNanoseconds += elapsed
    return holePackets > limits.basePackets || holeNanoseconds >= limits.gapNanoseconds
      || queue.byteCount > limits.queuedBytes || queue.chunks.count > limits.queuedChunks
  }

  /// Begins to wait anew: the hole at hand was filled or given up.
  mutating func restartWaiting() {
    holePackets = 0
    holeNanoseconds = 0
    acknowledgedHolePackets = 0
    acknowledgedHoleNanoseconds = 0
    if !snappedRanges.isEmpty {
      let passed = nextOffset
      snappedRanges.removeAll { $0.upperBound <= passed }
    }
  }
}
