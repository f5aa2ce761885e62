internal import HTTPDecoding
internal import NetworkTypes
internal import WebSocketDecoding

/// What of a handshake is of use to an attacker (RFC 6455 §10).
extension HandshakeChecks {
  /// cross-origin-accepted, origin-null-accepted.
  mutating func checkOriginAccepted(_ response: HTTPResponseHead) {
    guard isAccepted, let request = exchange.request else { return }
    let hosts = request.fields.all(named: "Host")
    for value in request.fields.all(named: "Origin") {
      switch RequestOrigin(value) {
      case .null:
        fire(.originNullAccepted, "Origin: null")
      case .file:
        fire(.crossOriginAccepted, as: severityOfCrossing(request), "Origin: file://")
      case .tuple(let scheme, let origin):
        guard hosts.count == 1, let host = Authority(hosts[0]) else { continue }
        // Where TLS ended before the capture, Host means the origin's scheme.
        let usual = Scheme.defaultPort(of: scheme)
        guard origin.host != host.host || origin.port ?? usual != host.port ?? usual else { continue }
        fire(
          .crossOriginAccepted, as: severityOfCrossing(request),
          "Origin: \(WireText.shown(value)) at Host: \(WireText.shown(hosts[0]))")
      case nil: break
      }
    }
  }

  /// With credentials that a browser adds by itself, another site can act for its user.
  private func severityOfCrossing(_ request: HTTPRequestHead) -> Rule.Severity {
    request.fields.count(named: "Cookie") + request.fields.count(named: "Authorization") > 0 ? .warning : .notice
  }

  /// cleartext-credentials, credentials-in-url.
  mutating func checkCredentials(_ request: HTTPRequestHead) {
    // Inside a private network, and behind what ends TLS, it is usual.
    if !identity.server.address.isInternal {
      var names: [String] = []
      if request.fields.count(named: "Cookie") > 0 {
        names.append("Cookie (\(WireText.list(Self.cookieNames(request.fields.all(named: "Cookie")))))")
      }
      if request.fields.count(named: "Authorization") > 0 { names.append("Authorization") }
      if request.fields.count(named: "Proxy-Authorization") > 0 { names.append("Proxy-Authorization") }
      if !names.isEmpty { fire(.cleartextCredentials, names.joined(separator: ", ")) }
    }
    if RequestTarget(request.target).authority?.contains(UInt8(ascii: "@")) == true {
      fire(.credentialsInUrl, "user info in the target")
    }
    for (name, severity) in SecretParameter.find(in: request.target) {
      fire(.credentialsInUrl, as: severity, "parameter \(WireText.shown(name, limit: 40))")
    }
  }

  /// request-has-body, upgrade-multiple-protocols, connection-lists-websocket-header.
  mutating func checkSmuggling(_ request: HTTPRequestHead) {
    let fields = request.fields
    if fields.count(named: "Transfer-Encoding") > 0 {
      fire(.requestHasBody, "Transfer-Encoding: \(WireText.list(fields.joinedList(named: "Transfer-Encoding")))")
    } else {
      let lengths = fields.all(named: "Content-Length")
      if lengths.contains(where: { $0.contains { $0 != 0x30 } || $0.isEmpty }) {
        fire(.requestHasBody, "Content-Length: \(WireText.list(lengths))")
      }
    }
    if fields.listHas("Upgrade", where: { !HTTPFields.isProtocol($0, named: "websocket") }),
      HandshakeExchange.namesWebSocket(fields)
    {
      let others = fields.joinedList(named: "Upgrade").filter { element in
        element.withRawSpan { !HTTPFields.isProtocol($0, named: "websocket") }
      }
      fire(.upgradeMultipleProtocols, "\(WireText.list(others)) besides websocket")
    }
    if fields.listHas("Connection", where: Self.isOfHandshake) {
      let dropped = fields.joinedList(named: "Connection").filter { $0.withRawSpan(Self.isOfHandshake) }
      fire(.connectionListsWebsocketHeader, "Connection names \(WireText.list(dropped))")
    }
  }

  /// Whether a field of this name has to reach the server.
  private static func isOfHandshake(_ name: RawSpan) -> Bool {
    name.extracting(first: 14).equalsIgnoringCase("sec-websocket-") || name.equalsIgnoringCase("host")
      || name.equalsIgnoringCase("origin") || name.equalsIgnoringCase("cookie")
      || name.equalsIgnoringCase("authorization")
  }

  /// The names before the `=` of each pair (RFC 6265 §4.2.1).
  private static func cookieNames(_ values: [[UInt8]]) -> [[UInt8]] {
    values.flatMap { value in
      value.split(separator: UInt8(ascii: ";")).compactMap { pair in
        // What has no name is all secret.
        guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        return Array(HTTPToken.trimmed(pair[..<equals]))
      }
    }
  }
}

/// Parameters of a query that carry a secret.
enum SecretParameter {
  /// Words that stand alone as a name, or at its end behind a separator.
  private static let names: Set<String> = [
    "token", "auth", "authorization", "apikey", "api_key", "jwt", "password", "passwd", "pwd", "secret", "session",
    "sessionid", "session_id", "access_key", "accesstoken", "authtoken", "bearer", "credential", "credentials",
  ]
  /// Tickets are mostly good for one time, which is what to do where no header can be set.
  private static let tickets: Set<String> = ["ticket", "nonce_token", "onetimetoken", "ott"]
  /// Values that say no more than yes or no.
  private static let flags: Set<String> = ["0", "1", "true", "false", "yes", "no", "none", "null"]

  /// The names in a target's query, each with how grave it is.
  static func find(in target: [UInt8]) -> [(name: [UInt8], severity: Rule.Severity)] {
    guard let query = target.firstIndex(of: UInt8(ascii: "?")) else { return [] }
    var found: [(name: [UInt8], severity: Rule.Severity)] = []
    for pair in target[(query + 1)...].split(whereSeparator: { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: ";") }) {
      guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let name = Array(pair[..<equals])
      let value = pair[(equals + 1)...]
      guard !value.isEmpty, found.count < 16 else { continue }
      if SecretShape.isJWT(value) {
        found.append((name, .warning))
        continue
      }
      guard name.count <= 64, !flags.contains(String(decoding: HTTPToken.lowercased(value.prefix(8)), as: UTF8.self))
      else { continue }
      let lower = String(decoding: HTTPToken.lowercased(name), as: UTF8.self)
      if ends(lower, in: tickets) {
        found.append((name, .notice))
      } else if ends(lower, in: names) {
        found.append((name, .warning))
      }
    }
    return found
  }

  /// Whether a name is one of these, or has it behind a separator at its end.
  private static func ends(_ name: String, in words: Set<String>) -> Bool {
    words.contains(name) || words.contains { word in ["_", "-", "."].contains { name.hasSuffix($0 + word) } }
  }
}
