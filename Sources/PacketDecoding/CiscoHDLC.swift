import NetworkTypes

/// Cisco's HDLC: address, control, EtherType (LINKTYPE_C_HDLC).
enum CiscoHDLC {
  private static let headerBytes = 4

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.ciscoHDLC, needed: headerBytes) }
    let type: UInt16 = bytes.checkedBigEndian(cursor.offset + 2)
    cursor.offset += headerBytes
    switch type {
    // Keepalives (SLARP), CDP, OSI.
    case 0x8035, 0x2000, 0xfefe: return .stop(.linkControl(type))
    default:
      return EtherType.isLength(type)
        ? cursor.fail(.ciscoHDLC, .unknownEtherType(type)) : EtherType.layer(type, &cursor)
    }
  }
}
