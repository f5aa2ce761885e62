internal import NetworkTypes
internal import WebSocketDecoding

/// The checks of sizes, numbers and slowness (RFC 6455 §10.4), and of what frames show on the wire and in their payload.
extension WebSocketAnalyzer {
  /// A header declares its size.
  func checkSize(_ header: FrameHeader, _ side: WebSocketSide, offset: Int, _ packet: PacketStamp) {
    guard header.payloadLength > UInt64(clamping: context.limits.largeMessageBytes), !header.hasLengthTopBit,
      agreement.followsRFC6455
    else { return }
    report(
      Finding(.declaredLengthHuge, by: side.sender, at: offset), packet, "\(header.payloadLength) bytes declared")
  }

  /// A frame of a message is over.
  func checkFlood(_ frame: WebSocketSide.Frame, _ side: WebSocketSide, _ packet: PacketStamp) {
    let progress = side.progress(context)
    let (frames, bytes) = (progress.assembler.frameCount, progress.assembler.wireLength)
    if frame.header.payloadLength == 0 {
      progress.emptyFragments += 1
      if progress.emptyFragments == CheckLimits.emptyFragments + 1 {
        report(
          Finding(.emptyFragmentFlood, by: side.sender, at: frame.offset), packet,
          "\(progress.emptyFragments) empty fragments of \(frames)")
      }
    }
    if frames > CheckLimits.fragments, !progress.isToldFlood, progress.emptyFragments <= CheckLimits.emptyFragments,
      bytes / frames < CheckLimits.tinyFragment
    {
      progress.isToldFlood = true
      report(
        Finding(.fragmentFlood, by: side.sender, at: frame.offset), packet, "\(frames) fragments of \(bytes) bytes")
    }
    if bytes > context.limits.largeMessageBytes, !progress.isToldLarge {
      progress.isToldLarge = true
      report(Finding(.messageTooLarge, by: side.sender, at: frame.offset), packet, "\(bytes) bytes so far")
    }
  }

  /// A piece of a frame's payload comes, as it stood on the wire.
  func checkWire(_ payload: RawSpan, _ frame: WebSocketSide.Frame, _ side: WebSocketSide, _ packet: PacketStamp) {
    checkStall(frame, side, packet)
    guard side.sender == .client, frame.losses.isEmpty, !frame.isToldHTTP else { return }
    let progress = side.progress(context)
    // Most frames come in one piece.
    if frame.knownLength == 0 { progress.wireTail.removeAll(keepingCapacity: true) }
    var isFound = WireHTTP.isFound(in: payload)
    if !isFound, frame.knownLength > 0 {
      let seam = progress.wireTail + payload.extracting(first: WireHTTP.longestLine).copied()
      isFound = seam.withRawSpan { WireHTTP.isFound(in: $0) }
    }
    if isFound {
      side.progress(context).frame?.isToldHTTP = true
      reportWireHTTP(at: frame.offset, packet)
    } else if UInt64(payload.byteCount) < frame.header.payloadLength
      - min(frame.knownLength, frame.header.payloadLength)
    {
      progress.wireTail.append(contentsOf: payload.extracting(last: WireHTTP.longestLine))
      progress.wireTail.removeFirst(max(0, progress.wireTail.count - WireHTTP.longestLine))
    }
  }

  /// A frame that has begun is not over.
  func checkStall(_ frame: WebSocketSide.Frame, _ side: WebSocketSide, _ packet: PacketStamp) {
    let elapsed = packet.timestamp.nanoseconds(since: frame.start)
    guard elapsed >= CheckLimits.stalledFrame, !frame.isToldStalled, frame.losses.isEmpty,
      frame.knownLength < UInt64(elapsed / 1_000_000_000)
    else { return }
    side.progress(context).frame?.isToldStalled = true
    report(
      Finding(.frameStalled, by: side.sender, at: frame.offset), packet,
      "\(frame.knownLength) of \(frame.header.payloadLength) bytes in \(elapsed / 1_000_000_000) s")
  }

  /// A client's frame shows HTTP on the wire.
  func reportWireHTTP(at offset: Int, _ packet: PacketStamp) {
    report(
      Finding(.maskedBytesLookLikeHttp, by: .client, at: offset), packet,
      "the bytes on the wire hold an HTTP request line")
  }

  /// A message's payload begins.
  @inline(__always)
  func checkBanner(of payload: RawSpan, _ side: WebSocketSide, ordinal: Int, offset: Int, _ packet: PacketStamp) {
    guard let first = payload.byte(at: 0), PayloadBanner.mayBegin(with: first) else { return }
    reportBanner(of: payload, side, ordinal: ordinal, offset: offset, packet)
  }

  @inline(never)
  private func reportBanner(
    of payload: RawSpan, _ side: WebSocketSide, ordinal: Int, offset: Int, _ packet: PacketStamp
  ) {
    guard !agreement.hasUnknownExtension,
      let name = PayloadBanner.name(of: payload, isFirstOfClient: side.sender == .client && ordinal == 1)
    else { return }
    report(Finding(.tunnelInPayload, by: side.sender, at: offset), packet, "a message begins as \(name) does")
  }

  /// A client's frame is masked.
  @inline(__always)
  func checkMaskingKey(_ key: UInt32, at offset: Int, _ packet: PacketStamp) {
    if masks.take(key, limits: context.limits) { reportMask(masks.found, key, at: offset, packet) }
  }

  @inline(never)
  private func reportMask(_ found: MaskKeyChecks.Found, _ key: UInt32, at offset: Int, _ packet: PacketStamp) {
    context.memory.hasChanged = true
    guard agreement.followsRFC6455, !agreement.isGuessed else { return }
    if let count = found.zeros {
      let isGrave = count > 1 || found.ordinal == 1
      report(
        Finding(.maskKeyZero, by: .client, at: offset, as: isGrave ? nil : .notice), packet,
        "the key of frame \(found.ordinal) is 00000000")
    }
    if let back = found.repeated {
      let isGrave = back == 1 || found.repetitions > 1
      report(
        Finding(.maskKeyRepeated, by: .client, at: offset, as: isGrave ? nil : .notice), packet,
        "\(Self.hexadecimal(key)) as \(back) \(back == 1 ? "frame" : "frames") before")
    }
    if let pattern = found.pattern {
      report(Finding(.maskKeyPredictable, by: .client, at: offset), packet, pattern)
    }
    if let keys = found.beginning, context.acrossConnections.areKnown(keys: keys, of: identity) {
      report(
        Finding(.maskKeySharedAcrossConnections, by: .client, at: offset), packet,
        "another connection began with \(keys.map(Self.hexadecimal).joined(separator: ", "))")
    }
  }

  private static func hexadecimal(_ key: UInt32) -> String {
    let digits = String(key, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
