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

  let sender: Sender
  var decoder = FrameDecoder()
  let assembler: MessageAssembler
  let control: ControlPayload
  var frame: Frame?
  var summary = DirectionSummary()
  /// Packet time of the open message's first header.
  var messageStart = Timestamp.epoch
  /// Losses of the open message.
  var messageLosses: LossFlags = []
  /// Whether a fault of the open message's payload was reported.
  var hasPayloadFault = false
  /// Whether a Close was sent.
  var hasClosed = false
  /// Whether the beginning of a message was seen since bytes were last lost.
  var hasSeenMessageStart = true
  /// Pings of this side that wait for their pongs.
  var pings = PingLedger()
  /// How the direction ended.
  var end: StreamEnd?

  init(sender: Sender, agreement: WebSocketAgreement, context: AnalysisContext) {
    self.sender = sender
    assembler = MessageAssembler(
      compression: agreement.compression(of: sender), workspace: context.workspace, limits: context.limits)
    control = ControlPayload(workspace: context.workspace, limits: context.limits)
  }
}
