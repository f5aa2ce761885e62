internal import HTTPDecoding
internal import NetworkTypes
internal import TCPReassembly

/// Takes what an HTTP connection shows of handshakes that do not open a WebSocket.
struct AttemptWitness {
  /// Told of each attempt that fails, with the packet that shows it and the time from request to answer.
  let failed: (HandshakeExchange, PacketStamp, _ wait: Int64?, _ isIncomplete: Bool) -> HandshakeVerdict
  /// Told of what a client does behind a refusal.
  let suspected: (RefusedUpgrade.Suspicion, ConnectionIdentity, PacketStamp) -> Void
}

/// Where in its stream a message begins, and when.
struct MessageBeginning {
  var offset = 0
  var time = Timestamp.epoch

  init() {}

  init(_ offset: Int, _ packet: PacketStamp) {
    self.offset = offset
    time = packet.timestamp
  }
}

// How the parts of a handshake were sent.
extension HTTP1Analyzer {
  /// What of the server's stream the client has acknowledged.
  var acknowledgedResponses: Int { connection.acknowledgedOffset(of: requestDirection.opposite) }

  /// Whether the client asks again before it has its answer.
  ///
  /// Where it acknowledges bytes that were not captured yet, the answer may be among them.
  var isPipelined: Bool {
    (!pending.isEmpty || !responseDecoder.isBetweenMessages) && !mayLackRequests && !searchesResponse
      && acknowledgedResponses != .min && acknowledgedResponses <= responsesEnd
  }

  /// Notes bytes behind a handshake request, if nothing of its answer was captured.
  func noteEarly(_ count: Int, at offset: Int, _ packet: PacketStamp) {
    guard awaitsSwitch, heldRequests.isEmpty, let newest = pending.indices.last, pending[newest].isCandidate,
      newest > 0 || (responseDecoder.isBetweenMessages && heldResponses.isEmpty), acknowledgedResponses != .min
    else { return }
    pending[newest].conduct.early = HandshakeConduct.EarlyBytes(
      offset: offset, count: count, time: packet.timestamp, acknowledged: acknowledgedResponses)
  }

  /// Lets a request whose head has no end wait for its answer like others, if it asks for WebSocket.
  func takeUnfinished(_ end: StreamEnd, _ packet: PacketStamp) {
    guard !searchesRequest, heldRequests.isEmpty, let head = requestDecoder.unfinishedHead,
      HandshakeExchange.isCandidate(head)
    else { return }
    let isRealEnd = end == .fin || end == .reset
    let waited = packet.timestamp.nanoseconds(since: requestBegan.time)
    // Where only the capture ends, the rest was still to come, unless it was long due.
    guard isRealEnd || waited >= HandshakeConduct.longestHead else { return }
    var conduct = HandshakeConduct()
    conduct.requestBegan = requestBegan.time
    conduct.requestEnded = packet.timestamp
    conduct.requestEnd = .max
    conduct.isUnfinished = true
    conduct.isUnfinishedByClient = isRealEnd && connection.firstEnder == requestDirection
    pending.append(
      Request(head: head, packet: packet, isCandidate: true, offset: requestBegan.offset, conduct: conduct))
  }

  /// Whether every request is known that the client made.
  var lacksNoRequest: Bool {
    hasFinishedRequests && !searchesRequest && connection.beginsAtSYN(requestDirection)
      && connection.statistics(of: requestDirection).gapBytes == 0
      && !connection.lacksAcknowledgedBytes(of: requestDirection)
  }

  /// How the server ended the connection, if it did that first and behind a request that it had acknowledged up to
  /// `requestEnd`, with no byte of an answer.
  func howServerLeft(_ requestEnd: Int) -> StreamEnd? {
    let responses = requestDirection.opposite
    guard let responsesEnding, connection.firstEnder == responses, !hasInterim, !connection.isOneSided,
      responsesEnding == .fin || (responsesEnding == .reset && connection.resetSender == responses),
      responseDecoder.isBetweenMessages, connection.statistics(of: responses).gapBytes == 0,
      !connection.lacksAcknowledgedBytes(of: responses),
      connection.acknowledgedOffset(of: requestDirection) >= requestEnd
    else { return nil }
    return responsesEnding
  }

  /// Follows what may be frames behind a refusal, and says whether the bytes were.
  func followFrames(_ bytes: RawSpan, _ offset: Int, _ packet: PacketStamp, _ acknowledged: Int) -> Bool {
    guard requestDecoder.isBetweenMessages, !awaitsSwitch, heldRequests.isEmpty,
      let isFollowing = refusal?.isFollowingFrames, isFollowing || RefusedUpgrade.mayBegin(bytes),
      let taken = refusal?.takeFrames(bytes, at: offset, acknowledged: acknowledged), let refusal
    else { return false }
    if let suspicion = taken.suspicion { witness.suspected(suspicion, refusal.connection, packet) }
    if !taken.goesOn { outcome = .opaque }
    return true
  }
}
