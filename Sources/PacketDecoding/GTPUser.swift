import NetworkTypes

/// The user plane of GTP, version 1 (3GPP TS 29.281 §5).
enum GTPUser {
  private static let headerBytes = 8
  private static let optionalBytes = 4
  /// Version 1, protocol type GTP.
  private static let versionMask: UInt8 = 0xf0
  private static let version: UInt8 = 0x30
  /// An extension header, a sequence number or an N-PDU number: with any of them there is room for all.
  private static let optionalBits: UInt8 = 0x07
  private static let extensionBit: UInt8 = 0x04
  private static let packetType: UInt8 = 255

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.gtp, needed: headerBytes) }
    let at = cursor.offset
    let flags = bytes.checkedByte(at)
    // Signalling, and what is no GTP at all.
    guard flags & versionMask == version, bytes.checkedByte(at + 1) == packetType else { return .stop(.udp) }
    let length = Int(bytes.checkedBigEndian(at + 2, as: UInt16.self))
    let tunnel: UInt32 = bytes.checkedBigEndian(at + 4)
    cursor.offset += headerBytes
    cursor.limitWithin(length)
    if flags & optionalBits != 0 {
      guard cursor.available >= optionalBytes else { return cursor.truncated(.gtp, needed: optionalBytes) }
      var next = flags & extensionBit == 0 ? 0 : bytes.checkedByte(cursor.offset + optionalBytes - 1)
      cursor.offset += optionalBytes
      // TS 29.281 §5.2.1: the length in four octets, the content, the type of the next one.
      while next != 0 {
        guard cursor.available >= 1 else { return cursor.truncated(.gtp, needed: 1) }
        let extensionBytes = Int(bytes.checkedByte(cursor.offset)) * 4
        guard extensionBytes > 0, extensionBytes <= cursor.declared else {
          return cursor.fail(.gtp, .invalidLength, needed: extensionBytes, available: cursor.declared)
        }
        guard cursor.available >= extensionBytes else { return cursor.truncated(.gtp, needed: extensionBytes) }
        next = bytes.checkedByte(cursor.offset + extensionBytes - 1)
        cursor.offset += extensionBytes
      }
    }
    guard cursor.available >= 1 else { return .stop(.udp) }
    switch bytes.checkedByte(cursor.offset) >> 4 {
    case 4: return cursor.enter(.gtpUser, tunnel, to: .ipv4)
    case 6: return cursor.enter(.gtpUser, tunnel, to: .ipv6)
    // PPP, Ethernet and unstructured sessions: nothing in the packet says which.
    default: return .stop(.udp)
    }
  }
}
