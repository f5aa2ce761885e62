internal import HTTPDecoding

/// The checks that an answer which switches to WebSocket can fail (RFC 6455 §4.2.2).
enum HandshakeChecks {
  /// Calls `report` for each rule that the answer breaks.
  static func check(_ exchange: HandshakeExchange, report: (Rule, @autoclosure () -> String) -> Void) {
    guard let response = exchange.response else { return }
    guard let accept = response.fields.first(named: "Sec-WebSocket-Accept") else {
      report(.acceptMissing, "101 without Sec-WebSocket-Accept")
      return
    }
    if exchange.isAcceptRight == false {
      report(.acceptMismatch, "accept of \(accept.count) bytes does not belong to the key")
    }
  }
}
