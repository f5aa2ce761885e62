internal import NetworkTypes
public import TrafficAnalysis
internal import WebSocketDecoding

/// Passes on the records that are selected, and counts what that leaves.
public final class SelectingSink: EventSink {
  /// What passed, and what could not be judged.
  public struct Tally: Sendable {
    /// Messages and controls that were passed on.
    public fileprivate(set) var passed = 0
    /// Those of selected connections that were left out.
    public fileprivate(set) var leftOut = 0
    /// Messages of which only the beginning was searched, and does not contain what was looked for.
    public fileprivate(set) var partlySearched = 0
    /// Handshakes that failed, of the selected connections.
    public fileprivate(set) var failedHandshakes = 0
    /// Selected WebSockets and handshake attempts.
    public fileprivate(set) var attempts = 0
    /// The gravest violation by a selected side of a selected connection.
    public fileprivate(set) var gravest: Rule.Severity?

    /// Adds what another worker of the same run has counted.
    public mutating func add(_ other: Tally) {
      passed += other.passed
      leftOut += other.leftOut
      partlySearched += other.partlySearched
      failedHandshakes += other.failedHandshakes
      attempts += other.attempts
      if let other = other.gravest { gravest = max(gravest ?? other, other) }
    }
  }

  /// What passed so far.
  public private(set) var tally = Tally()
  private let selection: RecordSelection
  private let next: any EventSink
  /// Bytes of a payload that are passed on, where more were kept to be searched; `nil` passes all.
  private let payloadLimit: Int?

  /// A selection before `next`.
  public init(_ selection: RecordSelection, payloadLimit: Int?, next: any EventSink) {
    self.selection = selection
    self.payloadLimit = payloadLimit
    self.next = next
  }

  /// Whether nothing more can be written.
  public var isBroken: Bool { next.isBroken }

  /// Passes on what was gathered.
  public func flush() { next.flush() }

  /// Takes the first record.
  public func meta(_ record: MetaRecord) { next.meta(record) }

  /// Takes a handshake attempt.
  public func open(_ record: OpenRecord) {
    guard selection.includes(record.connection) else { return }
    tally.attempts += 1
    if record.failure != nil { tally.failedHandshakes += 1 }
    next.open(record)
  }

  /// Takes a message and what is kept of its payload.
  public func message(_ record: MessageRecord, payload: RawSpan) {
    guard selection.includes(record.connection) else { return }
    let isLong = (record.length ?? record.wireLength) >= selection.shortestLength
    let isWanted =
      isLong && selection.includes(operation: record.opcode.name, from: record.sender)
      && !(selection.leavesOutHeartbeats && isHeartbeat(record, payload)) && isFound(record, payload)
    guard isWanted else { return tally.leftOut += 1 }
    tally.passed += 1
    guard let limit = payloadLimit, payload.byteCount > limit else { return next.message(record, payload: payload) }
    var cut = record
    cut.losses.insert(.truncated)
    next.message(cut, payload: payload.extracting(first: Self.kept(payload, limit, isText: record.form == .text)))
  }

  /// Takes a frame; its payload is not in the record, so that none contains what is looked for.
  public func frame(_ record: FrameRecord) {
    let isHeartbeat = selection.leavesOutHeartbeats && (record.header.opcode == .ping || record.header.opcode == .pong)
    guard selection.includes(record.connection), selection.needles.isEmpty, !isHeartbeat,
      record.length >= UInt64(selection.shortestLength),
      selection.includes(operation: record.header.opcode.name, from: record.sender)
    else { return }
    next.frame(record)
  }

  /// Takes a control frame and what is kept of its payload.
  public func control(_ record: ControlRecord, payload: RawSpan) {
    guard selection.includes(record.connection) else { return }
    let name: String
    let isHeartbeat: Bool
    switch record.kind {
    case .ping: (name, isHeartbeat) = ("ping", true)
    case .pong: (name, isHeartbeat) = ("pong", true)
    case .close: (name, isHeartbeat) = ("close", false)
    }
    let isWanted =
      record.length >= selection.shortestLength && !(selection.leavesOutHeartbeats && isHeartbeat)
      && selection.includes(operation: name, from: record.sender)
      && selection.needles.allSatisfy { $0.isFound(in: payload) }
    guard isWanted else { return tally.leftOut += 1 }
    tally.passed += 1
    // A Close is written by its code and reason, whatever the limit is.
    guard let limit = payloadLimit, isHeartbeat, payload.byteCount > limit else {
      return next.control(record, payload: payload)
    }
    var cut = record
    cut.losses.insert(.truncated)
    next.control(cut, payload: payload.extracting(first: Self.kept(payload, limit, isText: record.form == .text)))
  }

  /// Takes a violation.
  public func violation(_ record: ViolationRecord) {
    guard selection.includes(record.connection), selection.sender == nil || selection.sender == record.sender
    else { return }
    tally.gravest = max(tally.gravest ?? record.severity, record.severity)
    next.violation(record)
  }

  /// Takes the end of a WebSocket.
  public func end(_ record: EndRecord) {
    guard selection.includes(record.connection) else { return }
    next.end(record)
  }

  /// Takes the counts.
  public func stats(_ record: StatsRecord) { next.stats(record) }

  // MARK: - Payloads

  private func isHeartbeat(_ record: MessageRecord, _ payload: RawSpan) -> Bool {
    guard record.losses.isEmpty, record.undecoded == nil, record.length == payload.byteCount else { return false }
    return Heartbeat.isHeartbeat(payload, isText: record.form == .text, path: record.connection.path)
  }

  private func isFound(_ record: MessageRecord, _ payload: RawSpan) -> Bool {
    if selection.needles.allSatisfy({ $0.isFound(in: payload) }) { return true }
    if !record.losses.isEmpty || record.undecoded != nil { tally.partlySearched += 1 }
    return false
  }

  /// How much of a payload is passed on, so that no character is cut.
  private static func kept(_ payload: RawSpan, _ limit: Int, isText: Bool) -> Int {
    isText ? UTF8Validator.wholeCharacters(in: payload.extracting(first: limit)) : limit
  }
}
