import NetworkTypes

/// Generic Routing Encapsulation: version 0 (RFC 2784, with key and sequence of RFC 2890 and routing of RFC 1701), and
/// version 1 (PPTP, RFC 2637 §4.1).
enum GRE {
  private static let headerBytes = 4
  private static let checksumBit: UInt16 = 0x8000
  private static let routingBit: UInt16 = 0x4000
  private static let keyBit: UInt16 = 0x2000
  private static let sequenceBit: UInt16 = 0x1000
  private static let acknowledgmentBit: UInt16 = 0x0080
  private static let versionMask: UInt16 = 0x0007

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.gre, needed: headerBytes) }
    let flags: UInt16 = bytes.checkedBigEndian(cursor.offset)
    let type: UInt16 = bytes.checkedBigEndian(cursor.offset + 2)
    switch flags & versionMask {
    case 0: return decodeVersion0(bytes, &cursor, flags, type)
    case 1: return decodeVersion1(bytes, &cursor, flags, type)
    default: return cursor.fail(.gre, .badVersion(UInt8(truncatingIfNeeded: flags & versionMask)))
    }
  }

  private static func decodeVersion0(
    _ bytes: RawSpan, _ cursor: inout LayerCursor, _ flags: UInt16, _ type: UInt16
  ) -> NextLayer {
    let hasChecksum = flags & (checksumBit | routingBit) != 0
    let hasKey = flags & keyBit != 0
    let hasSequence = flags & sequenceBit != 0
    let length = headerBytes + (hasChecksum ? 4 : 0) + (hasKey ? 4 : 0) + (hasSequence ? 4 : 0)
    guard cursor.available >= length else { return cursor.truncated(.gre, needed: length) }
    let key: UInt32? = hasKey ? bytes.checkedBigEndian(cursor.offset + headerBytes + (hasChecksum ? 4 : 0)) : nil
    cursor.offset += length
    if flags & routingBit != 0, !passRouting(bytes, &cursor) { return cursor.truncated(.gre, needed: 4) }
    switch type {
    // Transparent Ethernet bridging: GRETAP, and NVGRE, whose key is VSID times 256 plus a flow number (RFC 7637 §3.2).
    case 0x6558: return cursor.enter(.gretap, key, to: .ethernet)
    // ERSPAN of type I has no sequence number, and no header of its own.
    case 0x88be: return hasSequence ? .erspan2 : cursor.enter(.erspan, to: .ethernet)
    case 0x22eb: return .erspan3
    // Wireless frames from an access point to its controller.
    case 0x8200...0x83ff: return cursor.enter(.gre, key, to: .ieee80211)
    case 0x883e:
      // WCCP: version 2 puts four octets before the packet, which cannot begin with a version of IP.
      guard cursor.available >= 4 else { return cursor.truncated(.gre, needed: 4) }
      if bytes.checkedByte(cursor.offset) >> 4 != 4 { cursor.offset += 4 }
      return cursor.enter(.gre, key, to: .ipv4)
    // Keepalives; NHRP and CDP, which carry no packets.
    case 0x0000, 0x2000, 0x2001: return .stop(.linkControl(type))
    default:
      guard cursor.pass(.gre, key) else { return .failed }
      return EtherType.isLength(type) ? cursor.fail(.gre, .unknownEtherType(type)) : EtherType.layer(type, &cursor)
    }
  }

  /// Passes source route entries: family, offset, length, and so many octets; one without family and length ends them
  /// (RFC 1701 §"Routing").
  private static func passRouting(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> Bool {
    while cursor.available >= 4 {
      let length = Int(bytes.checkedByte(cursor.offset + 3))
      let isLast = length == 0 && bytes.checkedBigEndian(cursor.offset, as: UInt16.self) == 0
      guard cursor.available >= 4 + length else { return false }
      cursor.offset += 4 + length
      if isLast { return true }
    }
    return false
  }

  /// PPTP, and the Ethernet over IP of RouterOS, which uses the same version with another number.
  private static func decodeVersion1(
    _ bytes: RawSpan, _ cursor: inout LayerCursor, _ flags: UInt16, _ type: UInt16
  ) -> NextLayer {
    let length =
      headerBytes + 4 + (flags & sequenceBit != 0 ? 4 : 0) + (flags & acknowledgmentBit != 0 ? 4 : 0)
    guard cursor.available >= length else { return cursor.truncated(.gre, needed: length) }
    let payloadBytes = Int(bytes.checkedBigEndian(cursor.offset + 4, as: UInt16.self))
    let call: UInt16 = bytes.checkedBigEndian(cursor.offset + 6)
    switch (type, flags & keyBit != 0) {
    case (0x880b, true):
      cursor.offset += length
      // Without a sequence number there is no payload.
      guard flags & sequenceBit != 0 else { return .stop(.linkControl(type)) }
      cursor.limitWithin(payloadBytes)
      return cursor.enter(.pptp, UInt32(call), to: .ppp)
    case (0x6400, true):
      cursor.offset += headerBytes + 4
      cursor.limitWithin(payloadBytes)
      // The tunnel's number is little-endian.
      return cursor.enter(.eoip, UInt32(call.byteSwapped), to: .ethernet)
    default:
      return cursor.fail(.gre, .unknownProtocol(type))
    }
  }
}
