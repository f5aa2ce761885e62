internal import HTTPDecoding
internal import NetworkTypes
internal import TCPReassembly

/// Follows the requests and answers of an HTTP/1.1 connection until one of them opens a WebSocket.
///
/// Answers are paired with requests in order. Bytes behind a request that may switch protocols wait for its answer, and
/// an answer that was captured before its request waits for that.
final class HTTP1Analyzer {
  /// What the connection turned out to be.
  enum Outcome {
    /// HTTP so far.
    case http
    /// Another protocol: nothing more is wanted.
    case opaque
    /// A WebSocket, from the bytes on that are left.
    case webSocket(HandshakeExchange, wait: Int64?)
    /// The answer to a handshake request was lost; what followed the request is left.
    case answerLost(HandshakeExchange)
    /// A tunnel that CONNECT opened; another protocol begins with the bytes that are left.
    case tunnel
  }

  struct Request {
    var head: HTTPRequestHead
    var packet: PacketStamp
    var isCandidate: Bool
    /// Place of its first byte.
    var offset: Int
    var conduct: HandshakeConduct

    func exchange(_ response: HTTPResponseHead? = nil) -> HandshakeExchange {
      HandshakeExchange(request: head, response: response, requestOffset: offset, conduct: conduct)
    }
  }

  /// The direction that the requests go.
  let requestDirection: Direction
  unowned let connection: Connection
  let witness: AttemptWitness
  let limits: Limits
  var requestDecoder: HTTPRequestDecoder
  var responseDecoder: HTTPResponseDecoder
  var pending: [Request] = []
  /// Whether the newest request may switch protocols, and its answer is still to come.
  var awaitsSwitch = false
  var heldRequests = HeldBytes()
  var heldResponses = HeldBytes()
  /// Whether a direction's place is lost: its next segment that begins a message is waited for.
  var searchesRequest = false
  var searchesResponse = false
  /// Whether requests may be missing, so that an answer without one is read for itself.
  var mayLackRequests = false
  var hasFinishedRequests = false
  private var hasFinishedResponses = false
  /// Where and when the message at hand began, of each direction.
  var requestBegan = MessageBeginning()
  var responseBegan = MessageBeginning()
  /// Place behind the server's bytes that were given here.
  var responsesEnd = 0
  /// Whether an interim answer came before the final one.
  var hasInterim = false
  /// How the server's stream ended.
  var responsesEnding: StreamEnd?
  /// The newest handshake, if it was refused.
  var refusal: RefusedUpgrade?
  var outcome = Outcome.http

  init(
    requestDirection: Direction, connection: Connection, limits: Limits, searchesRequest: Bool = false,
    searchesResponse: Bool = false, witness: AttemptWitness
  ) {
    self.requestDirection = requestDirection
    self.connection = connection
    self.limits = limits
    self.searchesRequest = searchesRequest
    self.searchesResponse = searchesResponse
    self.witness = witness
    mayLackRequests = searchesRequest
    requestDecoder = HTTPRequestDecoder(limits: limits)
    responseDecoder = HTTPResponseDecoder(limits: limits)
  }

  /// Bytes of memory that the analyzer takes, about.
  var heldBytes: Int {
    // A field of a head takes more than its bytes: two arrays.
    let heads = pending.reduce(0) { $0 + 256 + $1.head.byteCount * 4 }
    return 1400 + heads + heldRequests.bytes.capacity + heldResponses.bytes.capacity + requestDecoder.heldBytes
      + responseDecoder.heldBytes + (refusal?.heldBytes ?? 0)
  }

  /// What is left of both directions behind a switch of protocols.
  func takeRemainder() -> (requests: HeldBytes, responses: HeldBytes) {
    (heldRequests.take(), heldResponses.take())
  }

  /// Whether the newest request asks for a WebSocket, and nothing of its answer was captured.
  var awaitsAnswer: Bool {
    awaitsSwitch && pending.count == 1 && pending[0].isCandidate && responseDecoder.isBetweenMessages
      && heldResponses.isEmpty
  }

  /// The packet that completed the newest request.
  var newestRequestPacket: PacketStamp? { pending.last?.packet }

  /// Gives up the answer that the newest request waits for, and gives that request.
  func giveUpAnswer(_ packet: PacketStamp) -> HandshakeExchange? {
    guard awaitsSwitch, let request = pending.popLast(), request.isCandidate else { return nil }
    giveUpPending(packet, isIncomplete: true)
    let exchange = request.exchange()
    outcome = .answerLost(exchange)
    return exchange
  }

  func receive(_ bytes: RawSpan, at position: StreamPosition) -> Outcome {
    if position.direction == requestDirection {
      feedRequests(bytes, position.offset, position.packet, acknowledged: acknowledgedResponses)
    } else {
      responsesEnd = max(responsesEnd, position.offset + bytes.byteCount)
      feedResponses(bytes, position.offset, position.packet)
    }
    advance(position.packet)
    return outcome
  }

  func gap(byteCount: Int, at position: StreamPosition) -> Outcome {
    let isRequest = position.direction == requestDirection
    if isRequest {
      if refusal?.isFollowingFrames == true {
        outcome = .opaque
      } else if !heldRequests.isEmpty || awaitsSwitch {
        heldRequests.appendGap(byteCount, at: position.offset)
      } else if !searchesRequest, !requestDecoder.skip(UInt64(byteCount)) {
        loseRequests()
      }
    } else {
      responsesEnd = max(responsesEnd, position.offset + byteCount)
      if !heldResponses.isEmpty {
        heldResponses.appendGap(byteCount, at: position.offset)
      } else if !searchesResponse, !responseDecoder.skip(UInt64(byteCount)) {
        loseResponses(position.packet)
      }
    }
    advance(position.packet)
    return outcome
  }

  func finish(_ end: StreamEnd, at position: StreamPosition) -> Outcome {
    if position.direction == requestDirection {
      if !hasFinishedRequests, isHTTP { takeUnfinished(end, position.packet) }
      hasFinishedRequests = true
    } else {
      hasFinishedResponses = true
      responsesEnding = end
    }
    // No request will come any more that an answer could wait for.
    if hasFinishedRequests { mayLackRequests = true }
    advance(position.packet)
    return outcome
  }

  // MARK: - Both directions

  /// Lets what was held go on as far as the other direction now allows.
  private func advance(_ packet: PacketStamp) {
    var isMoving = true
    while isMoving, case .http = outcome {
      isMoving = false
      if !heldResponses.bytes.isEmpty, canReadResponses {
        let held = heldResponses.take()
        held.bytes.withRawSpan { feedResponses($0, held.offset, packet) }
        passGap(of: held, isRequest: false, packet)
        isMoving = true
      }
      if case .http = outcome, !heldRequests.isEmpty, !awaitsSwitch {
        let held = heldRequests.take()
        // When these were sent, the answer was still to come.
        held.bytes.withRawSpan { feedRequests($0, held.offset, packet, acknowledged: .min) }
        passGap(of: held, isRequest: true, packet)
        isMoving = true
      }
    }
    // No answer will come any more.
    if case .http = outcome, hasFinishedResponses, heldResponses.isEmpty {
      giveUpPending(packet, isIncomplete: searchesResponse)
    }
  }

  private func passGap(of held: HeldBytes, isRequest: Bool, _ packet: PacketStamp) {
    guard held.lostBytes > 0 else { return }
    let place = held.offset + held.bytes.count
    if isRequest {
      if !heldRequests.isEmpty || awaitsSwitch || !isHTTP {
        heldRequests.appendGap(held.lostBytes, at: place)
      } else if !requestDecoder.skip(UInt64(held.lostBytes)) {
        loseRequests()
      }
    } else if !heldResponses.isEmpty || !isHTTP {
      heldResponses.appendGap(held.lostBytes, at: place)
    } else if !responseDecoder.skip(UInt64(held.lostBytes)) {
      loseResponses(packet)
    }
  }

  var isHTTP: Bool {
    if case .http = outcome { return true }
    return false
  }

  // MARK: - Requests

  private func feedRequests(_ bytes: RawSpan, _ offset: Int, _ packet: PacketStamp, acknowledged: Int) {
    guard isHTTP else { return heldRequests.append(bytes, at: offset, limit: limits.heldBytes) }
    if searchesRequest {
      guard MessageStart.isRequest(bytes) else { return }
      searchesRequest = false
      requestDecoder = HTTPRequestDecoder(limits: limits)
    }
    if refusal != nil, followFrames(bytes, offset, packet, acknowledged) { return }
    var cursor = 0
    while heldRequests.isEmpty, !awaitsSwitch {
      if requestDecoder.isBetweenMessages { requestBegan = MessageBeginning(offset + cursor, packet) }
      switch requestDecoder.next(bytes, &cursor) {
      case .needMoreBytes:
        return
      case .head(let head):
        take(head, offset + cursor - head.byteCount, packet)
      case .body:
        break
      case .messageEnd:
        awaitsSwitch = pending.last.map { HandshakeExchange.maySwitchProtocols($0.head) } ?? false
        if let newest = pending.indices.last { pending[newest].conduct.requestEnd = offset + cursor }
      case .failed:
        failRequests(packet)
        return
      }
    }
    if cursor < bytes.byteCount {
      noteEarly(bytes.byteCount - cursor, at: offset + cursor, packet)
      heldRequests.append(
        bytes.extracting(cursor..<bytes.byteCount), at: offset + cursor, limit: limits.heldBytes)
    }
  }

  private func take(_ head: HTTPRequestHead, _ offset: Int, _ packet: PacketStamp) {
    let isCandidate = HandshakeExchange.isCandidate(head)
    if let suspicion = refusal?.takeRequest(head, at: offset), let refusal {
      witness.suspected(suspicion, refusal.connection, packet)
    }
    var conduct = HandshakeConduct()
    conduct.requestBegan = requestBegan.time
    conduct.requestEnded = packet.timestamp
    conduct.requestEnd = offset + head.byteCount
    conduct.isPipelined = isCandidate && isPipelined
    pending.append(
      Request(head: head, packet: packet, isCandidate: isCandidate, offset: offset, conduct: conduct))
    requestDecoder.beginBody(BodyFraming.forRequest(head).framing)
    if pending.count > limits.pipelinedRequests { outcome = .opaque }
  }

  /// What was taken for a request is none: only an attempt that waits for its answer still matters.
  private func failRequests(_ packet: PacketStamp) {
    if pending.contains(where: \.isCandidate) {
      searchesRequest = true
    } else {
      outcome = .opaque
    }
  }

  private func loseRequests() {
    searchesRequest = true
    mayLackRequests = true
  }

  // MARK: - Answers

  /// Whether an answer can be read: its request is known, or will not come.
  private var canReadResponses: Bool {
    !pending.isEmpty || mayLackRequests || !responseDecoder.isBetweenMessages
  }

  private func feedResponses(_ bytes: RawSpan, _ offset: Int, _ packet: PacketStamp) {
    guard isHTTP else { return heldResponses.append(bytes, at: offset, limit: limits.heldBytes) }
    if searchesResponse {
      guard MessageStart.isResponse(bytes) else { return }
      searchesResponse = false
      responseDecoder = HTTPResponseDecoder(limits: limits)
    }
    var cursor = 0
    while heldResponses.isEmpty, canReadResponses, case .http = outcome {
      if responseDecoder.isBetweenMessages { responseBegan = MessageBeginning(offset + cursor, packet) }
      switch responseDecoder.next(bytes, &cursor) {
      case .needMoreBytes:
        return
      case .head(let head):
        take(head, endingAt: offset + cursor, packet)
      case .body, .messageEnd:
        break
      case .failed(let failure):
        giveUpPending(packet, isIncomplete: false, failure)
        outcome = .opaque
        return
      }
    }
    if cursor < bytes.byteCount {
      heldResponses.append(
        bytes.extracting(cursor..<bytes.byteCount), at: offset + cursor, limit: limits.heldBytes)
    }
  }

  private func take(_ head: HTTPResponseHead, endingAt end: Int, _ packet: PacketStamp) {
    guard !head.isInterim else {
      hasInterim = true
      responseDecoder.beginBody(.none)
      return
    }
    hasInterim = false
    let request = pending.isEmpty ? nil : pending.removeFirst()
    var exchange = request?.exchange(head) ?? HandshakeExchange(request: nil, response: head)
    exchange.responseOffset = end - head.byteCount
    exchange.conduct.responseBegan = responseBegan.time
    exchange.conduct.responseEnd = end
    exchange.conduct.answersNothing = request == nil && lacksNoRequest
    let wait = request.map { packet.timestamp.microseconds(since: $0.packet.timestamp) }
    // The newest request is the only one that others wait behind.
    if pending.isEmpty { awaitsSwitch = false }
    if exchange.switchesToWebSocket {
      outcome = .webSocket(exchange, wait: wait)
      return
    }
    if let request, request.isCandidate {
      let isIncomplete = request.conduct.isUnfinished && !request.conduct.isUnfinishedByClient
      refusal = RefusedUpgrade(exchange, witness.failed(exchange, packet, wait, isIncomplete))
    }
    if head.status == 101 {
      outcome = .opaque
    } else if request?.head.hasMethod("CONNECT") == true, 200...299 ~= head.status {
      outcome = .tunnel
    } else {
      responseDecoder.beginBody(BodyFraming.forResponse(head, requestMethod: request?.head.method).framing)
    }
  }

  private func loseResponses(_ packet: PacketStamp) {
    searchesResponse = true
    // The newest request may have been answered in the gap, and with it the protocol changed.
    if giveUpAnswer(packet) != nil { return }
    // Which of the requests were answered in the gap is unknown.
    giveUpPending(packet, isIncomplete: true)
    mayLackRequests = true
  }

  private func giveUpPending(_ packet: PacketStamp, isIncomplete: Bool, _ failure: HTTPFailure? = nil) {
    for (index, request) in pending.enumerated() where request.isCandidate {
      var exchange = request.exchange()
      exchange.responseOffset = responseBegan.offset
      if index == 0 { exchange.conduct.responseFailure = failure }
      if !isIncomplete, failure == nil { exchange.conduct.serverLeft = howServerLeft(request.conduct.requestEnd) }
      let lacksEnd = request.conduct.isUnfinished && !request.conduct.isUnfinishedByClient
      _ = witness.failed(exchange, packet, nil, isIncomplete || lacksEnd)
    }
    pending = []
    awaitsSwitch = false
  }
}
