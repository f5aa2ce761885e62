internal import HTTPDecoding
internal import NetworkTypes
internal import TCPReassembly
internal import WebSocketDecoding

/// WebSockets whose handshake was not captured, or not all of it.
extension ConnectionAnalyzer {
  /// Acts on what a search found.
  func take(_ verdict: MidstreamSearch.Verdict, _ midstream: MidstreamSearch, _ position: StreamPosition) {
    switch verdict {
    case .undecided: return
    case .none:
      giveUp(midstream, position.packet)
      // A handshake may still come.
      stage = .searching(nil)
    case .webSocket(let clientDirection):
      guessed(midstream, clientDirection, position)
    }
  }

  /// Tells a handshake that nothing speaks for having succeeded.
  func giveUp(_ midstream: MidstreamSearch, _ packet: PacketStamp) {
    guard let attempt = midstream.attempt else { return }
    stage = .searching(nil)
    context.statistics.failedHandshakes += 1
    let record = record(
      of: attempt.exchange, clientDirection: attempt.requestDirection, packet: packet, wait: nil, isIncomplete: true)
    context.sink.open(record)
    judge(attempt.exchange, record)
  }

  /// Looks for frames behind a handshake request whose answer was lost.
  func guess(_ exchange: HandshakeExchange, _ http: HTTP1Analyzer, _ position: StreamPosition) {
    let attempt = MidstreamSearch.Attempt(exchange: exchange, requestDirection: http.requestDirection)
    stage = .searching(MidstreamSearch(attempt: attempt, limits: context.limits))
    let remainder = http.takeRemainder()
    replay(remainder.requests, http.requestDirection, position.packet)
    replay(remainder.responses, http.requestDirection.opposite, position.packet)
    replayEnds(position.packet)
  }

  /// Looks whether the answer that a request waits for was sent, and is not in the capture.
  ///
  /// The client acknowledges bytes that were not captured. Disorder may still bring them, so it takes as long as a hole
  /// that is given up, or the end.
  func missAnswer(of http: HTTP1Analyzer, _ position: StreamPosition, isOver: Bool) {
    guard case .http(let current) = stage, current === http,
      connection.lacksAcknowledgedBytes(of: http.requestDirection.opposite), let asked = http.newestRequestPacket
    else { return }
    let waited = position.packet.timestamp.nanoseconds(since: asked.timestamp)
    guard isOver || waited >= context.limits.gapNanoseconds, let exchange = http.giveUpAnswer(position.packet) else {
      return
    }
    guess(exchange, http, position)
  }

  /// Takes a connection for a WebSocket because `--decode-as` says so.
  func force(_ position: StreamPosition) {
    // The server is the end whose port was named.
    let clientDirection: Direction =
      context.options.forcedPorts.contains(connection.responder.port) ? .fromOriginator : .fromResponder
    let analyzer = begin(
      record(
        of: HandshakeExchange(request: nil, response: nil), clientDirection: clientDirection, packet: position.packet,
        wait: nil, isIncomplete: true, discovery: .forced),
      clientDirection: clientDirection, .guessed(mayCompress: true))
    for direction in Direction.allCases {
      if connection.beginsAtSYN(direction) {
        analyzer.loseContext(of: direction)
      } else {
        analyzer.loseFraming(of: direction, at: 0, trustsFirst: false)
      }
    }
  }

  private func guessed(_ midstream: MidstreamSearch, _ clientDirection: Direction, _ position: StreamPosition) {
    let exchange = midstream.attempt?.exchange ?? HandshakeExchange(request: nil, response: nil)
    let analyzer = begin(
      record(
        of: exchange, clientDirection: clientDirection, packet: position.packet, wait: nil, isIncomplete: true,
        discovery: .midstream),
      clientDirection: clientDirection, .guessed(mayCompress: exchange.offersCompression),
      judging: midstream.attempt?.exchange)
    for direction in Direction.allCases {
      let found = midstream.take(direction)
      // Behind a request stands the client's first frame.
      if midstream.attempt != nil, direction == clientDirection, let found, found.isWhole {
        analyzer.loseContext(of: direction)
        let place = StreamPosition(direction: direction, offset: found.start, packet: position.packet)
        _ = found.chain.held(from: 0).withRawSpan { analyzer.receive($0, at: place) }
        continue
      }
      analyzer.loseFraming(of: direction, at: 0, trustsFirst: midstream.attempt != nil && found?.isWhole ?? true)
      guard let found else { continue }
      let place = StreamPosition(direction: direction, offset: found.start, packet: position.packet)
      analyzer.adopt(found.chain, from: found.start, place)
    }
    for direction in Direction.allCases where direction != position.direction {
      guard let end = ends[direction.rawValue] else { continue }
      _ = analyzer.finish(end, at: StreamPosition(direction: direction, offset: 0, packet: position.packet))
    }
  }
}
