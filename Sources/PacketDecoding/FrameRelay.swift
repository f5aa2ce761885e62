import NetworkTypes

/// Frame relay: an address of two to four octets, then RFC 2427's encapsulation or Cisco's.
enum FrameRelay {
  private static let addressEnd: UInt8 = 0x01
  private static let longestAddress = 4

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    var length = 1
    while true {
      guard cursor.available >= length else { return cursor.truncated(.frameRelay, needed: length) }
      if bytes.checkedByte(cursor.offset + length - 1) & addressEnd != 0 { break }
      guard length < longestAddress else {
        return cursor.fail(.frameRelay, .invalidLength, needed: length + 1, available: longestAddress)
      }
      length += 1
    }
    guard cursor.available >= length + 2 else { return cursor.truncated(.frameRelay, needed: length + 2) }
    let control = bytes.checkedByte(cursor.offset + length)
    guard control == 0x03 else {
      // Cisco's encapsulation has an EtherType behind the address.
      let type: UInt16 = bytes.checkedBigEndian(cursor.offset + length)
      cursor.offset += length + 2
      return EtherType.isKnown(type) ? EtherType.layer(type, &cursor) : .stop(.linkControl(type))
    }
    length += 1
    // RFC 2427 §3: a pad may stand before the network layer protocol's number.
    if bytes.checkedByte(cursor.offset + length) == 0 { length += 1 }
    guard cursor.available > length else { return cursor.truncated(.frameRelay, needed: length + 1) }
    let number = bytes.checkedByte(cursor.offset + length)
    switch number {
    case 0xcc: return cursor.advance(length + 1, to: .ipv4)
    case 0x8e: return cursor.advance(length + 1, to: .ipv6)
    case 0x80: return decodeSNAP(bytes, &cursor, length + 1)
    case 0xcf: return cursor.advance(length + 1, to: .pppPacket)
    // Local management and the like.
    default: return .stop(.linkControl(UInt16(number)))
    }
  }

  private static func decodeSNAP(_ bytes: RawSpan, _ cursor: inout LayerCursor, _ at: Int) -> NextLayer {
    guard cursor.available >= at + 5 else { return cursor.truncated(.frameRelay, needed: at + 5) }
    let organization = bytes.checkedBigEndian(cursor.offset + at - 1, as: UInt32.self) & 0x00ff_ffff
    let type: UInt16 = bytes.checkedBigEndian(cursor.offset + at + 3)
    cursor.offset += at + 5
    switch (organization, type) {
    case (0x000000, _) where !EtherType.isLength(type): return EtherType.layer(type, &cursor)
    case (0x0080c2, 1), (0x0080c2, 7): return .ethernet
    default: return .stop(.linkControl(type))
    }
  }
}
