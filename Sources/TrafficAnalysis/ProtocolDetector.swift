internal import HTTPDecoding
internal import NetworkTypes

/// Tells what a connection speaks from its first bytes, which it holds until that is clear.
final class ProtocolDetector {
  /// What the connection speaks.
  enum Verdict {
    /// Not clear yet.
    case undecided
    /// HTTP/1.x, with requests in this direction.
    case http(requestDirection: Direction)
    /// TLS.
    case tls
    /// Something that carries no WebSocket which could be read.
    case opaque
    /// A tunnel was opened: what was held is cut to what follows, and detection begins anew.
    case restart
  }

  /// No SOCKS negotiation needs more bytes: two host names, a user name and a password of 255 bytes each.
  private static let longestNegotiation = 4096

  private var held: InlineArray<2, HeldBytes> = [HeldBytes(), HeldBytes()]

  /// Bytes of memory that the detector takes, about.
  var heldBytes: Int { 160 + held[0].bytes.capacity + held[1].bytes.capacity }

  /// Takes a direction's next bytes.
  func receive(_ bytes: RawSpan, at position: StreamPosition, limit: Int) -> Verdict {
    let index = position.direction.rawValue
    held[index].append(bytes, at: position.offset, limit: limit)
    return held[index].lostBytes > 0 ? .opaque : verdict()
  }

  /// Takes what a tunnel's negotiation left.
  func restart(with remainder: HeldBytes, _ direction: Direction) {
    held[direction.rawValue] = remainder
  }

  /// What was held of a direction.
  func take(_ direction: Direction) -> HeldBytes { held[direction.rawValue].take() }

  /// Judges what is held.
  func verdict() -> Verdict {
    // What a SOCKS proxy answers means something only together with what its client sent.
    if isSOCKS { return verdict(of: .fromOriginator) }
    for direction in Direction.allCases {
      guard !held[direction.rawValue].bytes.isEmpty else { continue }
      switch verdict(of: direction) {
      case .undecided: continue
      case let clear: return clear
      }
    }
    return .undecided
  }

  private var isSOCKS: Bool {
    held[Direction.fromOriginator.rawValue].bytes.withRawSpan { SOCKSNegotiation.mayBegin($0) }
  }

  private func verdict(of direction: Direction) -> Verdict {
    let other = held[direction.opposite.rawValue].bytes
    return held[direction.rawValue].bytes.withRawSpan { own in
      other.withRawSpan { verdict(of: direction, own, other: $0) }
    }
  }

  private func verdict(of direction: Direction, _ bytes: RawSpan, other: RawSpan) -> Verdict {
    switch ProxyPreamble.verdict(bytes) {
    case .preamble(let byteCount):
      held[direction.rawValue].removeFirst(byteCount)
      return .restart
    case .needMore: return .undecided
    case .none: break
    }
    if Self.isTLS(bytes) { return .tls }
    if SOCKSNegotiation.mayBegin(bytes) {
      return socks(direction, client: bytes, server: other)
    }
    if direction == .fromResponder, other.byteCount == 0, SOCKSNegotiation.mayAnswer(bytes) { return .undecided }
    switch HTTPProbe.verdict(prefix: bytes) {
    case .request: return .http(requestDirection: direction)
    case .needMore: return .undecided
    // An answer whose request the capture brings later.
    case .response: return .undecided
    case .no: return .opaque
    }
  }

  private func socks(_ direction: Direction, client: RawSpan, server: RawSpan) -> Verdict {
    // An answer may be captured before the greeting, and begins with the same byte in version 5.
    guard direction == .fromOriginator else { return server.byteCount > Self.longestNegotiation ? .opaque : .undecided }
    guard client.byteCount + server.byteCount <= Self.longestNegotiation else { return .opaque }
    switch SOCKSNegotiation.outcome(client: client, server: server) {
    case .negotiating: return .undecided
    case .none: return .opaque
    case .tunnel(let clientBytes, let serverBytes):
      held[direction.rawValue].removeFirst(clientBytes)
      held[direction.opposite.rawValue].removeFirst(serverBytes)
      return .restart
    }
  }

  /// A handshake record of TLS 1.0 to 1.3 (RFC 8446 §5.1).
  private static func isTLS(_ bytes: RawSpan) -> Bool {
    guard let type = bytes.byte(at: 0), let major = bytes.byte(at: 1), let minor = bytes.byte(at: 2) else {
      return false
    }
    return type == 22 && major == 3 && minor <= 4
  }
}
