import NetworkTypes

/// Headers of which no more is read than where the next layer begins, or which EtherType names it.
enum PlainHeader {
  /// Passes `length` octets.
  static func skip(_ bytes: RawSpan, _ cursor: inout LayerCursor, _ length: Int, to next: NextLayer) -> NextLayer {
    guard cursor.available >= length else { return cursor.truncated(.link, needed: length) }
    return cursor.advance(length, to: next)
  }

  /// Passes `length` octets, in which an EtherType stands at `typeOffset`.
  static func decode(
    _ bytes: RawSpan, _ cursor: inout LayerCursor, _ length: Int, typeOffset: Int
  ) -> NextLayer {
    guard cursor.available >= length, typeOffset <= length - 2 else { return cursor.truncated(.link, needed: length) }
    let type: UInt16 = bytes.checkedBigEndian(cursor.offset + typeOffset)
    cursor.offset += length
    return EtherType.layer(type, &cursor)
  }

  /// Ethernet with a switch's tag of `tagBytes` between addresses and EtherType.
  static func decodeTagged(_ bytes: RawSpan, _ cursor: inout LayerCursor, _ tagBytes: Int) -> NextLayer {
    decode(bytes, &cursor, Ethernet.headerBytes + tagBytes, typeOffset: Ethernet.headerBytes - 2 + tagBytes)
  }
}
