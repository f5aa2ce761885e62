import NetworkTypes

/// MACsec (IEEE 802.1AE §9.3): where frames are only protected against change, they stand in the clear.
enum MACsec {
  /// Tag control information, short length, packet number.
  private static let headerBytes = 6
  private static let channelBytes = 8
  private static let checkBytes = 16
  private static let channelBit: UInt8 = 0x20
  private static let encryptedBits: UInt8 = 0x0c

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.macsec, needed: headerBytes) }
    let control = bytes.checkedByte(cursor.offset)
    guard control & 0x80 == 0 else { return cursor.fail(.macsec, .badVersion(control >> 7)) }
    guard control & encryptedBits == 0 else { return cursor.fail(.macsec, .encrypted) }
    let shortLength = Int(bytes.checkedByte(cursor.offset + 1) & 0x3f)
    let length = headerBytes + (control & channelBit != 0 ? channelBytes : 0)
    guard cursor.declared >= length + 2 + checkBytes else {
      return cursor.fail(.macsec, .invalidLength, needed: length + 2 + checkBytes, available: cursor.declared)
    }
    guard cursor.available >= length + 2 else { return cursor.truncated(.macsec, needed: length + 2) }
    cursor.offset += length
    cursor.limitWithin(shortLength > 2 ? shortLength : cursor.declared - checkBytes)
    let type: UInt16 = bytes.checkedBigEndian(cursor.offset)
    cursor.offset += 2
    return EtherType.layer(type, &cursor)
  }
}
