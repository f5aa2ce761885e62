internal import NetworkTypes
internal import WebSocketDecoding

extension WebSocketAnalyzer {
  /// Takes the messages at the beginning of `bytes` that are one plain frame each and wholly there: most of all traffic.
  ///
  /// Whatever is out of the ordinary is left to `decode`, the plain twin of this, which comes to the same records.
  ///
  /// - Returns: Where the first byte stands that was not taken.
  @inline(__always)
  func takeWholeMessages(_ bytes: RawSpan, _ side: WebSocketSide, _ position: StreamPosition) -> Int {
    guard !context.options.reportsFrames, side.isBetweenMessages, !side.hasClosed, !side.isWatched else {
      return 0
    }
    var cursor = 0
    while cursor < bytes.byteCount, let header = FrameHeader(bytes, at: cursor),
      isPlainMessage(header, by: side.sender)
    {
      let start = cursor + header.headerLength
      // Compared before it is converted: the length is below 2^16 here.
      let length = Int(header.payloadLength)
      guard length <= bytes.byteCount - start,
        take(
          bytes.extracting(start..<start + length), header, side, offset: position.offset + cursor, position.packet)
      else { break }
      cursor = start + length
    }
    return cursor
  }

  @inline(__always)
  private func isPlainMessage(_ header: FrameHeader, by sender: Sender) -> Bool {
    header.isFinal && (header.opcode == .text || header.opcode == .binary) && checks.isPlain(header, by: sender)
      && header.payloadLength <= UInt64(min(context.limits.keptPayloadBytes, 65535))
  }

  @inline(__always)
  private func take(
    _ bytes: RawSpan, _ header: FrameHeader, _ side: WebSocketSide, offset: Int, _ packet: PacketStamp
  ) -> Bool {
    let isText = header.opcode == .text
    return WholePayload.decode(
      bytes, maskingKey: header.maskingKey, isText: isText, workspace: context.workspace
    ) { payload in
      if let key = header.maskingKey {
        checkMaskingKey(key, at: offset, packet)
        if WireHTTP.isFound(in: bytes) { reportWireHTTP(at: offset, packet) }
      }
      checkBanner(of: payload, side, ordinal: side.counts.messages + 1, offset: offset, packet)
      let length = payload.byteCount
      side.counts.add(.frames)
      side.counts.add(.messages)
      if isText { side.counts.add(.textMessages) }
      side.counts.payload += length
      side.counts.wire += length
      side.hasSeenMessageStart = true
      context.sink.message(
        MessageRecord(
          connection: identity, packet: packet, sender: side.sender, ordinal: side.counts.messages,
          opcode: header.opcode, length: length, wireLength: length, frames: 1, isDeflated: false,
          durationMicroseconds: 0, form: isText ? .text : .bytes(errorOffset: nil), losses: [], undecoded: nil),
        payload: payload)
    }
  }
}
