import NetworkTypes

/// Logical link control (IEEE 802.2 §3) and the subnetwork access protocol behind it (RFC 1042).
enum LLC {
  private static let headerBytes = 3
  private static let snapBytes = 5
  private static let unnumberedInformation: UInt8 = 0x03

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.llc, needed: headerBytes) }
    let at = cursor.offset
    guard bytes.checkedByte(at + 2) == unnumberedInformation else { return .stop(.llc) }
    switch bytes.checkedBigEndian(at, as: UInt16.self) {
    case 0xaaaa: return decodeSNAP(bytes, &cursor)
    // The service access point of IP (RFC 948).
    case 0x0606: return cursor.advance(headerBytes, to: .ipv4)
    default: return .stop(.llc)
    }
  }

  private static func decodeSNAP(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes + snapBytes else {
      return cursor.truncated(.llc, needed: headerBytes + snapBytes)
    }
    let organization = bytes.checkedBigEndian(cursor.offset + headerBytes - 1, as: UInt32.self) & 0x00ff_ffff
    let type: UInt16 = bytes.checkedBigEndian(cursor.offset + headerBytes + 3)
    switch (organization, type) {
    case (0x000000, _), (0x0000f8, _):
      cursor.offset += headerBytes + snapBytes
      return EtherType.isLength(type) ? .stop(.llc) : EtherType.layer(type, &cursor)
    // Bridged Ethernet (RFC 2684 §5.2), with and without its check sequence, behind two octets of padding.
    case (0x0080c2, 1), (0x0080c2, 7):
      guard cursor.available >= headerBytes + snapBytes + 2 else {
        return cursor.truncated(.llc, needed: headerBytes + snapBytes + 2)
      }
      return cursor.advance(headerBytes + snapBytes + 2, to: .ethernet)
    default: return .stop(.llc)
    }
  }
}
