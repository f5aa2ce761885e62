internal import NetworkTypes
internal import TCPReassembly
internal import WebSocketDecoding

/// Tells the story of one WebSocket: frames become messages and controls, faults become violations.
///
/// Decoding goes on behind every fault that leaves the frame boundaries known, as RFC 6455 gives a passive reader no
/// connection to fail.
final class WebSocketAnalyzer: ByteStreamAnalyzer {
  let context: AnalysisContext
  private unowned let connection: Connection
  let identity: ConnectionIdentity
  let clientDirection: Direction
  let checks: FrameChecks
  /// Packet time of the handshake's answer.
  private let opened: Timestamp
  private let client: WebSocketSide
  private let server: WebSocketSide
  private var violations: ViolationLedger
  private var firstClose: FirstClose?

  /// The first Close of either side; most WebSockets that are held have none yet.
  private final class FirstClose {
    let sender: Sender
    let code: UInt16?
    let reason: String?

    init(sender: Sender, code: UInt16?, reason: String?) {
      self.sender = sender
      self.code = code
      self.reason = reason
    }
  }

  init(
    context: AnalysisContext, connection: Connection, identity: ConnectionIdentity, clientDirection: Direction,
    agreement: WebSocketAgreement, opened: PacketStamp, violations: ViolationLedger
  ) {
    self.violations = violations
    self.context = context
    self.connection = connection
    self.identity = identity
    self.clientDirection = clientDirection
    self.opened = opened.timestamp
    checks = FrameChecks(agreement: agreement)
    client = WebSocketSide(sender: .client, agreement: agreement)
    server = WebSocketSide(sender: .server, agreement: agreement)
    context.statistics.webSockets += 1
    context.statistics.openWebSockets += 1
  }

  func receive(_ bytes: RawSpan, at position: StreamPosition) -> StreamDemand {
    let side = side(of: position.direction)
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
    if side.isLost { endSearch(side, position, isEnd: false) }
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
      beginSearch(side, lostAt: position.offset)
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
    side.addUnframed(side.progress(context).decoder.pendingHeaderBytes, context)
    giveUpFrameAndMessage(side, position.packet, flag: .incomplete)
    if client.end != nil, server.end != nil { tellEnd(position.packet) }
    return .everything
  }

  var agreement: WebSocketAgreement { checks.agreement }

  var hotObjects: [AnyObject] { [self, client, server, identity] }

  var heldBytes: Int { Self.ownBytes + client.heldBytes + server.heldBytes + violations.heldBytes }

  var worth: StreamWorth { .wanted }

  /// Bytes of a WebSocket with nothing at hand: this, both sides, and the identity with its names.
  private static let ownBytes = 520

  /// Says that the place in a direction's frames is not known, and that it is a guess how they are compressed.
  ///
  /// - Parameters:
  ///   - direction: The direction, of which nothing was given yet.
  ///   - offset: Where in the stream its frames may have begun.
  ///   - trustsFirst: Whether the first byte likely begins a frame.
  func loseFraming(of direction: Direction, at offset: Int, trustsFirst: Bool) {
    let side = side(of: direction)
    side.opening = .known
    guard side.progress(context).decoder.isBetweenFrames, !side.progress(context).decoder.skip(1) else { return }
    side.progress(context).assembler.loseContext()
    side.hasSeenMessageStart = false
    beginSearch(side, lostAt: offset, trustsFirst: trustsFirst)
  }

  /// Says that what a direction's messages may refer back to is not known.
  func loseContext(of direction: Direction) { side(of: direction).progress(context).assembler.loseContext() }

  /// Notes that a rule is broken.
  func report(_ finding: Finding, _ packet: PacketStamp, _ detail: @autoclosure () -> String) {
    violations.report(finding, packet: packet, connection: identity, context, detail: detail)
  }

  // MARK: - Frames

  func decode(_ bytes: RawSpan, _ side: WebSocketSide, _ position: StreamPosition) {
    let cursor = takeWholeMessages(bytes, side, position.packet)
    if cursor == bytes.byteCount, cursor > 0 { return }
    decodeFrames(bytes, from: cursor, side, position)
    side.settle(context)
  }

  /// The plain way for bytes from `start` on.
  func decodeFrames(_ bytes: RawSpan, from start: Int, _ side: WebSocketSide, _ position: StreamPosition) {
    var cursor = start
    while true {
      switch side.progress(context).decoder.next(bytes, &cursor) {
      case .needMoreBytes:
        return
      case .header(let header):
        let offset = position.offset + cursor - header.headerLength
        judgeOpening(header, side, offset: offset, position.packet)
        begin(header, side, offset: offset, position.packet)
        if side.opening.isForeign {
          loseFraming(side, position.packet, flag: .incomplete)
          side.addUnframed(bytes.byteCount - cursor, context)
          return
        }
      case .payload(let range, let offset):
        take(bytes.extracting(range), offset: offset, side)
        if side.progress(context).assembler.textErrorOffset != nil { checkPayload(side, position.packet) }
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
    if !checks.isPlain(header, by: side.sender) { checks.check(header, by: side.sender, report: report) }
    side.counts.frames += 1
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
      destination = route(header, side, packet, report: report)
    }
    side.progress(context).frame = WebSocketSide.Frame(header: header, offset: offset, destination: destination)
  }

  /// Opens or continues the message that a data frame belongs to (RFC 6455 §5.4).
  private func route(
    _ header: FrameHeader, _ side: WebSocketSide, _ packet: PacketStamp,
    report: (Rule, @autoclosure () -> String) -> Void
  ) -> WebSocketSide.Destination {
    guard !header.opcode.isReserved else { return .nothing }
    if header.opcode == .continuation {
      guard side.progress(context).assembler.isOpen else {
        if side.hasSeenMessageStart, agreement.followsRFC6455 {
          report(.continuationWithoutStart, "\(header.payloadLength) bytes continue no message")
        }
        return .nothing
      }
      side.progress(context).assembler.beginFrame()
      return .message
    }
    if side.progress(context).assembler.isOpen {
      if !agreement.hasUnknownExtension, agreement.followsRFC6455 {
        report(
          .messageInterleaved,
          "\(header.opcode.name) inside a fragmented \(side.progress(context).assembler.opcode.name)")
      }
      side.progress(context).messageLosses.insert(.incomplete)
      // The rest of its last block never comes: nothing behind it may be inflated as that.
      if side.progress(context).assembler.isCompressed { side.progress(context).assembler.markHole() }
      tellMessage(side, packet)
    }
    let isDeflated = agreement.deflate != nil && header.isCompressed
    let isUnknown = agreement.hasUnknownExtension && header.reservedBits & (isDeflated ? 3 : 7) != 0
    side.progress(context).assembler.begin(
      header.opcode, isCompressed: isDeflated, undecoded: isUnknown ? .unknownExtension : nil)
    side.progress(context).assembler.beginFrame()
    side.hasSeenMessageStart = true
    side.progress(context).messageStart = packet.timestamp
    side.progress(context).messageLosses = []
    side.progress(context).hasPayloadFault = false
    side.counts.messages += 1
    return .message
  }

  private func take(_ payload: RawSpan, offset: UInt64, _ side: WebSocketSide) {
    guard let frame = side.progress(context).frame else { return }
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
    tellFrame(frame, side, packet)
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
    guard !side.progress(context).hasPayloadFault, let frame = lastFrame ?? side.progress(context).frame else { return }
    let rule: Rule
    let detail: String
    if side.progress(context).assembler.undecoded == .inflateFailed {
      rule = .deflateInflateFailed
      detail = "\(side.progress(context).assembler.wireLength) bytes do not inflate"
    } else if side.progress(context).assembler.undecoded == nil,
      let offset = side.progress(context).assembler.textErrorOffset,
      agreement.followsRFC6455, !agreement.hasUnknownExtension
    {
      rule = .textInvalidUtf8
      detail = "not UTF-8 from byte \(offset) on"
    } else {
      return
    }
    side.progress(context).hasPayloadFault = true
    report(Finding(rule, by: side.sender, at: frame.offset), packet, detail)
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
      side.progress(context).messageLosses.insert(flag)
      tellMessage(side, packet)
    }
  }

  // MARK: - Records

  private func tellFrame(_ frame: WebSocketSide.Frame, _ side: WebSocketSide, _ packet: PacketStamp) {
    guard context.options.reportsFrames else { return }
    let isMessage = if case .message = frame.destination { true } else { false }
    context.sink.frame(
      FrameRecord(
        connection: identity, packet: packet, sender: side.sender, offset: frame.offset, header: frame.header,
        length: frame.losses.isEmpty ? frame.header.payloadLength : frame.knownLength,
        message: isMessage ? side.counts.messages : nil, losses: frame.losses,
        resyncOffset: side.resync?.newestOffset(before: frame.offset)))
  }

  private func tellMessage(_ side: WebSocketSide, _ packet: PacketStamp) {
    let isDecoded = side.progress(context).assembler.undecoded == nil
    var losses = side.progress(context).messageLosses
    if isDecoded, side.progress(context).assembler.isTruncated { losses.insert(.truncated) }
    let form: PayloadForm
    switch side.progress(context).assembler.opcode {
    case _ where !isDecoded: form = .none
    case .text where side.progress(context).assembler.isWholeText: form = .text
    case .text: form = .bytes(errorOffset: side.progress(context).assembler.textErrorOffset)
    default: form = .bytes(errorOffset: nil)
    }
    if side.progress(context).assembler.opcode == .text { side.counts.textMessages += 1 }
    side.counts.wire += side.progress(context).assembler.wireLength
    if isDecoded { side.counts.payload += side.progress(context).assembler.length }
    let record = MessageRecord(
      connection: identity, packet: packet, sender: side.sender, ordinal: side.counts.messages,
      opcode: side.progress(context).assembler.opcode,
      length: isDecoded ? side.progress(context).assembler.length : nil,
      wireLength: side.progress(context).assembler.wireLength,
      frames: side.progress(context).assembler.frameCount, isDeflated: side.progress(context).assembler.isCompressed,
      durationMicroseconds: packet.timestamp.microseconds(since: side.progress(context).messageStart), form: form,
      losses: losses,
      undecoded: side.progress(context).assembler.undecoded, resyncOffset: side.resync?.takeUntold())
    side.progress(context).assembler.withKept { kept in
      let whole =
        form == .text && losses.contains(.truncated) ? UTF8Validator.wholeCharacters(in: kept) : kept.byteCount
      context.sink.message(record, payload: kept.extracting(first: whole))
    }
    side.progress(context).assembler.close()
  }

  private func tellControl(_ frame: WebSocketSide.Frame, _ side: WebSocketSide, _ packet: PacketStamp) {
    guard let control = side.progress(context).control else { return }
    let isWhole = frame.losses.isEmpty
    let kind: ControlRecord.Kind =
      switch frame.header.opcode {
      case .ping: .ping
      case .pong:
        .pong(
          roundTripMicroseconds: isWhole
            ? control.withKept { self.side(of: side.sender.opposite).pings.roundTrip($0, at: packet.timestamp) } : nil)
      default: .close(isWhole && !control.isTruncated ? control.withKept { ClosePayload($0) } : nil)
      }
    // Of a ping or pong as much is written as of a message; a Close is written by its code and reason.
    let limit = frame.header.opcode == .close ? Int.max : context.limits.keptPayloadBytes
    let isCut = control.isTruncated || control.length > limit
    var losses = frame.losses
    if isCut { losses.insert(.truncated) }
    let record = ControlRecord(
      connection: identity, packet: packet, sender: side.sender, kind: kind, length: control.length,
      form: control.isWholeText ? .text : .bytes(errorOffset: nil), losses: losses,
      resyncOffset: side.resync?.takeUntold())
    control.withKept { all in
      let kept = all.extracting(first: limit)
      let whole = control.isWholeText && isCut ? UTF8Validator.wholeCharacters(in: kept) : kept.byteCount
      context.sink.control(record, payload: kept.extracting(first: whole))
    }
    switch kind {
    case .ping:
      side.counts.pings += 1
      if isWhole {
        control.withKept { side.pings.add($0, at: packet.timestamp, limit: context.limits.outstandingPings) }
      }
    case .pong: side.counts.pongs += 1
    case .close(let payload): noteClose(payload, frame, side, packet)
    }
    control.close()
  }

  private func noteClose(
    _ payload: ClosePayload?, _ frame: WebSocketSide.Frame, _ side: WebSocketSide, _ packet: PacketStamp
  ) {
    side.hasClosed = true
    if firstClose == nil {
      var reason: String?
      if case .status(_, let start) = payload {
        reason = side.progress(context).control?.withKept { bytes in
          String(decoding: bytes.extracting(start..<bytes.byteCount).copied(), as: UTF8.self)
        }
      }
      firstClose = FirstClose(sender: side.sender, code: payload?.code?.rawValue, reason: reason)
    }
    guard let payload, agreement.followsRFC6455 else { return }
    CloseChecks.check(payload) { rule, detail in
      report(Finding(rule, by: side.sender, at: frame.offset), packet, detail())
    }
  }

  private func tellEnd(_ packet: PacketStamp) {
    context.statistics.openWebSockets -= 1
    let ends = [client.end, server.end].compactMap { $0 }
    let cause = ends.contains(.reset) ? .reset : ends.first { $0 != .fin } ?? .fin
    let firstEnder = connection.firstEnder.map { $0 == clientDirection ? Sender.client : .server }
    let record = EndRecord(
      connection: identity, packet: packet, cause: cause, isClean: client.hasClosed && server.hasClosed,
      closedBy: firstClose?.sender ?? firstEnder, closeCode: firstClose?.code, closeReason: firstClose?.reason,
      durationMicroseconds: connection.lastPacket.timestamp.microseconds(since: opened),
      rules: violations.counts, client: summary(of: client), server: summary(of: server))
    context.statistics.add(record)
    context.sink.end(record)
  }

  private func summary(of side: WebSocketSide) -> DirectionSummary {
    let direction = side.sender == .client ? clientDirection : clientDirection.opposite
    let transport = connection.statistics(of: direction)
    let counts = side.counts
    return DirectionSummary(
      packets: transport.packets, bytes: transport.bytes, frames: counts.frames, messages: counts.messages,
      textMessages: counts.textMessages, binaryMessages: counts.messages - counts.textMessages, pings: counts.pings,
      pongs: counts.pongs, payload: counts.payload, wire: counts.wire, gapBytes: transport.gapBytes,
      retransmittedBytes: transport.retransmittedBytes, overlapConflicts: transport.overlapConflicts,
      unframedBytes: side.unframedBytes, resyncs: side.resync?.places ?? [],
      resyncCount: side.resync?.count ?? 0)
  }

  @inline(__always)
  func side(of direction: Direction) -> WebSocketSide { direction == clientDirection ? client : server }
  @inline(__always)
  private func side(of sender: Sender) -> WebSocketSide { sender == .client ? client : server }
}
