internal import NetworkTypes

/// What a pcap file's damage is, and where to go on behind it.
///
/// Better no packet than a wrong one: what is given out behind damage is proven by the damaged record's own lengths
/// leading there, or by a chain of records that no other one contradicts.
extension PcapReader {
  /// What a closer look at an unusual header gave.
  enum Judgement {
    /// It is odd, but the records behind it say that it is one.
    case sound
    /// More bytes are needed.
    case undecided
    case damaged(Damage)
  }

  /// Damage; places are offsets into the bytes at hand.
  struct Damage {
    /// Where it begins.
    var start: Int
    /// Whether the packet that was read last is part of it.
    var takesPrevious = false
    /// From where on the next record is searched for.
    var searchFrom: Int
    /// Before this place nothing is a record of this file: the damaged packet reaches up to there.
    var excludedUntil = 0
    /// The next record, where it is known.
    var resume: Int?
    var reason: String
  }

  /// A search that goes on; places are offsets into the file.
  struct Search {
    var start: Int
    var cursor: Int
    var excludedUntil: Int
    var resume: Int?
    var reason: String

    init(_ damage: Damage, fileOffset: Int) {
      start = fileOffset + damage.start
      cursor = fileOffset + damage.searchFrom
      excludedUntil = fileOffset + damage.excludedUntil
      resume = damage.resume.map { fileOffset + $0 }
      reason = damage.reason
    }
  }

  // MARK: Judging

  /// Looks at an unusual header at `offset`, and at the record before it, which may have claimed a wrong length.
  @inline(never)
  mutating func judge(
    _ bytes: RawSpan, at offset: Int, _ header: Header, behind previous: Packet?, fileOffset: Int, isAtEnd: Bool
  ) -> Judgement {
    let seconds = hasLastSeconds ? lastSeconds : nil
    if isSound(bytes, at: offset, header, isAtEnd: isAtEnd) { return .sound }
    guard isAtEnd || bytes.byteCount - offset >= limits.damageLookaheadBytes else {
      neededEnd = fileOffset + offset + limits.damageLookaheadBytes
      return .undecided
    }
    let agreement = previous.map {
      DeclaredLength.agreement(
        of: bytes, at: $0.bytes.lowerBound, upTo: $0.bytes.upperBound, original: $0.originalLength, linkType: linkType)
    }
    let isWhole = previous.map { $0.bytes.count == $0.originalLength || $0.bytes.count == usualLimit } ?? true
    let isBoundary = previous == nil || agreement == .agrees && isWhole
    let timeIsUsual = header.fraction < unitsPerSecond && !oddities(of: header, after: seconds).contains(.time)
    let lengthsAreUsual = header.captured > 0 && header.captured == header.original && header.captured <= usualLimit
    let isHalfUsual = isBoundary || timeIsUsual || lengthsAreUsual
    let content = offset + recordHeaderBytes
    let declared =
      isHalfUsual
      ? DeclaredLength.bytes(of: bytes, at: content, upTo: bytes.byteCount, linkType: linkType) : nil

    let claim = previous.map { "a record claims \($0.bytes.count) captured bytes, and no record follows there" } ?? ""
    let start = previous.map { $0.bytes.lowerBound - recordHeaderBytes } ?? offset
    // The length of the packet before, by its own header, leads to a record: its record's length is wrong.
    if let previous,
      let own = DeclaredLength.bytes(
        of: bytes, at: previous.bytes.lowerBound, upTo: bytes.byteCount, linkType: linkType),
      let resume = end(
        of: [own, max(own, Self.shortestFrame)].filter { $0 != previous.bytes.count },
        from: previous.bytes.lowerBound, bytes, isAtEnd: isAtEnd)
    {
      return .damaged(Damage(start: start, takesPrevious: true, searchFrom: resume, resume: resume, reason: claim))
    }
    // The damaged record's own lengths lead to a record.
    if isHalfUsual, agreement != .contradicts,
      let resume = end(
        of: [header.captured, header.original, declared.map { max($0, Self.shortestFrame) }, declared],
        from: content, bytes, isAtEnd: isAtEnd)
    {
      return .damaged(
        Damage(start: offset, searchFrom: resume, resume: resume, reason: reason(header)))
    }
    // Another of its lengths leads to a record, or records lie inside it: bytes are missing, or its length is wrong.
    if let previous {
      let others = [previous.originalLength].filter { $0 != previous.bytes.count && !isBoundary }
      if let resume = end(of: others, from: previous.bytes.lowerBound, bytes, isAtEnd: isAtEnd)
        ?? swallowed(bytes, in: previous.bytes, isAtEnd: isAtEnd)
      {
        return .damaged(Damage(start: start, takesPrevious: true, searchFrom: resume, resume: resume, reason: claim))
      }
      if !isBoundary, !isWhole || agreement == .contradicts {
        return .damaged(Damage(start: start, takesPrevious: true, searchFrom: offset, reason: claim))
      }
    }
    // A sound IP header says how far the damaged packet reaches.
    let isSure =
      declared != nil
      && DeclaredLength.hasRightChecksum(
        bytes, at: content, upTo: bytes.byteCount, linkType: linkType)
    return .damaged(
      Damage(
        start: offset, searchFrom: offset, excludedUntil: isSure ? content + (declared ?? 0) : 0,
        reason: reason(header)))
  }

  /// The shortest Ethernet frame without its frame check sequence.
  private static let shortestFrame = 60

  private func reason(_ header: Header) -> String {
    if header.seconds == 0, header.fraction == 0, header.captured == 0, header.original == 0 {
      return "zeros stand where a record should begin"
    }
    if header.captured > limits.packetBytes {
      return "a record claims \(header.captured) captured bytes, which is over the limit"
    }
    return "no record begins where one should"
  }

  /// Whether a header that is odd in one way, or as the file's first is, leads to records that are odd in the same way.
  private mutating func isSound(_ bytes: RawSpan, at offset: Int, _ header: Header, isAtEnd: Bool) -> Bool {
    let isFirst = !hasLastSeconds
    let found = oddities(of: header, after: isFirst ? nil : lastSeconds)
    guard header.captured <= limits.packetBytes, isFirst || found.subtracting(habit).count <= 1 else { return false }
    // Sixteen zeros say nothing.
    if header.seconds == 0, header.original == 0 { return false }
    // A record's header four octets further on looks like one with another time, and so do those behind it.
    if !found.isDisjoint(with: [.time, .cut]), !isFirst,
      isBesideRecord(bytes, offset, isAtEnd: isAtEnd)
        || isBesideRecord(bytes, offset + recordHeaderBytes + header.captured, isAtEnd: isAtEnd)
    {
      return false
    }
    let content = offset + recordHeaderBytes
    if found.contains(.overOriginal), header.original > 0,
      lead(bytes, to: content + header.original, isAtEnd: isAtEnd) != .none
    {
      return false
    }
    guard bytes.byteCount - content >= header.captured else { return false }
    let allowed = found.union(habit)
    let next = content + header.captured
    let chain = chain(
      bytes, from: next, after: header.seconds, clock: .usual, allowing: allowed, isAtEnd: isAtEnd,
      mostRecords: Chain.proof)
    let isProven =
      chain.isProven || isAtEnd && next == bytes.byteCount
      || (chain.count > 0 || isFirst && isAtEnd) && chain.ending != .broken
    if isProven, isFirst { habit = found }
    return isProven
  }

  /// Whether records that are as usual begin a few octets before or behind `offset`.
  private func isBesideRecord(_ bytes: RawSpan, _ offset: Int, isAtEnd: Bool) -> Bool {
    let last = min(offset + recordHeaderBytes, bytes.byteCount - recordHeaderBytes)
    var place = max(0, offset - recordHeaderBytes)
    while place <= last {
      if place != offset, isLink(header(bytes, place), after: lastSeconds, clock: .usual),
        chain(
          bytes, from: place, after: lastSeconds, clock: .usual, isAtEnd: isAtEnd, mostRecords: Chain.proof
        ).count > 0
      {
        return true
      }
      place += 1
    }
    return false
  }

  // MARK: Ends

  /// The place that these lengths lead to from `content`, at which records begin or the file ends.
  ///
  /// Of several it is the one whose records go on, then the one that two of the lengths lead to, then the furthest,
  /// because a capture may lie inside the packet.
  private func end(of lengths: [Int?], from content: Int, _ bytes: RawSpan, isAtEnd: Bool) -> Int? {
    var best: (end: Int, worth: Int)?
    for case let length? in lengths where length > 0 && length <= limits.damageLookaheadBytes {
      let end = content + length
      let lead = lead(bytes, to: end, isAtEnd: isAtEnd)
      guard lead != .none else { continue }
      let worth = (lead == .lasting ? 2 : 0) + (lengths.count { $0 == length } > 1 ? 1 : 0)
      if best.map({ worth > $0.worth || worth == $0.worth && end > $0.end }) ?? true { best = (end, worth) }
    }
    return best?.end
  }

  /// What stands where a length leads to.
  private enum Lead {
    case none
    /// Records that prove each other.
    case records
    /// Those go on to the end of the file or for long, or the file ends.
    case lasting
  }

  private func lead(_ bytes: RawSpan, to place: Int, isAtEnd: Bool) -> Lead {
    guard place < bytes.byteCount else { return isAtEnd && place == bytes.byteCount ? .lasting : .none }
    let chain = chain(
      bytes, from: place, after: hasLastSeconds ? lastSeconds : nil, clock: .usual, allowing: habit,
      isAtEnd: isAtEnd, mostBytes: Self.longerThanPackets)
    guard chain.isProven else { return .none }
    return chain.ending == .endOfFile || chain.ending == .longEnough ? .lasting : .records
  }

  /// The first record inside a packet whose length is too large, so that it has swallowed others.
  ///
  /// Its chain goes on beyond the packet's end, as that of a capture which the packet carries does not. With
  /// `endsInside` it need not: the file ends there.
  private func swallowed(
    _ bytes: RawSpan, in packet: Range<Int>, endsInside: Bool = false, isAtEnd: Bool
  ) -> Int? {
    var place = packet.lowerBound
    let seconds = hasLastSeconds ? lastSeconds : nil
    while place < packet.upperBound, bytes.byteCount - place >= recordHeaderBytes {
      if let nested = nestedEnd(bytes, at: place, isAtEnd: isAtEnd) {
        place = nested ?? packet.upperBound
        continue
      }
      if isLink(header(bytes, place), after: seconds, clock: .later) {
        if endsInside {
          if case .record(let record) = proof(bytes, at: place, isAtEnd: isAtEnd) { return record }
        } else if crosses(bytes, from: place, boundary: packet.upperBound, isAtEnd: isAtEnd) {
          return place
        }
        let inside = chain(
          bytes, from: place, after: seconds, clock: .later, isAtEnd: isAtEnd,
          mostBytes: packet.upperBound - place)
        // A chain inside is followed once.
        if inside.count >= Chain.proof { place = inside.next - 1 }
      }
      place += 1
    }
    return nil
  }

  /// Records in one that goes to the file's end or beyond, although its packet is far shorter than the record claims.
  ///
  /// - Returns: The first of them; what lies before it is told.
  mutating func resumeInLastRecord(_ bytes: RawSpan, at offset: Int, fileOffset: Int) -> Int? {
    let header = header(bytes, offset)
    let content = offset + recordHeaderBytes
    let end = bytes.byteCount
    let agreement = DeclaredLength.agreement(
      of: bytes, at: content, upTo: end, original: header.original, linkType: linkType)
    // Before the first packet nothing says that this place is a record's.
    guard agreement == .contradicts || agreement == .unknown && !hasLastSeconds else { return nil }
    let own = DeclaredLength.bytes(of: bytes, at: content, upTo: end, linkType: linkType)
    guard
      let resume = self.end(
        of: [own, own.map { max($0, Self.shortestFrame) }], from: content, bytes, isAtEnd: true)
        ?? swallowed(
          bytes, in: (hasLastSeconds ? content : offset + 1)..<end, endsInside: true, isAtEnd: true)
    else { return nil }
    report(
      "a record claims \(header.captured) captured bytes, more than there are", from: fileOffset + offset,
      to: fileOffset + resume)
    return resume
  }

  // MARK: Searching

  /// Goes on searching in `bytes`; gives the place of a record, or `nil` if more bytes are needed or none come.
  @inline(never)
  mutating func goOnSearching(
    _ bytes: RawSpan, _ fileOffset: Int, _ isAtEnd: Bool, _ step: inout ParseStep
  ) -> Int? {
    guard var search else { return nil }
    let end = bytes.byteCount
    var place = (search.resume ?? search.cursor) - fileOffset
    var isFound = search.resume != nil
    while !isFound {
      guard isAtEnd || end - place >= limits.damageLookaheadBytes else {
        search.cursor = fileOffset + place
        self.search = search
        neededEnd = search.cursor + limits.damageLookaheadBytes
        step.consumed = min(place, end)
        return nil
      }
      guard end - place >= recordHeaderBytes else {
        report(search.reason, from: search.start, to: fileOffset + end)
        self.search = nil
        step.consumed = end
        return nil
      }
      let isExcluded = fileOffset + place < search.excludedUntil
      if !isExcluded, let nested = nestedEnd(bytes, at: place, isAtEnd: isAtEnd) {
        if fileOffset + place == search.start { search.reason = "another pcap file begins where a record should" }
        search.excludedUntil = fileOffset + (nested ?? place + Self.longerThanPackets)
      } else if !isExcluded {
        let isFarOff = fileOffset + place - search.start > Self.longerThanPackets
        switch proof(bytes, at: place, isFarOff: isFarOff, isAtEnd: isAtEnd) {
        case .none: break
        case .record(let record):
          place = record
          isFound = true
          continue
        case .disputed(let until): search.excludedUntil = fileOffset + until
        }
      }
      place += 1
    }
    report(search.reason, from: search.start, to: fileOffset + place)
    self.search = nil
    if place <= end - recordHeaderBytes {
      lastSeconds = header(bytes, place).seconds
    }
    return place
  }

  /// The end of a capture of its own that begins at `place`, as far as its records go.
  ///
  /// - Returns: `nil` where none begins; `.some(nil)` where its records go on as far as can be seen, so that the file's
  ///   own ones cannot be told from them.
  private func nestedEnd(_ bytes: RawSpan, at place: Int, isAtEnd: Bool) -> Int?? {
    guard bytes.byteCount - place >= Self.classicHeaderBytes,
      Self.isSwapped(bytes.checkedNative(place)) != nil,
      let nested = PcapReader(header: bytes.extracting(place..<bytes.byteCount), limits: limits),
      nested.unknownVersion == nil
    else { return nil }
    let chain = nested.chain(
      bytes, from: place + nested.headerBytes, after: nil, clock: .usual, isAtEnd: isAtEnd,
      mostBytes: Self.longerThanPackets)
    if chain.ending == .broken { return .some(chain.next) }
    // It ends with the packet that it lies in. Its records are older than the file's own ones, or cannot be told apart.
    guard hasLastSeconds else { return .some(nil) }
    let first = place + nested.headerBytes
    var record = first
    while record <= bytes.byteCount - recordHeaderBytes, record < chain.next {
      let header = header(bytes, record)
      if isLink(header, after: lastSeconds, clock: .later) { return record > first ? .some(record) : .some(nil) }
      record += recordHeaderBytes + header.captured
    }
    return .some(nil)
  }

  private mutating func report(_ reason: String, from start: Int, to end: Int) {
    faults.note(
      ParseStep.Fault(offset: start, reason: reason, skippedBytes: end - start), most: limits.faultsPerFile)
  }
}
