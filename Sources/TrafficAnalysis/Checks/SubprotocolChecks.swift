internal import HTTPDecoding
internal import WebSocketDecoding

/// What the client offers and the server selects as subprotocol (RFC 6455 §4.1 (10), §4.2.2, §11.3.4; RFC 7936).
extension HandshakeChecks {
  /// subprotocol-offer-malformed, subprotocol-offer-duplicate; of the offer: subprotocol-unregistered,
  /// subprotocol-case-variant; token-in-subprotocol.
  mutating func checkSubprotocolOffer(_ request: HTTPRequestHead) {
    let elements = Self.elements(request.fields.all(named: "Sec-WebSocket-Protocol"))
    guard !elements.isEmpty else { return }
    if let place = elements.firstIndex(where: { !$0.isEmpty && !HTTPToken.isToken($0) }) {
      let wrong = elements[place].first { !HTTPToken.isTokenByte($0) } ?? 0
      fire(
        .subprotocolOfferMalformed,
        "element \(place + 1), \(Self.shown(elements[place])), has the byte 0x\(String(wrong, radix: 16))")
    } else if elements.allSatisfy(\.isEmpty) {
      fire(.subprotocolOfferMalformed, "the list is empty")
    } else if let place = elements.firstIndex(where: \.isEmpty) {
      // Other lists may have empty elements (RFC 9110 §5.6.1).
      fire(.subprotocolOfferMalformed, as: .warning, isFatal: false, "element \(place + 1) is empty")
    }
    var known: Set<[UInt8]> = []
    if let twice = elements.first(where: { !$0.isEmpty && !known.insert($0).inserted }) {
      fire(.subprotocolOfferDuplicate, "\(Self.shown(twice)) is offered twice")
    }
    if let place = elements.firstIndex(where: { SecretShape($0) != nil }), let shape = SecretShape(elements[place]) {
      fire(.tokenInSubprotocol, "element \(place + 1) of \(elements[place].count) characters: \(shape.name)")
    }
    checkRegistry(elements, by: .client)
  }

  /// subprotocol-response-multiple, subprotocol-response-malformed, subprotocol-not-offered, subprotocol-case-mismatch,
  /// subprotocol-none-selected; of the selection: subprotocol-unregistered, subprotocol-case-variant.
  mutating func checkSubprotocolAnswer(_ response: HTTPResponseHead) {
    let lines = response.fields.all(named: "Sec-WebSocket-Protocol")
    let offered = Self.elements(exchange.request?.fields.all(named: "Sec-WebSocket-Protocol") ?? [])
    guard let selected = lines.first else {
      if isAccepted, offered.contains(where: { !$0.isEmpty }) {
        fire(.subprotocolNoneSelected, "\(offered.count) offered")
      }
      return
    }
    checkRegistry(Self.elements(lines), by: .server)
    if lines.count > 1 {
      return fire(.subprotocolResponseMultiple, "\(lines.count) fields")
    }
    if selected.contains(UInt8(ascii: ",")) {
      return fire(.subprotocolResponseMultiple, "a list of \(Self.elements(lines).count)")
    }
    guard HTTPToken.isToken(selected) else {
      return fire(
        .subprotocolResponseMalformed, selected.isEmpty ? "the field is empty" : "\(Self.shown(selected)) is no token")
    }
    guard isAccepted, exchange.request != nil, !offered.contains(selected) else { return }
    let lower = HTTPToken.lowercased(selected)
    if let other = offered.first(where: { HTTPToken.lowercased($0) == lower }) {
      fire(.subprotocolCaseMismatch, "\(Self.shown(selected)) for \(Self.shown(other))")
    } else {
      fire(.subprotocolNotOffered, "\(Self.shown(selected)), \(offered.count) offered")
    }
  }

  private mutating func checkRegistry(_ elements: [[UInt8]], by sender: Sender) {
    for element in elements where !element.isEmpty {
      if let registered = SubprotocolRegistry.caseVariant(of: element) {
        fire(.subprotocolCaseVariant, by: sender, "\(Self.shown(element)), registered is \(registered)")
      } else if !SubprotocolRegistry.contains(element) {
        fire(.subprotocolUnregistered, by: sender, Self.shown(element))
      }
    }
  }

  /// The elements of all field lines, the empty ones too; a quote does not join them, as no token has one.
  private static func elements(_ lines: [[UInt8]]) -> [[UInt8]] {
    lines.flatMap { line in
      line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { Array(HTTPToken.trimmed($0)) }
    }
  }

  /// A name, unless it looks like a secret.
  private static func shown(_ element: [UInt8]) -> String {
    guard let shape = SecretShape(element) else { return WireText.shown(element, limit: 60) }
    return "\(shape.name) of \(element.count) characters"
  }
}

/// What makes a word look like a secret, which is then not shown.
struct SecretShape {
  /// What it looks like.
  let name: String

  init?(_ word: [UInt8]) {
    guard !SubprotocolRegistry.contains(word) else { return nil }
    let lower = HTTPToken.lowercased(word.prefix(32))
    if lower.starts(with: "base64url.bearer.".utf8) {
      name = "a bearer token"
    } else if lower.starts(with: "bearer".utf8), word.count > 6 {
      name = "a bearer token"
    } else if Self.isJWT(word) {
      name = "a JWT"
    } else if word.split(whereSeparator: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }).contains(
      where: Self.isRandom)
    {
      name = "a random word"
    } else {
      return nil
    }
  }

  /// Whether a word begins as the Base64 of `{"` does, and is long enough for a header and more (RFC 7519 §3).
  static func isJWT(_ word: some Collection<UInt8>) -> Bool { word.count >= 20 && word.starts(with: "eyJ".utf8) }

  /// Whether 32 characters or more look as if they were drawn: letters and digits, each about as often as others.
  private static func isRandom(_ word: ArraySlice<UInt8>) -> Bool {
    var counts: [UInt8: Int] = [:]
    var digits = 0
    var letters = 0
    for byte in word {
      switch byte {
      case 0x30...0x39: digits += 1
      case 0x41...0x5a, 0x61...0x7a: letters += 1
      case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "%"):
        continue
      default: return false
      }
      counts[byte, default: 0] += 1
    }
    let count = digits + letters
    // A hexadecimal number of 32 digits has 10 different ones or more, and no word of a language so many digits.
    guard count >= 32, digits >= 4, letters >= 4, counts.count >= 10 else { return false }
    let most = counts.values.max() ?? 0
    return most * 4 <= count
  }
}
