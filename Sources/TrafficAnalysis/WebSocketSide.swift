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
  }

  /// What was counted so far.
  struct Counts {
    var frames = 0
    var messages = 0
    var textMessages = 0
    var payload = 0
    var wire = 0
    var pings = 0
    var pongs = 0
    var unframedBytes = 0
  }

  let sender: Sender
  /// How the direction ended.
  var end: StreamEnd?
  /// Whether a Close was sent.
  var hasClosed = false
  /// Whether the beginning of a message was seen since bytes were last lost.
  var hasSeenMessageStart = true
  private let compression: MessageAssembler.Compression
  /// `heldBytes` when it was last noted.
  private var notedBytes: Int32 = 0
  private let context: AnalysisContext
  private var current: FrameProgress?
  var counts = Counts()
  /// What the loss of frame headers left behind; most connections never have it.
  var resync: FrameResync?
  /// Pings of this side that wait for their pongs.
  var pings = PingLedger()

  init(sender: Sender, agreement: WebSocketAgreement, context: AnalysisContext) {
    self.sender = sender
    self.context = context
    compression = agreement.compression(of: sender)
  }

  deinit {
    current?.assembler.discard()
  }

  /// The frame and the message at hand; made where nothing is at hand.
  var progress: FrameProgress {
    if let current { return current }
    let taken = context.takeProgress(compression)
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

  /// Bytes of memory that the side takes beyond itself, about.
  var heldBytes: Int { (current?.heldBytes ?? 0) + (resync?.heldBytes ?? 0) + pings.heldBytes }

  /// Lets go what is not needed between messages, and notes whether what is held has changed.
  @inline(never)
  func settle() {
    if let progress = current, progress.isAtRest {
      context.giveBack(progress)
      current = nil
    }
    let held = Int32(clamping: heldBytes)
    guard held != notedBytes else { return }
    notedBytes = held
    context.memory.hasChanged = true
  }
}
