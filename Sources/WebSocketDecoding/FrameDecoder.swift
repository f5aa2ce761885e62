internal import NetworkTypes

/// Cuts one direction of a WebSocket connection into frames (RFC 6455 §5.2).
///
/// Takes bytes in any pieces and keeps none of them but an unfinished header. Payload is named by its range in the
/// piece at hand. After bytes are lost it stays in step as long as the hole lies inside a payload of known length.
public struct FrameDecoder: Sendable {
  /// What the bytes held next.
  public enum Event: Sendable, Hashable {
    /// The piece is used up.
    case needMoreBytes
    /// A header is complete; its payload follows, then `end`.
    case header(FrameHeader)
    /// Payload bytes, as a range of the piece; `offset` counts from the payload's first byte.
    case payload(Range<Int>, offset: UInt64)
    /// The frame's payload is complete.
    case end
    /// The end of the frame is unknown, so nothing behind it can be read.
    case framingLost
  }

  private enum State: Sendable {
    /// Between frames, or inside a header of which some bytes are collected. To: payload, lost.
    case header(collected: Int)
    /// Inside a payload. To: header when none remains, lost.
    case payload(remaining: UInt64)
    /// A length with its top bit set was announced, which is told with the next event. To: lost.
    case losing
    /// The frame boundary is unknown.
    case lost
  }

  private var state = State.header(collected: 0)
  private var payloadOffset: UInt64 = 0
  private var collectedBytes = InlineArray<14, UInt8>(repeating: 0)

  /// A decoder at the beginning of a frame.
  public init() {}

  /// Whether frames can no longer be told apart.
  public var isLost: Bool {
    if case .lost = state { return true }
    return false
  }

  /// Whether the decoder stands exactly between two frames.
  public var isBetweenFrames: Bool {
    if case .header(collected: 0) = state { return true }
    return false
  }

  /// Bytes of an unfinished header that are held.
  public var pendingHeaderBytes: Int {
    if case .header(let collected) = state { return collected }
    return 0
  }

  /// The next event in `bytes` from `cursor` on, which is moved behind what the event covers.
  public mutating func next(_ bytes: RawSpan, _ cursor: inout Int) -> Event {
    switch state {
    case .header(collected: 0):
      guard cursor < bytes.byteCount else { return .needMoreBytes }
      guard let header = FrameHeader(bytes, at: cursor) else { return collect(bytes, &cursor, from: 0) }
      cursor += header.headerLength
      return begin(header)
    case .header(let collected):
      return collect(bytes, &cursor, from: collected)
    case .payload(let remaining):
      guard remaining > 0 else {
        state = .header(collected: 0)
        return .end
      }
      let available = bytes.byteCount - cursor
      guard available > 0 else { return .needMoreBytes }
      let taken = Int(min(remaining, UInt64(available)))
      let range = cursor..<cursor + taken
      let offset = payloadOffset
      cursor += taken
      payloadOffset += UInt64(taken)
      state = .payload(remaining: remaining - UInt64(taken))
      return .payload(range, offset: offset)
    case .losing:
      state = .lost
      return .framingLost
    case .lost:
      cursor = bytes.byteCount
      return .needMoreBytes
    }
  }

  /// Passes over `byteCount` bytes that were never captured.
  ///
  /// - Returns: Whether they lay wholly inside a payload of known length, so that frames can still be told apart.
  public mutating func skip(_ byteCount: Int) -> Bool {
    guard case .payload(let remaining) = state, byteCount >= 0, UInt64(byteCount) <= remaining else {
      state = .lost
      return false
    }
    payloadOffset += UInt64(byteCount)
    state = .payload(remaining: remaining - UInt64(byteCount))
    return true
  }

  private mutating func begin(_ header: FrameHeader) -> Event {
    payloadOffset = 0
    state = header.hasLengthTopBit ? .losing : .payload(remaining: header.payloadLength)
    return .header(header)
  }

  /// Puts together a header that lies in several pieces.
  private mutating func collect(_ bytes: RawSpan, _ cursor: inout Int, from start: Int) -> Event {
    var collected = start
    while cursor < bytes.byteCount, collected < FrameHeader.maximumLength {
      collectedBytes[collected] = bytes.checkedByte(cursor)
      collected += 1
      cursor += 1
      if let header = Self.header(in: collectedBytes, count: collected) { return begin(header) }
    }
    state = .header(collected: collected)
    return .needMoreBytes
  }

  private static func header(in bytes: InlineArray<14, UInt8>, count: Int) -> FrameHeader? {
    // SAFETY: bytes of an array of UInt8 are initialized, and the span does not outlive it.
    FrameHeader(unsafe bytes.span.bytes.extracting(first: count), at: 0)
  }
}
