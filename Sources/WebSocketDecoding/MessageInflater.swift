internal import NetworkTypes

/// Inflates the compressed messages of one direction (RFC 7692 §7.2.2), and finds out what is wrong with them.
///
/// zlib inflates. What zlib does not tell is read from the compressed bytes of the message, which are kept until it is
/// whole, up to a limit; see `DeflateScanner`.
final class MessageInflater {
  typealias Past = MessageAssembler.Past

  /// Where the open message stands.
  enum State {
    /// It inflates so far.
    case inflating
    /// It inflates so far, but only with the messages before it, which it must not refer to.
    case replaying
    /// It refers to the messages before it, which it must not, and these are not kept; it is judged at its end.
    case suspended
    /// It does not inflate.
    case over(MessageAssembler.Undecoded)
  }

  // The workspace keeps those that are not needed, and must not be kept by them.
  unowned let workspace: PayloadWorkspace
  var agreement = MessageAssembler.Agreement(.none, limits: Limits())

  /// What was before the open message.
  var past = Past()
  var inflater: Inflater?
  /// The place in the ring, between messages whose inflater is kept.
  private var place: Int?
  /// Whether a message came since the ring's hand last came by.
  var wasUsed = false
  /// The window between messages, where the inflater was set aside.
  private var window: [UInt8] = []
  var kept: CompressedMessage?
  var state = State.inflating
  /// Where each message is compressed on its own: the newest output of the first messages, and that of the open one.
  var history: [UInt8] = []
  /// What of `history` stands before the open message.
  private var historyCount = 0
  /// Bytes known before the open message.
  var knownBefore = 0
  /// Compressed bytes of the open message so far.
  var taken = 0
  /// What was to be said, and is not yet fetched.
  var findings: [DeflateFinding] = []

  init(workspace: PayloadWorkspace) { self.workspace = workspace }

  /// Takes a direction over.
  func takeOver(_ agreement: MessageAssembler.Agreement, past: Past) {
    self.agreement = agreement
    self.past = past
  }

  /// Bytes of memory that are held.
  ///
  /// An inflater in the ring is the ring's; the window may take its place at any time.
  var heldBytes: Int {
    let isOwn = inflater != nil && place == nil
    return Self.ownBytes + (isOwn ? Inflater.heldBytes : takesOver ? Int(past.knownBytes) : 0) + (kept?.heldBytes ?? 0)
      + history.capacity
  }

  private static let ownBytes = 160

  /// Whether nothing is held but `past`.
  var isAtRest: Bool { inflater == nil && history.isEmpty && window.isEmpty }

  /// Why the open message has no payload.
  var undecoded: MessageAssembler.Undecoded? {
    switch state {
    case .inflating, .replaying: nil
    case .suspended: .contextLost
    case .over(let reason): reason
    }
  }

  /// Takes what is to be said of the open message so far.
  func takeFindings() -> [DeflateFinding] {
    defer { findings = [] }
    return findings
  }

  // MARK: - The course of a message

  /// Opens a message.
  ///
  /// - Parameter isKnown: Whether it is inflated; else it is a part of the sender's window that stays unknown.
  func begin(isKnown: Bool) {
    state = .inflating
    findings = []
    taken = 0
    historyCount = history.count
    knownBefore = Int(past.knownBytes)
    guard isKnown else { return loseContext() }
    if agreement.windowBits != nil, kept == nil { kept = workspace.takeCompressed() }
    kept?.begin()
    takeInflater()
  }

  /// Says that a fragment ends that is not the last.
  func endFragment() { kept?.endFragment() }

  /// Takes a piece of the payload, without its mask.
  func append(_ bytes: RawSpan, into collector: inout PayloadCollector) {
    taken += bytes.byteCount
    kept?.append(bytes, limit: agreement.judgedLimit)
    take(inflate(bytes, into: &collector), atEnd: false, &collector)
  }

  /// Says that bytes of the open message are missing.
  func markHole() {
    kept?.giveUp()
    loseContext()
  }

  /// Says that an unknown number of messages was lost.
  func loseContext() {
    past.loseContext()
    history = []
    historyCount = 0
    releaseInflater()
  }

  /// Says that the open message has all its bytes.
  func finish(into collector: inout PayloadCollector) {
    guard !collector.hasHole else { return }
    let isTerminated = end(&collector)
    switch state {
    case .inflating, .replaying: judge(length: collector.length, isTerminated: isTerminated)
    case .suspended: judgeSuspended()
    case .over(.inflateFailed): diagnose()
    case .over: break
    }
  }

  /// Notes how much the open message inflated to, as far as it came.
  func noteSize(length: Int, wireLength: Int) {
    guard agreement.windowBits != nil else { return }
    if let bomb = past.noteSize(length: length, wireLength: wireLength) { findings.append(bomb) }
  }

  /// Closes the message, and frees what it held.
  func close(isFinished: Bool) {
    if let kept { workspace.giveBack(kept) }
    kept = nil
    // What the rest of the message would have put into the window is unknown.
    if !isFinished { loseContext() }
    if takesOver { lendInflater() } else { releaseInflater() }
  }

  /// Frees everything, where the direction is over.
  func discard() {
    releaseInflater()
    if let kept { workspace.giveBack(kept) }
    kept = nil
    history = []
  }

  // MARK: - Inflating

  /// Whether messages may refer back to those before them, or do.
  var takesOver: Bool { !agreement.resetsContext || past.keepsContext }

  /// Whether the newest output is kept, to read a message that refers to it against the agreement.
  var keepsHistory: Bool { !takesOver && past.messages < Past.watchedMessages && agreement.windowBits != nil }

  private func takeInflater() {
    leaveRing()
    guard inflater == nil else { return }
    let taken = workspace.takeInflater()
    inflater = taken
    guard !window.isEmpty else { return }
    if !window.withRawSpan({ taken.begin(with: $0) }) { past.loseContext() }
    window = []
  }

  /// Keeps the inflater for the next message as long as there is room for it.
  private func lendInflater() {
    guard inflater != nil, place == nil else { return }
    wasUsed = true
    place = workspace.ring.add(self)
  }

  /// Keeps the window alone until the next message.
  func setAside() {
    window = inflater?.copyWindow() ?? []
    leaveRing()
    if let inflater { workspace.giveBack(inflater) }
    inflater = nil
  }

  private func leaveRing() {
    if let place { workspace.ring.remove(at: place) }
    place = nil
  }

  private func releaseInflater() {
    leaveRing()
    window = []
    if let inflater { workspace.giveBack(inflater) }
    inflater = nil
  }

  private func inflate(_ bytes: RawSpan, into collector: inout PayloadCollector) -> Inflater.Outcome {
    guard undecoded == nil, let inflater else { return .consumed }
    let limit = agreement.outputLimit - collector.length
    guard keepsHistory else {
      return inflater.inflate(bytes, through: workspace.inflated, limit: limit) { collector.append($0) }
    }
    return inflater.inflate(bytes, through: workspace.inflated, limit: limit) {
      collector.append($0)
      remember($0)
    }
  }

  /// Ends the message as a receiver does.
  ///
  /// - Returns: Whether it ended as it must; `nil` if it did not inflate.
  private func end(_ collector: inout PayloadCollector) -> Bool? {
    guard undecoded == nil, let inflater else { return nil }
    let limit = agreement.outputLimit - collector.length
    let keepsHistory = keepsHistory
    let ending = inflater.finishMessage(through: workspace.inflated, limit: limit) {
      collector.append($0)
      if keepsHistory { remember($0) }
    }
    switch ending {
    case .whole: return true
    case .unterminated: return false
    case .limitReached: take(.limitReached, atEnd: true, &collector)
    case .failed:
      take(.failed, atEnd: true, &collector)
      // With the messages before it, the end may be there.
      if case .replaying = state { return end(&collector) }
    }
    return nil
  }

  private func take(_ outcome: Inflater.Outcome, atEnd: Bool, _ collector: inout PayloadCollector) {
    switch outcome {
    case .consumed: return
    case .limitReached: giveUp(.outputLimit, &collector)
    case .failed where takesOver && past.isContextLost:
      // Whether the data is wrong, or refers to what is missing, cannot be told.
      giveUp(.contextLost, &collector)
    case .failed:
      let scan = scan(withTail: atEnd)
      if case .inflating = state, !takesOver, let scan, scan.fault == nil, scan.reach > 0,
        scan.reach <= knownBefore, !atEnd || scan.endsBetweenBlocks
      {
        replay(reach: scan.reach, &collector)
      } else {
        fail(scan, atEnd: atEnd)
        giveUp(.inflateFailed, &collector)
      }
    }
  }

  /// Tells nothing of the open message: a part of what cannot be told whole is told by nobody.
  private func giveUp(_ reason: MessageAssembler.Undecoded, _ collector: inout PayloadCollector) {
    state = .over(reason)
    collector.discard()
    // What the message put into the window is unknown.
    loseContext()
  }

  func fail(_ scan: DeflateScan?, atEnd: Bool) {
    guard agreement.windowBits != nil else { return }
    let failure: DeflateFailure =
      switch scan {
      case nil: .unknown
      case let scan? where scan.reach > (takesOver ? knownBefore : 0):
        .reach(scan.reach, offset: scan.reachOffset)
      case let scan?: scan.fault.map { .fault($0) } ?? (atEnd ? .endsInsideBlock : .unknown)
      }
    findings.append(.failed(failure, byteCount: taken))
  }

  /// Begins the open message anew, with the messages before it in the window.
  private func replay(reach: Int, _ collector: inout PayloadCollector) {
    releaseInflater()
    guard let kept, historyCount >= reach else {
      state = .suspended
      collector.discard()
      return
    }
    history.removeSubrange(historyCount...)
    let inflater = workspace.takeInflater()
    let window = Array(history.suffix(Inflater.windowBytes))
    guard window.withRawSpan({ inflater.begin(with: $0) }) else {
      state = .suspended
      collector.discard()
      return
    }
    self.inflater = inflater
    state = .replaying
    collector.restart()
    let outcome = kept.withBytes { bytes in
      inflater.inflate(bytes, through: workspace.inflated, limit: agreement.outputLimit) { collector.append($0) }
    }
    take(outcome, atEnd: false, &collector)
  }

  /// Keeps the newest output: as much as the window has, and up to twice that.
  private func remember(_ bytes: RawSpan) {
    history.append(contentsOf: bytes)
    let surplus = history.count - Inflater.windowBytes
    guard surplus >= Inflater.windowBytes else { return }
    history.removeFirst(surplus)
    historyCount = max(0, historyCount - surplus)
  }
}
