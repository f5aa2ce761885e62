public import NetworkTypes

/// Reads the requests of a connection.
public typealias HTTPRequestDecoder = HTTP1StreamDecoder<HTTPRequestHead>
/// Reads the responses of a connection.
public typealias HTTPResponseDecoder = HTTP1StreamDecoder<HTTPResponseHead>

/// Reads one direction of an HTTP/1.x connection: message after message, each a head and a body.
///
/// Call `next` with the same bytes and cursor until it says `needMoreBytes` or `failed`. After each `head` the caller
/// says by `beginBody` how the body is framed, which for a response depends on its request; until then `next` takes
/// nothing, so that bytes behind the head of a handshake stay the caller's.
///
/// The methods are compiled for both kinds of head besides the general form, which costs several times as much: callers
/// are in other modules, where the compiler does not see the bodies.
public struct HTTP1StreamDecoder<Head: HTTPHead>: Sendable {
  /// What reading on came to.
  public enum Event: Sendable, Hashable {
    /// All bytes were taken, or the decoder waits for `beginBody` (`isAwaitingFraming`), or the stream has ended.
    case needMoreBytes
    /// A whole head; the cursor stands exactly behind its last byte.
    case head(Head)
    /// Octets of the body, as a range of the bytes given.
    case body(Range<Int>)
    /// The message is over; the trailers are empty unless the body came in chunks.
    case messageEnd(trailers: HTTPFields)
    /// This direction can no longer be read. The decoder stays in this state and takes nothing more.
    case failed(HTTPFailure)
  }

  /// Where in a message the next byte stands.
  public enum State: Sendable, Hashable {
    /// Before or in a head; → `awaitingFraming`, `failed`.
    case head
    /// Behind a head, until `beginBody`; → any of the bodies, `messageEnd`, `failed` by lost bytes.
    case awaitingFraming
    /// In a body of known length, of which octets are left, at least one; → `messageEnd`.
    case length(remaining: UInt64)
    /// In a body in chunks; → `head`, `failed`.
    case chunked
    /// In a body that the end of the stream ends; → `finished`.
    case untilClose
    /// Behind a message whose end is not yet told; → `head`.
    case messageEnd
    /// The direction cannot be read; → `finished`.
    case failed(HTTPFailure)
    /// `finish` was called; the last state.
    case finished
  }

  /// Where the end of the stream stands.
  public enum End: Sendable, Hashable {
    /// Between messages, where it belongs, or before the first.
    case betweenMessages
    /// In a head, of which octets were taken.
    case insideHead(byteCount: Int)
    /// Right behind a head whose framing was not given, as after a handshake.
    case behindHead
    /// In a body of known length, of which octets are missing.
    case insideBody(missing: UInt64)
    /// In a body in chunks.
    case insideChunkedBody
    /// At the end of a body that lasts until then: the message is over.
    case endOfBody
    /// Behind a failure.
    case failed(HTTPFailure)
    /// Behind an earlier call of `finish`.
    case alreadyFinished
  }

  /// Where in a message the next byte stands.
  public private(set) var state = State.head
  // The buffers live beside the state: a growing buffer in an enum's payload would be copied.
  private var headDecoder: HTTPHeadDecoder<Head>
  private var chunkedDecoder: ChunkedBodyDecoder
  private let limits: Limits

  /// A decoder at the beginning of a stream.
  @_specialize(where Head == HTTPRequestHead)
  @_specialize(where Head == HTTPResponseHead)
  public init(limits: Limits = Limits()) {
    self.limits = limits
    headDecoder = HTTPHeadDecoder(limits: limits)
    chunkedDecoder = ChunkedBodyDecoder(limits: limits)
  }

  /// Whether the last message is over and nothing of the next was taken but, at most, empty lines before it.
  public var isBetweenMessages: Bool {
    switch state {
    case .head: headDecoder.isAtStart
    case .messageEnd: true
    case .awaitingFraming, .length, .chunked, .untilClose, .failed, .finished: false
    }
  }

  /// The head at hand as far as it came, once its start line is whole; `nil` elsewhere.
  public var unfinishedHead: Head? { state == .head ? headDecoder.unfinished : nil }

  /// Bytes of memory that unfinished lines and fields take, about.
  public var heldBytes: Int { isBetweenMessages ? 0 : headDecoder.byteCount * 4 + chunkedDecoder.heldBytes }

  /// Whether a head was given and `beginBody` was not called since.
  public var isAwaitingFraming: Bool { state == .awaitingFraming }

  /// Takes bytes from the cursor on, up to the next event.
  @_specialize(where Head == HTTPRequestHead)
  @_specialize(where Head == HTTPResponseHead)
  public mutating func next(_ bytes: RawSpan, _ cursor: inout Int) -> Event {
    switch state {
    case .head:
      switch headDecoder.next(bytes, &cursor) {
      case .needMoreBytes:
        return .needMoreBytes
      case .head(let head):
        state = .awaitingFraming
        return .head(head)
      case .failed(let failure):
        return fail(failure)
      }
    case .awaitingFraming, .finished:
      return .needMoreBytes
    case .length(let remaining):
      guard cursor >= 0, cursor < bytes.byteCount else { return .needMoreBytes }
      let start = cursor
      let count = Int(clamping: min(remaining, UInt64(bytes.byteCount - start)))
      cursor = start + count
      pass(UInt64(count), of: remaining)
      return .body(start..<cursor)
    case .untilClose:
      guard cursor >= 0, cursor < bytes.byteCount else { return .needMoreBytes }
      let start = cursor
      cursor = bytes.byteCount
      return .body(start..<cursor)
    case .chunked:
      switch chunkedDecoder.next(bytes, &cursor) {
      case .needMoreBytes:
        return .needMoreBytes
      case .data(let range):
        return .body(range)
      case .end(let trailers):
        state = .head
        return .messageEnd(trailers: trailers)
      case .failed(let failure):
        return fail(failure)
      }
    case .messageEnd:
      state = .head
      return .messageEnd(trailers: HTTPFields())
    case .failed(let failure):
      return .failed(failure)
    }
  }

  /// Says how the body behind the head is framed.
  ///
  /// Without a head that waits for it, the call changes nothing.
  ///
  /// - Parameter framing: what `BodyFraming.forRequest` or `forResponse` gave.
  /// - Returns: whether a head was waiting.
  @discardableResult
  @_specialize(where Head == HTTPRequestHead)
  @_specialize(where Head == HTTPResponseHead)
  public mutating func beginBody(_ framing: BodyFraming) -> Bool {
    guard state == .awaitingFraming else { return false }
    switch framing {
    case .none, .length(0):
      state = .messageEnd
    case .length(let count):
      state = .length(remaining: count)
    case .chunked:
      chunkedDecoder = ChunkedBodyDecoder(limits: limits)
      state = .chunked
    case .untilClose:
      state = .untilClose
    }
    return true
  }

  /// Passes over bytes that were lost.
  ///
  /// - Parameter byteCount: how many octets are missing.
  /// - Returns: `true` if all of them stood in one body of known length, in one chunk's data or in a body until the end
  ///   of the stream, so that reading goes on behind them; `false` if the place in the messages is lost, and the
  ///   decoder has failed.
  @_specialize(where Head == HTTPRequestHead)
  @_specialize(where Head == HTTPResponseHead)
  public mutating func skip(_ byteCount: UInt64) -> Bool {
    switch state {
    case .failed, .finished:
      return false
    case _ where byteCount == 0:
      return true
    case .untilClose:
      return true
    case .length(let remaining) where byteCount <= remaining:
      pass(byteCount, of: remaining)
      return true
    case .chunked:
      if chunkedDecoder.skip(byteCount) { return true }
    case .head, .awaitingFraming, .length, .messageEnd:
      break
    }
    state = .failed(.bytesLost)
    return false
  }

  /// Ends the stream, and says where its end stands.
  @discardableResult
  @_specialize(where Head == HTTPRequestHead)
  @_specialize(where Head == HTTPResponseHead)
  public mutating func finish() -> End {
    defer { state = .finished }
    switch state {
    case .head: return headDecoder.isAtStart ? .betweenMessages : .insideHead(byteCount: headDecoder.byteCount)
    case .awaitingFraming: return .behindHead
    case .length(let remaining): return .insideBody(missing: remaining)
    case .chunked: return .insideChunkedBody
    case .untilClose: return .endOfBody
    case .messageEnd: return .betweenMessages
    case .failed(let failure): return .failed(failure)
    case .finished: return .alreadyFinished
    }
  }

  private mutating func pass(_ byteCount: UInt64, of remaining: UInt64) {
    state = byteCount < remaining ? .length(remaining: remaining - byteCount) : .messageEnd
  }

  private mutating func fail(_ failure: HTTPFailure) -> Event {
    state = .failed(failure)
    return .failed(failure)
  }
}
