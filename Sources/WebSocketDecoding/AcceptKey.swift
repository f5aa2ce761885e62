internal import NetworkTypes

/// The proof that a server understood the handshake (RFC 6455 §4.2.2 item 5.4).
public enum AcceptKey {
  /// The Sec-WebSocket-Accept that belongs to a Sec-WebSocket-Key, which is taken as it was sent, without outer blanks.
  public static func expected(forKey key: [UInt8]) -> String {
    String(decoding: symbols(forKey: key), as: UTF8.self)
  }

  /// Whether an accept is the one that belongs to a key.
  public static func isRight(_ accept: [UInt8], forKey key: [UInt8]) -> Bool { symbols(forKey: key) == accept }

  private static func symbols(forKey key: [UInt8]) -> [UInt8] {
    var text = key
    text.reserveCapacity(key.count + 36)
    let identifier: StaticString = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    identifier.withRawSpan { text.append(contentsOf: $0) }
    return Base64.symbols(of: SHA1.digest(text))
  }
}
