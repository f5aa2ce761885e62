import NetworkTypes

/// What capture programs put before 802.11 frames: radiotap, AVS, Prism and PPI headers.
enum WirelessCapture {
  private static let radiotapBytes = 8
  private static let ppiBytes = 8
  private static let ppiFieldBytes = 4
  private static let ppiCommon: UInt16 = 2
  private static let ppiFlagsOffset = 12
  private static let headerAVSBytes = 8
  private static let prismBytes = 144
  private static let frameCheckBytes = 4

  private enum Flags {
    static let frameCheck: UInt8 = 0x10
    static let padded: UInt8 = 0x20
    static let badFrameCheck: UInt8 = 0x40
  }

  /// Radiotap (radiotap.org): version, pad, length, words that say which fields there are, the fields.
  ///
  /// All of it is little-endian.
  static func decodeRadiotap(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= radiotapBytes else { return cursor.truncated(.radiotap, needed: radiotapBytes) }
    let at = cursor.offset
    let version = bytes.checkedByte(at)
    guard version == 0 else { return cursor.fail(.radiotap, .badVersion(version)) }
    let length = Int(bytes.littleEndian(at: at + 2, as: UInt16.self) ?? 0)
    guard length >= radiotapBytes, length <= cursor.declared else {
      return cursor.fail(.radiotap, .invalidLength, needed: length, available: cursor.declared)
    }
    guard cursor.available >= length else { return cursor.truncated(.radiotap, needed: length) }
    let flags = radiotapFlags(bytes, at, length)
    cursor.offset += length
    if flags & Flags.badFrameCheck != 0 { return cursor.fail(.ieee80211, .damaged) }
    if flags & Flags.frameCheck != 0 { cursor.limitWithin(cursor.declared - frameCheckBytes) }
    return IEEE80211.decode(bytes, &cursor, isPadded: flags & Flags.padded != 0)
  }

  /// The field "Flags", which is the second; before it stands at most the time, aligned to eight octets.
  private static func radiotapFlags(_ bytes: RawSpan, _ at: Int, _ length: Int) -> UInt8 {
    guard let present = bytes.littleEndian(at: at + 4, as: UInt32.self), present & 2 != 0 else { return 0 }
    var offset = radiotapBytes
    var word = present
    while word & 0x8000_0000 != 0, offset + 4 <= length, let next = bytes.littleEndian(at: at + offset, as: UInt32.self)
    {
      word = next
      offset += 4
    }
    if present & 1 != 0 { offset = ((offset + 7) & ~7) + 8 }
    return offset < length ? bytes.byte(at: at + offset) ?? 0 : 0
  }

  /// The header of AVS: a magic number with the version, and a length.
  static func decodeAVS(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerAVSBytes else { return cursor.truncated(.avs, needed: headerAVSBytes) }
    let length = Int(bytes.checkedBigEndian(cursor.offset + 4, as: UInt32.self))
    guard length >= headerAVSBytes, length <= cursor.declared else {
      return cursor.fail(.avs, .invalidLength, needed: length, available: cursor.declared)
    }
    guard cursor.available >= length else { return cursor.truncated(.avs, needed: length) }
    return cursor.advance(length, to: .ieee80211)
  }

  /// The header of Prism cards, of 144 octets in the byte order of the host; the same link type holds AVS headers.
  static func decodePrism(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerAVSBytes else { return cursor.truncated(.prism, needed: headerAVSBytes) }
    if bytes.checkedBigEndian(cursor.offset, as: UInt32.self) & 0xffff_f000 == 0x8021_1000 { return .avs }
    guard cursor.available >= prismBytes else { return cursor.truncated(.prism, needed: prismBytes) }
    return cursor.advance(prismBytes, to: .ieee80211)
  }

  /// Per-packet information (LINKTYPE_PPI): version, flags, length, link type, fields.
  ///
  /// All of it is little-endian.
  static func decodePPI(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= ppiBytes else { return cursor.truncated(.ppi, needed: ppiBytes) }
    let at = cursor.offset
    let version = bytes.checkedByte(at)
    guard version == 0 else { return cursor.fail(.ppi, .badVersion(version)) }
    let length = Int(bytes.littleEndian(at: at + 2, as: UInt16.self) ?? 0)
    guard length >= ppiBytes, length <= cursor.declared else {
      return cursor.fail(.ppi, .invalidLength, needed: length, available: cursor.declared)
    }
    guard cursor.available >= length else { return cursor.truncated(.ppi, needed: length) }
    let type = bytes.littleEndian(at: at + 4, as: UInt32.self) ?? .max
    let flags = commonFlags(bytes, at, length)
    cursor.offset += length
    guard let type = UInt16(exactly: type) else { return cursor.fail(.ppi, .unknownLinkType(.max)) }
    // 802.11-Common: bit 0 is a check sequence at the end, bit 2 one that is wrong.
    if type == 105, flags & 4 != 0 { return cursor.fail(.ieee80211, .damaged) }
    if type == 105, flags & 1 != 0 { cursor.limitWithin(cursor.declared - frameCheckBytes) }
    return .linkType(type)
  }

  private static func commonFlags(_ bytes: RawSpan, _ at: Int, _ length: Int) -> UInt16 {
    var offset = ppiBytes
    while offset + ppiFieldBytes <= length {
      guard let type = bytes.littleEndian(at: at + offset, as: UInt16.self),
        let size = bytes.littleEndian(at: at + offset + 2, as: UInt16.self)
      else { return 0 }
      if type == ppiCommon, Int(size) >= 10, offset + ppiFlagsOffset + 2 <= length {
        return bytes.littleEndian(at: at + offset + ppiFlagsOffset, as: UInt16.self) ?? 0
      }
      offset += ppiFieldBytes + Int(size)
    }
    return 0
  }
}
