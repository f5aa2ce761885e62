internal import WebSocketDecoding

/// The checks that a Close frame's payload can fail (RFC 6455 §5.5.1, §7.4).
enum CloseChecks {
  /// Calls `report` for each rule that the payload breaks.
  static func check(
    _ payload: ClosePayload, ofBytes byteCount: Int, by sender: Sender,
    report: (Rule, @autoclosure () -> String) -> Void
  ) {
    if case .oneByte = payload { report(.closePayloadOneByte, "one byte cannot be a code") }
    if case .invalidReason(let code) = payload {
      report(.closeReasonInvalidUtf8, "reason behind code \(code.rawValue) is not UTF-8")
    }
    guard let code = payload.code else { return }
    switch code.rawValue {
    case 1010 where sender == .server: report(.closeCodeWrongRole, "code 1010 of a server")
    case 1012...1014 where sender == .client: report(.closeCodeWrongRole, "code \(code.rawValue) of a client")
    case 1010 where byteCount == 2: report(.close1010ReasonEmpty, "code 1010 without a reason")
    default: break
    }
    switch code.standing {
    case .usable: break
    case .unregistered: report(.closeCodeUnregistered, "code \(code.rawValue)")
    case .forbidden: report(.closeCodeForbidden, "code \(code.rawValue)")
    case .reserved: report(.closeCodeReserved, "code \(code.rawValue)")
    case .unassigned: report(.closeCodeUnassigned, "code \(code.rawValue)")
    case .outOfRange: report(.closeCodeOutOfRange, "code \(code.rawValue)")
    }
  }
}
