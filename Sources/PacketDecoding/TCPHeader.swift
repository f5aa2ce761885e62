import NetworkTypes

/// The TCP header (RFC 9293 §3.1).
enum TCPHeader {
  static let protocolNumber: UInt8 = 6
  static let minimumBytes = 20
  private static let destinationPortOffset = 2
  private static let sequenceOffset = 4
  private static let acknowledgmentOffset = 8
  private static let dataOffsetOffset = 12
  private static let flagsOffset = 13
  private static let windowOffset = 14
  private static let checksumOffset = 16

  @inline(__always)
  static func decode(_ bytes: RawSpan, _ cursor: LayerCursor) -> DecodedPacket {
    let at = cursor.offset
    let declared = cursor.declaredEnd - at
    guard declared >= minimumBytes else { return fail(cursor, .invalidLength, needed: minimumBytes, declared) }
    guard cursor.available >= minimumBytes else {
      return fail(cursor, .truncated, needed: minimumBytes, cursor.available)
    }
    let headerBytes = Int(bytes.checkedByte(at + dataOffsetOffset) >> 4) * 4
    guard headerBytes >= minimumBytes, headerBytes <= declared else {
      return fail(cursor, .invalidLength, needed: headerBytes, declared)
    }
    let source = Endpoint(address: cursor.source, port: bytes.checkedBigEndian(at))
    let destination = Endpoint(
      address: cursor.destination, port: bytes.checkedBigEndian(at + destinationPortOffset))
    let flow =
      cursor.network == nil && !cursor.separatesVLANs
      ? FlowKey(source, destination)
      : FlowKey(
        source, destination, network: cursor.network, vlanIDs: cursor.separatesVLANs ? cursor.layers.vlanIDs : [])
    // A snap length may end inside the options: all that is needed of the header stands before them.
    let payloadStart = min(at + headerBytes, cursor.capturedEnd)
    return .segment(
      TCPSegment(
        flow: flow,
        sentByLower: source == flow.lower,
        sequence: SequenceNumber(bytes.checkedBigEndian(at + sequenceOffset)),
        acknowledgment: SequenceNumber(bytes.checkedBigEndian(at + acknowledgmentOffset)),
        flags: TCPFlags(rawValue: bytes.checkedByte(at + flagsOffset)),
        window: bytes.checkedBigEndian(at + windowOffset),
        payload: payloadStart..<cursor.capturedEnd,
        payloadLength: declared - headerBytes,
        hasBadChecksum: hasBadChecksum(bytes, cursor),
        layers: cursor.layers))
  }

  /// See `TCPSegment.hasBadChecksum`.
  @inline(__always)
  private static func hasBadChecksum(_ bytes: RawSpan, _ cursor: LayerCursor) -> Bool {
    guard cursor.canVerifyChecksum, cursor.capturedEnd == cursor.declaredEnd,
      bytes.checkedNative(cursor.offset + checksumOffset, as: UInt16.self) != 0
    else { return false }
    return !InternetChecksum.isRight(
      bytes, cursor.offset..<cursor.capturedEnd, from: cursor.source, to: cursor.destination)
  }

  private static func fail(
    _ cursor: LayerCursor, _ kind: DecodeError.Kind, needed: Int, _ available: Int
  ) -> DecodedPacket {
    .undecodable(
      DecodeError(
        layer: .tcp, kind: kind, needed: needed, available: available, offset: cursor.offset - cursor.start))
  }
}
