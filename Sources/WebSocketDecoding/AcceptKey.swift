internal import NetworkTypes

/// The proof that a server understood the handshake (RFC 6455 §4.2.2 item 5.4).
public enum AcceptKey {
  /// The Sec-WebSocket-Accept that belongs to a Sec-WebSocket-Key, which is taken as it was sent, without outer blanks.
  public static func expected(forKey key: [UInt8]) -> String {
    Base64.encode(SHA1.digest(key + Array("258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8)))
  }
}
