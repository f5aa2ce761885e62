/// The two heads of a WebSocket opening handshake (RFC 6455 §1.3).
public enum HandshakeText {
  /// A key, which is no well-known one.
  public static let key = "6C4YFfWoQwLvrQvcyWb2Yg=="
  /// The answer to `key`.
  public static let accept = "97fdyRnl00zJo8mFF383iIvn7V4="

  /// A request; further fields are lines without their ends.
  public static func request(
    path: String = "/chat", host: String = "example.com", key: String = key, version: String = "13",
    _ fields: String...
  ) -> String {
    head(
      "GET \(path) HTTP/1.1",
      [
        "Host: \(host)", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: \(key)",
        "Sec-WebSocket-Version: \(version)",
      ] + fields)
  }

  /// The answer that accepts; further fields are lines without their ends.
  public static func response(accept: String? = accept, _ fields: String...) -> String {
    head(
      "HTTP/1.1 101 Switching Protocols",
      ["Upgrade: websocket", "Connection: Upgrade"] + (accept.map { ["Sec-WebSocket-Accept: \($0)"] } ?? []) + fields)
  }

  /// A first line and fields, with line ends and the empty line.
  public static func head(_ first: String, _ fields: [String]) -> String {
    ([first] + fields).map { $0 + "\r\n" }.joined() + "\r\n"
  }
}

extension Conversation {
  /// The TCP handshake, an upgrade request and the answer that accepts it.
  public mutating func openWebSocket(
    path: String = "/chat", host: String = "example.com", requestFields: [String] = [], responseFields: [String] = []
  ) {
    handshake()
    let request = HandshakeText.request(path: path, host: host)
    client(String(request.dropLast()) + requestFields.map { $0 + "\r\n" }.joined() + "\r\n")
    let response = HandshakeText.response()
    server(String(response.dropLast()) + responseFields.map { $0 + "\r\n" }.joined() + "\r\n")
  }
}
