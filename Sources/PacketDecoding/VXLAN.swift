import NetworkTypes

/// VXLAN (RFC 7348 §5), with its group policy bits, and its generic protocol extension (draft-ietf-nvo3-vxlan-gpe §3).
enum VXLAN {
  private static let headerBytes = 8
  private static let identifierOffset = 4
  /// The network identifier is valid.
  private static let identifierBit: UInt8 = 0x08
  /// The next protocol is named.
  private static let protocolBit: UInt8 = 0x04
  private static let protocolOffset = 3

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor, isExtended: Bool) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.vxlan, needed: headerBytes) }
    let flags = bytes.checkedByte(cursor.offset)
    guard flags & identifierBit != 0 else { return .stop(.udp) }
    let network = bytes.checkedBigEndian(cursor.offset + identifierOffset, as: UInt32.self) >> 8
    let next = bytes.checkedByte(cursor.offset + protocolOffset)
    cursor.offset += headerBytes
    cursor.network = network
    guard flags & protocolBit != 0 else { return cursor.enter(.vxlan, network, to: .ethernet) }
    guard let layer = NSH.layer(next) else { return cursor.fail(.vxlan, .unknownProtocol(UInt16(next))) }
    return cursor.enter(isExtended ? .vxlanGPE : .vxlan, network, to: layer)
  }
}
