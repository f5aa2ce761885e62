internal import HTTPDecoding
internal import NetworkTypes
internal import TCPReassembly
internal import WebSocketDecoding

/// Judges one handshake: a request that asks for WebSocket, and its answer (RFC 6455 §4).
struct HandshakeExchange {
  /// The request, if captured.
  let request: HTTPRequestHead?
  /// The final answer, if captured.
  let response: HTTPResponseHead?
  /// Place of the request's first byte in the client's stream.
  var requestOffset = 0
  /// Place of the answer's first byte in the server's stream.
  var responseOffset = 0
  /// When and how both were sent.
  var conduct = HandshakeConduct()
  /// Whether the accept belongs to (one of) the key(s); `nil` where the request or either field is missing.
  let isAcceptRight: Bool?

  init(
    request: HTTPRequestHead?, response: HTTPResponseHead?, requestOffset: Int = 0,
    conduct: HandshakeConduct = HandshakeConduct()
  ) {
    self.request = request
    self.response = response
    self.requestOffset = requestOffset
    self.conduct = conduct
    isAcceptRight = Self.isAcceptRight(request, response)
  }

  /// Whether a request asks for WebSocket: it names it in Upgrade, or carries a field of the handshake.
  static func isCandidate(_ request: HTTPRequestHead) -> Bool {
    namesWebSocket(request.fields)
      || request.fields.contains { field in
        field.name.count > 14
          && zip(field.name, "sec-websocket-".utf8).allSatisfy { $0 | 0x20 == $1 || $0 == $1 }
      }
  }

  /// Whether a request may turn the connection into another protocol, so that what follows it must wait for the answer.
  static func maySwitchProtocols(_ request: HTTPRequestHead) -> Bool {
    request.fields.count(named: "Upgrade") > 0 || request.hasMethod("CONNECT") || isCandidate(request)
  }

  /// Whether a request is of the 2010 drafts, which have two keys and frames of another kind.
  static func isHixie(_ request: HTTPRequestHead) -> Bool {
    request.fields.count(named: "Sec-WebSocket-Key1") > 0 && request.fields.count(named: "Sec-WebSocket-Key2") > 0
  }

  /// Whether Upgrade names WebSocket, in any case and with or without a version.
  static func namesWebSocket(_ fields: HTTPFields) -> Bool {
    fields.listContains(protocolNamed: "websocket", in: "Upgrade")
  }

  /// Whether frames follow the answer.
  var switchesToWebSocket: Bool {
    guard let response, response.status == 101 else { return false }
    let hasAccept = response.fields.count(named: "Sec-WebSocket-Accept") > 0
    if hasAccept { return true }
    // The 2010 drafts frame by 0x00 and 0xFF; their frames would decode to nonsense.
    if let request, request.fields.count(named: "Sec-WebSocket-Key1") > 0 { return false }
    if response.fields.count(named: "Upgrade") > 0 { return Self.namesWebSocket(response.fields) }
    return request.map { Self.namesWebSocket($0.fields) } ?? false
  }

  private static func isAcceptRight(_ request: HTTPRequestHead?, _ response: HTTPResponseHead?) -> Bool? {
    guard let request, let response, response.status == 101 else { return nil }
    let keys = request.fields.all(named: "Sec-WebSocket-Key")
    guard !keys.isEmpty, let accept = response.fields.first(named: "Sec-WebSocket-Accept") else { return nil }
    return keys.contains { AcceptKey.isRight(accept, forKey: $0) }
  }

  /// Why the attempt failed.
  var failure: OpenRecord.Failure? {
    guard let response else { return .noResponse }
    guard response.status == 101 else { return .status }
    guard Self.namesWebSocket(response.fields) else { return .notUpgraded }
    guard response.fields.count(named: "Sec-WebSocket-Accept") > 0 else { return .noAccept }
    return isAcceptRight == false ? .badAccept : nil
  }

  /// What the answer agrees on for the frames.
  var agreement: WebSocketAgreement {
    var agreement = WebSocketAgreement()
    let accepted = response?.fields.joinedList(named: "Sec-WebSocket-Extensions").map(ExtensionOffer.init) ?? []
    if let deflate = accepted.first(where: \.isPerMessageDeflate) {
      agreement.deflate = OpenRecord.Deflate(
        clientBits: deflate.windowBits("client_max_window_bits"),
        serverBits: deflate.windowBits("server_max_window_bits"),
        clientResets: deflate.has("client_no_context_takeover"),
        serverResets: deflate.has("server_no_context_takeover"))
    }
    agreement.hasUnknownExtension = accepted.contains { !$0.isPerMessageDeflate }
    if let version = request?.fields.first(named: "Sec-WebSocket-Version") {
      agreement.followsRFC6455 = HTTPToken.equals(version, "13")
    }
    if let request, Self.isHixie(request) { agreement.followsRFC6455 = false }
    return agreement
  }

  /// Whether the frames may be compressed: the client offered it, or its request is not known.
  var offersCompression: Bool {
    guard let request else { return true }
    return request.fields.joinedList(named: "Sec-WebSocket-Extensions").contains {
      ExtensionOffer($0).isPerMessageDeflate
    }
  }

  /// The Host field, or the authority of an absolute-form target (RFC 9112 §3.2.2).
  var host: [UInt8]? {
    guard let request else { return nil }
    if let host = request.fields.first(named: "Host") { return host }
    guard let scheme = request.target.firstIndex(of: UInt8(ascii: ":")),
      request.target[scheme...].starts(with: Array("://".utf8))
    else { return nil }
    return Array(request.target[(scheme + 3)...].prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") })
  }
}
