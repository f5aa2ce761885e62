import NetworkTypes

/// Cuts lines out of a stream, each byte looked at once however the stream is cut, up to a total of bytes.
struct LineReader {
  enum Outcome {
    /// Every byte was taken and the line is not over.
    case needMoreBytes
    /// `line` holds a whole line without its end.
    case line
    /// The limit was reached and the text is not over.
    case tooLong
  }

  /// The bytes of the line so far; when it is whole, without CRLF or LF.
  private(set) var line: [UInt8] = []
  /// Whether the whole line ended in LF without CR.
  private(set) var endsInBareLF = false
  /// Octets taken before the line.
  private(set) var lineOffset = 0
  /// Octets taken, line ends included.
  private(set) var byteCount = 0
  /// Octets that may be taken.
  let limit: Int
  private var isWhole = false

  init(limit: Int) { self.limit = limit }

  /// Whether bytes of an unfinished line are held.
  var holdsPartOfLine: Bool { !isWhole && !line.isEmpty }

  /// Takes bytes up to and including the next LF.
  ///
  /// The cursor stands behind the bytes taken.
  mutating func next(_ bytes: RawSpan, _ cursor: inout Int) -> Outcome {
    if isWhole {
      line.removeAll(keepingCapacity: true)
      lineOffset = byteCount
      isWhole = false
    }
    guard byteCount < limit else { return .tooLong }
    guard cursor >= 0, cursor < bytes.byteCount else { return .needMoreBytes }
    let start = cursor
    let end = start + min(bytes.byteCount - start, limit - byteCount)
    let index = ASCII.firstLineFeed(in: bytes, start..<end) ?? end
    line.append(bytes, in: start..<index)
    guard index < end else {
      cursor = end
      byteCount += end - start
      return byteCount < limit ? .needMoreBytes : .tooLong
    }
    cursor = index + 1
    byteCount += cursor - start
    endsInBareLF = line.last != ASCII.carriageReturn
    if !endsInBareLF { line.removeLast() }
    isWhole = true
    return .line
  }
}
