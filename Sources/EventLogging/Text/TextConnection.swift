internal import HTTPDecoding
internal import NetworkTypes
internal import TrafficAnalysis
internal import WebSocketDecoding

// The lines about a connection: how it opened, and its sum.
extension TextWriter {
  // MARK: - Opening

  /// Adds what a handshake came to.
  ///
  /// The URL may be longer than all the rest: it is cut so that what stands behind it has room, but not to less than
  /// half of the line.
  func putOpen(_ record: OpenRecord, to line: inout TextLine) {
    if let failure = record.failure {
      line.space()
      line.put("!\(failureText(failure, record.response?.status))", .error)
    }
    if record.isIncomplete { putMark("incomplete", to: &line) }
    switch record.discovery {
    case .handshake: break
    case .midstream: putMark("guessed, without a handshake", to: &line)
    case .forced: putMark("by --decode-as, without a handshake", to: &line)
    }
    line.space()
    line.put(Self.text(record.connection.client))
    line.put(" \(style.arrow(.client)) ", .dim)
    var rest = TextLine(style: style)
    putAgreement(record, to: &rest)
    let room = line.room
    line.limited(to: max(room - rest.columns, room / 2)) { putURL(record.connection, to: &$0) }
    putAgreement(record, to: &line)
    guard let wait = record.waitMicroseconds else { return }
    let waited = ", \(Quantities.duration(microseconds: wait, unit: style.microseconds))"
    if waited.count <= line.room { line.put(waited, .dim) }
  }

  private func failureText(_ failure: OpenRecord.Failure, _ status: Int?) -> String {
    switch failure {
    case .status: "failed: status \(status.map(String.init) ?? "unknown")"
    case .noResponse: "failed: no response"
    case .badAccept: "failed: wrong Sec-WebSocket-Accept"
    case .noAccept: "failed: no Sec-WebSocket-Accept"
    case .notUpgraded: "failed: the 101 does not name websocket"
    }
  }

  private func putURL(_ connection: ConnectionIdentity, to line: inout TextLine) {
    line.put("ws://", .dim)
    if let host = connection.host { line.put(host) } else { line.put(Self.text(connection.server)) }
    guard var path = connection.path else { return }
    if options.redactsQueries { path = RedactedURL.withoutQuery(path) }
    // A target of another form than `/path` stands apart, so that nothing is made up.
    if path.first != UInt8(ascii: "/") { line.space() }
    line.put(options.redactsQueries ? RedactedURL.withoutQuery(path) : path)
  }

  private func putAgreement(_ record: OpenRecord, to line: inout TextLine) {
    if let status = record.response?.status, record.failure != .status { line.put(", \(status)", .dim) }
    if let chosen = record.response?.fields.first(named: "Sec-WebSocket-Protocol") {
      line.put(", subprotocol ", .dim)
      line.put(chosen)
    }
    if record.deflate != nil { line.put(", deflate", .dim) }
  }

  /// Writes a line for each header field that was asked for.
  func writeFields(_ fields: HTTPFields, _ record: OpenRecord, _ sender: Sender) {
    guard options.headers != .none else { return }
    for field in fields where options.headers == .all || !SecretFields.contains(field.name) {
      var line = begin(record.packet.timestamp, record.connection)
      putArrow(sender, to: &line)
      putLabel("field", .dim, to: &line)
      line.space()
      line.put(field.name, .notice)
      line.put(": ")
      line.put(options.redactsQueries ? RedactedURL.withoutQueries(field.value) : field.value)
      write(&line)
    }
  }

  static func text(_ endpoint: Endpoint) -> String {
    endpoint.address.isIPv6 ? "[\(endpoint.address)]:\(endpoint.port)" : "\(endpoint.address):\(endpoint.port)"
  }

  // MARK: - Ending

  /// Adds why a WebSocket ended, what is missing of it, and what passed.
  ///
  /// The meaning of the code and the reason, which the Close's own line has as well, are cut to what room is left.
  func putEnd(_ record: EndRecord, to line: inout TextLine) {
    line.space()
    line.put(endText(record), record.isClean ? .plain : .warning)
    if let code = record.closeCode.map(CloseCode.init(rawValue:)) {
      line.put(" \(code.rawValue)", code.role)
      var sums = TextLine(style: style)
      putSums(record, to: &sums)
      let room = line.room - sums.columns
      // Less than this says nothing.
      if room > 8 {
        line.limited(to: room) { line in
          if let meaning = code.meaning { line.put(" \(meaning)", code.role) }
          guard let reason = record.closeReason, !reason.isEmpty, options.writesPayload else { return }
          line.put(": \(reason)")
        }
      }
    }
    putSums(record, to: &line)
  }

  private func putSums(_ record: EndRecord, to line: inout TextLine) {
    let directions = [(Sender.client, record.client), (.server, record.server)]
    for (sender, summary) in directions { putLost(summary, sender, to: &line) }
    line.put(",")
    for (sender, summary) in directions {
      line.space()
      line.put(style.arrow(sender), sender == .client ? .client : .server)
      line.put(" \(Quantities.count(summary.messages, "msg")) \(Quantities.size(summary.payload))")
    }
    line.put(", \(Quantities.duration(microseconds: record.durationMicroseconds, unit: style.microseconds))")
    for rule in record.rules {
      line.put(", ")
      line.put("\(rule.rule.id) \(style.usesUTF8 ? "×" : "x")\(rule.count)", .warning)
    }
  }

  private func endText(_ record: EndRecord) -> String {
    let cause: String? =
      switch record.cause {
      case .fin: nil
      case .reset: "reset"
      case .idle: "idle"
      case .evicted: "evicted"
      case .captureEnd: "capture ended"
      }
    guard let closer = record.closedBy else { return cause ?? "of the connection" }
    let end = "\(record.isClean ? "by" : "unclean, by") \(closer.name)"
    return cause.map { "\(end), \($0)" } ?? end
  }

  private func putLost(_ summary: DirectionSummary, _ sender: Sender, to line: inout TextLine) {
    let arrow = style.arrow(sender)
    if summary.gapBytes > 0 { putMark("\(Quantities.size(summary.gapBytes)) \(arrow) lost", to: &line) }
    if summary.unframedBytes > 0 { putMark("\(Quantities.size(summary.unframedBytes)) \(arrow) unframed", to: &line) }
    if summary.overlapConflicts > 0 {
      putMark("\(Quantities.count(summary.overlapConflicts, "overlap conflict")) \(arrow)", to: &line)
    }
    if summary.ignoredResets > 0 {
      putMark("\(Quantities.count(summary.ignoredResets, "ignored reset")) \(arrow)", to: &line)
    }
  }
}
