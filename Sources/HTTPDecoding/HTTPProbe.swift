import NetworkTypes

/// Tells HTTP/1.x from other protocols by the first bytes of a stream.
///
/// It looks at 42 bytes at most, and says `needMore` only while both answers are possible. A `request` is a well-founded
/// suspicion: protocols of text lines also begin with a word and a space. The head decoder then reads the whole line
/// and refuses it unless it ends in a version.
public enum HTTPProbe {
  /// What the first bytes of a stream can be.
  public enum Verdict: Sendable, Hashable {
    /// They begin as a request does: a method and a space.
    case request
    /// They begin as a response does: `HTTP/1.`.
    case response
    /// They are too few.
    case needMore
    /// They are the beginning of something else.
    case no
  }

  /// Octets of the longest method: the longest registered one has 17 (UPDATEREDIRECTREF).
  public static let longestMethod = 32
  /// Octets of empty lines that may stand before a start line.
  static let longestLead = 8

  /// Judges the first bytes of a stream.
  public static func verdict(prefix: RawSpan) -> Verdict {
    guard let start = startOfLine(prefix) else { return prefix.byteCount > longestLead ? .no : .needMore }
    let response = responseVerdict(prefix, from: start)
    return response == .no ? requestVerdict(prefix, from: start) : response
  }

  /// Judges the beginning of a line, without line ends before it, as a request line.
  static func requestVerdict(prefix: RawSpan) -> Verdict { requestVerdict(prefix, from: 0) }

  /// Where the first line that is not empty begins; `nil` while none does, or if too many line ends stand before it.
  private static func startOfLine(_ prefix: RawSpan) -> Int? {
    var start = 0
    while start <= longestLead {
      switch prefix.byte(at: start) {
      case ASCII.lineFeed:
        start += 1
      case ASCII.carriageReturn:
        // A CR that no LF follows is no line end: the line begins, and fails, with it.
        guard let next = prefix.byte(at: start + 1) else { return nil }
        if next != ASCII.lineFeed { return start }
        start += 2
      case nil:
        return nil
      default:
        return start
      }
    }
    return nil
  }

  private static func responseVerdict(_ prefix: RawSpan, from start: Int) -> Verdict {
    for (index, expected) in "HTTP/1.".utf8.enumerated() {
      guard let byte = prefix.byte(at: start + index) else { return .needMore }
      if byte != expected { return .no }
    }
    return .response
  }

  /// Judges a line as a request line by its method, the space and the target's first byte.
  ///
  /// A method is any token (RFC 9110 §9.1), but none in use begins with anything but a letter, while other protocols
  /// greet with `+OK`, `* OK`, `220 ` and `-ERR`.
  private static func requestVerdict(_ prefix: RawSpan, from start: Int) -> Verdict {
    guard let first = prefix.byte(at: start) else { return .needMore }
    guard ASCII.isLetter(first) else { return .no }
    for index in 1...longestMethod {
      guard let byte = prefix.byte(at: start + index) else { return .needMore }
      if ASCII.isBlank(byte) {
        guard let next = prefix.byte(at: start + index + 1) else { return .needMore }
        return 0x20...0x7e ~= next || next == ASCII.tab ? .request : .no
      }
      guard ASCII.isToken(byte) else { return .no }
    }
    return .no
  }
}
