internal import HTTPDecoding
internal import NetworkTypes
internal import TCPReassembly

/// Holds one handshake, a request and its answer, against the rules (RFC 6455 §4, §9; RFC 7692 §7).
///
/// The rules stand in extensions, by what they look at. What fired is remembered whether it is told or not, because some
/// rules are about what the other side made of it.
struct HandshakeChecks {
  let exchange: HandshakeExchange
  unowned let connection: Connection
  let identity: ConnectionIdentity
  let context: AnalysisContext
  /// Takes what is found.
  let report: (Finding, _ detail: () -> String) -> Void
  /// What fired, for either side.
  private(set) var broken = RuleSet()

  init(
    _ exchange: HandshakeExchange, connection: Connection, identity: ConnectionIdentity, context: AnalysisContext,
    report: @escaping (Finding, () -> String) -> Void
  ) {
    self.exchange = exchange
    self.connection = connection
    self.identity = identity
    self.context = context
    self.report = report
  }

  /// Runs all of them.
  ///
  /// - Parameters:
  ///   - asked: Packet time of the request.
  ///   - answered: Packet time of the answer, or of when it was given up.
  mutating func run(asked: Timestamp, answered: Timestamp) {
    checkAccept()
    checkAcrossConnections(asked: asked, answered: answered)
  }

  /// Notes that a rule is broken by whom the catalogue names, or by `sender` where it may be either.
  mutating func fire(
    _ rule: Rule, by sender: Sender? = nil, as severity: Rule.Severity? = nil, at offset: Int? = nil,
    _ detail: @autoclosure () -> String
  ) {
    broken.insert(rule)
    let by = sender ?? rule.check.sender ?? .client
    let place = offset ?? (by == .client ? exchange.requestOffset : exchange.responseOffset)
    report(Finding(rule, by: by, at: place, as: severity), detail)
  }
}

extension HandshakeChecks {
  /// The answer's accept (RFC 6455 §4.2.2 (5.4)).
  fileprivate mutating func checkAccept() {
    guard exchange.switchesToWebSocket, let response = exchange.response else { return }
    guard let accept = response.fields.first(named: "Sec-WebSocket-Accept") else {
      return fire(.acceptMissing, "101 without Sec-WebSocket-Accept")
    }
    if exchange.isAcceptRight == false {
      fire(.acceptMismatch, "accept of \(accept.count) bytes does not belong to the key")
    }
  }
}
