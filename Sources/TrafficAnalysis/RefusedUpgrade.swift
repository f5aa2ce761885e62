internal import HTTPDecoding
internal import NetworkTypes
internal import WebSocketDecoding

/// What a client does behind a handshake that was refused: whether it sends frames or other requests all the same, as it
/// would to a backend that believes the tunnel is open.
struct RefusedUpgrade {
  /// What to tell of it.
  struct Suspicion {
    let rule: Rule
    let offset: Int
    let detail: String
  }

  /// Whom the handshake's records name.
  let connection: ConnectionIdentity
  private let target: [UInt8]
  private let host: [UInt8]?
  private let status: Int
  /// Place behind the refusal in the server's stream.
  private let refusalEnd: Int
  /// Why the request had to be refused; nothing where it did not.
  private let fault: Rule?
  private var hasToldRequest = false
  private var walk: Walk?

  /// The frames that are followed.
  private struct Walk {
    var decoder = FrameDecoder()
    /// Frames of which the client knew of the refusal.
    var informedFrames = 0
    var firstOffset = 0
    /// The frame at hand, as far as its payload can be shown.
    var header: FrameHeader?
    var isInformed = false
    var payload: [UInt8] = []
  }

  /// Bytes of a payload that are looked at.
  private static let lookedAt = 64

  /// What follows the refusal of a handshake; `nil` unless it was refused.
  init?(_ exchange: HandshakeExchange, _ verdict: HandshakeVerdict) {
    guard let request = exchange.request, let response = exchange.response, response.status != 101,
      !HandshakeExchange.isHixie(request)
    else { return nil }
    connection = verdict.connection
    target = request.target
    host = request.fields.first(named: "Host")
    status = response.status
    refusalEnd = exchange.conduct.responseEnd
    fault = verdict.reasonToRefuse
  }

  /// Bytes of memory that are held.
  var heldBytes: Int { target.count + (host?.count ?? 0) + (walk?.payload.capacity ?? 0) }

  /// Whether frames are followed, so that the bytes are no requests.
  var isFollowingFrames: Bool { walk != nil }

  /// Whether bytes, where a request would begin, begin a frame of a client instead.
  static func mayBegin(_ bytes: RawSpan) -> Bool {
    guard let first = bytes.byte(at: 0) else { return false }
    // A request begins with a letter or a line end.
    switch first & 0x8f {
    case 0x80...0x82, 0x88...0x8a: return first & 0x30 == 0
    default: return first == 1 || first == 2
    }
  }

  /// What another request says.
  mutating func takeRequest(_ request: HTTPRequestHead, at offset: Int) -> Suspicion? {
    guard !hasToldRequest, let fault else { return nil }
    let otherHost = request.fields.first(named: "Host") != host
    guard request.target != target || otherHost else { return nil }
    hasToldRequest = true
    let other = otherHost ? "Host" : "target"
    return Suspicion(
      rule: .httpAfterRefusedUpgrade, offset: offset,
      detail: "a request with another \(other) follows the \(status) to a handshake with \(fault.id)")
  }

  /// What further bytes say.
  ///
  /// - Parameters:
  ///   - bytes: Bytes of the client.
  ///   - offset: Their place in its stream.
  ///   - acknowledged: What of the server's stream it had acknowledged when it sent them.
  /// - Returns: What to tell, and whether they are worth following on.
  mutating func takeFrames(
    _ bytes: RawSpan, at offset: Int, acknowledged: Int
  ) -> (suspicion: Suspicion?, goesOn: Bool) {
    var walk = self.walk ?? Walk()
    // Written back at the end: a copy would share the decoder's bytes.
    self.walk = nil
    defer { self.walk = walk }
    var cursor = 0
    while true {
      switch walk.decoder.next(bytes, &cursor) {
      case .needMoreBytes:
        return (nil, true)
      case .framingLost:
        return (nil, false)
      case .header(let header):
        guard Self.isPlausible(header) else { return (nil, false) }
        walk.header = header
        walk.payload = []
        walk.isInformed = acknowledged >= refusalEnd
        guard walk.isInformed else { continue }
        if walk.informedFrames == 0 { walk.firstOffset = offset + cursor - header.headerLength }
        walk.informedFrames += 1
        guard walk.informedFrames < 2 else { return (suspicion(walk, "frames"), false) }
      case .payload(let range, let place):
        guard walk.isInformed, walk.payload.count < Self.lookedAt, let key = walk.header?.maskingKey else { continue }
        for index in range.prefix(Self.lookedAt - walk.payload.count) {
          let shift = 24 - UInt32((place + UInt64(index - range.lowerBound)) & 3) * 8
          walk.payload.append(bytes.checkedByte(index) ^ UInt8(truncatingIfNeeded: key >> shift))
        }
      case .end:
        guard walk.isInformed, !walk.payload.isEmpty, walk.payload.allSatisfy({ 0x20...0x7e ~= $0 || $0 == 0x0a }),
          let header = walk.header
        else { continue }
        return (suspicion(walk, "\(header.opcode.name) of \(header.payloadLength) bytes"), false)
      }
    }
  }

  private func suspicion(_ walk: Walk, _ what: String) -> Suspicion {
    Suspicion(
      rule: .framesAfterRefusedUpgrade, offset: walk.firstOffset,
      detail: "\(what) behind the \(status), which the client had acknowledged")
  }

  /// Whether a client may send a frame with this header.
  private static func isPlausible(_ header: FrameHeader) -> Bool {
    header.maskingKey != nil && !header.opcode.isReserved && header.reservedBits & 3 == 0 && header.isLengthMinimal
      && !header.hasLengthTopBit && (!header.opcode.isControl || (header.isFinal && header.payloadLength <= 125))
  }
}

/// What came of judging a handshake.
struct HandshakeVerdict {
  /// Whom its records name.
  let connection: ConnectionIdentity
  /// What of the request makes a server stop (RFC 6455 §4.2.1).
  let reasonToRefuse: Rule?
  /// What of the answer makes a client stop (RFC 6455 §4.1).
  let responseFault: Rule?
}
