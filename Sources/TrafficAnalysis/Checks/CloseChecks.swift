internal import WebSocketDecoding

/// The checks that a Close frame's payload can fail (RFC 6455 §5.5.1, §7.4).
enum CloseChecks {
  /// Calls `report` for each rule that the payload breaks.
  static func check(_ payload: ClosePayload, report: (Rule, @autoclosure () -> String) -> Void) {
    if case .oneByte = payload { report(.closePayloadOneByte, "one byte cannot be a code") }
    if case .invalidReason(let code) = payload {
      report(.closeReasonInvalidUtf8, "reason behind code \(code.rawValue) is not UTF-8")
    }
    guard let code = payload.code else { return }
    switch code.standing {
    case .usable: break
    case .forbidden: report(.closeCodeForbidden, "code \(code.rawValue)")
    case .reserved: report(.closeCodeReserved, "code \(code.rawValue)")
    case .unassigned: report(.closeCodeUnassigned, "code \(code.rawValue)")
    case .outOfRange: report(.closeCodeOutOfRange, "code \(code.rawValue)")
    }
  }
}
