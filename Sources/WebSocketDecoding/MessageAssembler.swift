public import NetworkTypes

/// Joins the frames of one direction's messages: unmasks, inflates (RFC 7692), checks UTF-8, keeps the beginning.
///
/// One value belongs to one direction; a copy would share its buffer. The caller cuts frames and knows the rules of fragmentation; this knows what becomes of the payload bytes.
public struct MessageAssembler {
  /// Why a compressed message has no payload in the log.
  public enum Undecoded: String, Sendable, Hashable, CaseIterable {
    /// Earlier bytes of the direction were lost, which this message may refer back to.
    case contextLost = "context_lost"
    /// The bytes are no deflate data.
    case inflateFailed = "inflate_failed"
    /// The message inflates to more than `Limits.inflatedBytes`.
    case outputLimit = "output_limit"
    /// Reserved bits are set that an extension defines which wstap does not know.
    case unknownExtension = "unknown_extension"
  }

  /// How a direction's messages are compressed.
  public enum Compression: Sendable, Hashable {
    /// No extension: no message is compressed.
    case none
    /// permessage-deflate; with `resetsContext` each message is compressed on its own (RFC 7692 §7.1.1).
    case deflate(resetsContext: Bool)
  }

  /// Whether a message is open.
  public private(set) var isOpen = false
  /// What the open message is: text or binary.
  public private(set) var opcode = Opcode.text
  /// Whether the open message is compressed.
  public private(set) var isCompressed = false
  /// Frames of the open message so far.
  public private(set) var frameCount = 0
  /// Payload bytes on the wire so far.
  public private(set) var wireLength = 0
  /// Why the open message cannot be inflated.
  public private(set) var undecoded: Undecoded?

  private let compression: Compression
  private let workspace: PayloadWorkspace
  private let inflatedLimit: Int
  private var collector: PayloadCollector
  private var inflater: Inflater?
  /// What is missing of the sender's window; `nil` if nothing is.
  private var lostContext: LostContext?
  private var isFinished = false

  /// A window of which only the newest bytes are known.
  ///
  /// A message is decoded from them alone. Deflate data says exactly which bytes it copies: if all of those are known,
  /// each byte of the message is what was sent, and becomes known in turn; if one is not, zlib refuses the distance, as
  /// it lies before everything that was put out since the reset. So no text can come out wrong.
  private struct LostContext {
    /// Bytes known in a row up to the end of the last message, with nothing unknown between them.
    var knownBytes = 0
  }

  /// An assembler for one direction.
  public init(compression: Compression, workspace: PayloadWorkspace, limits: Limits) {
    self.compression = compression
    self.workspace = workspace
    inflatedLimit = limits.inflatedBytes
    collector = PayloadCollector(workspace: workspace, keepLimit: limits.keptPayloadBytes)
  }

  /// Bytes of memory that are held for the open message and the window, about.
  public var heldBytes: Int { collector.heldBytes + (inflater == nil ? 0 : Inflater.heldBytes) }

  /// Whether another value in the same place would do as well: no message is open, and no window is kept or known to be
  /// lost.
  public var isAtRest: Bool { !isOpen && inflater == nil && lostContext == nil }

  /// Gives back what is held, where the direction is over.
  public mutating func discard() {
    releaseInflater()
    collector.discard()
  }

  /// Bytes of the message's (inflated) payload so far; with a hole, those before it.
  public var length: Int { collector.length }
  /// Whether bytes of the open message are missing.
  public var hasHole: Bool { collector.hasHole }
  /// Whether less is kept than the message has.
  public var isTruncated: Bool { collector.isTruncated }
  /// Where a text message stops being UTF-8.
  public var textErrorOffset: Int? { collector.textErrorOffset }
  /// Whether the message is text, and all of it so far is UTF-8.
  public var isWholeText: Bool { collector.isWholeText }

  /// Opens a message with its first frame.
  ///
  /// - Parameters:
  ///   - opcode: Text or binary.
  ///   - isCompressed: Whether RSV1 marks it as compressed.
  ///   - undecoded: Why its payload means nothing, if that is known beforehand.
  public mutating func begin(_ opcode: Opcode, isCompressed: Bool, undecoded: Undecoded? = nil) {
    self.opcode = opcode
    isOpen = true
    frameCount = 0
    wireLength = 0
    isFinished = false
    self.undecoded = undecoded
    collector.begin(validatingText: opcode == .text && undecoded == nil)
    guard case .deflate(let resetsContext) = compression, isCompressed else {
      self.isCompressed = false
      return
    }
    self.isCompressed = true
    if resetsContext { lostContext = nil }
    if undecoded != nil {
      // The message is part of the sender's window, and is not inflated here.
      loseContext()
    } else if inflater == nil {
      inflater = workspace.takeInflater()
    }
  }

  /// Counts a further frame of the open message.
  public mutating func beginFrame() { frameCount += 1 }

  /// Takes a piece of a frame's payload as it stood on the wire.
  public mutating func append(_ bytes: RawSpan, maskingKey: UInt32?, offset: UInt64) {
    wireLength += bytes.byteCount
    guard isCompressed else {
      if undecoded == nil { collector.append(bytes, maskingKey: maskingKey, offset: offset) }
      return
    }
    guard undecoded == nil, !collector.hasHole, let inflater else { return }
    guard let maskingKey else { return take(inflate(bytes, with: inflater)) }
    let scratch = workspace.scratch
    var start = 0
    while start < bytes.byteCount, undecoded == nil {
      let end = min(start + scratch.capacity, bytes.byteCount)
      scratch.removeAll()
      Masking.append(bytes.extracting(start..<end), key: maskingKey, offset: offset &+ UInt64(start), to: scratch)
      take(scratch.withBytes { inflate($0, with: inflater) })
      start = end
    }
  }

  /// Says that bytes of the open message were never captured.
  public mutating func markHole() {
    collector.markHole()
    if isCompressed { loseContext() }
  }

  /// Says that an unknown number of frames was lost, compressed ones perhaps among them.
  public mutating func loseContext() {
    guard case .deflate = compression else { return }
    lostContext = LostContext()
    releaseInflater()
  }

  /// Says that the open message has all its frames.
  public mutating func finish() {
    isFinished = true
    if isCompressed, undecoded == nil, !collector.hasHole, let inflater {
      let remaining = inflatedLimit - collector.length
      take(inflater.finishMessage(through: workspace.inflated, limit: remaining) { collector.append($0) })
      if undecoded == nil { noteKnownBytes() }
    }
    if undecoded == nil { collector.finish() }
  }

  /// Calls `body` with the payload's beginning, as far as it is kept.
  public func withKept<Result>(_ body: (RawSpan) -> Result) -> Result {
    collector.withKept(body)
  }

  /// Calls `body` with the payload's beginning: some bytes of it are there even where none are kept.
  public func withBeginning<Result>(_ body: (RawSpan) -> Result) -> Result { collector.withBeginning(body) }

  /// Closes the message and frees what it held.
  public mutating func close() {
    // What the rest of the message would have put into the window is unknown.
    if isOpen, isCompressed, !isFinished { loseContext() }
    isOpen = false
    collector.discard()
    if isCompressed, case .deflate(resetsContext: true) = compression { releaseInflater() }
  }

  private mutating func inflate(_ bytes: RawSpan, with inflater: Inflater) -> Inflater.Outcome {
    let remaining = inflatedLimit - collector.length
    return inflater.inflate(bytes, through: workspace.inflated, limit: remaining) { collector.append($0) }
  }

  private mutating func take(_ outcome: Inflater.Outcome) {
    switch outcome {
    case .consumed: return
    // Whether the data is wrong, or refers to what is missing, cannot be told.
    case .failed: undecoded = lostContext == nil ? .inflateFailed : .contextLost
    case .limitReached: undecoded = .outputLimit
    }
    // A part of what cannot be told whole is told by nobody.
    collector.discard()
    // What the message put into the window is unknown.
    loseContext()
  }

  /// Notes that the open message is whole: once the known bytes fill the window, nothing before them matters.
  private mutating func noteKnownBytes() {
    guard var context = lostContext else { return }
    context.knownBytes += min(collector.length, Inflater.windowBytes)
    lostContext = context.knownBytes >= Inflater.windowBytes ? nil : context
  }

  private mutating func releaseInflater() {
    if let inflater { workspace.giveBack(inflater) }
    inflater = nil
  }
}
