internal import WebSocketDecoding

extension CloseCode {
  /// What the code says, by RFC 6455 §7.4.1 and the IANA registry; `nil` where neither names it.
  var meaning: String? {
    switch rawValue {
    case 1000: "normal closure"
    case 1001: "going away"
    case 1002: "protocol error"
    case 1003: "unsupported data"
    case 1005: "no status received"
    case 1006: "abnormal closure"
    case 1007: "invalid payload data"
    case 1008: "policy violation"
    case 1009: "message too big"
    case 1010: "mandatory extension"
    case 1011: "internal error"
    case 1012: "service restart"
    case 1013: "try again later"
    case 1014: "bad gateway"
    case 1015: "TLS handshake"
    case 3000...3999: "registered"
    case 4000...4999: "private use"
    default: nil
    }
  }

  /// Plain where nothing went wrong, as far as the code tells.
  var role: TextStyle.Role {
    switch rawValue {
    case 1000, 1001, 3000...4999: .plain
    default: .warning
    }
  }
}
