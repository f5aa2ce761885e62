internal import HTTPDecoding
internal import NetworkTypes
internal import WebSocketDecoding

/// Looks for a WebSocket in a connection whose handshake, or a part of it, was not captured.
///
/// Both directions are searched for a chain of frames (`FrameChain`). Chance alone does not give one; but other formats
/// have bytes like headers, so what counts is that one side masks and the other does not, and that frames end where
/// segments do.
final class MidstreamSearch {
  /// What the connection looks like.
  enum Verdict {
    /// Nothing certain so far.
    case undecided
    /// A WebSocket, whose client sends in this direction.
    case webSocket(clientDirection: Direction)
    /// No WebSocket as far as one was looked for.
    case none
  }

  /// A handshake request whose answer was lost.
  struct Attempt {
    var exchange: HandshakeExchange
    var requestDirection: Direction
  }

  /// The request, where that was captured.
  let attempt: Attempt?
  private var chains: InlineArray<2, FrameChain?> = [nil, nil]
  /// Place in the stream of the first byte of each chain.
  private var starts: InlineArray<2, Int> = [0, 0]
  /// The best evidence from before a hole.
  private var earlier: InlineArray<2, FrameChain.Finding?> = [nil, nil]
  /// Whether bytes are missing behind what was given; for the client that made a request, before it as well.
  private var hasHole: InlineArray<2, Bool> = [false, false]
  private var examined: InlineArray<2, Int> = [0, 0]
  private let limits: Limits

  init(attempt: Attempt?, limits: Limits) {
    self.attempt = attempt
    self.limits = limits
  }

  /// Bytes of memory that the search takes, about.
  var heldBytes: Int { 1200 + (attempt == nil ? 0 : 4096) + (chains[0]?.heldBytes ?? 0) + (chains[1]?.heldBytes ?? 0) }

  /// Takes a direction's next bytes, of which a full segment has `fullSegment`.
  func receive(_ bytes: RawSpan, at position: StreamPosition, fullSegment: Int) -> Verdict {
    guard bytes.byteCount > 0 else { return .undecided }
    let index = position.direction.rawValue
    if examined[index] == 0, Self.isTLS(bytes) { return .none }
    examined[index] += bytes.byteCount
    if chains[index] == nil {
      // Behind a request stand the bytes of its answer that were lost, and then, if it is not many, the first frame.
      let beginsWrite = attempt != nil && examined[index] == bytes.byteCount && position.offset < Self.handshakeBytes
      chains[index] = FrameChain(
        rules: rules(of: position.direction), limits: limits, beginsWrite: beginsWrite, fullSegment: fullSegment)
      starts[index] = position.offset
    }
    chains[index]?.fullSegment = fullSegment
    chains[index]?.markBoundary()
    chains[index]?.append(bytes)
    chains[index]?.markBoundary()
    // Only the best chain counts here; where its frames begin is looked for once the roles are known.
    _ = chains[index]?.search()
    guard examined[0] + examined[1] <= limits.guessedBytes else { return .none }
    return verdict
  }

  /// Notes bytes that were never captured.
  func gap(at position: StreamPosition) -> Verdict {
    let index = position.direction.rawValue
    let decided = settle(position.direction, isEnd: false)
    if case .webSocket = decided { return decided }
    if let best = chains[index]?.best, best.bits > earlier[index]?.bits ?? 0 { earlier[index] = best }
    chains[index] = nil
    if examined[index] > 0 || position.direction == attempt?.requestDirection { hasHole[index] = true }
    return .undecided
  }

  /// Notes that a direction is over.
  func finish(_ direction: Direction) -> Verdict { settle(direction, isEnd: true) }

  /// Takes out the search of a direction, where in the stream it began, and whether it holds all of the direction.
  func take(_ direction: Direction) -> (chain: FrameChain, start: Int, isWhole: Bool)? {
    let index = direction.rawValue
    guard let chain = chains[index] else { return nil }
    chains[index] = nil
    return (chain, starts[index], chain.heldFrom == 0 && chain.end == examined[index] && !hasHole[index])
  }

  private func settle(_ direction: Direction, isEnd: Bool) -> Verdict {
    _ = chains[direction.rawValue]?.finish(isEnd: isEnd)
    return verdict
  }

  private func rules(of direction: Direction) -> FrameChain.Rules {
    guard let attempt else {
      return FrameChain.Rules(
        isMasked: nil, allowsCompression: true, trustsFirst: false, headBits: 12, chainBits: 1 << 20)
    }
    return FrameChain.Rules(
      isMasked: direction == attempt.requestDirection, allowsCompression: attempt.exchange.offersCompression,
      trustsFirst: false, headBits: 12, chainBits: 1 << 20)
  }

  private func best(of direction: Direction) -> FrameChain.Finding? {
    let index = direction.rawValue
    guard let now = chains[index]?.best else { return earlier[index] }
    guard let earlier = earlier[index], earlier.bits > now.bits else { return now }
    return earlier
  }

  /// Bytes, at most, of a lost handshake head behind which the first frame is expected; more may be frames too.
  static let handshakeBytes = 1200

  // MARK: - Evidence

  /// Bits of both directions together that make a WebSocket: one in 2^48 by chance, with the length of any capture.
  private static let pairBits = 48
  /// Bits of the client's direction alone.
  private static let clientBits = 48
  /// Bits of the server's direction alone, where nothing is masked and so nothing is random.
  private static let serverBits = 56
  /// Bits where a handshake request was seen that bytes follow which were acknowledged.
  private static let requestedBits = 28

  private var verdict: Verdict {
    if let attempt {
      let bits = Direction.allCases.reduce(0) { $0 + (best(of: $1)?.bits ?? 0) }
      return bits >= Self.requestedBits ? .webSocket(clientDirection: attempt.requestDirection) : .undecided
    }
    for direction in Direction.allCases {
      guard let own = best(of: direction) else { continue }
      let other = best(of: direction.opposite)
      if own.isMasked {
        if let other, !other.isMasked, own.bits + other.bits >= Self.pairBits, own.frames + other.frames >= 4 {
          return .webSocket(clientDirection: direction)
        }
        // A server's payload may hold what another client sent, but such frames do not fill segments.
        let needed = other == nil && examined[direction.opposite.rawValue] > 0 ? 3 : 1
        if own.bits >= Self.clientBits, own.frames >= 3, own.alignedFrames >= needed, !(other?.isMasked ?? false) {
          return .webSocket(clientDirection: direction)
        }
      } else if own.bits >= Self.serverBits, own.alignedFrames >= 3, own.hasTwoLengths,
        examined[direction.opposite.rawValue] == 0
      {
        return .webSocket(clientDirection: direction.opposite)
      }
    }
    return .undecided
  }

  /// A record of TLS (RFC 8446 §5.1), by which a segment of it begins more often than not.
  private static func isTLS(_ bytes: RawSpan) -> Bool {
    guard let type = bytes.byte(at: 0), let major = bytes.byte(at: 1), let minor = bytes.byte(at: 2),
      let length: UInt16 = bytes.bigEndian(at: 3)
    else { return false }
    return (20...24).contains(type) && major == 3 && minor <= 4 && length <= 16_384 + 2048
  }
}
