internal import NetworkTypes

/// Records that follow one another: the proof that they are records.
extension PcapReader {
  /// What is odd about a record's header; each of these stands in captures that are not damaged.
  struct Oddities: OptionSet {
    var rawValue = 0
    /// Its time is further than ``usualSeconds`` from the packet before.
    static let time = Oddities(rawValue: 1)
    /// Its fraction is a second or more.
    static let fraction = Oddities(rawValue: 2)
    /// More was captured than the snap length allows.
    static let overSnapLength = Oddities(rawValue: 4)
    /// More was captured than there was.
    static let overOriginal = Oddities(rawValue: 8)
    /// The packet had no bytes.
    static let empty = Oddities(rawValue: 16)
    /// It had more bytes than packets have.
    static let vast = Oddities(rawValue: 32)
    /// It was cut, in a capture where that is looked at.
    static let cut = Oddities(rawValue: 64)

    /// How many there are.
    var count: Int { rawValue.nonzeroBitCount }
  }

  /// What is odd about `header` behind a packet at `seconds`.
  func oddities(of header: Header, after seconds: UInt32?) -> Oddities {
    var oddities = Oddities()
    if let seconds, header.seconds &- seconds &+ usualSeconds > 2 &* usualSeconds { oddities.insert(.time) }
    if header.fraction >= unitsPerSecond { oddities.insert(.fraction) }
    if header.captured > usualLimit { oddities.insert(.overSnapLength) }
    if header.captured > header.original { oddities.insert(.overOriginal) }
    if header.original == 0 { oddities.insert(.empty) }
    if header.captured < header.original, usualCut == 0 { oddities.insert(.cut) }
    if header.original > Self.vastPacket { oddities.insert(.vast) }
    return oddities
  }

  /// How times may go from record to record.
  enum Clock {
    /// As they do in captures: back and forth by ``usualSeconds`` at most.
    case usual
    /// Forward by as much, or back by no more than disorder brings.
    case forward
    /// The same, but for the first step, which may be any one forward: behind damage. A capture that was sent in packets
    /// is older than these.
    case later
  }

  /// Seconds that times may go back by disorder, rounded up.
  private static let disorderSeconds: UInt32 = 2

  /// Records from one place on.
  struct Chain {
    /// How many are whole.
    var count = 0
    /// Where the last of those ends.
    var next: Int
    var ending = Ending.broken

    enum Ending {
      /// What follows is no record that was to be expected.
      case broken
      /// The file ends with the last of them.
      case endOfFile
      /// The file ends inside the next.
      case cut
      /// The bytes at hand do.
      case outOfBytes
      /// As many as were asked for were found, or as long a chain.
      case longEnough
    }

    /// Records that, following each other, are no accident.
    static let proof = 3

    /// Whether they prove each other.
    var isProven: Bool { count >= Self.proof || count > 0 && ending == .endOfFile }
  }

  /// Follows the records from `start` on.
  ///
  /// - Parameters:
  ///   - bytes: What was read of the file.
  ///   - start: Where the first must begin.
  ///   - seconds: The time of the packet before; `nil` if there is none.
  ///   - clock: How times may go.
  ///   - allowed: What may be odd about them.
  ///   - isAtEnd: Whether the file ends with `bytes`.
  ///   - mostRecords: How many are enough.
  ///   - mostBytes: How long a chain is enough.
  /// - Returns: The records that follow each other.
  func chain(
    _ bytes: RawSpan, from start: Int, after seconds: UInt32?, clock: Clock, allowing allowed: Oddities = [],
    isAtEnd: Bool, mostRecords: Int = .max, mostBytes: Int = .max
  ) -> Chain {
    var chain = Chain(next: start)
    var seconds = seconds
    var clock = clock
    let end = bytes.byteCount
    while true {
      guard chain.count < mostRecords, chain.next - start < mostBytes else {
        chain.ending = .longEnough
        return chain
      }
      guard end - chain.next >= recordHeaderBytes else {
        chain.ending = !isAtEnd ? .outOfBytes : chain.next == end ? .endOfFile : .cut
        return chain
      }
      let header = header(bytes, chain.next)
      guard isLink(header, after: seconds, clock: clock, allowing: allowed) else { return chain }
      guard end - chain.next - recordHeaderBytes >= header.captured else {
        chain.ending = isAtEnd ? .cut : .outOfBytes
        return chain
      }
      chain.count += 1
      chain.next += recordHeaderBytes + header.captured
      seconds = header.seconds
      if clock == .later { clock = .forward }
    }
  }

  /// Whether a header may stand in a chain.
  @inline(__always)
  func isLink(_ header: Header, after seconds: UInt32?, clock: Clock, allowing allowed: Oddities = []) -> Bool {
    guard header.captured <= limits.damageLookaheadBytes else { return false }
    if !allowed.isEmpty { return oddities(of: header, after: seconds).isSubset(of: allowed) }
    guard
      header.captured <= usualLimit, UInt(bitPattern: header.original &- header.captured) <= usualCut,
      header.captured > 0,
      header.original <= Self.vastPacket, header.fraction < unitsPerSecond
    else { return false }
    guard let seconds else { return true }
    switch clock {
    case .usual: return header.seconds &- seconds &+ usualSeconds <= 2 &* usualSeconds
    case .later: return header.seconds &- seconds &+ Self.disorderSeconds <= UInt32.max / 2
    case .forward: return header.seconds &- seconds &+ Self.disorderSeconds <= usualSeconds
    }
  }

  /// What a place behind damage is worth.
  enum Proof {
    /// No record begins there that could be proven.
    case none
    /// One begins at this place.
    case record(Int)
    /// Chains contradict each other up to this place.
    case disputed(until: Int)
  }

  /// Bytes of a chain that cannot lie inside one packet: the longest IP packet, and what is around it.
  static let longerThanPackets = 72 << 10

  /// Whether a record at `start` can be proven.
  ///
  /// With `isFarOff` the place is outside of the packet that is damaged: then its time may be any, as where a clock was
  /// set, but its chain must be a long one.
  ///
  /// A chain that ends with the file, or is longer than any packet, is one of this file. One that breaks may be that
  /// of a capture in a damaged packet's payload: then its last record is cut by the end of that packet, and another
  /// chain crosses it.
  func proof(_ bytes: RawSpan, at start: Int, isFarOff: Bool = false, isAtEnd: Bool) -> Proof {
    let seconds = hasLastSeconds && !isFarOff ? lastSeconds : nil
    guard isLink(header(bytes, start), after: seconds, clock: .later) else { return .none }
    let chain = chain(
      bytes, from: start, after: seconds, clock: .later, isAtEnd: isAtEnd, mostBytes: Self.longerThanPackets)
    guard chain.isProven else { return .none }
    if isFarOff { return chain.ending == .endOfFile || chain.ending == .longEnough ? .record(start) : .none }
    guard chain.ending == .broken else { return .record(start) }
    var record = start
    while record < chain.next {
      let recordEnd = record + recordHeaderBytes + header(bytes, record).captured
      for other in record + 1..<recordEnd where crosses(bytes, from: other, boundary: recordEnd, isAtEnd: isAtEnd) {
        let rival = self.chain(
          bytes, from: other, after: seconds, clock: .later, isAtEnd: isAtEnd, mostBytes: Self.longerThanPackets)
        return rival.ending == .broken ? .disputed(until: chain.next) : .record(other)
      }
      record = recordEnd
    }
    return .record(start)
  }

  /// Whether a chain that proves itself begins at `start` and has no record's end at `boundary`, but goes beyond it.
  func crosses(_ bytes: RawSpan, from start: Int, boundary: Int, isAtEnd: Bool) -> Bool {
    let seconds = hasLastSeconds ? lastSeconds : nil
    guard bytes.byteCount - start >= recordHeaderBytes else { return false }
    guard isLink(header(bytes, start), after: seconds, clock: .later) else { return false }
    let inside = chain(
      bytes, from: start, after: seconds, clock: .later, isAtEnd: isAtEnd, mostBytes: boundary - start)
    guard inside.next > boundary else { return false }
    // The record that crosses may be one that the end of a packet cut: it counts if another follows it.
    let beyond = chain(
      bytes, from: inside.next, after: nil, clock: .forward, isAtEnd: isAtEnd,
      mostRecords: max(1, Chain.proof - inside.count))
    return beyond.ending == .endOfFile || beyond.count > 0 && inside.count + beyond.count >= Chain.proof
  }
}
