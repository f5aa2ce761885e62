/// Base64 of RFC 4648 §4, with padding.
public enum Base64 {
  /// The 64 symbols in their order.
  public static let alphabet: [UInt8] = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The symbols of `bytes`, as text.
  public static func encode(_ bytes: [UInt8]) -> String { String(decoding: symbols(of: bytes), as: UTF8.self) }

  /// The symbols of `bytes`.
  public static func symbols(of bytes: [UInt8]) -> [UInt8] {
    var symbols: [UInt8] = []
    symbols.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let first = bytes[index]
      let second = index + 1 < bytes.count ? bytes[index + 1] : 0
      let third = index + 2 < bytes.count ? bytes[index + 2] : 0
      symbols.append(symbol(of: first >> 2))
      symbols.append(symbol(of: (first & 0x03) << 4 | second >> 4))
      symbols.append(index + 1 < bytes.count ? symbol(of: (second & 0x0f) << 2 | third >> 6) : UInt8(ascii: "="))
      symbols.append(index + 2 < bytes.count ? symbol(of: third & 0x3f) : UInt8(ascii: "="))
      index += 3
    }
    return symbols
  }

  /// The bytes that `symbols` stand for; `nil` unless they are groups of four, padded at the end alone.
  ///
  /// Bits of the last symbol that no byte takes are not looked at.
  public static func decode(_ symbols: [UInt8]) -> [UInt8]? {
    guard !symbols.isEmpty, symbols.count.isMultiple(of: 4) else { return nil }
    let pad = UInt8(ascii: "=")
    let padding = symbols.last != pad ? 0 : symbols[symbols.count - 2] != pad ? 1 : 2
    var bytes: [UInt8] = []
    bytes.reserveCapacity(symbols.count / 4 * 3)
    var bits: UInt32 = 0
    for index in 0..<symbols.count - padding {
      guard let value = value(of: symbols[index]) else { return nil }
      bits = bits << 6 | UInt32(value)
      if index & 3 == 3 {
        bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
        bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
        bytes.append(UInt8(truncatingIfNeeded: bits))
        bits = 0
      }
    }
    switch padding {
    case 1:
      bytes.append(UInt8(truncatingIfNeeded: bits >> 10))
      bytes.append(UInt8(truncatingIfNeeded: bits >> 2))
    case 2: bytes.append(UInt8(truncatingIfNeeded: bits >> 4))
    default: break
    }
    return bytes
  }

  /// The symbol of six bits.
  private static func symbol(of value: UInt8) -> UInt8 {
    switch value {
    case 0..<26: value &+ UInt8(ascii: "A")
    case 26..<52: value &- 26 &+ UInt8(ascii: "a")
    case 52..<62: value &- 52 &+ UInt8(ascii: "0")
    case 62: UInt8(ascii: "+")
    default: UInt8(ascii: "/")
    }
  }

  private static func value(of symbol: UInt8) -> UInt8? {
    switch symbol {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): symbol - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): symbol - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): symbol - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
