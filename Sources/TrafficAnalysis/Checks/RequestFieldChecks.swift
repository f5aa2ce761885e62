internal import HTTPDecoding
internal import NetworkTypes

/// The request's own fields: key, version, origin (RFC 6455 §4.1 (7) to (9)).
extension HandshakeChecks {
  /// key-*, but for key-reused.
  mutating func checkKey(_ request: HTTPRequestHead) {
    let keys = request.fields.all(named: "Sec-WebSocket-Key")
    if keys.isEmpty, HandshakeExchange.namesWebSocket(request.fields) { fire(.keyMissing, "no Sec-WebSocket-Key") }
    if keys.count > 1 { fire(.keyDuplicated, "\(keys.count) fields: \(WireText.list(keys))") }
    for key in keys {
      guard let bytes = Base64.decode(key) else {
        fire(.keyNotBase64, key.isEmpty ? "the key is empty" : "\(key.count) characters: \(WireText.shown(key))")
        continue
      }
      guard bytes.count == 16 else {
        fire(.keyNot16Bytes, "\(WireText.shown(key)) is \(bytes.count) bytes")
        continue
      }
      let canonical = Base64.symbols(of: bytes)
      if canonical != key {
        fire(.keyBase64NotCanonical, "\(WireText.shown(key)), canonical \(WireText.shown(canonical))")
      }
      if let origin = KnownKeys.origin(of: canonical) {
        fire(.keyWellKnown, "\(WireText.shown(key)): \(origin)")
      }
    }
  }

  /// version-missing, version-duplicated, version-malformed, version-not-13.
  mutating func checkVersion(_ request: HTTPRequestHead) {
    let versions = request.fields.all(named: "Sec-WebSocket-Version")
    guard let value = versions.first else {
      if HandshakeExchange.namesWebSocket(request.fields) { fire(.versionMissing, "no Sec-WebSocket-Version") }
      return
    }
    if versions.count > 1 { fire(.versionDuplicated, "\(versions.count) fields: \(WireText.list(versions))") }
    guard let version = Self.version(value) else {
      return fire(
        .versionMalformed, value.isEmpty ? "the version is empty" : "version \(WireText.shown(value))")
    }
    if version != 13 { fire(.versionNot13, "version \(version), \(VersionRegistry.status(of: version))") }
  }

  /// origin-missing, origin-malformed, origin-duplicated.
  mutating func checkOrigin(_ request: HTTPRequestHead) {
    let origins = request.fields.all(named: "Origin")
    guard !origins.isEmpty else {
      // Draft 8 has another name for it.
      guard request.fields.count(named: "Sec-WebSocket-Origin") == 0,
        let agent = request.fields.first(named: "User-Agent"), Self.isBrowser(agent)
      else { return }
      return fire(.originMissing, "User-Agent: \(WireText.shown(agent, limit: 200))")
    }
    if origins.count > 1 { fire(.originDuplicated, "\(origins.count) fields: \(WireText.list(origins))") }
    if let wrong = origins.first(where: { RequestOrigin($0) == nil }) {
      fire(.originMalformed, wrong.isEmpty ? "Origin is empty" : "Origin: \(WireText.shown(wrong))")
    }
  }

  /// The first version that the request asks for, if it is a number.
  var requestedVersion: Int? {
    exchange.request?.fields.first(named: "Sec-WebSocket-Version").flatMap(Self.version)
  }

  /// A number from 0 to 255 without leading zeros (RFC 6455 §4.3).
  static func version(_ text: [UInt8]) -> Int? {
    guard 1...3 ~= text.count, text.allSatisfy({ 0x30...0x39 ~= $0 }), text.count == 1 || text[0] != 0x30 else {
      return nil
    }
    let number = text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    return number <= 255 ? number : nil
  }

  /// Whether a User-Agent has the shape that all browsers give it.
  private static func isBrowser(_ agent: [UInt8]) -> Bool {
    guard agent.count <= 2048, agent.starts(with: "Mozilla/5.0 (".utf8) else { return false }
    let text = String(decoding: agent, as: UTF8.self)
    return ["Firefox/", "Chrome/", "Safari/", "AppleWebKit/", "Gecko/", "Edg/", "OPR/", "Trident/"].contains {
      text.contains($0)
    }
  }
}
