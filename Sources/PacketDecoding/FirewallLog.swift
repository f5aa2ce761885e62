import NetworkTypes

/// Packets that a packet filter has logged: pf of the BSDs (LINKTYPE_PFLOG) and netfilter of Linux (LINKTYPE_NFLOG).
enum FirewallLog {
  private static let smallestPF = 4
  private static let headerBytesNF = 4
  private static let attributeBytes = 4
  /// NFULA_PAYLOAD of linux/netfilter/nfnetlink_log.h.
  private static let payloadAttribute: UInt16 = 9

  /// The header names its length; padding to four octets, which the length leaves out on some systems, follows it.
  static func decodePF(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= smallestPF else { return cursor.truncated(.pflog, needed: smallestPF) }
    let length = (Int(bytes.checkedByte(cursor.offset)) + 3) & ~3
    guard length >= smallestPF, length <= cursor.declared else {
      return cursor.fail(.pflog, .invalidLength, needed: length, available: cursor.declared)
    }
    guard cursor.available >= length else { return cursor.truncated(.pflog, needed: length) }
    return cursor.advance(length, to: .ip)
  }

  /// Family, version, group, and attributes: length, type, value, padding to four octets.
  ///
  /// Lengths and types are in the
  /// byte order of the capturing host.
  static func decodeNF(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytesNF else { return cursor.truncated(.nflog, needed: headerBytesNF) }
    let version = bytes.checkedByte(cursor.offset + 1)
    guard version == 0 else { return cursor.fail(.nflog, .badVersion(version)) }
    cursor.offset += headerBytesNF
    guard let isBigEndian = byteOrder(bytes, cursor) else { return cursor.truncated(.nflog, needed: attributeBytes) }
    while true {
      guard cursor.available >= attributeBytes else { return cursor.truncated(.nflog, needed: attributeBytes) }
      let length = Int(read(bytes, cursor.offset, isBigEndian))
      guard length >= attributeBytes, length <= cursor.declared else {
        return cursor.fail(.nflog, .invalidLength, needed: length, available: cursor.declared)
      }
      if read(bytes, cursor.offset + 2, isBigEndian) == payloadAttribute {
        cursor.limit(to: length)
        return cursor.advance(attributeBytes, to: .ip)
      }
      let padded = (length + 3) & ~3
      guard cursor.available >= padded else { return cursor.truncated(.nflog, needed: padded) }
      cursor.offset += padded
    }
  }

  private static func read(_ bytes: RawSpan, _ offset: Int, _ isBigEndian: Bool) -> UInt16 {
    let value: UInt16 = bytes.checkedBigEndian(offset)
    return isBigEndian ? value : value.byteSwapped
  }

  /// Types are small numbers, so that the order shows in the octet that is zero.
  private static func byteOrder(_ bytes: RawSpan, _ cursor: LayerCursor) -> Bool? {
    guard cursor.available >= attributeBytes else { return nil }
    return bytes.checkedBigEndian(cursor.offset + 2, as: UInt16.self) < 0x100
  }
}
