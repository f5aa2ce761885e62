public import NetworkTypes

/// Finds where frames begin again in one direction of a WebSocket whose place in the frames is not known.
///
/// Every place that could be a header begins a chain, or continues the chain whose frame ends there. Each frame of a
/// chain adds evidence: bits by which it is likelier in a WebSocket than by chance (`FrameEvidence`). The length of a
/// frame adds none, since whatever it says leads somewhere, except where the frame ends just as a TCP segment does.
/// Frames that lie before a place can make it likely; those behind it cannot, for a false chain may run into the true
/// one. So a chain is believed from that frame on at which the evidence of it and of those before it suffices.
///
/// Payloads may be made of frames (a tunnel, a log), which all of this is true of. They do not begin where a write of
/// the sender does: one ends where a segment ends that is shorter than the connection's full ones. So a frame is told
/// only if it begins there, or a frame before it in the chain did, or the chain goes on for longer than such payloads
/// are; or if the direction sends text alone, which has no frames in it.
///
/// The bytes are held by the caller's `append` up to a cap; each is looked at once, and the chains that wait for their
/// next header are bounded in number, so that time is linear in the bytes.
public struct FrameChain: Sendable {
  /// What the search is for.
  public let rules: Rules
  /// Bytes that are held.
  private var bytes: [UInt8] = []
  /// Place of the first byte held.
  public private(set) var heldFrom = 0
  private let heldLimit: Int
  /// Where segments begin or end, in rising order, from `place` on.
  private var boundaries: [Boundary] = []
  private var passedBoundaries = 0
  /// The newest of those that were dropped.
  private var passed: Boundary?
  /// Bytes of a full segment of the direction, as far as they are known.
  public var fullSegment: Int
  private let beginsWrite: Bool

  /// A place where a segment begins or ends.
  private struct Boundary: Sendable {
    var place: Int
    /// Whether a write of the sender ends there.
    var endsWrite: Bool
  }

  /// The next place to look at, and the chain that arrived there, once `hasArrived`.
  private var place = 0
  private var hasArrived = false
  private var arrived: ChainLink?
  private var waiting = LinkHeap()
  private var rarity = HeaderRarity()
  /// The chain with the most evidence so far, whether that suffices or not.
  public private(set) var best: Finding?
  /// Until here a chain that may be truer than another decides nothing.
  private var undecidedUntil = 0
  /// Whether no more bytes will come.
  private var isFinished = false

  /// A search in bytes of which the first comes next.
  ///
  /// - Parameters:
  ///   - rules: What is known of the direction.
  ///   - limits: How many bytes are held.
  ///   - beginsWrite: Whether the first byte begins a write of the sender.
  ///   - fullSegment: Bytes of a full segment of the direction, as far as they are known.
  public init(rules: Rules, limits: Limits, beginsWrite: Bool, fullSegment: Int) {
    self.rules = rules
    self.beginsWrite = beginsWrite
    self.fullSegment = fullSegment
    heldLimit = limits.searchedBytes
  }

  /// The place behind the last byte.
  public var end: Int { heldFrom + bytes.count }

  /// Bytes of memory that the search takes, about.
  public var heldBytes: Int { bytes.capacity + boundaries.capacity * 16 + waiting.heldBytes + 400 }

  /// Says that a TCP segment begins or ends here.
  public mutating func markBoundary() {
    guard let last = boundaries.last ?? passed else {
      boundaries.append(Boundary(place: end, endsWrite: end == 0 && beginsWrite))
      return
    }
    guard last.place < end else { return }
    boundaries.append(Boundary(place: end, endsWrite: end - last.place < fullSegment))
  }

  /// Takes the next bytes.
  public mutating func append(_ more: RawSpan) {
    bytes.append(contentsOf: more)
  }

  /// The bytes held from a place on, with the segments that they came in.
  public func held(from offset: Int) -> [UInt8] {
    Array(bytes[min(max(offset - heldFrom, 0), bytes.count)...])
  }

  /// A search by other rules in the bytes that are held.
  public func restarted(by rules: Rules, limits: Limits) -> FrameChain {
    var chain = FrameChain(rules: rules, limits: limits, beginsWrite: beginsWrite, fullSegment: fullSegment)
    chain.heldFrom = heldFrom
    chain.place = heldFrom
    chain.bytes = bytes
    chain.boundaries = boundaries.filter { $0.place >= heldFrom }
    return chain
  }

  /// Looks at the bytes that were taken: the first chain that is believed, or `nil` if there is none yet.
  public mutating func search() -> Finding? {
    while place < end || (place == end && isBoundary) {
      if let finding = arrive() { return finding }
      guard place < end else { break }
      let index = place - heldFrom
      if arrived == nil, isCutBySegment(index) {
        rarity.add(false, at: place)
      } else if index + 1 < bytes.count, !rules.isPlausible(bytes[index], bytes[index + 1]) {
        rarity.add(false, at: place)
      } else if let header = bytes.withRawSpan({ FrameHeader($0, at: index) }) {
        if let finding = extend(header) { return finding }
      } else if isFinished {
        // The rest of the header will not come: whatever leads here is not the end of the other chains.
        rarity.add(false, at: place)
      } else {
        break
      }
      advance()
    }
    forgetOldBytes()
    return nil
  }

  /// Looks at the rest, behind which bytes are missing or the direction is over.
  ///
  /// - Parameter isEnd: Whether the direction is over.
  /// - Returns: A chain that is believed with what there is.
  public mutating func finish(isEnd: Bool) -> Finding? {
    markBoundary()
    isFinished = true
    if let finding = search() { return finding }
    var best = place == end ? arrived : nil
    if isEnd, best?.opcode == .close { best?.bits += 4 }
    if best?.head == nil, let last = best, last.bits >= rules.headBits, last.isAnchored {
      best?.head = headOffset(last)
    }
    for link in waiting.links where link.head != nil && link.bits > best?.bits ?? 0 { best = link }
    guard var best else { return nil }
    _ = settleEarly(&best)
    if best.bits < rules.lastBits {
      // No more evidence will come, so that a write which is filled must do.
      guard best.filling != nil, best.bits >= 4 else { return nil }
      best.head = best.filling
    }
    guard rival(of: best) == nil else { return nil }
    return finding(best)
  }

  /// Whether a frame that begins a write has its end here, behind bytes that are missing.
  public func frameEnds(at place: Int) -> Bool {
    waiting.links.contains { $0.end == place && $0.written != nil }
  }

  // MARK: - Places

  private var isBoundary: Bool {
    passedBoundaries < boundaries.count && boundaries[passedBoundaries].place == place
  }

  /// Whether a write of the sender begins here.
  private var isWriteBoundary: Bool { isBoundary && boundaries[passedBoundaries].endsWrite }

  /// Whether the byte before the place is ASCII.
  private var followsASCII: Bool { place > heldFrom && bytes[place - heldFrom - 1] < 0x80 }

  /// Whether a segment ends inside a header that would begin here: no chain begins with such a one.
  private func isCutBySegment(_ index: Int) -> Bool {
    let next = passedBoundaries + (isBoundary ? 1 : 0)
    guard next < boundaries.count else { return false }
    let room = boundaries[next].place - place
    guard room >= 2, index + 1 < bytes.count else { return room < 2 }
    let lengthBytes =
      switch bytes[index + 1] & 0x7f {
      case 126: 2
      case 127: 8
      default: 0
      }
    return room < 2 + lengthBytes + (bytes[index + 1] & 0x80 == 0 ? 0 : 4)
  }

  private mutating func advance() {
    if isBoundary { passedBoundaries += 1 }
    if passedBoundaries > 1024 {
      passed = boundaries[passedBoundaries - 1]
      boundaries.removeFirst(passedBoundaries)
      passedBoundaries = 0
    }
    place += 1
    hasArrived = false
    arrived = nil
  }

  private mutating func forgetOldBytes() {
    guard bytes.count > heldLimit else { return }
    let surplus = bytes.count - heldLimit / 2
    bytes.removeFirst(surplus)
    heldFrom += surplus
  }

  // MARK: - Chains

  /// Settles which chain arrived at the place: the one with the most evidence.
  private mutating func arrive() -> Finding? {
    guard !hasArrived else { return nil }
    hasArrived = true
    while var link = waiting.removeFirst(endingAt: place) {
      guard let payload = evidence(link) else { continue }
      link.addPayload(bits: payload.bits, digest: payload.digest)
      if isBoundary { link.addAlignment(isTrusted: rules.isMasked != nil) }
      // A frame, or a message in fragments, fills a write, or several. What begins a write is a frame as a rule; should it
      // be more of a payload instead, one in 2^12 looks so.
      if isBoundary, rules.isMasked != nil, let written = link.written { link.fillWrite(from: written) }
      // One frame fills one of the first segments. Should that be the end of a payload instead, one in 2^12 looks so;
      // of several frames that fill it no such thing can be said: ends of payloads are full of records alike. Nor of one
      // that fills a full segment of which it is not known that it begins a write.
      if link.head == nil, isBoundary, rules.isMasked != nil, link.frames == 1, link.isAnchored || isWriteBoundary,
        link.firstBorder == passedBoundaries - 1
      {
        link.head = link.start
      }
      if link.bits >= rules.headBits { settleHead(&link) }
      if isTruer(link, than: arrived) { arrived = link }
    }
    guard let arrived else { return nil }
    if arrived.bits > best?.bits ?? 0, arrived.bits >= rules.headBits, rival(of: arrived) == nil {
      best = report(arrived, from: arrived.offset)
    }
    return isBoundary ? decide(arrived) : nil
  }

  /// Settles the first frame that is told, if there is none yet: the link's last one, whose evidence suffices.
  ///
  /// Without a frame that begins a write, it is the first behind as many bytes of the chain as a payload made of frames
  /// may have: tunnels send what they have read at once, 32 KiB at most as a rule. Where no payload has frames in it, it
  /// is the first of all; and where that is open, the first of all is kept in mind (`settleEarly`).
  private func settleHead(_ link: inout ChainLink) {
    guard link.head == nil else { return }
    let isText = link.excludesText && !link.hasBinary
    if link.isAnchored || link.offset - link.start >= heldLimit / 4 || (isText && rules.messages == .text) {
      link.head = headOffset(link)
    } else if isText, rules.messages == .unknown, link.early == nil {
      link.early = headOffset(link)
    }
  }

  /// Settles whether frames are told that stand before the first write: if the direction proves to send text alone.
  ///
  /// - Returns: Whether that is open.
  private func settleEarly(_ link: inout ChainLink) -> Bool {
    guard let early = link.early, let head = link.head, early < head, !link.hasBinary else { return false }
    // Nothing is waited for so long that what is held would be dropped.
    guard link.anchoredTexts >= Self.textsThatProve else { return place - early < heldLimit / 2 }
    if link.hasInnerFrame { link.head = early }
    return false
  }

  /// Whether of two chains that arrived at one place the first is to be followed.
  ///
  /// A frame that begins where a segment does goes before those that lie in its payload, whatever their evidence:
  /// payloads hold frames (of a tunnel, of a log), but what begins a segment is rarely a header by chance.
  private func isTruer(_ link: ChainLink, than other: ChainLink?) -> Bool {
    guard let other else { return true }
    if covers(link, other) { return true }
    return !covers(other, link) && link.bits > other.bits
  }

  /// Whether what a chain would tell lies inside the last frame of another, which begins a segment.
  private func covers(_ outer: ChainLink, _ inner: ChainLink) -> Bool {
    outer.isAligned && outer.offset < inner.head ?? inner.start
  }

  /// Takes a plausible header at the place: it continues the chain that arrived, or begins one.
  private mutating func extend(_ header: FrameHeader) -> Finding? {
    defer { rarity.add(true, at: place) }
    guard rules.isPlausible(header) else { return nil }
    // An empty continuation begins nothing that another frame would not begin, and zeros are full of them.
    guard arrived != nil || header.opcode != .continuation || header.payloadLength > 0 else { return nil }
    let headerBits = rarity.bits(at: place)
    var link = ChainLink(
      header, at: place, startBits: startBits(header), isAligned: isBoundary, isAnchored: isWriteBoundary,
      followsASCII: followsASCII)
    if isBoundary, passedBoundaries <= 4, header.opcode != .continuation { link.firstBorder = passedBoundaries }
    link.addHeader(bits: headerBits)
    if rules.trustsFirst, place == 0, isWriteBoundary { link.head = headOffset(link) }
    if let arrived, arrived.allows(header) {
      if let finding = decide(arrived) { return finding }
      let longer = ChainLink(
        header, at: place, after: arrived, headerBits: headerBits, isAligned: isBoundary,
        isAnchored: isWriteBoundary, followsASCII: followsASCII)
      if longer.bits >= link.bits { link = longer }
    }
    waiting.insert(link)
    return nil
  }

  /// What it costs to begin a chain here, by the number of places where one might: few where segments begin.
  private func startBits(_ header: FrameHeader) -> Int {
    if isBoundary { return place == 0 ? -1 : -2 - (passedBoundaries + 1).log2 }
    let cost = 2 + (place + 2).log2
    // In text the byte may be the middle of a character.
    let index = place - heldFrom
    guard header.maskingKey == nil, index > 0, FrameEvidence.expectsContinuation(bytes, before: index) else {
      return -cost
    }
    return -cost - 8
  }

  /// Bits by which the payload of the frame speaks for it, or `nil` if it speaks against it.
  private func evidence(_ link: ChainLink) -> FrameEvidence.Payload? {
    let start = link.offset - heldFrom
    // What was dropped of it says nothing.
    guard start >= 0 else { return FrameEvidence.Payload(bits: 0, digest: 0) }
    return bytes.withRawSpan { all in
      FrameEvidence.payload(
        all.extracting(start + link.header.headerLength..<place - heldFrom), link.header, isText: link.isText)
    }
  }

  private mutating func decide(_ link: ChainLink) -> Finding? {
    var link = link
    guard link.bits >= rules.chainBits, link.head != nil, place >= undecidedUntil, !settleEarly(&link) else {
      return nil
    }
    if let rival = rival(of: link) {
      undecidedUntil = min(rival.end, place + heldLimit / 2)
      return nil
    }
    return finding(link)
  }

  /// A frame that is under way which may have the chain in its payload: one that begins where a segment does, until it
  /// ends or takes too long, or one that is nearly as likely.
  private func rival(of link: ChainLink) -> ChainLink? {
    // No message has it in its payload.
    if rules.messages == .text, link.excludesText, !link.hasBinary { return nil }
    let head = link.head ?? link.offset
    return waiting.links.first { other in
      guard other.offset < head, other.end > place else { return false }
      if other.isAligned, place - other.offset <= heldLimit / 2 { return true }
      return other.bits >= 12 && other.bits * 2 >= link.bits
    }
  }

  /// The first frame that a chain vouches for; what continues a message that is not known is none.
  private func headOffset(_ link: ChainLink) -> Int? { link.opcode == .continuation ? nil : link.offset }

  /// The chain from its first believed frame that is still held.
  private func finding(_ link: ChainLink) -> Finding? {
    guard let head = link.head else { return nil }
    if head >= heldFrom { return report(link, from: head) }
    if link.offset >= heldFrom { return report(link, from: link.offset) }
    return link.end == place ? report(link, from: place) : nil
  }

  private func report(_ link: ChainLink, from offset: Int) -> Finding {
    Finding(
      offset: offset, isMasked: link.header.maskingKey != nil, bits: link.bits, frames: link.frames,
      alignedFrames: link.alignedFrames, hasTwoLengths: link.hasTwoLengths)
  }
}
