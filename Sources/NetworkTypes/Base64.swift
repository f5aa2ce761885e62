/// Base64 of RFC 4648 §4, with padding.
public enum Base64 {
  /// The 64 symbols in their order.
  public static let alphabet: [UInt8] = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The symbols of `bytes`.
  public static func encode(_ bytes: [UInt8]) -> String {
    var symbols: [UInt8] = []
    symbols.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let first = bytes[index]
      let second = index + 1 < bytes.count ? bytes[index + 1] : 0
      let third = index + 2 < bytes.count ? bytes[index + 2] : 0
      symbols.append(alphabet[Int(first >> 2)])
      symbols.append(alphabet[Int((first & 0x03) << 4 | second >> 4)])
      symbols.append(index + 1 < bytes.count ? alphabet[Int((second & 0x0f) << 2 | third >> 6)] : UInt8(ascii: "="))
      symbols.append(index + 2 < bytes.count ? alphabet[Int(third & 0x3f)] : UInt8(ascii: "="))
      index += 3
    }
    return String(decoding: symbols, as: UTF8.self)
  }
}
