import NetworkTypes

/// A VLAN tag behind its EtherType: control information and the EtherType of what is tagged (IEEE 802.1Q §9.6).
enum VLANTag {
  static let headerBytes = 4

  @inline(__always)
  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor, limit: Int) -> NextLayer {
    guard cursor.layers.vlanCount < limit else { return cursor.fail(.vlan, .nestedTooDeeply) }
    guard cursor.available >= headerBytes else { return cursor.truncated(.vlan, needed: headerBytes) }
    let control: UInt16 = bytes.checkedBigEndian(cursor.offset)
    let type: UInt16 = bytes.checkedBigEndian(cursor.offset + 2)
    cursor.layers.appendVLAN(control & 0x0fff)
    cursor.offset += headerBytes
    return EtherType.layer(type, &cursor)
  }
}
