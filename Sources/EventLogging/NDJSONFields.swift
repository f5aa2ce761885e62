internal import HTTPDecoding
internal import NetworkTypes
internal import TrafficAnalysis
internal import WebSocketDecoding

// The longer parts of records, and values that may not be text.
extension NDJSONWriter {
  func writeMessagePayload(_ record: MessageRecord, _ payload: RawSpan) {
    if options.embedsJSON, options.writesPayload, record.form == .text, record.losses.isEmpty {
      let start = json.count
      json.raw(",\"json\":")
      if EmbeddedJSON.write(payload, to: json) { return }
      json.truncate(to: start)
    }
    writePayload(record.form, payload)
  }

  func writePayload(_ form: PayloadForm, _ payload: RawSpan) {
    guard options.writesPayload else { return }
    switch form {
    case .text:
      json.raw(",\"text\":")
      json.string(payload)
    case .bytes(let errorOffset):
      json.raw(",\"b64\":")
      json.base64(payload)
      if let errorOffset {
        json.raw(",\"utf8_error_at\":")
        json.integer(errorOffset)
      }
    case .none:
      break
    }
  }

  func writeControlPayload(_ record: ControlRecord, _ payload: RawSpan) {
    switch record.kind {
    case .ping:
      writePayload(record.form, payload)
    case .pong(let roundTrip):
      writePayload(record.form, payload)
      if let roundTrip {
        json.raw(",\"rtt_us\":")
        json.integer(Int(roundTrip))
      }
    case .close(.empty):
      break
    case .close(.status(let code, let start)):
      json.raw(",\"close_code\":")
      json.integer(Int(code.rawValue))
      json.raw(",\"close_reason\":")
      json.string(payload.extracting(start..<payload.byteCount))
    case .close:
      writePayload(.bytes(errorOffset: nil), payload)
    }
  }

  func writeOpen(_ record: OpenRecord) {
    json.raw(",\"ok\":")
    json.boolean(record.failure == nil)
    if let failure = record.failure { text(",\"fail\":", failure.rawValue) }
    text(",\"how\":", record.discovery.rawValue)
    text(",\"community_id\":", record.connection.communityID)
    text(",\"scheme\":", "ws")
    if let request = record.request { writeRequest(request) }
    if let response = record.response { writeResponse(response) }
    if let isRight = record.isAcceptRight {
      json.raw(",\"accept_ok\":")
      json.boolean(isRight)
    }
    if let deflate = record.deflate { writeDeflate(deflate) }
    if !record.vlanIDs.isEmpty {
      json.raw(",\"vlan\":")
      array(record.vlanIDs) { json.integer(Int($0)) }
    }
    if !record.tunnels.isEmpty {
      json.raw(",\"tunnel\":")
      array(record.tunnels) { json.string($0) }
    }
    if let roundTrip = record.tcpRoundTripMicroseconds { number(",\"tcp_rtt_us\":", Int(roundTrip)) }
    if let wait = record.waitMicroseconds { number(",\"wait_us\":", Int(wait)) }
    if let request = record.request { headers(",\"headers\":", request.fields) }
    if let response = record.response { headers(",\"response_headers\":", response.fields) }
    json.raw(",\"incomplete\":")
    json.boolean(record.isIncomplete)
  }

  private func writeRequest(_ request: HTTPRequestHead) {
    text(",\"http_version\":", "\(request.version.major).\(request.version.minor)")
    field(",\"method", request.method)
    if let origin = request.fields.first(named: "Origin") {
      field(",\"origin", options.redactsQueries ? RedactedURL.withoutQueries(origin) : origin)
    }
    if let agent = request.fields.first(named: "User-Agent") { field(",\"user_agent", agent) }
    if let version = request.fields.first(named: "Sec-WebSocket-Version") { field(",\"ws_version", version) }
    list(",\"subprotocols_offered", request.fields.joinedList(named: "Sec-WebSocket-Protocol"))
    list(",\"extensions_offered", request.fields.joinedList(named: "Sec-WebSocket-Extensions"))
  }

  private func writeResponse(_ response: HTTPResponseHead) {
    number(",\"status\":", response.status)
    if let chosen = response.fields.first(named: "Sec-WebSocket-Protocol") { field(",\"subprotocol", chosen) }
    list(",\"extensions", response.fields.joinedList(named: "Sec-WebSocket-Extensions"))
  }

  private func writeDeflate(_ deflate: OpenRecord.Deflate) {
    number(",\"deflate\":{\"c2s_bits\":", deflate.clientBits)
    number(",\"s2c_bits\":", deflate.serverBits)
    json.raw(",\"c2s_reset\":")
    json.boolean(deflate.clientResets)
    json.raw(",\"s2c_reset\":")
    json.boolean(deflate.serverResets)
    json.raw("}")
  }

  func writeEnd(_ record: EndRecord) {
    json.raw(",\"cause\":\"")
    json.raw(record.cause.logName)
    json.raw("\",\"clean\":")
    json.boolean(record.isClean)
    if let closer = record.closedBy {
      json.raw(closer == .client ? ",\"closed_by\":\"client\"" : ",\"closed_by\":\"server\"")
    }
    if let code = record.closeCode { number(",\"close_code\":", Int(code)) }
    if let reason = record.closeReason { text(",\"close_reason\":", reason) }
    number(",\"dur_us\":", Int(record.durationMicroseconds))
    json.raw(",\"rules\":")
    array(record.rules) { rule in
      text("{\"rule\":", rule.rule.id)
      number(",\"count\":", rule.count)
      json.raw("}")
    }
    summary(",\"c2s\":", record.client)
    summary(",\"s2c\":", record.server)
  }

  private func summary(_ name: StaticString, _ summary: DirectionSummary) {
    json.raw(name)
    number("{\"pkts\":", summary.packets)
    number(",\"bytes\":", summary.bytes)
    number(",\"frames\":", summary.frames)
    number(",\"msgs\":", summary.messages)
    number(",\"text_msgs\":", summary.textMessages)
    number(",\"binary_msgs\":", summary.binaryMessages)
    number(",\"pings\":", summary.pings)
    number(",\"pongs\":", summary.pongs)
    number(",\"payload\":", summary.payload)
    number(",\"wire\":", summary.wire)
    number(",\"gap_bytes\":", summary.gapBytes)
    number(",\"unframed_bytes\":", summary.unframedBytes)
    number(",\"retrans_bytes\":", summary.retransmittedBytes)
    number(",\"overlap_conflicts\":", summary.overlapConflicts)
    if summary.resyncCount > 0 {
      number(",\"resync_count\":", summary.resyncCount)
      json.raw(",\"resyncs\":")
      array(summary.resyncs) { resync in
        number("{\"gap_off\":", resync.lostAt)
        number(",\"off\":", resync.foundAt)
        json.raw("}")
      }
    }
    json.raw("}")
  }

  func writeStats(_ record: StatsRecord) {
    json.raw(",\"final\":")
    json.boolean(record.isFinal)
    json.raw(",\"link_types\":")
    array(record.linkTypes) { json.string($0) }
    number(",\"pkts\":", record.packets)
    number(",\"bytes\":", record.bytes)
    number(",\"undecodable\":", record.undecodable)
    json.raw(",\"undecodable_reasons\":")
    array(record.undecodableReasons) { entry in
      text("{\"reason\":", entry.reason)
      number(",\"count\":", entry.count)
      json.raw("}")
    }
    number(",\"bad_checksums\":", record.badChecksums)
    number(",\"ip_fragments\":", record.fragments)
    number(",\"fragments_dropped\":", record.fragmentsDropped)
    number(",\"fragment_overlaps\":", record.fragmentOverlaps)
    number(",\"tcp_conns\":", record.tcpConnections)
    number(",\"ws_conns\":", record.webSockets)
    number(",\"ws_open\":", record.openWebSockets)
    number(",\"failed\":", record.failedHandshakes)
    number(",\"tls_conns\":", record.tlsConnections)
    number(",\"one_sided\":", record.oneSidedConnections)
    number(",\"gaps\":", record.gaps)
    number(",\"gap_bytes\":", record.gapBytes)
    number(",\"evicted\":", record.evicted)
    number(",\"evicted_websockets\":", record.evictedWebSockets)
    number(",\"damaged_bytes\":", record.damagedBytes)
    number(",\"damaged_pkts\":", record.damagedPackets)
    if let drops = record.kernelDrops { number(",\"kernel_drops\":", drops) }
    if let drops = record.interfaceDrops { number(",\"if_drops\":", drops) }
    if let drops = record.toolDrops { number(",\"tool_drops\":", drops) }
    if let drops = record.logDrops { number(",\"log_drops\":", drops) }
    if let memory = record.memoryBytes { number(",\"mem_bytes\":", memory) }
  }

  // MARK: - Values

  /// Writes a string under `name` if the bytes are UTF-8, else base64 under `name_b64`.
  ///
  /// The name is given with its opening quote and without the closing one.
  func field(_ name: StaticString, _ bytes: [UInt8]) {
    var validator = UTF8Validator()
    bytes.withRawSpan { validator.validate($0) }
    json.raw(name)
    if validator.isComplete {
      json.raw("\":")
      bytes.withRawSpan(json.string)
    } else {
      json.raw("_b64\":")
      bytes.withRawSpan(json.base64)
    }
  }

  func array<Element>(_ elements: [Element], _ write: (Element) -> Void) {
    json.raw("[")
    for (index, element) in elements.enumerated() {
      if index > 0 { json.raw(",") }
      write(element)
    }
    json.raw("]")
  }

  /// Writes the elements that are UTF-8 under `name`, and if there are others, those as base64 under `name_b64`.
  private func list(_ name: StaticString, _ elements: [[UInt8]]) {
    let texts = elements.filter { String(validating: $0, as: UTF8.self) != nil }
    json.raw(name)
    json.raw("\":")
    array(texts) { json.string(String(decoding: $0, as: UTF8.self)) }
    guard texts.count < elements.count else { return }
    json.raw(name)
    json.raw("_b64\":")
    array(elements.filter { String(validating: $0, as: UTF8.self) == nil }) { json.string(Base64.encode($0)) }
  }

  private func headers(_ name: StaticString, _ fields: HTTPFields) {
    guard options.headers != .none else { return }
    let shown = options.headers == .all ? Array(fields) : fields.filter { !SecretFields.contains($0.name) }
    json.raw(name)
    array(shown) { header in
      field("{\"name", header.name)
      field(",\"value", options.redactsQueries ? RedactedURL.withoutQueries(header.value) : header.value)
      json.raw("}")
    }
  }

  private func text(_ name: StaticString, _ value: String) {
    json.raw(name)
    json.string(value)
  }

  private func number(_ name: StaticString, _ value: Int) {
    json.raw(name)
    json.integer(value)
  }
}

extension StreamEnd {
  /// The cause's name in the log.
  var logName: StaticString {
    switch self {
    case .fin: "fin"
    case .reset: "rst"
    case .idle: "idle"
    case .evicted: "evicted"
    case .captureEnd: "capture_end"
    }
  }
}
