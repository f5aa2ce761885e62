internal import NetworkTypes
internal import WebSocketDecoding

/// The search for the next frame of a side that lost its place, and what became of earlier ones.
final class FrameResync {
  /// The search at hand, if there is one.
  var chain: FrameChain?
  /// Place in the direction's stream of the search's first byte.
  var chainStart = 0
  /// Where in the stream the lost bytes begin.
  private(set) var lostAt = 0
  private(set) var places: [DirectionSummary.Resync] = []
  private(set) var count = 0
  /// Whether the first byte of the search likely begins a frame.
  private(set) var trustsFirst = false
  /// Captured bytes of the direction that could not be told apart into frames.
  var unframedBytes = 0
  private var untold: Int?
  private let namedLimit: Int

  /// Bytes of memory that are held.
  var heldBytes: Int { 128 + places.count * 32 + (chain?.heldBytes ?? 0) }

  init(namedLimit: Int) {
    self.namedLimit = namedLimit
  }

  func begin(_ chain: FrameChain, lostAt offset: Int) {
    self.chain = chain
    trustsFirst = chain.rules.trustsFirst
    lostAt = offset
  }

  /// Notes that a frame was found.
  func found(at offset: Int) {
    chain = nil
    count += 1
    untold = offset
    guard places.count < namedLimit else { return }
    places.append(DirectionSummary.Resync(lostAt: lostAt, foundAt: offset))
  }

  /// The place of the newest find, for the first message or control behind it.
  func takeUntold() -> Int? {
    defer { untold = nil }
    return untold
  }

  /// The place of the newest find, for the frame that stands there.
  func newestOffset(before offset: Int) -> Int? {
    places.last?.foundAt == offset ? offset : nil
  }
}

/// Finding the frames of a direction again.
extension WebSocketAnalyzer {
  /// Begins to look for frames behind bytes that are missing from `offset` on.
  ///
  /// - Parameters:
  ///   - side: Whose frames.
  ///   - offset: Where in the stream they were lost.
  ///   - trustsFirst: Whether the next byte likely begins a frame.
  ///   - beginsWrite: Whether it begins a write of the sender.
  func beginSearch(_ side: WebSocketSide, lostAt offset: Int, trustsFirst: Bool = false, beginsWrite: Bool = false) {
    // Other versions have other framing.
    guard agreement.followsRFC6455 else { return }
    let resync = side.madeResync(context)
    resync.begin(
      FrameChain(
        rules: rules(of: side, trustsFirst: trustsFirst), limits: context.limits, beginsWrite: beginsWrite,
        fullSegment: fullSegment(of: side)),
      lostAt: offset)
  }

  /// Whether a write of the sender begins behind bytes that are missing: they are less than a full segment.
  ///
  /// So the last of their segments was short, whether they are one or several. As many bytes as a header has may be one
  /// that was sent apart from its payload, unless the sender is known not to; and of a segment that was cut at a snap
  /// length some were captured.
  func beginsWrite(behind byteCount: Int, _ cause: GapCause, _ side: WebSocketSide) -> Bool {
    let isHeader = side.sender == .client ? [6, 8, 14] : [2, 4, 10]
    if isHeader.contains(byteCount), side.counts.frames == 0 || side.sendsHeadersApart { return false }
    return byteCount + (cause == .snapped ? 256 : 0) < fullSegment(of: side)
  }

  /// Goes on with a search that was begun elsewhere.
  ///
  /// - Parameters:
  ///   - chain: The search, whose bytes were not given to this analyzer.
  ///   - start: Place in the stream of its first byte.
  ///   - position: Whose search it is, and the packet that ended it there.
  func adopt(_ chain: FrameChain, from start: Int, _ position: StreamPosition) {
    let side = side(of: position.direction)
    guard let resync = side.resync, resync.chain != nil else { return }
    resync.chainStart = start
    resync.chain = chain.restarted(by: rules(of: side, trustsFirst: resync.trustsFirst), limits: context.limits)
    search(side, resync, position)
  }

  private func rules(of side: WebSocketSide, trustsFirst: Bool) -> FrameChain.Rules {
    let counts = side.counts
    let messages: FrameChain.Rules.Messages =
      if counts.messages > counts.textMessages {
        .any
      } else if counts.messages >= FrameChain.textsThatProve, side.joinsFrames {
        .text
      } else {
        .unknown
      }
    return FrameChain.Rules(
      isMasked: side.sender == .client, allowsCompression: agreement.deflate != nil, trustsFirst: trustsFirst,
      messages: messages)
  }

  /// Takes the next bytes of a direction whose place in its frames is lost.
  @inline(never)
  func searchFrames(in bytes: RawSpan, _ side: WebSocketSide, _ position: StreamPosition) {
    guard let resync = side.resync, let end = resync.chain?.end else {
      side.addUnframed(bytes.byteCount, context)
      return
    }
    if end == 0 { resync.chainStart = position.offset }
    resync.chain?.fullSegment = fullSegment(of: side)
    resync.chain?.markBoundary()
    resync.chain?.append(bytes)
    resync.chain?.markBoundary()
    search(side, resync, position)
  }

  private func search(_ side: WebSocketSide, _ resync: FrameResync, _ position: StreamPosition) {
    if let finding = resync.chain?.search() { resume(side, resync, finding, position) }
  }

  /// Ends a search before missing bytes or at the direction's end: with what there is, or with nothing.
  ///
  /// - Parameters:
  ///   - side: Whose frames.
  ///   - position: Where they are missing.
  ///   - isEnd: Whether the direction is over.
  ///   - byteCount: How many bytes are missing.
  ///   - beginsWrite: Whether a write of the sender begins behind them.
  @inline(never)
  func endSearch(
    _ side: WebSocketSide, _ position: StreamPosition, isEnd: Bool, behind byteCount: Int = 0, beginsWrite: Bool = false
  ) {
    guard let resync = side.resync, let chain = resync.chain else { return }
    // What is missing may be the end of a frame that is not proven.
    let beginsWrite = beginsWrite || (byteCount > 0 && chain.frameEnds(at: chain.end &+ byteCount))
    if let finding = resync.chain?.finish(isEnd: isEnd) {
      resume(side, resync, finding, position)
    } else {
      side.addUnframed(resync.chain?.end ?? 0, context)
      // Before the first bytes there is only the hole that the handshake was lost in.
      let trustsFirst =
        resync.trustsFirst && resync.chain?.end == 0 && byteCount < MidstreamSearch.handshakeBytes
      beginSearch(
        side, lostAt: resync.lostAt, trustsFirst: trustsFirst, beginsWrite: beginsWrite || trustsFirst)
    }
  }

  /// Reads frames again, from a place in the bytes that were held.
  private func resume(
    _ side: WebSocketSide, _ resync: FrameResync, _ finding: FrameChain.Finding, _ position: StreamPosition
  ) {
    let held = resync.chain?.held(from: finding.offset) ?? []
    side.addUnframed(finding.offset, context)
    let place = resync.chainStart + finding.offset
    resync.found(at: place)
    side.progress(context).decoder = FrameDecoder()
    // What is held came in several segments, which say nothing here of what the sender puts together.
    let (joinsFrames, sendsHeadersApart) = (side.joinsFrames, side.sendsHeadersApart)
    defer { (side.joinsFrames, side.sendsHeadersApart) = (joinsFrames, sendsHeadersApart) }
    held.withRawSpan { bytes in
      decodeFrames(
        bytes, from: 0, side,
        StreamPosition(direction: position.direction, offset: place, packet: position.packet))
    }
  }
}
