internal import HTTPDecoding
internal import NetworkTypes
internal import TCPReassembly

/// The request as HTTP: its syntax, its line, its target, its Host (RFC 6455 §4.1 (1) to (6)).
extension HandshakeChecks {
  /// request-malformed-http.
  mutating func checkRequestSyntax(_ request: HTTPRequestHead) {
    var faults = MalformedHead()
    for defect in request.defects {
      switch defect.kind {
      case .startLineNotThreeParts where request.target.contains(where: { $0 == 0x20 || $0 == 0x09 }):
        continue  // Blanks in the target are request-target-not-ascii.
      case .controlByteInValue where Self.hasControl(request.target) || Self.hasControl(request.fields):
        continue  // So are control bytes there, and those in Host are host-invalid.
      case .leadingEmptyLines:
        continue  // A server should pass over them (RFC 9112 §2.2).
      default:
        faults.note(defect)
      }
    }
    if exchange.conduct.isUnfinishedByClient {
      faults.note("the head ends without an empty line after \(request.byteCount) bytes", at: request.byteCount)
    }
    guard let severity = faults.severity else { return }
    fire(
      .requestMalformedHttp, as: severity, at: exchange.requestOffset + faults.offset, faults.text)
  }

  /// handshake-stalled.
  mutating func checkPace() {
    let conduct = exchange.conduct
    let taken = conduct.requestEnded.nanoseconds(since: conduct.requestBegan)
    guard taken >= HandshakeConduct.longestHead, connection.statistics(of: requestDirection).gapBytes == 0 else {
      return
    }
    let seconds = taken / 1_000_000_000
    fire(
      .handshakeStalled,
      conduct.isUnfinished ? "the head is not finished after \(seconds) s" : "the head took \(seconds) s")
  }

  /// request-not-get, request-http-version-too-low, request-target-*.
  mutating func checkRequestLine(_ request: HTTPRequestHead) {
    if !request.hasMethod("GET") { fire(.requestNotGet, "method \(WireText.shown(request.method))") }
    if request.version < HTTPVersion(1, 1) {
      fire(.requestHttpVersionTooLow, "HTTP/\(request.version.major).\(request.version.minor)")
    }
    let target = RequestTarget(request.target)
    let isHTTP = target.scheme == "http" || target.scheme == "https"
    if !target.isPath, !isHTTP || target.authority?.isEmpty ?? true {
      fire(
        .requestTargetInvalid,
        request.target.isEmpty ? "no target" : "target \(WireText.shown(target: request.target))")
    }
    if let place = request.target.firstIndex(of: UInt8(ascii: "#")) {
      fire(.requestTargetFragment, "# at byte \(place) of \(WireText.shown(target: request.target))")
    }
    if let place = request.target.firstIndex(where: { !(0x21...0x7e ~= $0) }) {
      let byte = String(request.target[place], radix: 16)
      fire(
        .requestTargetNotAscii, "byte 0x\(byte) at byte \(place) of \(WireText.shown(target: request.target))")
    }
  }

  /// host-*, request-target-host-mismatch.
  mutating func checkHost(_ request: HTTPRequestHead) {
    let hosts = request.fields.all(named: "Host")
    guard let value = hosts.first else { return fire(.hostMissing, "no Host") }
    if hosts.count > 1 { fire(.hostDuplicated, "\(hosts.count) fields: \(WireText.list(hosts))") }
    guard let host = Authority(value) else {
      return fire(.hostInvalid, value.isEmpty ? "Host is empty" : "Host: \(WireText.shown(value))")
    }
    let target = RequestTarget(request.target)
    guard let scheme = target.scheme, let authority = target.authority else {
      let port = host.port ?? 80
      let actual = Int(identity.server.port)
      if port != actual { fire(.hostPortMismatch, "port \(port) in Host, \(actual) on the wire") }
      return
    }
    let start = authority.lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? authority.startIndex
    let usual = Scheme.defaultPort(of: scheme)
    let named = Authority(authority[start...])
    guard named?.host != host.host || named?.port ?? usual != host.port ?? usual else { return }
    fire(
      .requestTargetHostMismatch,
      "\(WireText.shown(authority[start...])) in the target, \(WireText.shown(value)) in Host")
  }

  /// request-upgrade-missing, request-connection-not-upgrade.
  mutating func checkUpgrade(_ request: HTTPRequestHead) {
    let fields = request.fields
    let hasOwnFields =
      fields.count(named: "Sec-WebSocket-Key") + fields.count(named: "Sec-WebSocket-Version") > 0
    if hasOwnFields, !HandshakeExchange.namesWebSocket(fields) {
      let others = fields.joinedList(named: "Upgrade")
      fire(
        .requestUpgradeMissing,
        others.isEmpty ? "no Upgrade: a proxy may have taken it out" : "Upgrade: \(WireText.list(others))")
    }
    if !fields.listContains("upgrade", in: "Connection") {
      let others = fields.joinedList(named: "Connection")
      fire(
        .requestConnectionNotUpgrade,
        others.isEmpty ? "no Connection: a proxy may have taken it out" : "Connection: \(WireText.list(others))")
    }
  }

  /// client-data-before-response, upgrade-pipelined.
  mutating func checkConduct() {
    let conduct = exchange.conduct
    if conduct.isPipelined { fire(.upgradePipelined, "an earlier request had no complete answer") }
    // What the client had acknowledged tells the order, where the capture may not.
    guard let early = conduct.early, exchange.response != nil, early.acknowledged <= exchange.responseOffset,
      early.time < conduct.responseBegan
    else { return }
    let wait = conduct.responseBegan.microseconds(since: early.time)
    fire(
      .clientDataBeforeResponse, at: early.offset,
      "\(early.count) bytes behind the request, \(wait) µs before the answer")
  }

  private static func hasControl(_ bytes: [UInt8]) -> Bool {
    bytes.contains { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7f }
  }

  private static func hasControl(_ fields: HTTPFields) -> Bool {
    fields.all(named: "Host").contains(where: hasControl)
  }
}

/// What is wrong with the syntax of a head, in one sentence.
struct MalformedHead {
  /// How grave the gravest of it is.
  private(set) var severity: Rule.Severity?
  /// Place of the first of the gravest in the head.
  private(set) var offset = 0
  private var reasons: [String] = []

  /// The reasons.
  var text: String { reasons.joined(separator: "; ") }

  /// Notes a defect.
  mutating func note(_ defect: HTTPDefect) {
    let reason =
      switch defect.kind {
      case .leadingEmptyLines: "empty lines before the first line"
      case .startLineNotThreeParts: "the first line is not three parts with one space between"
      case .malformedVersion: "the version is not HTTP/ and two digits"
      case .bareLF: "a line ends in LF without CR"
      case .bareCR: "a CR without LF"
      case .obsoleteFolding: "a field goes on in a second line"
      case .blankBeforeFirstField: "a blank before the first field"
      case .fieldWithoutColon: "a field without a colon"
      case .blankBeforeColon: "a blank before a colon"
      case .nameNotToken: "a field's name is no token"
      case .controlByteInValue: "a control byte in a line"
      }
    // Recipients may accept a bare LF (RFC 9112 §2.2).
    note(reason, at: defect.offset, as: defect.kind == .bareLF ? .notice : .error)
  }

  /// Notes a reason, at a place in the head.
  mutating func note(_ reason: String, at offset: Int, as severity: Rule.Severity = .error) {
    reasons.append(reason)
    if let known = self.severity, known >= severity { return }
    self.severity = severity
    self.offset = offset
  }
}
