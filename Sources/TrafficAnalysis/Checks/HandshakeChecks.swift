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
  // Many of the rules ask for these.
  /// Whether the request asks for WebSocket.
  let isCandidate: Bool
  /// Whether the answer names other protocols only.
  let switchesToOther: Bool
  /// What fired, by whom.
  private(set) var brokenByClient = RuleSet()
  private(set) var brokenByServer = RuleSet()

  init(
    _ exchange: HandshakeExchange, connection: Connection, identity: ConnectionIdentity, context: AnalysisContext,
    report: @escaping (Finding, () -> String) -> Void
  ) {
    self.exchange = exchange
    self.connection = connection
    self.identity = identity
    self.context = context
    self.report = report
    isCandidate = exchange.request.map(HandshakeExchange.isCandidate) ?? false
    switchesToOther = exchange.response.map(Self.switchesToOther) ?? false
  }

  /// Runs all of them.
  ///
  /// - Parameters:
  ///   - asked: Packet time of the request.
  ///   - answered: Packet time of the answer, or of when it was given up.
  mutating func run(asked: Timestamp, answered: Timestamp) {
    if let request = exchange.request, isCandidate {
      // Of the 2010 drafts nothing else is known here.
      guard !HandshakeExchange.isHixie(request) else {
        return fire(.legacyHixieHandshake, "Sec-WebSocket-Key1 and Sec-WebSocket-Key2")
      }
      checkRequestSyntax(request)
      checkPace()
      if !exchange.conduct.isUnfinished { checkRequest(request) }
    }
    if let response = exchange.response { checkResponse(response) }
    checkAbsence()
    checkAcrossConnections(asked: asked, answered: answered)
  }

  private mutating func checkRequest(_ request: HTTPRequestHead) {
    checkRequestLine(request)
    checkHost(request)
    checkUpgrade(request)
    checkKey(request)
    checkVersion(request)
    checkOrigin(request)
    checkConduct()
    checkSubprotocolOffer(request)
    checkExtensionOffer(request)
    checkCredentials(request)
    checkSmuggling(request)
  }

  private mutating func checkResponse(_ response: HTTPResponseHead) {
    guard isAnswerToHandshake else { return }
    checkResponseSyntax(response)
    checkUnsolicited(response)
    // Of a request without an end nothing is known that the answer has to fit.
    guard !exchange.conduct.isUnfinished else { return }
    if response.status == 101 {
      checkSwitch(response)
    } else {
      checkRefusal(response)
    }
    checkVersionList(response)
    checkSubprotocolAnswer(response)
    checkExtensionAnswer(response)
    checkOriginAccepted(response)
    checkInvalidRequest(response)
  }

  /// Notes that a rule is broken by whom the catalogue names, or by `sender` where it may be either.
  ///
  /// - Parameters:
  ///   - rule: The rule.
  ///   - sender: Who broke it.
  ///   - severity: Where it differs from the catalogue's.
  ///   - offset: Place in the sender's stream, if it is not that of its head.
  ///   - isFatal: Whether the other side has to fail the connection, where it has to for the rule at all.
  ///   - detail: The values that show it.
  mutating func fire(
    _ rule: Rule, by sender: Sender? = nil, as severity: Rule.Severity? = nil, at offset: Int? = nil,
    isFatal: Bool = true, _ detail: @autoclosure () -> String
  ) {
    let by = sender ?? rule.usualSender ?? .client
    if isFatal {
      if by == .client { brokenByClient.insert(rule) } else { brokenByServer.insert(rule) }
    }
    let place = offset ?? (by == .client ? exchange.requestOffset : exchange.responseOffset)
    report(Finding(rule, by: by, at: place, as: severity), detail)
  }

  // MARK: - What many of them ask

  /// Whether the answer belongs to a handshake: to a request that asks for WebSocket, or by its own fields.
  private var isAnswerToHandshake: Bool {
    if let request = exchange.request, HandshakeExchange.isHixie(request) { return false }
    return isCandidate || exchange.switchesToWebSocket
  }

  /// Whether the answer switches to WebSocket, and not to another protocol.
  var isAccepted: Bool { exchange.response?.status == 101 && !switchesToOther }

  private static func switchesToOther(_ response: HTTPResponseHead) -> Bool {
    response.status == 101 && !HandshakeExchange.namesWebSocket(response.fields)
      && response.fields.listHas("Upgrade")
  }

  /// The direction of the requests.
  var requestDirection: Direction {
    connection.originator == identity.client ? .fromOriginator : .fromResponder
  }

  // MARK: - What the other side had to make of it

  /// What makes a server stop (RFC 6455 §4.2.1), in the order in which it looks.
  static let reasonsToRefuse: [Rule] = [
    .requestNotGet, .requestHttpVersionTooLow, .hostMissing, .hostDuplicated, .requestUpgradeMissing,
    .requestConnectionNotUpgrade, .keyMissing, .keyDuplicated, .keyNotBase64, .keyNot16Bytes, .versionMissing,
    .versionDuplicated, .versionMalformed, .versionNot13, .subprotocolOfferMalformed, .extensionOfferMalformed,
  ]

  /// The first fault for which the server has to refuse; a version that a draft or a standard has is none.
  var reasonToRefuse: Rule? {
    guard brokenByClient != RuleSet() else { return nil }
    return Self.reasonsToRefuse.first { rule in
      guard brokenByClient.contains(rule) else { return false }
      return rule != .versionNot13 || requestedVersion.map(VersionRegistry.isNeverValid) ?? true
    }
  }

  /// What makes a client stop (RFC 6455 §4.1, §9.1; RFC 7692 §5, §7).
  private static let reasonsToFail: [Rule] = [
    .responseUpgradeMissing, .responseUpgradeNotWebsocket, .responseConnectionNotUpgrade, .acceptMissing,
    .acceptDuplicated, .acceptMalformed, .acceptMismatch, .subprotocolResponseMultiple, .subprotocolResponseMalformed,
    .subprotocolNotOffered, .subprotocolCaseMismatch, .extensionResponseMalformed, .extensionParamQuotedInvalid,
    .extensionNotOffered, .extensionAcceptedTwice, .extensionRsv1Conflict, .deflateParamUnknown,
    .deflateParamDuplicated, .deflateWindowBitsInvalid, .deflateWindowBitsMissing, .deflateFlagHasValue,
    .deflateClientBitsNotOffered, .deflateServerBitsNotHonoured, .deflateNoTakeoverNotHonoured,
  ]

  /// The answer's first fault for which the client has to fail the connection, where its request is known.
  var responseFault: Rule? {
    guard isCandidate, exchange.response?.status == 101, brokenByServer != RuleSet() else { return nil }
    return Self.reasonsToFail.first { brokenByServer.contains($0) }
  }
}
