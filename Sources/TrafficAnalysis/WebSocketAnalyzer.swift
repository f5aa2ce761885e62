internal import NetworkTypes
internal import TCPReassembly
internal import WebSocketDecoding

/// Tells the story of one WebSocket: frames become messages and controls, faults become violations.
///
/// Decoding goes on behind every fault that leaves the frame boundaries known, as RFC 6455 gives a passive reader no
/// connection to fail.
final class WebSocketAnalyzer: ByteStreamAnalyzer {
  let context: AnalysisContext
  unowned let connection: Connection
  let identity: ConnectionIdentity
  /// Packet time of the handshake's answer.
  let opened: Timestamp
  let client: WebSocketSide
  let server: WebSocketSide
  private(set) var violations: ViolationLedger
  /// By whom it was opened, for what: see `AcrossConnections`.
  let requester: AcrossConnections.Requester
  /// What both sides have done, where checks need it.
  var conduct: Conduct?
  // What is small stands together, as a million of these are held.
  var masks = MaskKeyChecks()
  let clientDirection: Direction
  let checks: FrameChecks

  init(
    context: AnalysisContext, connection: Connection, identity: ConnectionIdentity, clientDirection: Direction,
    agreement: WebSocketAgreement, opened: PacketStamp, violations: ViolationLedger,
    requester: AcrossConnections.Requester
  ) {
    self.requester = requester
    self.violations = violations
    self.context = context
    self.connection = connection
    self.identity = identity
    self.clientDirection = clientDirection
    self.opened = opened.timestamp
    checks = FrameChecks(agreement: agreement)
    client = WebSocketSide(sender: .client, agreement: agreement)
    server = WebSocketSide(sender: .server, agreement: agreement)
    client.isWatched = agreement.responseFault != nil
    context.statistics.webSockets += 1
    context.statistics.openWebSockets += 1
  }

  func receive(_ bytes: RawSpan, at position: StreamPosition) -> StreamDemand {
    let side = side(of: position.direction)
    if let conduct { checkDue(conduct, side, position) }
    if side.opening.isInTheWay {
      receiveOpening(bytes, side, position)
    } else if side.isLost {
      searchFrames(in: bytes, side, position)
      side.settle(context)
    } else {
      decode(bytes, side, position)
    }
    return .everything
  }

  func gap(byteCount: Int, cause: GapCause, at position: StreamPosition) -> StreamDemand {
    let side = side(of: position.direction)
    defer { side.settle(context) }
    if side.opening.isForeign { return .everything }
    endOpening(side, position)
    let beginsWrite = beginsWrite(behind: byteCount, cause, side)
    if side.isLost { endSearch(side, position, isEnd: false, behind: byteCount, beginsWrite: beginsWrite) }
    guard !side.isLost else { return .everything }
    let pending = side.progress(context).decoder.pendingHeaderBytes
    if side.progress(context).decoder.skip(byteCount) {
      let flag: LossFlags = cause == .snapped ? .snapped : .incomplete
      side.progress(context).frame?.losses.insert(flag)
      switch side.progress(context).frame?.destination {
      case .message:
        side.progress(context).messageLosses.insert(flag)
        side.progress(context).assembler.markHole()
      case .control: side.progress(context).control?.markHole()
      case .nothing, nil: break
      }
      var after = position
      after.offset += byteCount
      decode(RawSpan(), side, after)
    } else {
      side.addUnframed(pending, context)
      loseFraming(side, position.packet, flag: cause == .snapped ? .snapped : .incomplete)
      beginSearch(side, lostAt: position.offset, beginsWrite: beginsWrite)
    }
    return .everything
  }

  func finish(_ end: StreamEnd, at position: StreamPosition) -> StreamDemand {
    let side = side(of: position.direction)
    guard side.end == nil else { return .everything }
    endOpening(side, position)
    side.end = end
    defer { side.settle(context) }
    if side.isLost { endSearch(side, position, isEnd: true) }
    checkFinish(end, side, cut: cutPlace(side), at: position.offset, position.packet)
    side.addUnframed(side.progress(context).decoder.pendingHeaderBytes, context)
    giveUpFrameAndMessage(side, position.packet, flag: .incomplete)
    if client.end != nil, server.end != nil { tellEnd(position.packet) }
    return .everything
  }

  var agreement: WebSocketAgreement { checks.agreement }

  /// Bytes of a full segment of a side, as far as they are known.
  func fullSegment(of side: WebSocketSide) -> Int {
    connection.fullSegment(of: side.sender == .client ? clientDirection : clientDirection.opposite)
  }

  var hotObjects: [AnyObject] { [self, client, server, identity] }

  var heldBytes: Int {
    Self.ownBytes + (identity.path?.count ?? 0) + client.heldBytes + server.heldBytes + violations.heldBytes
      + masks.heldBytes + (conduct == nil ? 0 : Conduct.heldBytes)
  }

  var worth: StreamWorth { .wanted }

  /// Bytes of a WebSocket with nothing at hand: this, both sides, and the identity.
  ///
  /// Its host is mostly shared, its path often its own.
  static let ownBytes = 504

  /// Says that the place in a direction's frames is not known, and that it is a guess how they are compressed.
  ///
  /// - Parameters:
  ///   - direction: The direction, of which nothing was given yet.
  ///   - offset: Where in the stream its frames may have begun.
  ///   - trustsFirst: Whether the first byte likely begins a frame, and a write of the sender.
  func loseFraming(of direction: Direction, at offset: Int, trustsFirst: Bool) {
    let side = side(of: direction)
    side.opening = .known
    guard side.progress(context).decoder.isBetweenFrames, !side.progress(context).decoder.skip(1) else { return }
    side.progress(context).assembler.loseContext()
    side.hasSeenMessageStart = false
    beginSearch(side, lostAt: offset, trustsFirst: trustsFirst, beginsWrite: trustsFirst)
  }

  /// Says that what a direction's messages may refer back to is not known.
  func loseContext(of direction: Direction) { side(of: direction).progress(context).assembler.loseContext() }

  /// Notes that a rule is broken.
  func report(_ finding: Finding, _ packet: PacketStamp, _ detail: @autoclosure () -> String) {
    if finding.rule.failsConnection, madeConduct()[finding.sender].fault == nil {
      madeConduct()[finding.sender].fault = Conduct.Fault(
        rule: finding.rule, offset: finding.offset, time: packet.timestamp)
      side(of: finding.sender.opposite).isWatched = true
    }
    violations.report(finding, packet: packet, connection: identity, context, detail: detail)
  }

  // MARK: - Frames

  func decode(_ bytes: RawSpan, _ side: WebSocketSide, _ position: StreamPosition) {
    let cursor = takeWholeMessages(bytes, side, position)
    if cursor == bytes.byteCount, cursor > 0 { return }
    decodeFrames(bytes, from: cursor, side, position)
    side.settle(context)
  }

  /// The plain way for bytes from `start` on.
  func decodeFrames(_ bytes: RawSpan, from start: Int, _ side: WebSocketSide, _ position: StreamPosition) {
    var cursor = start
    while true {
      let progress = side.progress(context)
      switch progress.decoder.next(bytes, &cursor) {
      case .needMoreBytes:
        return
      case .header(let header):
        let offset = position.offset + cursor - header.headerLength
        if header.payloadLength > UInt64(bytes.byteCount - cursor) {
          if cursor > header.headerLength { side.joinsFrames = true }
          if cursor == bytes.byteCount { side.sendsHeadersApart = true }
        }
        judgeOpening(header, side, offset: offset, position.packet)
        begin(header, side, offset: offset, position.packet)
        if side.opening.isForeign {
          loseFraming(side, position.packet, flag: .incomplete)
          side.addUnframed(bytes.byteCount - cursor, context)
          return
        }
      case .payload(let range, let offset):
        take(bytes.extracting(range), offset: offset, side, position.packet)
        if progress.assembler.textErrorOffset != nil || progress.assembler.hasFindings {
          checkPayload(side, position.packet)
        }
      case .end:
        endFrame(side, position.packet)
      case .framingLost:
        loseFraming(side, position.packet, flag: .incomplete)
        side.addUnframed(bytes.byteCount - cursor, context)
        return
      }
    }
  }

  private func begin(_ header: FrameHeader, _ side: WebSocketSide, offset: Int, _ packet: PacketStamp) {
    func report(_ rule: Rule, _ detail: @autoclosure () -> String) {
      self.report(Finding(rule, by: side.sender, at: offset), packet, detail())
    }
    let isPlain = checks.isPlain(header, by: side.sender)
    if side.hasClosed, !isPlain, checks.isImplausible(header, by: side.sender) {
      self.report(
        Finding(.dataAfterClose, by: side.sender, at: offset, as: .notice), packet, "bytes that are no frame")
    } else {
      if !isPlain { checks.check(header, by: side.sender, report: report) }
      if side.sender == .client, let key = header.maskingKey { checkMaskingKey(key, at: offset, packet) }
      checkSize(header, side, offset: offset, packet)
      if side.isWatched { checkConduct(of: header, side, offset: offset, packet) }
    }
    side.counts.add(.frames)
    var destination = WebSocketSide.Destination.nothing
    if header.opcode.isControl {
      if header.opcode == .close, side.hasClosed { report(.closeRepeated, "a second Close") }
      if !header.opcode.isReserved {
        destination = .control
        side.progress(context).beginControl(context)
      }
    } else {
      if side.hasClosed, agreement.followsRFC6455, !header.opcode.isReserved {
        report(.dataAfterClose, "\(header.opcode.name) of \(header.payloadLength) bytes behind the Close")
      }
      destination = route(header, side, offset: offset, packet, report: report)
    }
    side.progress(context).frame = WebSocketSide.Frame(
      header: header, offset: offset, destination: destination, start: packet.timestamp)
  }

  /// Opens or continues the message that a data frame belongs to (RFC 6455 §5.4).
  private func route(
    _ header: FrameHeader, _ side: WebSocketSide, offset: Int, _ packet: PacketStamp,
    report: (Rule, @autoclosure () -> String) -> Void
  ) -> WebSocketSide.Destination {
    guard !header.opcode.isReserved else { return .nothing }
    let progress = side.progress(context)
    if header.opcode == .continuation {
      guard progress.assembler.isOpen else {
        if side.hasSeenMessageStart, agreement.followsRFC6455 {
          report(.continuationWithoutStart, "\(header.payloadLength) bytes continue no message")
        }
        return .nothing
      }
      progress.assembler.beginFrame()
      return .message
    }
    if progress.assembler.isOpen {
      if !agreement.hasUnknownExtension, agreement.followsRFC6455 {
        report(
          .messageInterleaved,
          "\(header.opcode.name) inside a fragmented \(progress.assembler.opcode.name)")
      }
      progress.messageLosses.insert(.incomplete)
      // The rest of its last block never comes: nothing behind it may be inflated as that.
      if progress.assembler.isCompressed { progress.assembler.markHole() }
      tellMessage(side, packet)
    }
    let isDeflated = agreement.deflate != nil && header.isCompressed
    let isUnknown = agreement.hasUnknownExtension && header.reservedBits & (isDeflated ? 3 : 7) != 0
    progress.assembler.begin(
      header.opcode, isCompressed: isDeflated, undecoded: isUnknown ? .unknownExtension : nil)
    progress.assembler.beginFrame()
    side.hasSeenMessageStart = true
    progress.messageStart = packet.timestamp
    progress.messageLosses = []
    progress.hasPayloadFault = false
    progress.resetFloodCounts()
    progress.messageOffset = offset
    side.counts.add(.messages)
    return .message
  }

  private func take(_ payload: RawSpan, offset: UInt64, _ side: WebSocketSide, _ packet: PacketStamp) {
    guard let frame = side.progress(context).frame else { return }
    checkWire(payload, frame, side, packet)
    if frame.losses.isEmpty { side.progress(context).frame?.knownLength += UInt64(payload.byteCount) }
    switch frame.destination {
    case .message: side.progress(context).assembler.append(payload, maskingKey: frame.header.maskingKey, offset: offset)
    case .control: side.progress(context).control?.append(payload, maskingKey: frame.header.maskingKey, offset: offset)
    case .nothing: break
    }
  }

  private func endFrame(_ side: WebSocketSide, _ packet: PacketStamp) {
    guard let frame = side.progress(context).frame else { return }
    side.progress(context).frame = nil
    noteEnd(of: frame, side, packet)
    tellFrame(frame, side, packet)
    if case .message = frame.destination { checkFlood(frame, side, packet) }
    switch frame.destination {
    case .control:
      tellControl(frame, side, packet)
    case .message where frame.header.isFinal:
      side.progress(context).assembler.finish()
      checkPayload(side, packet, frame)
      tellMessage(side, packet)
    case .message, .nothing:
      break
    }
  }

  /// Reports what is wrong with the open message's payload, as soon as it shows: a receiver may fail the connection
  /// there, so that the message never ends.
  private func checkPayload(_ side: WebSocketSide, _ packet: PacketStamp, _ lastFrame: WebSocketSide.Frame? = nil) {
    let progress = side.progress(context)
    let (assembler, place) = (progress.assembler, (lastFrame ?? progress.frame)?.offset ?? progress.messageOffset)
    for finding in assembler.takeFindings() {
      let (rule, severity, detail) = DeflateChecks.violation(finding)
      report(Finding(rule, by: side.sender, at: place, as: severity), packet, detail)
    }
    guard !progress.hasPayloadFault, assembler.undecoded == nil, let offset = assembler.textErrorOffset,
      agreement.followsRFC6455, !agreement.hasUnknownExtension
    else { return }
    progress.hasPayloadFault = true
    report(Finding(.textInvalidUtf8, by: side.sender, at: place), packet, "not UTF-8 from byte \(offset) on")
  }

  /// Where the end of the direction would cut what is under way.
  private func cutPlace(_ side: WebSocketSide) -> CutPlace {
    let progress = side.progress(context)
    if progress.decoder.isLost { return .none }
    if let frame = progress.frame {
      return .payload(known: frame.knownLength, declared: frame.header.payloadLength)
    }
    if progress.decoder.pendingHeaderBytes > 0 { return .header(progress.decoder.pendingHeaderBytes) }
    return progress.assembler.isOpen ? .message : .none
  }

  // MARK: - Losses

  private func loseFraming(_ side: WebSocketSide, _ packet: PacketStamp, flag: LossFlags) {
    giveUpFrameAndMessage(side, packet, flag: flag)
    side.progress(context).assembler.loseContext()
    side.hasSeenMessageStart = false
  }

  /// Tells what is known of the frame and the message at hand, which will not be whole.
  private func giveUpFrameAndMessage(_ side: WebSocketSide, _ packet: PacketStamp, flag: LossFlags) {
    if var frame = side.progress(context).frame {
      side.progress(context).frame = nil
      frame.losses.insert(flag)
      tellFrame(frame, side, packet)
      if case .control = frame.destination { tellControl(frame, side, packet) }
    }
    if side.progress(context).assembler.isOpen {
      side.progress(context).assembler.giveUp()
      if side.progress(context).assembler.hasFindings { checkPayload(side, packet) }
      side.progress(context).messageLosses.insert(flag)
      tellMessage(side, packet)
    }
  }

  @inline(__always)
  func side(of direction: Direction) -> WebSocketSide { direction == clientDirection ? client : server }
  @inline(__always)
  func side(of sender: Sender) -> WebSocketSide { sender == .client ? client : server }
}
