internal import NetworkTypes

/// Messages that only keep a connection alive, as the common subprotocols send them.
enum Heartbeat {
  /// Bytes; longer messages carry more than a heartbeat.
  private static let longest = Limits().heartbeatBytes

  /// Whether a whole message says nothing but that its sender is there.
  ///
  /// Only forms that mean this and nothing else are known; an id, a time or a sequence number in them is no matter.
  /// Engine.IO's are single digits, which are heartbeats only where the request asked for Engine.IO.
  static func isHeartbeat(_ payload: RawSpan, isText: Bool, path: [UInt8]?) -> Bool {
    guard payload.byteCount <= longest else { return false }
    let bytes = payload.copied()
    guard isText else { return bytes == [0xc0, 0x00] || bytes == [0xd0, 0x00] }  // MQTT PINGREQ and PINGRESP.
    let text = String(decoding: bytes, as: UTF8.self)
    if words.contains(text) { return true }
    let path = path.map { String(decoding: $0, as: UTF8.self) } ?? ""
    if engineIO.contains(text) { return path.contains("?EIO=") || path.contains("&EIO=") }
    if text == "h" { return path.hasSuffix("/websocket") }
    for prefix in ["primus::ping::", "primus::pong::"] where text.hasPrefix(prefix) {
      return text.utf8.dropFirst(prefix.utf8.count).allSatisfy { (0x30...0x39).contains($0) }
    }
    return isPhoenix(text) || isJSONHeartbeat(bytes)
  }

  /// Bare words, STOMP's line ends, SignalR's record.
  private static let words: Set<String> = [
    "ping", "pong", "PING", "PONG", "Ping", "Pong", "heartbeat", "\n", "\r\n", "{\"type\":6}\u{1e}",
  ]
  /// Engine.IO's; SockJS has `h` on paths that end in `/websocket`.
  private static let engineIO: Set<String> = ["2", "3", "2probe", "3probe"]

  /// Members that say what a JSON message is, and their values that mean a heartbeat.
  private static let kinds: Set<String> = ["type", "event", "action", "op", "method", "msg", "cmd", "channel"]
  private static let meanings: Set<String> = [
    "ping", "pong", "heartbeat", "hb", "ka", "keepalive", "keep-alive", "keep_alive", "pusher:ping", "pusher:pong",
    "connection_keep_alive",
  ]
  /// Members that name or number a message, and may so be texts.
  private static let names: Set<String> = [
    "id", "ts", "t", "time", "timestamp", "seq", "ref", "join_ref", "reqid", "req_id", "jsonrpc",
  ]
  /// Members that carry something unless they are numbers, literals or empty.
  private static let contents: Set<String> = ["payload", "data", "d", "s", "args"]

  /// Phoenix's, as objects and as arrays, with the server's answer.
  private static func isPhoenix(_ text: String) -> Bool {
    let answer = text.contains("\"response\":{}") && text.contains("\"status\":\"ok\"")
    if text.hasPrefix("["), text.hasSuffix("]") {
      return text.hasSuffix("\"phoenix\",\"heartbeat\",{}]") || text.contains("\"phoenix\",\"phx_reply\",{") && answer
    }
    guard text.hasPrefix("{"), text.contains("\"topic\":\"phoenix\"") else { return false }
    return text.contains("\"event\":\"heartbeat\"") || text.contains("\"event\":\"phx_reply\"") && answer
  }

  private static func isJSONHeartbeat(_ bytes: [UInt8]) -> Bool {
    var scanner = FlatJSON(bytes)
    guard let members = scanner.members() else { return false }
    // Binance and others: nothing but a time.
    if members.count == 1, case .number = members[0].value {
      if members[0].name == "ping" || members[0].name == "pong" { return true }
    }
    var isMarked = false
    for (name, value) in members {
      switch value {
      case .text(let text) where kinds.contains(name):
        guard meanings.contains(text.lowercased()) else { return false }
        isMarked = true
      case .number(let number) where name == "op":
        // Discord's gateway: 1 is a heartbeat and numbers what came, 11 its acknowledgement.
        guard number == "11" || number == "1" && members.contains(where: { $0.name == "d" && $0.value != .empty })
        else {
          return false
        }
        isMarked = true
      case .text:
        guard names.contains(name) else { return false }
      default:
        guard names.contains(name) || contents.contains(name) else { return false }
      }
    }
    return isMarked
  }
}
