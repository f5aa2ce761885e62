public import NetworkTypes

/// Gathers the payload of a control frame, apart from the message that it may interrupt (RFC 6455 §5.4).
public final class ControlPayload {
  private var collector: PayloadCollector

  /// A collector for one direction's control frames, which keeps as much of an overlong one as of a message.
  public init(workspace: PayloadWorkspace, limits: Limits) {
    // 125 bytes are what a control frame may have (RFC 6455 §5.5); a Close is judged by them.
    collector = PayloadCollector(workspace: workspace, keepLimit: max(125, limits.keptPayloadBytes))
  }

  /// Bytes of payload so far; with a hole, those before it.
  public var length: Int { collector.length }
  /// Whether bytes are missing.
  public var hasHole: Bool { collector.hasHole }
  /// Whether less is kept than the frame has.
  public var isTruncated: Bool { collector.isTruncated }
  /// Whether all of the payload is UTF-8.
  public var isWholeText: Bool { collector.isWholeText }

  /// Begins a frame.
  public func begin() { collector.begin(validatingText: true) }

  /// Takes a piece of payload as it stood on the wire.
  public func append(_ bytes: RawSpan, maskingKey: UInt32?, offset: UInt64) {
    collector.append(bytes, maskingKey: maskingKey, offset: offset)
  }

  /// Says that bytes are missing here.
  public func markHole() { collector.markHole() }

  /// Calls `body` with what is kept of the payload.
  public func withKept<Result>(_ body: (RawSpan) -> Result) -> Result { collector.withKept(body) }

  /// Bytes of memory that are held for the payload.
  public var heldBytes: Int { collector.heldBytes }

  /// Frees what the frame held.
  public func close() { collector.discard() }
}
