/// Base32 of RFC 4648 §6 in lower case, without padding.
public enum Base32 {
  /// The 13 symbols of the 8 octets of a number, most significant first.
  public static func encode(_ number: UInt64) -> String {
    var symbols: [UInt8] = []
    symbols.reserveCapacity(13)
    for index in 0..<12 { symbols.append(symbol(of: UInt32(number >> UInt64(59 - index * 5) & 31))) }
    symbols.append(symbol(of: UInt32(number << 1 & 31)))
    return String(decoding: symbols, as: UTF8.self)
  }

  /// The symbols of `bytes`: 13 for 8 bytes.
  public static func encode(_ bytes: [UInt8]) -> String {
    var symbols: [UInt8] = []
    symbols.reserveCapacity(bytes.count * 2)
    var pending: UInt32 = 0
    var bits = 0
    for byte in bytes {
      pending = pending << 8 | UInt32(byte)
      bits += 8
      while bits >= 5 {
        symbols.append(symbol(of: pending >> UInt32(bits - 5) & 31))
        bits -= 5
      }
      pending &= 0xff
    }
    if bits > 0 { symbols.append(symbol(of: pending << UInt32(5 - bits) & 31)) }
    return String(decoding: symbols, as: UTF8.self)
  }

  /// The symbol of five bits: a letter, or one of the digits 2 to 7.
  private static func symbol(of value: UInt32) -> UInt8 {
    UInt8(truncatingIfNeeded: value < 26 ? 0x61 &+ value : 0x32 &- 26 &+ value)
  }
}
