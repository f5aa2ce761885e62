import NetworkTypes

/// Apple's packet metadata: length, type, link type of what follows, and more; little-endian (LINKTYPE_PKTAP).
enum PKTAP {
  private static let smallestBytes = 12
  private static let packetType: UInt32 = 1

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= smallestBytes else { return cursor.truncated(.pktap, needed: smallestBytes) }
    let at = cursor.offset
    let length = Int(bytes.littleEndian(at: at, as: UInt32.self) ?? 0)
    guard length >= smallestBytes, length <= cursor.declared else {
      return cursor.fail(.pktap, .invalidLength, needed: length, available: cursor.declared)
    }
    guard cursor.available >= length else { return cursor.truncated(.pktap, needed: length) }
    let kind = bytes.littleEndian(at: at + 4, as: UInt32.self)
    let type = UInt16(exactly: bytes.littleEndian(at: at + 8, as: UInt32.self) ?? .max)
    cursor.offset += length
    guard kind == packetType else { return .stop(.linkControl(0)) }
    guard let type else { return cursor.fail(.pktap, .unknownLinkType(.max)) }
    return .linkType(type)
  }
}
