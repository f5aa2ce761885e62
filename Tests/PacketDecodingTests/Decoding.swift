import NetworkTypes
import PacketDecoding
import TestSupport

/// Decodes one packet that stands alone.
func decode(
  _ bytes: [UInt8], linkType: UInt16 = 1, originalLength: Int? = nil, frameCheckBytes: Int = 0
) -> DecodedPacket {
  var decoder = PacketDecoder()
  return withSpan(bytes) { span in
    decoder.decode(
      span, in: 0..<bytes.count, originalLength: originalLength ?? bytes.count, linkType: linkType,
      frameCheckBytes: frameCheckBytes)
  }
}

/// Decodes one built packet.
func decode(_ packet: BuiltPacket) -> DecodedPacket {
  decode(packet.bytes, linkType: packet.linkType, originalLength: packet.originalLength)
}

extension DecodedPacket {
  /// The segment, if it is one.
  var segment: TCPSegment? {
    if case .segment(let segment) = self { segment } else { nil }
  }

  /// The other protocol, if it is one.
  var other: OtherProtocol? {
    if case .other(let other) = self { other } else { nil }
  }

  /// The fault, if there is one.
  var error: DecodeError? {
    if case .undecodable(let error) = self { error } else { nil }
  }
}

/// Packets written out octet by octet.
enum Literal {
  static let ethernetHeader = "02 00 00 00 00 02  02 00 00 00 00 01  08 00"
  /// 10.0.0.1 to 10.0.0.2, 43 octets in all, do not fragment.
  static let ipv4Header = "45 00 00 2b  00 07 40 00  40 06 26 c4  0a 00 00 01  0a 00 00 02"
  /// Port 40000 to 80, sequence 1000, acknowledgment 5001, PSH and ACK, window 512, and "abc".
  static let tcpHeader = "9c 40 00 50  00 00 03 e8  00 00 13 89  50 18 02 00  21 63 00 00"
  static let payload = "61 62 63"
  static let ipv4 = hex(ipv4Header + tcpHeader + payload)
  static let ethernet = hex(ethernetHeader) + ipv4
  /// 2001:db8::1 to 2001:db8::2, 23 octets of payload.
  static let ipv6Header =
    "60 00 00 00 00 17 06 40  20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01"
    + "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02"
  static let tcpHeaderOverIPv6 = "9c 40 00 50  00 00 03 e8  00 00 13 89  50 18 02 00  d9 f0 00 00"
  static let ipv6 = hex(ipv6Header + tcpHeaderOverIPv6 + payload)

  /// Whether a packet is the segment that these octets are, apart from its link layer.
  static func isSegment(_ packet: DecodedPacket, of bytes: [UInt8], isIPv6: Bool = false) -> Bool {
    guard let segment = packet.segment else { return false }
    return segment.source == Endpoint(isIPv6 ? "[2001:db8::1]:40000" : "10.0.0.1:40000")
      && segment.destination == Endpoint(isIPv6 ? "[2001:db8::2]:80" : "10.0.0.2:80")
      && segment.sequence.value == 1000 && segment.acknowledgment.value == 5001 && segment.flags == [.psh, .ack]
      && segment.window == 512 && Array(bytes[segment.payload]) == Array("abc".utf8) && segment.payloadLength == 3
      && !segment.hasBadChecksum
  }
}
