import NetworkTypes

/// PPP (RFC 1661 §2), with or without HDLC-like framing (RFC 1662 §3.1).
enum PPP {
  private static let bridgingHeaderBytes = 2

  /// Decodes a frame: address and control may stand before the protocol, or be compressed away.
  ///
  /// The same link types hold frames of Cisco HDLC, which other addresses tell apart.
  static func decodeFrame(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= 2 else { return cursor.truncated(.ppp, needed: 2) }
    switch bytes.checkedBigEndian(cursor.offset, as: UInt16.self) {
    // 0x00 and 0x01 in the place of the address are directions (LINKTYPE_PPP_PPPD).
    case 0xff03, 0x0003, 0x0103: return cursor.advance(2, to: .pppPacket)
    case 0x0f00, 0x8f00: return .ciscoHDLC
    default: return .pppPacket
    }
  }

  /// Decodes protocol and payload; an odd first octet is a protocol number compressed to one (RFC 1661 §6.5).
  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= 1 else { return cursor.truncated(.ppp, needed: 1) }
    let first = bytes.checkedByte(cursor.offset)
    let number: UInt16
    if first & 1 != 0 {
      number = UInt16(first)
      cursor.offset += 1
    } else {
      guard cursor.available >= 2 else { return cursor.truncated(.ppp, needed: 2) }
      number = bytes.checkedBigEndian(cursor.offset)
      cursor.offset += 2
    }
    switch number {
    case 0x0021: return .ipv4
    case 0x0057: return .ipv6
    case 0x0281, 0x0283: return .mpls
    case 0x0031: return decodeBridged(bytes, &cursor)
    // Network control, link control and authentication.
    case 0x8000...0xffff: return .stop(.linkControl(number))
    default: return cursor.fail(.ppp, .unknownProtocol(number))
    }
  }

  /// Bridged frames (RFC 3518 §4.2): flags with the count of pads, the type of the LAN, the frame.
  private static func decodeBridged(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= bridgingHeaderBytes else { return cursor.truncated(.ppp, needed: bridgingHeaderBytes) }
    let flags = bytes.checkedByte(cursor.offset)
    guard bytes.checkedByte(cursor.offset + 1) == 1 else { return .stop(.linkControl(0x0031)) }
    // The top bit says that the frame's check sequence is there, the low four how many pads follow it.
    cursor.limitWithin(cursor.declared - Int(flags & 0x0f) - (flags & 0x80 != 0 ? 4 : 0))
    return cursor.available >= bridgingHeaderBytes
      ? cursor.advance(bridgingHeaderBytes, to: .ethernet) : cursor.truncated(.ppp, needed: bridgingHeaderBytes)
  }
}
