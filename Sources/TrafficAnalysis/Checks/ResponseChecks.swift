internal import HTTPDecoding
internal import NetworkTypes
internal import TCPReassembly
internal import WebSocketDecoding

/// The answer: its syntax, its fields, and whether it fits the request (RFC 6455 §4.2.2, §4.4).
extension HandshakeChecks {
  /// response-malformed-http, of an answer that can be read.
  mutating func checkResponseSyntax(_ response: HTTPResponseHead) {
    var faults = MalformedHead()
    for defect in response.defects { faults.note(defect) }
    guard let severity = faults.severity else { return }
    fire(.responseMalformedHttp, as: severity, at: exchange.responseOffset + faults.offset, faults.text)
  }

  /// response-malformed-http, of bytes that are no answer; handshake-unanswered.
  mutating func checkAbsence() {
    guard exchange.response == nil, isCandidate else { return }
    switch exchange.conduct.responseFailure {
    case .notHTTP: fire(.responseMalformedHttp, "other bytes instead of a status line")
    case .malformedStatusLine: fire(.responseMalformedHttp, "the status line has no version and three digits")
    // The others are bounds of this program, or lost bytes.
    default: break
    }
    if let end = exchange.conduct.serverLeft {
      fire(.handshakeUnanswered, "the request was acknowledged, then came \(end == .fin ? "FIN" : "RST")")
    }
  }

  /// unsolicited-101.
  mutating func checkUnsolicited(_ response: HTTPResponseHead) {
    guard response.status == 101 else { return }
    if exchange.conduct.answersNothing {
      fire(.unsolicited101, "no request is outstanding")
    } else if let request = exchange.request, request.fields.count(named: "Upgrade") == 0 {
      fire(.unsolicited101, "the request has no Upgrade")
    }
  }

  /// What a 101 must have and must not have.
  mutating func checkSwitch(_ response: HTTPResponseHead) {
    checkTransport(response)
    checkUpgradeOfAnswer(response)
    if isAccepted { checkAccept(response) }
    if response.fields.count(named: "Sec-WebSocket-Version") > 0 {
      fire(
        .versionIn101, "Sec-WebSocket-Version: \(WireText.list(response.fields.all(named: "Sec-WebSocket-Version")))")
    }
  }

  /// response-http-version-too-low, response-101-has-body.
  private mutating func checkTransport(_ response: HTTPResponseHead) {
    if response.version < HTTPVersion(1, 1) {
      fire(.responseHttpVersionTooLow, "HTTP/\(response.version.major).\(response.version.minor)")
    }
    if response.fields.count(named: "Transfer-Encoding") > 0 {
      fire(
        .response101HasBody,
        "Transfer-Encoding: \(WireText.list(response.fields.joinedList(named: "Transfer-Encoding")))")
    } else if response.fields.count(named: "Content-Length") > 0 {
      let lengths = response.fields.all(named: "Content-Length")
      // Some embedded servers announce that there is none.
      let isNone = lengths.allSatisfy { $0.elementsEqual("0".utf8) }
      fire(.response101HasBody, as: isNone ? .notice : .warning, "Content-Length: \(WireText.list(lengths))")
    }
  }

  /// response-upgrade-missing, response-upgrade-not-websocket, protocol-switched-to-other,
  /// response-connection-not-upgrade.
  private mutating func checkUpgradeOfAnswer(_ response: HTTPResponseHead) {
    let upgrades = response.fields.all(named: "Upgrade")
    // Unlike in the request, the value is compared whole (RFC 6455 §4.1).
    if upgrades.isEmpty {
      fire(.responseUpgradeMissing, "no Upgrade: a proxy may have taken it out")
    } else if switchesToOther, isCandidate {
      let wasOffered = response.fields.joinedList(named: "Upgrade").allSatisfy { wasListed($0) }
      fire(
        .protocolSwitchedToOther, as: wasOffered ? .notice : .warning,
        "Upgrade: \(WireText.list(upgrades))\(wasOffered ? ", which was offered too" : "")")
      if !wasOffered { fire(.responseUpgradeNotWebsocket, "Upgrade: \(WireText.list(upgrades))") }
    } else if upgrades.count > 1 || !HTTPToken.matches(upgrades[0][...], "websocket") {
      fire(.responseUpgradeNotWebsocket, as: .warning, "Upgrade: \(WireText.list(upgrades))")
    }
    if !response.fields.listContains("upgrade", in: "Connection") {
      let others = response.fields.joinedList(named: "Connection")
      fire(
        .responseConnectionNotUpgrade,
        others.isEmpty ? "no Connection: a proxy may have taken it out" : "Connection: \(WireText.list(others))")
    }
  }

  /// Whether the request's Upgrade names the protocol, with any version.
  private func wasListed(_ element: [UInt8]) -> Bool {
    // What is no text is none that was offered.
    let name = String(decoding: element.prefix { $0 != UInt8(ascii: "/") }, as: UTF8.self)
    return exchange.request?.fields.listContains(protocolNamed: Array(name.utf8), in: "Upgrade") ?? false
  }

  /// accept-missing, accept-duplicated, accept-malformed, accept-mismatch.
  private mutating func checkAccept(_ response: HTTPResponseHead) {
    let accepts = response.fields.all(named: "Sec-WebSocket-Accept")
    guard let accept = accepts.first else {
      return fire(.acceptMissing, "101 without Sec-WebSocket-Accept")
    }
    if accepts.count > 1 { fire(.acceptDuplicated, "\(accepts.count) fields: \(WireText.list(accepts))") }
    if Base64.decode(accept)?.count != 20 {
      fire(.acceptMalformed, accept.isEmpty ? "the accept is empty" : "\(WireText.shown(accept)) is not 20 bytes")
    } else if exchange.isAcceptRight == false, let key = exchange.request?.fields.first(named: "Sec-WebSocket-Key") {
      fire(
        .acceptMismatch, "\(WireText.shown(accept)) where \(AcceptKey.expected(forKey: key)) belongs to the key")
    }
  }

  /// accept-without-101, version-refused-without-list, upgrade-required-without-upgrade.
  mutating func checkRefusal(_ response: HTTPResponseHead) {
    let status = response.status
    if response.fields.count(named: "Sec-WebSocket-Accept") > 0 {
      fire(.acceptWithout101, "Sec-WebSocket-Accept in a \(status)")
    }
    if status == 426, response.fields.count(named: "Upgrade") == 0 {
      fire(.upgradeRequiredWithoutUpgrade, "426 without Upgrade")
    }
    guard response.fields.count(named: "Sec-WebSocket-Version") == 0,
      let version = exchange.request?.fields.first(named: "Sec-WebSocket-Version"),
      !HTTPToken.equals(version, "13")
    else { return }
    // A 400 may be for another fault.
    let isForVersion = status == 426 || (status == 400 && !hasOtherReason)
    if isForVersion {
      fire(.versionRefusedWithoutList, "\(status) to version \(WireText.shown(version)), without a list")
    }
  }

  /// Whether the request has another fault than its version for which a server has to refuse it.
  private var hasOtherReason: Bool {
    Self.reasonsToRefuse.contains {
      $0 != .versionNot13 && $0 != .versionMalformed && brokenByClient.contains($0)
    }
  }

  /// version-list-malformed.
  mutating func checkVersionList(_ response: HTTPResponseHead) {
    guard response.fields.count(named: "Sec-WebSocket-Version") > 0 else { return }
    let versions = response.fields.joinedList(named: "Sec-WebSocket-Version")
    if versions.isEmpty {
      fire(.versionListMalformed, "the list is empty")
    } else if let wrong = versions.first(where: { Self.version($0) == nil }) {
      fire(.versionListMalformed, "\(WireText.shown(wrong)) is no number from 0 to 255")
    }
  }

  /// invalid-request-accepted, invalid-request-no-error-status.
  mutating func checkInvalidRequest(_ response: HTTPResponseHead) {
    guard isCandidate else { return }
    guard brokenByClient != RuleSet() else { return }
    let reasons = Self.reasonsToRefuse.filter { brokenByClient.contains($0) }
    guard !reasons.isEmpty else { return }
    let names = reasons.map(\.id).joined(separator: ", ")
    if isAccepted {
      // A server may speak the drafts that came last before the RFC, whose frames are nearly the same.
      let isDraft = reasons == [.versionNot13] && (requestedVersion == 7 || requestedVersion == 8)
      fire(.invalidRequestAccepted, as: isDraft ? .notice : .error, names)
    } else if 200...299 ~= response.status {
      fire(.invalidRequestNoErrorStatus, "\(response.status) to \(names)")
    }
  }
}
