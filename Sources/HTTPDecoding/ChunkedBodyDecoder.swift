public import NetworkTypes

/// Reads a body in chunks and its trailers (RFC 9112 §7.1), incrementally.
///
/// Chunk extensions are passed over.
public struct ChunkedBodyDecoder: Sendable {
  /// What reading on came to.
  public enum Event: Sendable, Hashable {
    /// All bytes were taken and the body is not over.
    case needMoreBytes
    /// Octets of the body, as a range of the bytes given.
    case data(Range<Int>)
    /// The body is over, the cursor stands behind its last byte.
    case end(trailers: HTTPFields)
    /// The framing is broken.
    case failed(HTTPFailure)
  }

  /// Where in the body the next byte stands.
  public enum State: Sendable, Hashable {
    /// In the digits of a size, of which `digits` were read; → `sizeLine`, `sizeLineEnd`, `data`, `trailers`.
    case size(value: UInt64, digits: Int)
    /// Behind the digits, in blanks or (`isExtension`) in extensions; → `sizeLineEnd`, `data`, `trailers`.
    case sizeLine(value: UInt64, isExtension: Bool)
    /// Behind the CR after a size without extensions; → `data`, `trailers`.
    case sizeLineEnd(value: UInt64)
    /// In a chunk's data, of which octets are left, at least one; → `dataEnd`.
    case data(remaining: UInt64)
    /// Behind a chunk's data, or (`hasCR`) behind the CR there; → `size`.
    case dataEnd(hasCR: Bool)
    /// Behind the last chunk's size; → `finished`.
    case trailers
    /// Behind the body; the last state.
    case finished
    /// The framing is broken; the last state, reached from each but `finished`.
    case failed(HTTPFailure)
  }

  /// Where in the body the next byte stands.
  public private(set) var state = State.size(value: 0, digits: 0)
  /// What departs from the grammar in the trailers, with offsets from the first byte behind the last chunk's line.
  public private(set) var defects: [HTTPDefect] = []
  private var lineByteCount = 0

  /// Bytes of memory that an unfinished line and trailers take, about.
  var heldBytes: Int { lines.byteCount * 4 }

  private var lines: LineReader
  private var parser = FieldLineParser()
  private let limits: Limits

  /// A decoder at the beginning of a body.
  public init(limits: Limits = Limits()) {
    self.limits = limits
    lines = LineReader(limit: limits.httpHeadBytes)
  }

  /// Takes bytes from the cursor on, up to the end of the next stretch of data or of the body.
  public mutating func next(_ bytes: RawSpan, _ cursor: inout Int) -> Event {
    guard cursor >= 0 else { return .needMoreBytes }
    while true {
      switch state {
      case .failed(let failure):
        return .failed(failure)
      case .finished:
        return .end(trailers: parser.fields)
      case .trailers:
        if let event = takeTrailers(bytes, &cursor) { return event }
      case .data(let remaining):
        guard cursor < bytes.byteCount else { return .needMoreBytes }
        let start = cursor
        let count = Int(clamping: min(remaining, UInt64(bytes.byteCount - start)))
        cursor = start + count
        let left = remaining - UInt64(count)
        state = left == 0 ? .dataEnd(hasCR: false) : .data(remaining: left)
        return .data(start..<cursor)
      case .size, .sizeLine, .sizeLineEnd, .dataEnd:
        guard cursor < bytes.byteCount else { return .needMoreBytes }
        let byte = bytes.checkedByte(cursor)
        cursor += 1
        take(byte)
      }
    }
  }

  /// Passes over lost bytes: `true` if all of them were data of the chunk that is being read, else the decoder fails.
  public mutating func skip(_ byteCount: UInt64) -> Bool {
    if byteCount == 0 { return true }
    guard case .data(let remaining) = state, byteCount <= remaining else {
      if state != .finished { state = .failed(.bytesLost) }
      return false
    }
    let left = remaining - byteCount
    state = left == 0 ? .dataEnd(hasCR: false) : .data(remaining: left)
    return true
  }

  /// Takes a byte outside of data and trailers.
  private mutating func take(_ byte: UInt8) {
    lineByteCount += 1
    guard lineByteCount <= limits.httpChunkLineBytes else {
      state = .failed(.chunkLineTooLong)
      return
    }
    switch state {
    case .size(let value, let digits):
      if let digit = ASCII.hexValue(byte) {
        // Leading zeros are bounded by the line; a 17th digit that counts is too many.
        state =
          value >> 60 == 0 ? .size(value: value << 4 | UInt64(digit), digits: digits + 1) : .failed(.chunkSizeTooLarge)
      } else if digits == 0 {
        state = .failed(.malformedChunkSize)
      } else {
        takeBehindSize(byte, value)
      }
    case .sizeLine(let value, isExtension: false):
      takeBehindSize(byte, value)
    case .sizeLine(let value, isExtension: true):
      if byte == ASCII.lineFeed { beginChunk(value) }
    case .sizeLineEnd(let value):
      if byte == ASCII.lineFeed { beginChunk(value) } else { state = .failed(.malformedChunkSize) }
    case .dataEnd(let hasCR):
      switch byte {
      case ASCII.lineFeed:
        lineByteCount = 0
        state = .size(value: 0, digits: 0)
      case ASCII.carriageReturn where !hasCR:
        state = .dataEnd(hasCR: true)
      default:
        state = .failed(.malformedChunkEnd)
      }
    case .data, .trailers, .finished, .failed:
      break
    }
  }

  /// Takes the byte behind a size's digits and blanks: some servers pad sizes with blanks.
  private mutating func takeBehindSize(_ byte: UInt8, _ value: UInt64) {
    switch byte {
    case ASCII.space, ASCII.tab: state = .sizeLine(value: value, isExtension: false)
    case ASCII.semicolon: state = .sizeLine(value: value, isExtension: true)
    case ASCII.carriageReturn: state = .sizeLineEnd(value: value)
    case ASCII.lineFeed: beginChunk(value)
    default: state = .failed(.malformedChunkSize)
    }
  }

  private mutating func beginChunk(_ value: UInt64) {
    lineByteCount = 0
    state = value == 0 ? .trailers : .data(remaining: value)
  }

  /// Takes a line of the trailers; an event when that cannot be or ends the matter.
  private mutating func takeTrailers(_ bytes: RawSpan, _ cursor: inout Int) -> Event? {
    switch lines.next(bytes, &cursor) {
    case .needMoreBytes:
      return .needMoreBytes
    case .tooLong:
      state = .failed(.headTooLarge)
    case .line:
      if lines.endsInBareLF { defects.note(.bareLF, at: lines.lineOffset) }
      if lines.line.isEmpty {
        state = .finished
      } else if parser.take(lines.line, at: lines.lineOffset, limit: limits.httpFields, &defects) == .tooManyFields {
        state = .failed(.tooManyFields)
      }
    }
    return nil
  }
}
