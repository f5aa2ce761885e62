internal import NetworkTypes
internal import WebSocketDecoding

/// What a direction of a WebSocket needs while it is inside a frame or a message, has a window for inflating, or has
/// lost its place.
///
/// Between whole messages nothing of it is needed, so that idle WebSockets, of which there may be a million, do without.
final class FrameProgress {
  var decoder = FrameDecoder()
  let assembler: MessageAssembler
  /// The frame at hand.
  var frame: WebSocketSide.Frame?
  /// The control frame at hand; made with the first.
  private(set) var control: ControlPayload?
  /// Whether a fault of the open message's payload was reported.
  var hasPayloadFault = false
  /// Fragments of the open message without payload, and whether it was told that there are too many, or too much.
  var emptyFragments = 0
  var isToldFlood = false
  var isToldLarge = false
  /// The end of the frame at hand as it was on the wire, which the next piece may continue to an HTTP request.
  var wireTail: [UInt8] = []
  /// Losses of the open message.
  var messageLosses: LossFlags = []
  /// Packet time of the open message's first header.
  var messageStart = Timestamp.epoch
  /// Place of that header in the stream.
  var messageOffset = 0
  /// The direction's first bytes and their place, while they may still become another protocol.
  var opening: (bytes: [UInt8], offset: Int)?

  init(_ assembler: MessageAssembler) {
    self.assembler = assembler
  }

  /// Begins to count a message's fragments.
  func resetFloodCounts() {
    emptyFragments = 0
    isToldFlood = false
    isToldLarge = false
  }

  /// Whether nothing would be lost with it.
  var isAtRest: Bool { decoder.isBetweenFrames && assembler.isAtRest && frame == nil && opening == nil }

  /// Bytes of memory that it takes with all that it holds, about.
  var heldBytes: Int {
    448 + assembler.heldBytes + (control?.heldBytes ?? 0) + wireTail.capacity + (opening?.bytes.capacity ?? 0)
  }

  /// Makes ready for a control frame's payload.
  func beginControl(_ context: AnalysisContext) {
    let payload = control ?? ControlPayload(workspace: context.workspace, limits: context.limits)
    control = payload
    payload.begin()
  }
}
