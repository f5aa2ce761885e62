public import NetworkTypes

/// Reads heads of HTTP/1.x, incrementally: bytes may come in any cuts, each is looked at once.
///
/// Decoding is lenient: what departs from the grammar is noted in the head's defects. Only what cannot be a head at all,
/// or exceeds a limit, fails; a decoder that failed stays so.
public struct HTTPHeadDecoder<Head: HTTPHead>: Sendable {
  /// What reading on came to.
  public enum Event: Sendable, Hashable {
    /// All bytes were taken and the head is not over.
    case needMoreBytes
    /// A whole head; the cursor stands exactly behind its last byte. The next call begins another.
    case head(Head)
    /// No head can be read here, or a limit was reached.
    case failed(HTTPFailure)
  }

  /// The transitions: `startLine` → `fields` → `startLine` again with each head; each → `failed`.
  private enum State {
    case startLine
    case fields(Head)
    case failed(HTTPFailure)
  }

  private var state = State.startLine
  private var lines: LineReader
  private var parser = FieldLineParser()
  private var defects: [HTTPDefect] = []
  private var hasEmptyLines = false
  /// Bytes of the start line that were looked at.
  private var checked = 0
  private let limits: Limits

  /// A decoder at the beginning of a head.
  public init(limits: Limits = Limits()) {
    self.limits = limits
    lines = LineReader(limit: limits.httpHeadBytes)
  }

  /// Whether nothing of a head was taken but, at most, empty lines before it.
  public var isAtStart: Bool {
    guard case .startLine = state else { return false }
    return !lines.holdsPartOfLine || lines.line == [ASCII.carriageReturn]
  }

  /// The unfinished head as far as its lines are whole, without those that are missing; `nil` before its start line.
  public var unfinished: Head? {
    guard case .fields(var head) = state else { return nil }
    head.fields = parser.fields
    head.defects = defects
    head.byteCount = lines.byteCount
    return head
  }

  /// Octets of the unfinished head that were taken.
  public var byteCount: Int { lines.byteCount }

  /// Takes bytes from the cursor on, up to the end of the head.
  @_specialize(where Head == HTTPRequestHead)
  @_specialize(where Head == HTTPResponseHead)
  public mutating func next(_ bytes: RawSpan, _ cursor: inout Int) -> Event {
    while true {
      if case .failed(let failure) = state { return .failed(failure) }
      let outcome = lines.next(bytes, &cursor)
      if case .startLine = state, !canBeStartLine(isWhole: outcome == .line) { return fail(.notHTTP) }
      switch outcome {
      case .needMoreBytes: return .needMoreBytes
      case .tooLong: return fail(.headTooLarge)
      case .line: break
      }
      if lines.endsInBareLF { defects.note(.bareLF, at: lines.lineOffset) }
      switch state {
      case .startLine:
        takeStartLine()
      case .fields(let head) where lines.line.isEmpty:
        return .head(finish(head))
      case .fields:
        let taken = parser.take(lines.line, at: lines.lineOffset, limit: limits.httpFields, &defects)
        if taken == .tooManyFields { return fail(.tooManyFields) }
      case .failed(let failure):
        return .failed(failure)
      }
    }
  }

  private mutating func takeStartLine() {
    checked = 0
    if lines.line.isEmpty {
      hasEmptyLines = true
      return
    }
    if hasEmptyLines { defects.note(.leadingEmptyLines, at: 0) }
    switch Head.begin(startLine: lines.line, at: lines.lineOffset, defects: &defects) {
    case .head(let head): state = .fields(head)
    case .failed(let failure): state = .failed(failure)
    }
  }

  /// Whether the bytes held can begin a start line: other protocols must not fill the buffer.
  private mutating func canBeStartLine(isWhole: Bool) -> Bool {
    let line = lines.line
    defer { checked = line.count }
    // An empty line, or what may become one, stands before the start line.
    if line.isEmpty || (!isWhole && line == [ASCII.carriageReturn]) { return true }
    if checked < 48 {
      guard line.withRawSpan({ Head.canBegin(with: $0) }) else { return false }
    }
    return line[min(checked, line.count)...].allSatisfy { !ASCII.isControl($0) || $0 == ASCII.carriageReturn }
      || !Head.refusesControls(in: line)
  }

  private mutating func finish(_ head: Head) -> Head {
    var head = head
    head.fields = parser.fields
    head.defects = defects
    head.byteCount = lines.byteCount
    self = HTTPHeadDecoder(limits: limits)
    return head
  }

  private mutating func fail(_ failure: HTTPFailure) -> Event {
    state = .failed(failure)
    return .failed(failure)
  }
}
