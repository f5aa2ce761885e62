internal import HTTPDecoding
internal import NetworkTypes
internal import PacketDecoding
internal import TCPReassembly

/// Takes the bytes of one connection to whoever understands them: first a detector, then HTTP/1.1, until a handshake
/// makes a WebSocket of it, whose analyzer then takes this one's place.
///
/// A stage that is done names the next, which gets the bytes that are left.
final class ConnectionAnalyzer: ByteStreamAnalyzer {
  enum Stage {
    /// The first bytes are looked at. To: any.
    case detecting(ProtocolDetector)
    /// The beginning was not captured, or its place is lost: a segment that begins a message is waited for, and frames
    /// are looked for where a guess is allowed. To: http, webSocket.
    case searching(MidstreamSearch?)
    /// HTTP/1.1. To: detecting (behind CONNECT), webSocket, opaque.
    case http(HTTP1Analyzer)
    /// The frames of a WebSocket, which its analyzer takes directly from the next call on.
    case webSocket(WebSocketAnalyzer)
    /// Nothing of interest.
    case opaque
  }

  let context: AnalysisContext
  unowned let connection: Connection
  var stage: Stage
  private(set) var ends: InlineArray<2, StreamEnd?> = [nil, nil]
  private var tunnels = 0
  /// Whether `--decode-as` names one of the ports.
  private let isForced: Bool
  /// The rules that were broken.
  private var violations = ViolationLedger()

  init(context: AnalysisContext, connection: Connection) {
    self.context = context
    self.connection = connection
    let isBeginningKnown = Direction.allCases.contains { connection.beginsAtSYN($0) }
    let isForced = [connection.originator, connection.responder].contains {
      context.options.forcedPorts.contains($0.port)
    }
    self.isForced = isForced
    stage =
      isBeginningKnown
      ? .detecting(ProtocolDetector())
      : .searching(isForced ? nil : MidstreamSearch(attempt: nil, limits: context.limits))
    if !isBeginningKnown { context.statistics.lateConnections += 1 }
  }

  var heldBytes: Int {
    switch stage {
    case .detecting(let detector): Self.ownBytes + detector.heldBytes
    case .searching(let midstream): Self.ownBytes + (midstream?.heldBytes ?? 0)
    case .http(let analyzer): Self.ownBytes + analyzer.heldBytes
    case .webSocket(let analyzer): analyzer.heldBytes
    case .opaque: Self.ownBytes
    }
  }

  var worth: StreamWorth {
    switch stage {
    case .detecting, .searching, .opaque: .undecided
    case .http: .promising
    case .webSocket: .wanted
    }
  }

  private static let ownBytes = 160

  func receive(_ bytes: RawSpan, at position: StreamPosition) -> StreamDemand {
    switch stage {
    case .webSocket(let analyzer):
      return analyzer.receive(bytes, at: position)
    case .http(let analyzer):
      take(analyzer.receive(bytes, at: position), of: analyzer, position)
      if analyzer.awaitsAnswer { missAnswer(of: analyzer, position, isOver: false) }
    case .detecting(let detector):
      let verdict = detector.receive(bytes, at: position, limit: context.limits.heldBytes)
      take(verdict, detector, position)
    case .searching(let midstream):
      search(bytes, midstream, position)
    case .opaque:
      break
    }
    return demand
  }

  func gap(byteCount: Int, cause: GapCause, at position: StreamPosition) -> StreamDemand {
    switch stage {
    case .webSocket(let analyzer): return analyzer.gap(byteCount: byteCount, cause: cause, at: position)
    case .http(let analyzer): take(analyzer.gap(byteCount: byteCount, at: position), of: analyzer, position)
    case .detecting(let detector):
      loseBeginning(detector, position)
      return gap(byteCount: byteCount, cause: cause, at: position)
    case .searching(let midstream):
      if let midstream { take(midstream.gap(at: position), midstream, position) }
      // The frames before the hole were read.
      if case .webSocket(let analyzer) = stage {
        _ = analyzer.gap(byteCount: byteCount, cause: cause, at: position)
      }
    case .opaque: break
    }
    return demand
  }

  func finish(_ end: StreamEnd, at position: StreamPosition) -> StreamDemand {
    ends[position.direction.rawValue] = end
    switch stage {
    case .webSocket(let analyzer): return analyzer.finish(end, at: position)
    case .http(let analyzer):
      if analyzer.awaitsAnswer { missAnswer(of: analyzer, position, isOver: true) }
      guard case .http = stage else { return finish(end, at: position) }
      take(analyzer.finish(end, at: position), of: analyzer, position)
    case .detecting(let detector):
      loseBeginning(detector, position)
      guard case .detecting = stage else { return finish(end, at: position) }
    case .searching(let midstream):
      guard let midstream else { break }
      take(midstream.finish(position.direction), midstream, position)
      if case .webSocket(let analyzer) = stage { return analyzer.finish(end, at: position) }
      if ends[0] != nil, ends[1] != nil { giveUp(midstream, position.packet) }
    case .opaque: break
    }
    return demand
  }

  private var demand: StreamDemand {
    // Hardly a segment leaves these stages as they were.
    context.memory.hasChanged = true
    return switch stage {
    case .detecting, .searching, .http: .everything
    case .webSocket(let analyzer): .replacement(analyzer)
    case .opaque: .nothing
    }
  }

  // MARK: - From stage to stage

  private func take(_ verdict: ProtocolDetector.Verdict, _ detector: ProtocolDetector, _ position: StreamPosition) {
    var verdict = verdict
    while case .restart = verdict {
      tunnels += 1
      verdict = tunnels <= context.limits.tunnels ? detector.verdict() : .opaque
    }
    switch verdict {
    case .undecided, .restart:
      stage = .detecting(detector)
    case .http(let requestDirection):
      let isWhole = tunnels > 0 || connection.beginsAtSYN(requestDirection.opposite)
      follow(requestDirection, searchesResponse: !isWhole)
      let requests = detector.take(requestDirection)
      let answers = detector.take(requestDirection.opposite)
      replay(requests, requestDirection, position.packet)
      replay(answers, requestDirection.opposite, position.packet)
      replayEnds(position.packet)
    case .tls:
      context.statistics.tlsConnections += 1
      stage = .opaque
    case .opaque:
      guard isForced, tunnels == 0 else {
        stage = .opaque
        return
      }
      let held = Direction.allCases.map { ($0, detector.take($0)) }
      force(position)
      for (direction, bytes) in held { replay(bytes, direction, position.packet) }
      replayEnds(position.packet)
    }
  }

  private func take(_ outcome: HTTP1Analyzer.Outcome, of analyzer: HTTP1Analyzer, _ position: StreamPosition) {
    // A failure that was told on the way may not change the stage twice.
    guard case .http(let current) = stage, current === analyzer else { return }
    switch outcome {
    case .http: break
    case .opaque: stage = .opaque
    case .answerLost(let exchange): guess(exchange, analyzer, position)
    case .tunnel:
      let detector = ProtocolDetector()
      let remainder = analyzer.takeRemainder()
      detector.restart(with: remainder.requests, analyzer.requestDirection)
      detector.restart(with: remainder.responses, analyzer.requestDirection.opposite)
      take(.restart, detector, position)
    case .webSocket(let exchange, let wait):
      open(exchange, analyzer, wait, position)
    }
  }

  private func open(
    _ exchange: HandshakeExchange, _ http: HTTP1Analyzer, _ wait: Int64?, _ position: StreamPosition
  ) {
    let record = record(
      of: exchange, clientDirection: http.requestDirection, packet: position.packet, wait: wait, isIncomplete: false)
    if record.failure != nil { context.statistics.failedHandshakes += 1 }
    let analyzer = begin(record, clientDirection: http.requestDirection, exchange.agreement, judging: exchange)
    // Where the client's frames begin is unknown without its request.
    if exchange.request == nil { analyzer.loseFraming(of: http.requestDirection, at: 0, trustsFirst: true) }
    let remainder = http.takeRemainder()
    replay(remainder.requests, http.requestDirection, position.packet)
    replay(remainder.responses, http.requestDirection.opposite, position.packet)
    replayEnds(position.packet)
  }

  /// Tells that a WebSocket begins, holds its handshake against the rules if it was captured, and gives its bytes to its
  /// analyzer from here on.
  func begin(
    _ record: OpenRecord, clientDirection: Direction, _ agreement: WebSocketAgreement,
    judging exchange: HandshakeExchange? = nil
  ) -> WebSocketAnalyzer {
    context.sink.open(record)
    var agreement = agreement
    if let exchange { agreement.responseFault = judge(exchange, record).responseFault }
    let analyzer = WebSocketAnalyzer(
      context: context, connection: connection, identity: record.connection, clientDirection: clientDirection,
      agreement: agreement, opened: record.packet, violations: violations,
      requester: exchange?.requester(record.connection) ?? .unknown)
    if exchange?.response != nil { analyzer.expectFrames(isOpenedWell: record.failure == nil) }
    stage = .webSocket(analyzer)
    return analyzer
  }

  /// Gives bytes that were held to the stage at hand, with what is missing behind them.
  func replay(_ held: HeldBytes, _ direction: Direction, _ packet: PacketStamp) {
    var position = StreamPosition(direction: direction, offset: held.offset, packet: packet)
    if !held.bytes.isEmpty {
      _ = held.bytes.withRawSpan { receive($0, at: position) }
    }
    guard held.lostBytes > 0 else { return }
    position.offset += held.bytes.count
    _ = gap(byteCount: held.lostBytes, cause: .lost, at: position)
  }

  /// Tells the stage at hand which directions are over already.
  func replayEnds(_ packet: PacketStamp) {
    for direction in Direction.allCases {
      guard let end = ends[direction.rawValue] else { continue }
      _ = finish(end, at: StreamPosition(direction: direction, offset: 0, packet: packet))
    }
  }

  /// Goes on without the beginning of a direction: what the other brought may answer a request that is missing.
  private func loseBeginning(_ detector: ProtocolDetector, _ position: StreamPosition) {
    // No guess is made where the first byte was captured: that one began without a handshake.
    stage = .searching(nil)
    for direction in Direction.allCases { replay(detector.take(direction), direction, position.packet) }
  }

  private func search(_ bytes: RawSpan, _ midstream: MidstreamSearch?, _ position: StreamPosition) {
    if MessageStart.isRequest(bytes) {
      if let midstream { giveUp(midstream, position.packet) }
      follow(position.direction, searchesResponse: true)
    } else if bytes.hasBytes(of: "HTTP/1.1 101", at: 0) {
      follow(position.direction.opposite, searchesRequest: true)
    } else if isForced {
      force(position)
    } else {
      if let midstream {
        let fullSegment = connection.fullSegment(of: position.direction)
        take(midstream.receive(bytes, at: position, fullSegment: fullSegment), midstream, position)
      }
      return
    }
    _ = receive(bytes, at: position)
  }

  private func follow(_ requestDirection: Direction, searchesRequest: Bool = false, searchesResponse: Bool = false) {
    context.statistics.httpConnections += 1
    let witness = AttemptWitness { [unowned self] exchange, packet, wait, isIncomplete in
      context.statistics.failedHandshakes += 1
      let record = record(
        of: exchange, clientDirection: requestDirection, packet: packet, wait: wait, isIncomplete: isIncomplete)
      context.sink.open(record)
      return judge(exchange, record)
    } suspected: { [unowned self] suspicion, identity, packet in
      violations.report(
        Finding(suspicion.rule, by: .client, at: suspicion.offset), packet: packet, connection: identity, context
      ) { suspicion.detail }
    }
    stage = .http(
      HTTP1Analyzer(
        requestDirection: requestDirection, connection: connection, limits: context.limits,
        searchesRequest: searchesRequest, searchesResponse: searchesResponse, witness: witness))
  }

  /// Holds a handshake that was told against the rules.
  @discardableResult
  func judge(_ exchange: HandshakeExchange, _ record: OpenRecord) -> HandshakeVerdict {
    var checks = HandshakeChecks(
      exchange, connection: connection, identity: record.connection, context: context
    ) { [unowned self] finding, detail in
      violations.report(
        finding, packet: record.packet, connection: record.connection, context, detail: detail)
    }
    let answered = record.packet.timestamp
    let wait = record.waitMicroseconds ?? 0
    checks.run(asked: Timestamp(nanoseconds: answered.nanoseconds - wait * 1000), answered: answered)
    return HandshakeVerdict(
      connection: record.connection, reasonToRefuse: checks.reasonToRefuse, responseFault: checks.responseFault)
  }

  func record(
    of exchange: HandshakeExchange, clientDirection: Direction, packet: PacketStamp, wait: Int64?, isIncomplete: Bool,
    discovery: OpenRecord.Discovery = .handshake
  ) -> OpenRecord {
    let client = clientDirection == .fromOriginator ? connection.originator : connection.responder
    let identity = ConnectionIdentity(
      key: connection.key, start: connection.firstPacket.timestamp, client: client,
      host: exchange.host.map(context.shared), path: (exchange.request?.target).map(context.shared))
    return OpenRecord(
      connection: identity, packet: packet, discovery: discovery,
      failure: discovery == .handshake ? exchange.failure : nil,
      isIncomplete: isIncomplete || exchange.request == nil, request: exchange.request, response: exchange.response,
      isAcceptRight: exchange.isAcceptRight, deflate: exchange.agreement.deflate,
      vlanIDs: connection.vlanIDs, tunnels: connection.tunnels,
      tcpRoundTripMicroseconds: connection.handshakeMicroseconds,
      waitMicroseconds: wait)
  }
}
