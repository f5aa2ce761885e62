internal import NetworkTypes

/// Tokens of HTTP (RFC 9110 §5.6.2), of which the values of WebSocket's fields are made.
public enum HTTPToken {
  // Callers are in other modules, where generic code would run unspecialized, at some fifty times the cost.

  /// Whether the bytes are a token: one byte or more that are no separators.
  public static func isToken(_ bytes: [UInt8]) -> Bool { !bytes.isEmpty && bytes.allSatisfy(isTokenByte) }

  /// Whether a token may hold the byte.
  public static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
      UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  /// Whether the byte is a space or a tab.
  public static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// The bytes without the blanks at either end.
  public static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var low = bytes.startIndex
    var high = bytes.endIndex
    while low < high, isBlank(bytes[low]) { low += 1 }
    while high > low, isBlank(bytes[high - 1]) { high -= 1 }
    return bytes[low..<high]
  }

  /// The bytes with ASCII letters in lower case.
  public static func lowercased(_ bytes: [UInt8]) -> [UInt8] {
    // Nearly all that is asked for is in lower case already.
    guard bytes.contains(where: { 0x41...0x5a ~= $0 }) else { return bytes }
    return bytes.map { 0x41...0x5a ~= $0 ? $0 | 0x20 : $0 }
  }

  /// The bytes of a part with ASCII letters in lower case.
  public static func lowercased(_ bytes: ArraySlice<UInt8>) -> [UInt8] { lowercased(Array(bytes)) }

  /// Whether the bytes are those of a text, in any case.
  public static func matches(_ bytes: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
    bytes.withRawSpan { $0.equalsIgnoringCase(text) }
  }

  /// Whether the bytes are those of a text, in its case.
  public static func equals(_ bytes: [UInt8], _ text: StaticString) -> Bool {
    bytes.count == text.utf8CodeUnitCount && bytes.withRawSpan { $0.hasBytes(of: text, at: 0) }
  }
}
