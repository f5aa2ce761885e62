internal import HTTPDecoding
internal import NetworkTypes
public import TrafficAnalysis
internal import WebSocketDecoding

/// Writes the records as a conversation that a person reads, one line an event (`docs/text-format.md`).
///
/// Everything that was read from the wire passes through `SafeText`, and no line is wider than the style says.
public final class TextWriter: EventSink {
  let options: LogOptions
  let style: TextStyle
  private let file: any LogDestination
  private var names = ConnectionNames(limit: Limits().shortNames)
  private var renderings = RenderingCache()
  private var clock = TextClock()
  private var gathered: [UInt8] = []

  /// Bytes that are gathered before they are written.
  private static let flushBytes = 32 << 10

  /// A writer to `file`.
  public init(file: any LogDestination, options: LogOptions, style: TextStyle) {
    self.file = file
    self.options = options
    self.style = style
  }

  /// Whether nothing more can be written.
  public var isBroken: Bool { file.isBroken }

  /// Writes what was gathered.
  public func flush() {
    gathered.withRawSpan { file.write($0) }
    gathered.removeAll(keepingCapacity: true)
  }

  /// Takes the first record.
  public func meta(_ record: MetaRecord) {
    guard options.types.contains(.meta) else { return }
    var line = TextLine(style: style)
    line.put("wstap \(record.toolVersion): ", .dim)
    line.put(record.inputs.joined(separator: ", "), .dim)
    if let filter = record.filter { line.put("; filter: \(filter)", .dim) }
    write(&line)
  }

  /// Takes a handshake attempt.
  public func open(_ record: OpenRecord) {
    guard options.types.contains(.open) else { return }
    var line = begin(record.packet.timestamp, record.connection)
    putLabel("open", record.failure == nil ? .good : .error, hasArrow: false, to: &line)
    putOpen(record, to: &line)
    write(&line)
    if let request = record.request { writeFields(request.fields, record, .client) }
    if let response = record.response { writeFields(response.fields, record, .server) }
  }

  /// Takes a message and what is kept of its payload.
  public func message(_ record: MessageRecord, payload: RawSpan) {
    guard options.types.contains(.message) else { return }
    var line = begin(record.packet.timestamp, record.connection)
    putArrow(record.sender, to: &line)
    putLabel(record.opcode.name, to: &line)
    putSize(record.length, to: &line)
    if record.isDeflated, style.room != .tiny {
      line.put(" (\(Quantities.size(record.wireLength)) deflated)", .dim)
    }
    if record.resyncOffset != nil { putMark("found again", to: &line) }
    putLosses(record.losses, to: &line)
    if let undecoded = record.undecoded { putMark("undecoded (\(undecoded.rawValue))", to: &line) }
    if record.opcode == .text, case .bytes(.some(let offset)) = record.form {
      putMark("not UTF-8 at byte \(offset)", to: &line)
    }
    if record.opcode == .text, record.form != .none {
      putText(payload, to: &line)
    } else {
      putPayload(record.form, payload, to: &line)
    }
    write(&line)
  }

  /// Takes a frame.
  public func frame(_ record: FrameRecord) {
    guard options.types.contains(.frame) else { return }
    var line = begin(record.packet.timestamp, record.connection)
    putArrow(record.sender, .dim, to: &line)
    putLabel("frame", .dim, to: &line)
    putSize(Int(clamping: record.length), .dim, to: &line)
    if record.resyncOffset != nil { putMark("found again", to: &line) }
    putLosses(record.losses, to: &line)
    putFrame(record, to: &line)
    write(&line)
  }

  /// Takes a control frame and what is kept of its payload.
  public func control(_ record: ControlRecord, payload: RawSpan) {
    guard options.types.contains(.control) else { return }
    var line = begin(record.packet.timestamp, record.connection)
    let role: TextStyle.Role = if case .close = record.kind { .plain } else { .dim }
    putArrow(record.sender, role == .dim ? .dim : nil, to: &line)
    putLabel(record.kind.label, role, to: &line)
    putSize(record.length, role, to: &line)
    if case .pong(.some(let roundTrip)) = record.kind {
      line.put(" rtt \(Quantities.duration(microseconds: roundTrip, unit: style.microseconds))", .dim)
    }
    if record.resyncOffset != nil { putMark("found again", to: &line) }
    putLosses(record.losses, to: &line)
    if case .close(let close) = record.kind {
      putClose(close, payload, to: &line)
    } else {
      putPayload(record.form, payload, .dim, to: &line)
    }
    write(&line)
  }

  /// Takes a violation.
  public func violation(_ record: ViolationRecord) {
    guard options.types.contains(.violation) else { return }
    let role: TextStyle.Role =
      switch record.severity {
      case .error: .error
      case .warning: .warning
      case .notice: .notice
      }
    var line = begin(record.packet.timestamp, record.connection)
    putArrow(record.sender, to: &line)
    line.space()
    line.put("! \(record.severity.rawValue) \(record.rule.id)", role)
    if !record.detail.isEmpty { line.put(": \(RedactedURL.detail(record, options))") }
    write(&line)
  }

  /// Takes the end of a WebSocket.
  public func end(_ record: EndRecord) {
    guard options.types.contains(.end) else { return }
    var line = begin(record.packet.timestamp, record.connection)
    putLabel("end", record.isClean ? .good : .warning, hasArrow: false, to: &line)
    putEnd(record, to: &line)
    write(&line)
  }

  /// Takes the counts: the last are for standard error, only those on the way make a line.
  public func stats(_ record: StatsRecord) {
    if !record.isFinal, options.types.contains(.stats) {
      var line = TextLine(style: style)
      beginTime(record.packet.timestamp, &line)
      line.put("\(Quantities.count(record.packets, "packet"))", .dim)
      line.put(", \(Quantities.count(record.webSockets, "WebSocket")), \(record.openWebSockets) open", .dim)
      if record.gapBytes > 0 { line.put(", \(Quantities.size(record.gapBytes)) lost", .warning) }
      write(&line)
    }
    if record.isFinal { flush() }
  }

  // MARK: - Lines

  /// A line that begins with the time and the connection's short name.
  func begin(_ time: Timestamp, _ connection: ConnectionIdentity) -> TextLine {
    var line = TextLine(style: style)
    beginTime(time, &line)
    let name = shortName(of: connection)
    line.put(name, .name(name.reduce(0) { $0 + Int($1) } % TextStyle.nameColors))
    return line
  }

  /// Begins a line with the time; one with the date comes before it where that is a new one.
  private func beginTime(_ time: Timestamp, _ line: inout TextLine) {
    let isNewDay = clock.set(time)
    if isNewDay, style.showsDate {
      var date = TextLine(style: style)
      date.put("\(clock.date) UTC", .dim)
      write(&date)
    }
    switch style.room {
    case .wide: line.put(clock.milliseconds, .dim)
    case .narrow: line.put(clock.seconds, .dim)
    case .tiny: return
    }
    line.space()
  }

  /// The short name, which is kept with the connection.
  private func shortName(of connection: ConnectionIdentity) -> [UInt8] {
    if let name = connection.rendering { return name }
    let name = Array(names.shortName(of: connection.name).utf8)
    renderings.keep(name, of: connection)
    return name
  }

  func write(_ line: inout TextLine) {
    gathered += line.finish()
    if gathered.count >= Self.flushBytes { flush() }
  }
}

extension ControlRecord.Kind {
  /// The name in the log.
  fileprivate var label: String {
    switch self {
    case .ping: "ping"
    case .pong: "pong"
    case .close: "close"
    }
  }
}
