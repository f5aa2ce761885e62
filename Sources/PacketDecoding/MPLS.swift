import NetworkTypes

/// MPLS label stacks (RFC 3032 §2.1), and what stands behind the last label, which nothing announces.
enum MPLS {
  private static let entryBytes = 4
  private static let bottom: UInt32 = 0x100
  private static let controlWordBytes = 4

  /// Passes one label.
  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= entryBytes else { return cursor.truncated(.mpls, needed: entryBytes) }
    let entry: UInt32 = bytes.checkedBigEndian(cursor.offset)
    cursor.offset += entryBytes
    return cursor.enter(.mpls, entry >> 12, to: entry & bottom == 0 ? .mpls : .pseudowire)
  }

  /// Tells IP, an Ethernet pseudowire and its control word apart by what they begin with (RFC 4928 §3, RFC 4448 §4.6).
  ///
  /// A pseudowire need not have the control word, and an address may begin like anything: where the first octet allows
  /// several readings, the one counts whose EtherType or IP header makes sense.
  static func decodePayload(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= 1 else { return cursor.truncated(.mpls, needed: 1) }
    let isEthernet = isEthernet(bytes, cursor.offset, cursor)
    switch bytes.checkedByte(cursor.offset) >> 4 {
    case 4: return isEthernet && !isIPv4(bytes, cursor) ? .ethernet : .ipv4
    case 6: return isEthernet && !isIPv6(bytes, cursor) ? .ethernet : .ipv6
    // The associated channel of a pseudowire (RFC 4385 §5).
    case 1 where !isEthernet: return .stop(.linkControl(0x8847))
    case 0:
      if isEthernet, !Self.isEthernet(bytes, cursor.offset + controlWordBytes, cursor) { return .ethernet }
      guard cursor.available >= controlWordBytes else { return cursor.truncated(.mpls, needed: controlWordBytes) }
      // RFC 4448 §4.6: a length in the low six bits, for packets that a link has padded.
      let length = Int(bytes.checkedByte(cursor.offset + 1) & 0x3f)
      if length > controlWordBytes { cursor.limitWithin(length) }
      guard cursor.available >= controlWordBytes else { return cursor.truncated(.mpls, needed: controlWordBytes) }
      return cursor.advance(controlWordBytes, to: .ethernet)
    default:
      return isEthernet ? .ethernet : cursor.fail(.mpls, .unknownProtocol(UInt16(bytes.checkedByte(cursor.offset))))
    }
  }

  private static func isEthernet(_ bytes: RawSpan, _ offset: Int, _ cursor: LayerCursor) -> Bool {
    guard cursor.capturedEnd - offset >= Ethernet.headerBytes else { return false }
    let type: UInt16 = bytes.checkedBigEndian(offset + Ethernet.headerBytes - 2)
    // A length must be that of the frame, which other octets hardly ever are.
    return EtherType.isLength(type)
      ? Int(type) + Ethernet.headerBytes == cursor.declaredEnd - offset : EtherType.isKnown(type)
  }

  private static func isIPv4(_ bytes: RawSpan, _ cursor: LayerCursor) -> Bool {
    guard cursor.available >= IPv4Header.minimumBytes, bytes.checkedByte(cursor.offset) & 0x0f >= 5 else {
      return false
    }
    return Int(bytes.checkedBigEndian(cursor.offset + 2, as: UInt16.self)) <= cursor.declared
  }

  private static func isIPv6(_ bytes: RawSpan, _ cursor: LayerCursor) -> Bool {
    guard cursor.available >= IPv6Header.headerBytes else { return false }
    return Int(bytes.checkedBigEndian(cursor.offset + 4, as: UInt16.self)) + IPv6Header.headerBytes <= cursor.declared
  }
}
