internal import NetworkTypes

/// What becomes of a record header that makes no sense.
extension PcapReader {
  /// The search behind damage, which may take more bytes than are at hand.
  struct Search {
    /// Where the damage begins in the file.
    let start: Int
    let reason: String
    /// Where in the file the search goes on.
    var next: Int
    var chain = ChainSearch()
  }

  /// Things that no record header should say, but those of some programs do.
  struct Oddities: OptionSet {
    let rawValue: UInt8
    /// A fraction of a whole second or more.
    static let fraction = Oddities(rawValue: 1)
    /// More bytes captured than there were.
    static let captured = Oddities(rawValue: 2)
    /// An original length of nothing, or beyond any packet.
    static let original = Oddities(rawValue: 4)
  }

  /// What is to be done about an odd record.
  enum Judgement {
    /// It is one nevertheless.
    case take
    /// More bytes will tell.
    case wait
    /// It is none.
    case damage(String)
  }

  /// Judges the record at `offset`, whose header is odd.
  ///
  /// One whose time alone leaps is taken if two others follow it, or the end of the file. One that says what no record
  /// should is taken if its time is near that of the record before, and that of the one behind; from then on others
  /// that are odd in the same way are taken unseen.
  @inline(never)
  mutating func judge(_ bytes: RawSpan, at offset: Int, _ header: Header, isLast: Bool) -> Judgement {
    guard header.captured <= packetLimit else {
      return .damage("a record claims \(header.captured) captured bytes, which is over the limit")
    }
    if header.isZero { return .damage("zero bytes stand where a record should begin") }
    let oddities = oddities(of: header)
    let isNear = lastSeconds.map { self.isNear(header.seconds, after: $0) } ?? true
    if oddities.isSubset(of: tolerated), isNear { return .take }
    guard isNear || oddities.isSubset(of: tolerated) else { return .damage(Self.senseless) }
    var next = offset + recordHeaderBytes + header.captured
    var seconds = header.seconds
    for _ in 0..<(isNear ? 1 : 2) {
      // At the end of the file a record is either whole or cut, like any other.
      guard bytes.byteCount - next >= recordHeaderBytes else { return isLast ? .take : .wait }
      let following = self.header(bytes, next)
      guard following.captured <= packetLimit, !following.isZero,
        isNear ? self.isNear(following.seconds, after: seconds) : self.oddities(of: following).isSubset(of: tolerated)
      else { return .damage(Self.senseless) }
      next += recordHeaderBytes + following.captured
      seconds = following.seconds
    }
    tolerated.formUnion(oddities)
    return .take
  }

  private static let senseless = "a record header makes no sense"

  func oddities(of header: Header) -> Oddities {
    var oddities: Oddities = []
    if header.fraction >= unitsPerSecond { oddities.insert(.fraction) }
    if header.captured > header.original { oddities.insert(.captured) }
    if header.original == 0 || header.original > packetLimit { oddities.insert(.original) }
    return oddities
  }

  /// Whether a record of this time may follow one of that time: captures run for days, and clocks are set.
  func isNear(_ seconds: Int64, after other: Int64) -> Bool {
    seconds >= other - Self.mostSecondsBack && seconds <= other + Self.mostSecondsAhead
  }

  static let mostSecondsBack: Int64 = 86_400
  private static let mostSecondsAhead: Int64 = 30 * 86_400
  /// Seconds that are near another one, before and behind it.
  static let nearSeconds = UInt64(mostSecondsBack + mostSecondsAhead)

  /// Takes from the last packet what turned out to be the next record.
  func shortenLast(of packets: inout [Packet], to end: Int) {
    guard let last = packets.indices.last, packets[last].bytes.contains(end) else { return }
    packets[last].bytes = packets[last].bytes.lowerBound..<end
  }

  /// Goes on with the search.
  ///
  /// - Returns: Where records begin again; `nil` if there is nothing more to be read of `bytes`, and `step` says why.
  @inline(never)
  mutating func resume(
    _ bytes: RawSpan, from offset: Int, fileOffset: Int, isLast: Bool, _ step: inout ParseStep
  ) -> Int? {
    guard var search else { return offset }
    // It may begin before `offset`, inside the record before.
    let start = max(0, search.next - fileOffset)
    let outcome = search.chain.run(
      bytes, from: start, fileOffset: fileOffset, isLast: isLast, in: self, context: lastSeconds)
    switch outcome {
    case .found(let found):
      self.search = nil
      let skipped = max(0, fileOffset + found - search.start)
      note(ParseStep.Fault(offset: search.start, reason: "\(search.reason); \(skipped) bytes are skipped"))
      return found
    case .waiting(let place):
      if fileOffset + place - search.start > searchLimit {
        step.fault = ParseStep.Fault(
          offset: search.start,
          reason: "\(search.reason), and no other record is found in the next \(searchLimit) bytes")
      }
      search.next = fileOffset + place
      self.search = search
      step.consumed = min(place, bytes.byteCount)
    case .nothing:
      self.search = nil
      note(ParseStep.Fault(offset: search.start, reason: "\(search.reason), and no other record is found behind it"))
      step.consumed = bytes.byteCount
    }
    return nil
  }

  /// Looks for records inside the last one, which is longer than the file: perhaps its length is wrong.
  @inline(never)
  mutating func resumeInsideLast(_ bytes: RawSpan, from offset: Int, fileOffset: Int, isOdd: Bool) -> Int? {
    var chain = ChainSearch()
    chain.isInsideLastRecord = !isOdd
    guard
      case .found(let found) = chain.run(
        bytes, from: offset + 1, fileOffset: fileOffset, isLast: true, in: self, context: lastSeconds)
    else { return nil }
    note(
      ParseStep.Fault(
        offset: fileOffset + offset,
        reason: "a record claims more bytes than the file has; \(found - offset) bytes are skipped"))
    return found
  }

  /// Notes a fault that does not end the reading.
  private mutating func note(_ fault: ParseStep.Fault) {
    // One more than is told, so that the caller sees that there were more.
    if faults.count <= faultLimit { faults.append(fault) }
  }
}

extension PcapReader: ChainedRecords {
  var recordsInsideLast: Int { 2 }

  /// A chain is made of records that are not odd, each near in time to the one before.
  func link(_ bytes: RawSpan, at offset: Int, isFirst: Bool, _ lastSeconds: inout Int64?) -> ChainLink {
    guard bytes.byteCount - offset >= recordHeaderBytes else { return .short }
    let header = header(bytes, offset)
    guard header.fraction < unitsPerSecond, header.captured > 0, header.captured <= header.original,
      header.original <= packetLimit, header.captured <= largestInChain, header.seconds != 0
    else { return .nothing }
    if let lastSeconds, !isNear(header.seconds, after: lastSeconds) { return .nothing }
    lastSeconds = header.seconds
    return .record(end: offset + recordHeaderBytes + header.captured)
  }
}
