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
    if engineIO.contains(text), let path, path.withRawSpan({ engineIOQuery.isFound(in: $0) }) { return true }
    if text.hasPrefix("primus::ping::") || text.hasPrefix("primus::pong::") { return true }
    return isJSONHeartbeat(bytes)
  }

  /// Bare words, STOMP's line ends, SockJS's `h`, SignalR's and Phoenix's records.
  private static let words: Set<String> = [
    "ping", "pong", "PING", "PONG", "Ping", "Pong", "heartbeat", "\n", "\r\n", "h", "{\"type\":6}\u{1e}",
  ]
  private static let engineIOQuery = Needle(Array("EIO=".utf8))
  private static let engineIO: Set<String> = ["2", "3", "2probe", "3probe"]

  /// Members that say what a JSON message is, and their values that mean a heartbeat.
  private static let kinds: Set<String> = ["type", "event", "action", "op", "method", "msg", "cmd", "e"]
  private static let meanings: Set<String> = [
    "ping", "pong", "heartbeat", "hb", "ka", "keepalive", "keep-alive", "keep_alive", "pusher:ping", "pusher:pong",
    "connection_keep_alive",
  ]
  /// Members that may stand beside the kind.
  private static let companions: Set<String> = [
    "id", "ts", "t", "time", "timestamp", "seq", "ref", "join_ref", "topic", "payload", "data", "d", "s", "reqid",
    "req_id", "args", "message",
  ]

  private static func isJSONHeartbeat(_ bytes: [UInt8]) -> Bool {
    var scanner = FlatJSON(bytes)
    guard let members = scanner.members() else { return false }
    var isMarked = false
    for (name, value) in members {
      switch value {
      case .text(let text) where kinds.contains(name):
        guard meanings.contains(text.lowercased()) else { return false }
        isMarked = true
      case .number(let number) where name == "op" && members.contains { $0.name == "d" }:
        // Discord's gateway: 1 is a heartbeat, 11 its acknowledgement.
        guard number == "1" || number == "11" else { return false }
        isMarked = true
      default:
        guard companions.contains(name) else { return false }
      }
    }
    return isMarked
  }
}
