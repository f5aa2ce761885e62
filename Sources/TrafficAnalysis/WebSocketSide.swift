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
  /// Whether a fault of the open message's payload was reported.
  var hasPayloadFault = false
  /// Losses of the open message.
  var messageLosses: LossFlags = []
  /// Packet time of the open message's first header.
  var messageStart = Timestamp.epoch
  var counts = Counts()
  var decoder = FrameDecoder()
  var assembler: MessageAssembler
  var frame: Frame?
  /// The control frame at hand; most connections have few.
  private(set) var control: ControlPayload?
  /// What the loss of frame headers left behind; most connections never have it.
  var resync: FrameResync?
  /// Pings of this side that wait for their pongs.
  var pings = PingLedger()

  init(sender: Sender, agreement: WebSocketAgreement, context: AnalysisContext) {
    self.sender = sender
    assembler = MessageAssembler(
      compression: agreement.compression(of: sender), workspace: context.workspace, limits: context.limits)
  }

  deinit {
    assembler.discard()
  }

  /// Makes ready for a control frame's payload.
  func beginControl(_ context: AnalysisContext) {
    let payload = control ?? ControlPayload(workspace: context.workspace, limits: context.limits)
    control = payload
    payload.begin()
  }
}
