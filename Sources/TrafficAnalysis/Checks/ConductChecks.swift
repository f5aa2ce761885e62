internal import NetworkTypes
internal import TCPReassembly
internal import WebSocketDecoding

/// The checks of what one side does after something of the other: pongs, Closes, the end, and going on behind a fault.
///
/// What was acknowledged is told by TCP. An acknowledgement that comes with the very packet in question proves nothing:
/// the kernel sent it, and the program may not have seen the bytes yet.
extension WebSocketAnalyzer {
  /// Looks at a data or control frame of `side` in the light of what the other side did.
  func checkConduct(of header: FrameHeader, _ side: WebSocketSide, offset: Int, _ packet: PacketStamp) {
    guard agreement.followsRFC6455, !header.opcode.isReserved, header.opcode != .close else { return }
    if side.sender == .client, let fault = agreement.responseFault {
      checkGoingOn(behindResponse: fault, side, offset, packet)
    }
    let other = side.sender.opposite
    guard let conduct, let fault = conduct[other].fault, !hasLostBytes(of: side) else { return }
    guard !header.opcode.isControl || (header.opcode == .pong && !self.side(of: other).pings.isEmpty) else { return }
    let waited = packet.timestamp.nanoseconds(since: fault.time)
    guard waited >= CheckLimits.failing, hasAcknowledged(fault.offset + 2, of: other, before: packet) else { return }
    report(
      Finding(.violationNotFailed, by: side.sender, at: offset), packet,
      "\(header.opcode.name) \(seconds(waited)) after the other side's \(fault.rule.id)")
  }

  /// A client that has read the answer must fail the connection (RFC 6455 §4.1).
  private func checkGoingOn(behindResponse fault: Rule, _ side: WebSocketSide, _ offset: Int, _ packet: PacketStamp) {
    // What was held with the answer was on its way before it.
    guard packet.timestamp > opened, connection.acknowledgedOffset(of: clientDirection.opposite) > 0,
      !hasLostBytes(of: side)
    else { return }
    report(
      Finding(.badResponseAccepted, by: .client, at: offset), packet, "frames behind an answer with \(fault.id)")
  }

  // MARK: - Pings and pongs

  /// Looks, as bytes of `side` come, at what was due by then.
  func checkDue(_ conduct: Conduct, _ side: WebSocketSide, _ position: StreamPosition) {
    if !self.side(of: side.sender.opposite).pings.isEmpty {
      checkOwedPong(side, offset: position.offset, position.packet, isEnd: false)
    }
    if server.end == nil, let closed = conduct.closedPacket {
      checkOpenTCP(closed, offset: connection.nextOffset(of: clientDirection.opposite), position.packet)
    }
  }

  /// A frame of `side` is over.
  func noteEnd(of frame: WebSocketSide.Frame, _ side: WebSocketSide, _ packet: PacketStamp) {
    guard let conduct else { return }
    // No pong and no Close can come inside a frame, and a message that is under way may be finished first.
    let isLong = packet.timestamp.nanoseconds(since: frame.start) > CheckLimits.longFrame
    let isBehindClose = !frame.header.opcode.isControl && conduct[side.sender.opposite].close != nil
    if isLong || isBehindClose { conduct[side.sender].busyUntil = packet.timestamp }
  }

  /// A ping was sent.
  func checkPing(_ frame: WebSocketSide.Frame, _ side: WebSocketSide, _ packet: PacketStamp) {
    let rate = madeConduct()[side.sender].pings.add(at: packet.timestamp)
    if rate == CheckLimits.controls + 1 {
      report(Finding(.pingFlood, by: side.sender, at: frame.offset), packet, "\(rate) pings in 10 s")
    } else if side.pings.count > CheckLimits.outstandingPings, seesBothSides {
      report(
        Finding(.pingFlood, by: side.sender, at: frame.offset), packet, "\(side.pings.count) pings without a pong")
    }
  }

  /// A pong was sent.
  func checkPong(
    _ answer: PingLedger.Answer, _ frame: WebSocketSide.Frame, _ side: WebSocketSide, _ packet: PacketStamp
  ) {
    let other = self.side(of: side.sender.opposite)
    guard seesBothSides, !hasLostBytes(of: other), !hasLostBytes(of: side), agreement.followsRFC6455 else { return }
    switch answer {
    case .to(let ping, _):
      guard let acknowledged = acknowledgement(of: ping.end, by: side.sender) else { return }
      let from = max(acknowledged, conduct?[side.sender].busyUntil ?? .epoch)
      let waited = packet.timestamp.nanoseconds(since: from)
      guard waited > CheckLimits.answer else { return }
      report(
        Finding(.pongDelayed, by: side.sender, at: frame.offset), packet,
        "\(seconds(waited)) after the ping was acknowledged")
    case .toNone:
      report(
        Finding(.pongPayloadMismatch, by: side.sender, at: frame.offset), packet,
        "pong of \(frame.header.payloadLength) bytes; \(other.pings.count) other pings wait")
    case .unsolicited:
      report(Finding(.pongUnsolicited, by: side.sender, at: frame.offset), packet, "no ping waits")
      let rate = madeConduct()[side.sender].pongs.add(at: packet.timestamp)
      if rate == CheckLimits.controls + 1 {
        report(Finding(.pongFlood, by: side.sender, at: frame.offset), packet, "\(rate) unsolicited pongs in 10 s")
      }
    }
  }

  /// Whether `side` still owes a pong, as it sends other frames or ends.
  func checkOwedPong(_ side: WebSocketSide, offset: Int, _ packet: PacketStamp, isEnd: Bool) {
    let pinger = self.side(of: side.sender.opposite)
    guard let ping = pinger.pings.newest, seesBothSides, agreement.followsRFC6455, !hasLostBytes(of: side),
      !hasLostBytes(of: pinger), !pinger.hasClosed, !side.hasClosed,
      let acknowledged = acknowledgement(of: ping.end, by: side.sender), acknowledged < packet.timestamp
    else { return }
    let waited = packet.timestamp.nanoseconds(since: acknowledged)
    guard isEnd || waited >= CheckLimits.pong else { return }
    pinger.pings.giveUp()
    report(
      Finding(.pingUnanswered, by: side.sender, at: offset), packet,
      isEnd
        ? "the stream ends \(seconds(waited)) after the ping was acknowledged"
        : "other frames, but no pong, \(seconds(waited)) after the ping was acknowledged")
  }

  // MARK: - Closing

  /// A side sent its first Close.
  func checkClose(_ code: CloseCode?, _ frame: WebSocketSide.Frame, _ side: WebSocketSide, _ packet: PacketStamp) {
    let conduct = madeConduct()
    let other = self.side(of: side.sender.opposite)
    other.isWatched = true
    let first = conduct[other.sender].close
    let isAnswer = first.map { hasAcknowledged($0.end, of: other.sender) } ?? false
    conduct[side.sender].close = Conduct.Close(packet: packet, end: frame.end, code: code, isAnswer: isAnswer)
    if side.isBetweenMessages == false, side.progress(context).assembler.isOpen {
      reportUnfinished(side, offset: frame.offset, packet, "a Close inside it")
    }
    guard let first, seesBothSides, !hasLostBytes(of: side), !hasLostBytes(of: other) else { return }
    if isAnswer, let code, let sent = first.code, code != sent {
      report(
        Finding(.closeCodeNotEchoed, by: side.sender, at: frame.offset), packet,
        "\(code.rawValue) answers \(sent.rawValue)")
    }
    guard let acknowledged = acknowledgement(of: first.end, by: side.sender) else { return }
    let waited = packet.timestamp.nanoseconds(since: max(acknowledged, conduct[side.sender].busyUntil))
    if waited > CheckLimits.answer {
      report(
        Finding(.closeDelayed, by: side.sender, at: frame.offset), packet,
        "\(seconds(waited)) after the first Close was acknowledged")
    }
  }

  /// A direction is over.
  func checkFinish(
    _ end: StreamEnd, _ side: WebSocketSide, cut: CutPlace, at offset: Int, _ packet: PacketStamp
  ) {
    guard agreement.followsRFC6455, !agreement.isGuessed else { return }
    let isReal = end == .fin || end == .reset
    // Both directions are over with a reset, whoever sent it.
    let isOwn = end == .fin || (end == .reset && connection.resetSender.map { sender(of: $0) } == side.sender)
    if isReal { checkCut(cut, side, isOwn: isOwn, at: offset, packet) }
    conduct?[side.sender].finish = packet
    if let conduct, let closed = conduct.closedPacket {
      checkClosed(conduct, closed, end, side, isOwn: isOwn, at: offset, packet)
    } else if isOwn {
      checkOwedPong(side, offset: offset, packet, isEnd: true)
      checkOwedClose(side, at: offset, packet)
    }
  }

  /// A direction that ends inside a frame or a message.
  private func checkCut(
    _ cut: CutPlace, _ side: WebSocketSide, isOwn: Bool, at offset: Int, _ packet: PacketStamp
  ) {
    // Behind a Close nothing is of consequence, and a hole may have taken the place away.
    guard !side.hasClosed, !hasLostBytes(of: side) else { return }
    let by = isOwn ? "it ends" : "the other side resets the connection"
    switch cut {
    case .none: break
    case .header(let bytes):
      report(
        Finding(.frameTruncated, by: side.sender, at: offset, as: isOwn ? nil : .notice), packet,
        "\(bytes) bytes of a header, then \(by)")
    case .payload(let known, let declared):
      report(
        Finding(.frameTruncated, by: side.sender, at: offset, as: isOwn ? nil : .notice), packet,
        "\(known) of \(declared) bytes, then \(by)")
    case .message:
      reportUnfinished(side, offset: offset, packet, by, as: isOwn ? nil : .notice)
    }
  }

  private func reportUnfinished(
    _ side: WebSocketSide, offset: Int, _ packet: PacketStamp, _ cause: String, as severity: Rule.Severity? = nil
  ) {
    guard !hasLostBytes(of: side) else { return }
    let frames = side.progress(context).assembler.frameCount
    report(
      Finding(.messageUnfinished, by: side.sender, at: offset, as: severity), packet,
      "\(side.progress(context).assembler.opcode.name) of \(frames) frames without the last; \(cause)")
  }

  /// A side that ends without the Close it owes (RFC 6455 §5.5.1).
  private func checkOwedClose(_ side: WebSocketSide, at offset: Int, _ packet: PacketStamp) {
    let other = self.side(of: side.sender.opposite)
    guard let close = conduct?[other.sender].close, !side.hasClosed, seesBothSides,
      !hasLostBytes(of: side), !hasLostBytes(of: other),
      // It may have failed the connection before.
      conduct?[other.sender].fault == nil,
      let acknowledged = acknowledgement(of: close.end, by: side.sender), acknowledged < packet.timestamp
    else { return }
    // Whoever ends TCP with its Close may not read any more.
    let isLeaving = conduct?[other.sender].finish == close.packet
    report(
      Finding(.closeUnanswered, by: side.sender, at: offset, as: isLeaving ? .notice : nil), packet,
      "it ends \(seconds(packet.timestamp.nanoseconds(since: acknowledged))) after the Close was acknowledged")
  }

  /// A direction that ends behind both Closes.
  private func checkClosed(
    _ conduct: Conduct, _ closed: PacketStamp, _ end: StreamEnd, _ side: WebSocketSide, isOwn: Bool, at offset: Int,
    _ packet: PacketStamp
  ) {
    let waited = packet.timestamp.nanoseconds(since: closed.timestamp)
    // A reset behind the side's own FIN comes for a direction that is over already.
    if isOwn, end == .reset {
      report(Finding(.tcpResetAfterClose, by: side.sender, at: offset), packet, "a reset instead of a FIN")
    }
    guard seesBothSides else { return }
    // In a disordered capture the server's FIN may come later, though the client has acknowledged it.
    let server = direction(of: .server)
    let isFirst = connection.acknowledgedOffset(of: server) <= connection.nextOffset(of: server)
    if side.sender == .client, isOwn, firstEnder == .client, isFirst, waited <= CheckLimits.clientEnd, waited >= 0 {
      report(
        Finding(.clientClosedTcpFirst, by: .client, at: offset), packet,
        "\(seconds(waited)) after both Closes, and before the server")
    }
    if side.sender == .server, end != .evicted { checkOpenTCP(closed, offset: offset, packet) }
  }

  /// A server that does not end TCP behind both Closes (RFC 6455 §7.1.1), as far as the capture's time has come.
  func checkOpenTCP(_ closed: PacketStamp, offset: Int, _ packet: PacketStamp) {
    let waited = packet.timestamp.nanoseconds(since: closed.timestamp)
    guard waited > CheckLimits.closing, seesBothSides, !hasLostBytes(of: server) else { return }
    report(
      Finding(.tcpNotClosedAfterClose, by: .server, at: offset), packet, "\(seconds(waited)) after both Closes")
  }

  /// The connection is over.
  func checkEnd(_ packet: PacketStamp) {
    guard agreement.followsRFC6455, !agreement.isGuessed, let ender = firstEnder, !client.hasClosed,
      !server.hasClosed, client.end != .evicted, server.end != .evicted, !hasLostBytes(of: client),
      !hasLostBytes(of: server)
    else { return }
    let isReset = connection.resetSender != nil && client.end == .reset
    let offset = connection.nextOffset(of: direction(of: ender))
    let fault = conduct?[ender.opposite].fault
    report(
      Finding(.closedWithoutCloseFrame, by: ender, at: offset, as: fault == nil ? nil : .warning), packet,
      (isReset ? "RST" : "FIN") + (fault.map { " after the other side's \($0.rule.id)" } ?? ""))
  }

  // MARK: - What is known

  /// What both sides have done; made now if it was not needed before.
  func madeConduct() -> Conduct {
    if let conduct { return conduct }
    let made = Conduct()
    conduct = made
    context.memory.hasChanged = true
    return made
  }

  /// Whether both directions are in the capture, behind a handshake.
  private var seesBothSides: Bool { !agreement.isGuessed && !connection.isOneSided }

  /// Whether bytes of a direction are missing, for good or so far, so that a frame may be among them.
  private func hasLostBytes(of side: WebSocketSide) -> Bool {
    let direction = direction(of: side.sender)
    return side.isLost || side.resync?.count ?? 0 > 0 || connection.hasHole(direction)
      || connection.statistics(of: direction).gapBytes > 0
  }

  /// Whether the other side acknowledged what `sender` sent up to a place, in a packet before this one if one is named.
  private func hasAcknowledged(_ offset: Int, of sender: Sender, before packet: PacketStamp? = nil) -> Bool {
    let direction = direction(of: sender)
    guard connection.acknowledgedOffset(of: direction) >= offset else { return false }
    return packet.map { connection.acknowledgedTime(of: direction) < $0.timestamp } ?? true
  }

  /// When `receiver` acknowledged the other side's bytes up to a place, or later; `nil` if it did not.
  ///
  /// Only the newest acknowledgement's time is known.
  private func acknowledgement(of offset: Int, by receiver: Sender) -> Timestamp? {
    let direction = direction(of: receiver.opposite)
    return connection.acknowledgedOffset(of: direction) >= offset ? connection.acknowledgedTime(of: direction) : nil
  }

  private func seconds(_ nanoseconds: Int64) -> String {
    let tenths = max(0, nanoseconds) / 100_000_000
    return "\(tenths / 10).\(tenths % 10) s"
  }
}

/// Where the end of a direction cuts what is under way.
enum CutPlace {
  /// Between messages.
  case none
  /// Inside a frame's header, of which some bytes were there.
  case header(Int)
  /// Inside a frame's payload.
  case payload(known: UInt64, declared: UInt64)
  /// Between the frames of a message.
  case message
}
