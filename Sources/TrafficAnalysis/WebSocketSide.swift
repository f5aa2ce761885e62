internal import NetworkTypes
internal import WebSocketDecoding

/// One direction of a WebSocket: its frame decoder, the message and the frame at hand, and what was counted.
final class WebSocketSide {
  /// Where the payload of the frame at hand goes.
  enum Destination {
    /// To the open message.
    case message
    /// To the control payload.
    case control
    /// Nowhere: the frame belongs to nothing.
    case nothing
  }

  /// The frame at hand, from its header to its end.
  struct Frame {
    var header: FrameHeader
    var offset: Int
    var destination: Destination
    var losses: LossFlags = []
    /// Payload bytes before the first hole.
    var knownLength: UInt64 = 0
    /// Packet time of the header.
    var start: Timestamp
    /// Whether it was told that the frame stalls, or that its bytes on the wire look like HTTP.
    var isToldStalled = false
    var isToldHTTP = false

    /// The place behind it in the stream, as far as its length says so.
    var end: Int { offset &+ header.headerLength &+ Int(clamping: min(header.payloadLength, 1 << 62)) }
  }

  // What is small stands together, as a million WebSockets have two of these.
  let sender: Sender
  /// How the direction ended.
  var end: StreamEnd?
  /// Whether a Close was sent.
  var hasClosed = false
  /// Whether each of its frames must be looked at singly, because of what the other side did.
  var isWatched = false
  /// Whether a frame began inside a segment, behind another one, and went on in the next: they were one write.
  ///
  /// Frames that are whole in a segment do not count, as `takeWholeMessages` does not look at where they begin.
  var joinsFrames = false
  /// Whether a segment ended between a header and its payload.
  var sendsHeadersApart = false
  /// Whether the beginning of a message was seen since bytes were last lost.
  var hasSeenMessageStart = true
  private let compression: MessageAssembler.Compression
  /// What is known of the direction's first bytes.
  var opening = StreamOpening.known
  /// `heldBytes` when it was last noted, in KiB, rounded up.
  private var notedKibibytes: UInt16 = 0
  private var current: FrameProgress?
  private var history: History?
  var counts = SideCounts()
  /// Pings of this side that wait for their pongs.
  var pings = PingLedger()

  /// What goes before the message at hand, where there is more of it to know than counts.
  private final class History {
    /// What compressed messages left behind.
    var past = MessageAssembler.Past()
    /// What the loss of frame headers left behind.
    var resync: FrameResync?
  }

  init(sender: Sender, agreement: WebSocketAgreement) {
    self.sender = sender
    compression = agreement.compression(of: sender)
  }

  deinit {
    current?.assembler.discard()
  }

  /// The frame and the message at hand; made where nothing is at hand.
  func progress(_ context: AnalysisContext) -> FrameProgress {
    if let current { return current }
    let taken = context.takeProgress(compression, past: history?.past ?? MessageAssembler.Past())
    current = taken
    return taken
  }

  /// Whether the direction stands between two messages.
  @inline(__always)
  var isBetweenMessages: Bool {
    guard let current else { return true }
    return current.decoder.isBetweenFrames && !current.assembler.isOpen
  }

  /// Whether frames can no longer be told apart.
  @inline(__always)
  var isLost: Bool {
    guard let current else { return false }
    return current.decoder.isLost
  }

  /// Captured bytes that could not be told apart into frames.
  var unframedBytes: Int { resync?.unframedBytes ?? 0 }

  /// Notes captured bytes that could not be told apart into frames.
  func addUnframed(_ byteCount: Int, _ context: AnalysisContext) {
    guard byteCount > 0 else { return }
    madeResync(context).unframedBytes += byteCount
  }

  /// What the loss of frame headers has left behind; most sides never have it.
  var resync: FrameResync? { history?.resync }

  /// `resync`, made with the first loss.
  func madeResync(_ context: AnalysisContext) -> FrameResync {
    let history = madeHistory()
    let resync = history.resync ?? FrameResync(namedLimit: context.limits.namedResyncs)
    history.resync = resync
    return resync
  }

  private func madeHistory() -> History {
    let made = history ?? History()
    history = made
    return made
  }

  /// Bytes of memory that the side takes beyond itself, about.
  var heldBytes: Int {
    (current?.heldBytes ?? 0) + (history == nil ? 0 : 48) + (resync?.heldBytes ?? 0) + pings.heldBytes
  }

  /// Lets go what is not needed between messages, and notes whether what is held has changed.
  @inline(never)
  func settle(_ context: AnalysisContext) {
    if let progress = current, progress.isAtRest {
      if compression != .none { madeHistory().past = progress.assembler.past }
      context.giveBack(progress)
      current = nil
    }
    let held = UInt16(clamping: (heldBytes + 1023) / 1024)
    guard held != notedKibibytes else { return }
    notedKibibytes = held
    context.memory.hasChanged = true
  }
}
