internal import NetworkTypes
internal import TCPReassembly
internal import WebSocketDecoding

/// Telling the sink what a WebSocket carried.
extension WebSocketAnalyzer {
  func tellFrame(_ frame: WebSocketSide.Frame, _ side: WebSocketSide, _ packet: PacketStamp) {
    guard context.options.reportsFrames else { return }
    let isMessage = if case .message = frame.destination { true } else { false }
    context.sink.frame(
      FrameRecord(
        connection: identity, packet: packet, sender: side.sender, offset: frame.offset, header: frame.header,
        length: frame.losses.isEmpty ? frame.header.payloadLength : frame.knownLength,
        message: isMessage ? side.counts.messages : nil, losses: frame.losses,
        resyncOffset: side.resync?.newestOffset(before: frame.offset)))
  }

  func tellMessage(_ side: WebSocketSide, _ packet: PacketStamp) {
    let progress = side.progress(context)
    let assembler = progress.assembler
    let undecoded = assembler.undecoded
    let isDecoded = undecoded == nil
    var losses = progress.messageLosses
    if isDecoded, assembler.isTruncated { losses.insert(.truncated) }
    let form: PayloadForm
    switch assembler.opcode {
    case _ where !isDecoded: form = .none
    case .text where assembler.isWholeText: form = .text
    case .text: form = .bytes(errorOffset: assembler.textErrorOffset)
    default: form = .bytes(errorOffset: nil)
    }
    if assembler.opcode == .text { side.counts.add(.textMessages) }
    side.counts.wire += assembler.wireLength
    if isDecoded { side.counts.payload += assembler.length }
    let record = MessageRecord(
      connection: identity, packet: packet, sender: side.sender, ordinal: side.counts.messages,
      opcode: assembler.opcode, length: isDecoded ? assembler.length : nil, wireLength: assembler.wireLength,
      frames: assembler.frameCount, isDeflated: assembler.isCompressed,
      durationMicroseconds: packet.timestamp.microseconds(since: progress.messageStart), form: form, losses: losses,
      undecoded: undecoded, resyncOffset: side.resync?.takeUntold())
    if isDecoded {
      assembler.withBeginning {
        checkBanner(of: $0, side, ordinal: side.counts.messages, offset: progress.messageOffset, packet)
      }
    }
    assembler.withKept { kept in
      let whole =
        form == .text && losses.contains(.truncated) ? UTF8Validator.wholeCharacters(in: kept) : kept.byteCount
      context.sink.message(record, payload: kept.extracting(first: whole))
    }
    assembler.close()
  }

  func tellControl(_ frame: WebSocketSide.Frame, _ side: WebSocketSide, _ packet: PacketStamp) {
    guard let control = side.progress(context).control else { return }
    let isWhole = frame.losses.isEmpty
    var answer: PingLedger.Answer?
    let kind: ControlRecord.Kind
    switch frame.header.opcode {
    case .ping: kind = .ping
    case .pong:
      if isWhole { answer = control.withKept { self.side(of: side.sender.opposite).pings.answer($0) } }
      kind = .pong(roundTripMicroseconds: answer.flatMap { Self.roundTrip($0, packet) })
    default: kind = .close(isWhole && !control.isTruncated ? control.withKept { ClosePayload($0) } : nil)
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
      side.counts.add(.pings)
      if isWhole {
        control.withKept {
          side.pings.add(
            $0, endingAt: frame.end, at: packet.timestamp, limit: context.limits.outstandingPings)
        }
        checkPing(frame, side, packet)
      }
    case .pong:
      side.counts.add(.pongs)
      if let answer { checkPong(answer, frame, side, packet) }
    case .close(let payload): noteClose(payload, frame, side, packet)
    }
    control.close()
  }

  /// The µs from a ping to the pong that certainly answers it.
  private static func roundTrip(_ answer: PingLedger.Answer, _ packet: PacketStamp) -> Int64? {
    guard case .to(let ping, isCertain: true) = answer, packet.timestamp >= ping.time else { return nil }
    return packet.timestamp.microseconds(since: ping.time)
  }

  func noteClose(
    _ payload: ClosePayload?, _ frame: WebSocketSide.Frame, _ side: WebSocketSide, _ packet: PacketStamp
  ) {
    let isFirst = !side.hasClosed
    side.hasClosed = true
    if conduct?.firstClose == nil {
      var reason: String?
      if case .status(_, let start) = payload {
        reason = side.progress(context).control?.withKept { bytes in
          String(decoding: bytes.extracting(start..<bytes.byteCount).copied(), as: UTF8.self)
        }
      }
      madeConduct().firstClose = Conduct.FirstClose(sender: side.sender, code: payload?.code?.rawValue, reason: reason)
    }
    guard agreement.followsRFC6455 else { return }
    if let payload {
      CloseChecks.check(payload, ofBytes: Int(clamping: frame.header.payloadLength), by: side.sender) { rule, detail in
        report(Finding(rule, by: side.sender, at: frame.offset), packet, detail())
      }
    }
    if isFirst { checkClose(payload?.code, frame, side, packet) }
  }

  func tellEnd(_ packet: PacketStamp) {
    context.statistics.openWebSockets -= 1
    checkEnd(packet)
    if requester.isKnown {
      let isAbnormal = !client.hasClosed && !server.hasClosed
      let isEnded = client.end == .fin || client.end == .reset || server.end == .fin
      // Who is told to come again (1012, 1013) may do so.
      let isInvited = conduct?.firstClose?.code == 1012 || conduct?.firstClose?.code == 1013
      let time = connection.lastTime
      if isEnded || !isAbnormal, !isInvited,
        let found = context.acrossConnections.noteEnd(of: requester, isAbnormal: isAbnormal, at: time)
      {
        report(Finding(.reconnectNoBackoff, by: .client, at: 0), packet, found.description)
      }
    }
    let firstClose = conduct?.firstClose
    let ends = [client.end, server.end].compactMap { $0 }
    let cause = ends.contains(.reset) ? .reset : ends.first { $0 != .fin } ?? .fin
    let record = EndRecord(
      connection: identity, packet: packet, cause: cause, isClean: client.hasClosed && server.hasClosed,
      closedBy: firstClose?.sender ?? firstEnder, closeCode: firstClose?.code, closeReason: firstClose?.reason,
      durationMicroseconds: connection.lastTime.microseconds(since: opened),
      rules: violations.counts, client: summary(of: client), server: summary(of: server))
    context.statistics.add(record)
    context.sink.end(record)
  }

  /// The side whose FIN or RST was seen first.
  var firstEnder: Sender? { connection.firstEnder.map { sender(of: $0) } }

  /// The side that sends in a direction.
  func sender(of direction: Direction) -> Sender { direction == clientDirection ? .client : .server }

  /// The direction in which a side sends.
  func direction(of sender: Sender) -> Direction { sender == .client ? clientDirection : clientDirection.opposite }

  func summary(of side: WebSocketSide) -> DirectionSummary {
    let direction = side.sender == .client ? clientDirection : clientDirection.opposite
    let transport = connection.statistics(of: direction)
    let counts = side.counts
    return DirectionSummary(
      packets: transport.packets, bytes: transport.bytes, frames: counts.frames, messages: counts.messages,
      textMessages: counts.textMessages, binaryMessages: counts.messages - counts.textMessages, pings: counts.pings,
      pongs: counts.pongs, payload: counts.payload, wire: counts.wire, gapBytes: transport.gapBytes,
      retransmittedBytes: transport.retransmittedBytes, overlapConflicts: transport.overlapConflicts,
      unframedBytes: side.unframedBytes, resyncs: side.resync?.places ?? [],
      resyncCount: side.resync?.count ?? 0, ignoredResets: transport.ignoredResets)
  }
}
