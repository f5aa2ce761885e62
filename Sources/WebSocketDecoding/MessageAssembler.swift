public import NetworkTypes

/// Joins the frames of one direction's messages: unmasks, inflates (RFC 7692), checks UTF-8, keeps the beginning.
///
/// One belongs to one direction. The caller cuts frames and knows the rules of fragmentation; this knows what becomes of
/// the payload bytes. It is an object, since a value would be copied, with all that it refers to, wherever it is asked.
public final class MessageAssembler {
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
    /// permessage-deflate; with `resetsContext` each message is compressed on its own (RFC 7692 §7.1.1). The window is a
    /// power of two, and `nil` where nothing is known to be agreed on: nothing is said of such messages then.
    case deflate(resetsContext: Bool, windowBits: UInt8? = 15)
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

  private let workspace: PayloadWorkspace
  private var collector: PayloadCollector
  /// Why the open message means nothing, if that was known beforehand.
  private var unread: Undecoded?
  private var agreement: Agreement
  /// What inflates the direction's messages, while one is open or a window is kept.
  private var inflater: MessageInflater?
  private var settledPast: Past
  private var isFinished = false

  /// An assembler for one direction.
  ///
  /// - Parameters:
  ///   - compression: What was agreed on for the direction.
  ///   - workspace: The buffers.
  ///   - limits: How much is kept and inflated.
  ///   - past: What an earlier assembler of the direction left, when it was at rest.
  public init(compression: Compression, workspace: PayloadWorkspace, limits: Limits, past: Past = Past()) {
    self.workspace = workspace
    collector = PayloadCollector(workspace: workspace, keepLimit: limits.keptPayloadBytes)
    agreement = Agreement(compression, limits: limits)
    settledPast = past
  }

  /// Takes over another direction of the same limits, while it is at rest.
  ///
  /// - Parameters:
  ///   - compression: What was agreed on for the direction.
  ///   - limits: Those that it was made with.
  ///   - past: What an earlier assembler of the direction left, when it was at rest.
  public func takeOver(_ compression: Compression, limits: Limits, past: Past) {
    agreement = Agreement(compression, limits: limits)
    settledPast = past
  }

  /// Bytes of memory that are held for the open message and the window, about.
  public var heldBytes: Int { collector.heldBytes + (inflater?.heldBytes ?? 0) }

  /// Whether another value with this one's `past` in the same place would do as well: no message is open, and no window
  /// is kept.
  public var isAtRest: Bool { !isOpen && inflater == nil }

  /// What is to be known of the messages so far.
  public var past: Past { inflater?.past ?? settledPast }

  /// Gives back what is held, where the direction is over.
  public func discard() {
    inflater?.discard()
    settle()
    collector.discard()
  }

  /// Why the open message has no payload.
  public var undecoded: Undecoded? { unread ?? (isCompressed ? inflater?.undecoded : nil) }
  /// Whether there is something to say of how the open message is compressed.
  public var hasFindings: Bool { inflater.map { !$0.findings.isEmpty } ?? false }
  /// Takes what there is to say of how the open message is compressed.
  public func takeFindings() -> [DeflateFinding] { inflater?.takeFindings() ?? [] }
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
  public func begin(_ opcode: Opcode, isCompressed: Bool, undecoded: Undecoded? = nil) {
    self.opcode = opcode
    isOpen = true
    frameCount = 0
    wireLength = 0
    isFinished = false
    unread = undecoded
    collector.begin(validatingText: opcode == .text && undecoded == nil)
    self.isCompressed = agreement.isDeflating && isCompressed
    guard self.isCompressed else { return }
    let inflater = self.inflater ?? workspace.takeMessageInflater()
    if self.inflater == nil {
      inflater.takeOver(agreement, past: settledPast)
      self.inflater = inflater
    }
    inflater.begin(isKnown: undecoded == nil)
  }

  /// Counts a further frame of the open message.
  public func beginFrame() {
    if frameCount > 0, isCompressed { inflater?.endFragment() }
    frameCount += 1
  }

  /// Takes a piece of a frame's payload as it stood on the wire.
  public func append(_ bytes: RawSpan, maskingKey: UInt32?, offset: UInt64) {
    wireLength += bytes.byteCount
    guard isCompressed else {
      if undecoded == nil { collector.append(bytes, maskingKey: maskingKey, offset: offset) }
      return
    }
    guard unread == nil, !collector.hasHole, let inflater else { return }
    guard let maskingKey else { return inflater.append(bytes, into: &collector) }
    let scratch = workspace.scratch
    var start = 0
    while start < bytes.byteCount {
      let end = min(start + scratch.capacity, bytes.byteCount)
      scratch.removeAll()
      Masking.append(bytes.extracting(start..<end), key: maskingKey, offset: offset &+ UInt64(start), to: scratch)
      scratch.withBytes { inflater.append($0, into: &collector) }
      start = end
    }
  }

  /// Says that bytes of the open message were never captured.
  public func markHole() {
    collector.markHole()
    if isCompressed { inflater?.markHole() }
  }

  /// Says that an unknown number of frames was lost, compressed ones perhaps among them.
  public func loseContext() {
    guard agreement.isDeflating else { return }
    inflater?.loseContext()
    settledPast.loseContext()
    if !isOpen { settle() }
  }

  /// Says that the open message has all its frames.
  public func finish() {
    isFinished = true
    if isCompressed, unread == nil {
      inflater?.finish(into: &collector)
      noteSize()
    }
    if undecoded == nil { collector.finish() }
  }

  /// Says that nothing more will come of the open message, so that what is known of it can be judged.
  public func giveUp() {
    if isCompressed, unread == nil, !isFinished { noteSize() }
  }

  /// Calls `body` with the payload's beginning, as far as it is kept.
  public func withKept<Result>(_ body: (RawSpan) -> Result) -> Result {
    collector.withKept(body)
  }

  /// Calls `body` with the payload's beginning: some bytes of it are there even where none are kept.
  public func withBeginning<Result>(_ body: (RawSpan) -> Result) -> Result { collector.withBeginning(body) }

  /// Closes the message and frees what it held.
  public func close() {
    if isOpen, isCompressed { inflater?.close(isFinished: isFinished) }
    isOpen = false
    settle()
    collector.discard()
  }

  /// Gives the inflater back where it holds nothing.
  private func settle() {
    guard let inflater, inflater.isAtRest else { return }
    settledPast = inflater.past
    workspace.giveBack(inflater)
    self.inflater = nil
  }

  private func noteSize() {
    guard undecoded == nil || undecoded == .outputLimit, !collector.hasHole else { return }
    inflater?.noteSize(length: collector.length, wireLength: wireLength)
  }
}
