internal import NetworkTypes

/// The packet that most captures consist of: TCP over IPv4 without options over Ethernet, whole, untagged.
///
/// The layers of `PacketDecoder`, one after another, are its plain twin and come to the same segment.
enum OrdinaryPacket {
  private static let ipOffset = Ethernet.headerBytes
  private static let tcpOffset = ipOffset + IPv4Header.minimumBytes

  /// The connection of a TCP segment over IPv4 without options, `nil` if the packet is anything else.
  @inline(__always)
  static func flow(_ bytes: RawSpan, in range: Range<Int>) -> FlowKey? {
    let start = range.lowerBound
    guard range.count >= tcpOffset + TCPHeader.minimumBytes,
      bytes.checkedBigEndian(start + ipOffset - 2, as: UInt32.self) >> 8 == 0x080045,
      bytes.checkedByte(start + ipOffset + 9) == TCPHeader.protocolNumber
    else { return nil }
    let ports: UInt32 = bytes.checkedBigEndian(start + tcpOffset)
    return FlowKey(
      Endpoint(
        address: IPAddress(v4: bytes.checkedBigEndian(start + ipOffset + 12)),
        port: UInt16(truncatingIfNeeded: ports >> 16)),
      Endpoint(
        address: IPAddress(v4: bytes.checkedBigEndian(start + ipOffset + 16)), port: UInt16(truncatingIfNeeded: ports)))
  }

  /// The segment in `range`, which lies within `bytes`, or `nil` if the packet is anything else.
  @inline(__always)
  static func segment(_ bytes: RawSpan, in range: Range<Int>) -> TCPSegment? {
    let start = range.lowerBound
    guard range.count >= tcpOffset + TCPHeader.minimumBytes,
      // EtherType 0x0800, version 4 with a header of 20 octets.
      bytes.checkedBigEndian(start + ipOffset - 2, as: UInt32.self) >> 8 == 0x080045,
      bytes.checkedBigEndian(start + ipOffset + 6, as: UInt16.self) & 0x3fff == 0,
      bytes.checkedByte(start + ipOffset + 9) == TCPHeader.protocolNumber
    else { return nil }
    let totalLength = Int(bytes.checkedBigEndian(start + ipOffset + 2, as: UInt16.self))
    let tcp = start + tcpOffset
    let end = start + ipOffset + totalLength
    let headerBytes = Int(bytes.checkedByte(tcp + 12) >> 4) * 4
    guard end <= range.upperBound, headerBytes >= TCPHeader.minimumBytes, tcp + headerBytes <= end else { return nil }

    let source: UInt32 = bytes.checkedBigEndian(start + ipOffset + 12)
    let destination: UInt32 = bytes.checkedBigEndian(start + ipOffset + 16)
    let ports: UInt32 = bytes.checkedBigEndian(tcp)
    let sourcePort = UInt16(truncatingIfNeeded: ports >> 16)
    let destinationPort = UInt16(truncatingIfNeeded: ports)
    let from = Endpoint(address: IPAddress(v4: source), port: sourcePort)
    let to = Endpoint(address: IPAddress(v4: destination), port: destinationPort)
    let sentByLower = source == destination ? sourcePort <= destinationPort : source < destination
    let isChecked = bytes.checkedNative(tcp + 16, as: UInt16.self) != 0
    return TCPSegment(
      flow: sentByLower ? FlowKey(lower: from, upper: to) : FlowKey(lower: to, upper: from), sentByLower: sentByLower,
      sequence: SequenceNumber(bytes.checkedBigEndian(tcp + 4)),
      acknowledgment: SequenceNumber(bytes.checkedBigEndian(tcp + 8)),
      flags: TCPFlags(rawValue: bytes.checkedByte(tcp + 13)), window: bytes.checkedBigEndian(tcp + 14),
      payload: tcp + headerBytes..<end, payloadLength: end - tcp - headerBytes,
      hasBadChecksum: isChecked
        && !InternetChecksum.isRight(bytes, tcp..<end, from: from.address, to: to.address))
  }
}
