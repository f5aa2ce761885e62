/// Takes the records of a run, in the order of the capture.
///
/// The first call is `meta`, the last `stats` with `isFinal`. Between them, a connection's `open` comes before its
/// messages, controls, frames and violations, and its `end` last. Payloads are borrowed for the call. A sink cannot
/// refuse a record; one that cannot write says so by `isBroken`, and the run ends.
public protocol EventSink: AnyObject {
  /// Whether nothing more can be written.
  var isBroken: Bool { get }
  /// Passes on what was gathered, so that who reads the log has it now.
  func flush()
  /// Takes the first record.
  func meta(_ record: MetaRecord)
  /// Takes a handshake attempt.
  func open(_ record: OpenRecord)
  /// Takes a message and what is kept of its payload.
  func message(_ record: MessageRecord, payload: RawSpan)
  /// Takes a frame.
  func frame(_ record: FrameRecord)
  /// Takes a control frame and what is kept of its payload.
  func control(_ record: ControlRecord, payload: RawSpan)
  /// Takes a violation.
  func violation(_ record: ViolationRecord)
  /// Takes the end of a WebSocket.
  func end(_ record: EndRecord)
  /// Takes the counts.
  func stats(_ record: StatsRecord)
}
