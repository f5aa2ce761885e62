internal import WebSocketDecoding

/// Values of Sec-WebSocket-Key that stand in documents and programs, so that no client chose them by chance (RFC 6455
/// §4.1 (7)).
enum KnownKeys {
  /// Canonical Base64 of 16 bytes, and where they are from.
  private static let origins: [(key: StaticString, origin: String)] = [
    ("dGhlIHNhbXBsZSBub25jZQ==", "the sample nonce of RFC 6455"),
    // With the bits that no byte takes: AQIDBAUGBwgJCgsMDQ4PEC==.
    ("AQIDBAUGBwgJCgsMDQ4PEA==", "the example of RFC 6455 §4.1"),
    ("AAAAAAAAAAAAAAAAAAAAAA==", "16 zero bytes"),
    ("x3JJHMbDL1EzLkh9GBhXDw==", "the example of many descriptions of WebSocket"),
  ]

  /// Where a key is from, by its canonical form.
  static func origin(of key: [UInt8]) -> String? {
    origins.first { HTTPToken.equals(key, $0.key) }?.origin
  }
}
