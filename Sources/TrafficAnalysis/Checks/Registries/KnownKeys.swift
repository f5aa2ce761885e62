/// Values of Sec-WebSocket-Key that stand in documents and programs, so that no client chose them by chance (RFC 6455
/// §4.1 (7)).
enum KnownKeys {
  /// Canonical Base64 of 16 bytes, and where they are from.
  static let origins: [String: String] = [
    "dGhlIHNhbXBsZSBub25jZQ==": "the sample nonce of RFC 6455",
    // With the bits that no byte takes: AQIDBAUGBwgJCgsMDQ4PEC==.
    "AQIDBAUGBwgJCgsMDQ4PEA==": "the example of RFC 6455 §4.1",
    "AAAAAAAAAAAAAAAAAAAAAA==": "16 zero bytes",
    "x3JJHMbDL1EzLkh9GBhXDw==": "the example of many descriptions of WebSocket",
  ]
}
