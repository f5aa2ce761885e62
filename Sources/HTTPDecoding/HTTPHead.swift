import NetworkTypes

/// The version of a message, `HTTP/major.minor` (RFC 9112 §2.3).
public struct HTTPVersion: Sendable, Hashable, Comparable {
  /// The digits before the dot.
  public var major: Int
  /// The digits behind the dot.
  public var minor: Int

  /// A version of two numbers.
  public init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// Whether the left version is lower.
  public static func < (left: HTTPVersion, right: HTTPVersion) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }

  /// Reads `HTTP/x.y`, with up to three digits each, in any case and with or without a minor number.
  ///
  /// Whatever is not the exact form of RFC 9112 §2.3 is noted as a defect.
  init?(_ text: ArraySlice<UInt8>, at offset: Int, _ defects: inout [HTTPDefect]) {
    guard text.count >= 6, ASCII.matches(text.prefix(5), "HTTP/") else { return nil }
    let numbers = text.dropFirst(5)
    let majorDigits = numbers.prefix(while: ASCII.isDigit)
    var rest = numbers.dropFirst(majorDigits.count)
    var minorDigits = rest.prefix(0)
    if rest.first == UInt8(ascii: ".") {
      minorDigits = rest.dropFirst().prefix(while: ASCII.isDigit)
      rest = rest.dropFirst(minorDigits.count + 1)
    }
    guard rest.isEmpty, 1...3 ~= majorDigits.count, minorDigits.count <= 3 else { return nil }
    let isExact =
      text.withRawSpan { $0.hasBytes(of: "HTTP/", at: 0) } && majorDigits.count == 1 && minorDigits.count == 1
    if !isExact { defects.note(.malformedVersion, at: offset) }
    // At most three digits each: the sums stay below 1000.
    major = majorDigits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    minor = minorDigits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}

/// What a start line came to.
public enum HTTPStartLine<Head: HTTPHead>: Sendable {
  /// A head that has no fields yet.
  case head(Head)
  /// The line is no start line.
  case failed(HTTPFailure)
}

/// A request's or a response's head: the start line and the fields, up to and including the empty line.
public protocol HTTPHead: Sendable, Hashable {
  /// The version in the start line.
  var version: HTTPVersion { get }
  /// The fields as they were sent.
  var fields: HTTPFields { get set }
  /// What departs from the grammar, each kind once, in the order of its first place.
  var defects: [HTTPDefect] { get set }
  /// Octets of the head, from the first empty line before it, if any, to the end of the empty line behind the fields.
  var byteCount: Int { get set }

  /// Whether a control byte in a start line that begins with these bytes shows that it is none.
  static func refusesControls(in line: [UInt8]) -> Bool
  /// Whether a line that begins with these bytes can be a start line; 48 bytes decide.
  static func canBegin(with prefix: RawSpan) -> Bool
  /// Reads a start line.
  ///
  /// - Parameters:
  ///   - startLine: its bytes, without the line end.
  ///   - offset: octets of the head before it.
  ///   - defects: takes what departs from the grammar.
  /// - Returns: the head, still without fields, or why the line is none.
  static func begin(startLine: [UInt8], at offset: Int, defects: inout [HTTPDefect]) -> HTTPStartLine<Self>
}

/// The head of a request (RFC 9112 §3).
public struct HTTPRequestHead: HTTPHead {
  /// The method as it was sent, a token: methods are case-sensitive.
  public var method: [UInt8]
  /// The request target as it was sent; it holds blanks or is empty where the line is not three parts.
  public var target: [UInt8]
  /// The version in the request line.
  public var version: HTTPVersion
  /// The fields as they were sent.
  public var fields: HTTPFields
  /// What departs from the grammar, each kind once.
  public var defects: [HTTPDefect]
  /// Octets of the head, leading empty lines and the last empty line included.
  public var byteCount: Int

  /// A head of given parts.
  public init(
    method: [UInt8], target: [UInt8], version: HTTPVersion, fields: HTTPFields, defects: [HTTPDefect] = [],
    byteCount: Int = 0
  ) {
    self.method = method
    self.target = target
    self.version = version
    self.fields = fields
    self.defects = defects
    self.byteCount = byteCount
  }

  /// Whether the method is this one; the case counts (RFC 9110 §9.1).
  public func hasMethod(_ name: StaticString) -> Bool {
    method.count == name.utf8CodeUnitCount && method.withRawSpan { $0.hasBytes(of: name, at: 0) }
  }

  /// A request line has no place for control bytes, and many binary protocols show one early.
  ///
  /// A line that begins as a handshake does is a request all the same, with a fault in its target.
  public static func refusesControls(in line: [UInt8]) -> Bool {
    line.withRawSpan { !$0.hasBytes(of: "GET /", at: 0) && !$0.hasBytes(of: "GET http", at: 0) }
  }

  /// Whether a line that begins with these bytes can be a request line.
  public static func canBegin(with prefix: RawSpan) -> Bool {
    HTTPProbe.requestVerdict(prefix: prefix) != .no
  }

  /// Reads a request line, `method SP request-target SP HTTP-version` (RFC 9112 §3).
  ///
  /// The version at the end is what tells HTTP from other protocols of lines, so a line without it is refused. More
  /// blanks than two are a defect; the target is what stands between the first word and the last.
  public static func begin(
    startLine: [UInt8], at offset: Int, defects: inout [HTTPDefect]
  ) -> HTTPStartLine<Self> {
    FieldLineParser.noteControls(in: startLine, at: offset, &defects)
    let line = ASCII.trimmed(startLine[...])
    let method = line.prefix { !ASCII.isBlank($0) }
    guard let lastBlank = line.lastIndex(where: ASCII.isBlank),
      let version = HTTPVersion(line[(lastBlank + 1)...], at: offset, &defects)
    else { return .failed(.notHTTP) }
    guard !method.isEmpty, method.allSatisfy(ASCII.isToken) else { return .failed(.notHTTP) }
    let target = method.endIndex < lastBlank ? ASCII.trimmed(line[(method.endIndex + 1)..<lastBlank]) : []
    let isThreeParts =
      !target.isEmpty && !target.contains(where: ASCII.isBlank) && !startLine.contains(ASCII.tab)
      && startLine.count == method.count + target.count + (line.endIndex - lastBlank - 1) + 2
    if !isThreeParts { defects.note(.startLineNotThreeParts, at: offset) }
    return .head(
      HTTPRequestHead(method: Array(method), target: Array(target), version: version, fields: HTTPFields()))
  }
}

/// The head of a response (RFC 9112 §4).
public struct HTTPResponseHead: HTTPHead {
  /// The version in the status line.
  public var version: HTTPVersion
  /// The status code, 0 to 999.
  public var status: Int
  /// The reason phrase as it was sent, often empty.
  public var reason: [UInt8]
  /// The fields as they were sent.
  public var fields: HTTPFields
  /// What departs from the grammar, each kind once.
  public var defects: [HTTPDefect]
  /// Octets of the head, leading empty lines and the last empty line included.
  public var byteCount: Int

  /// A head of given parts.
  public init(
    version: HTTPVersion, status: Int, reason: [UInt8], fields: HTTPFields, defects: [HTTPDefect] = [],
    byteCount: Int = 0
  ) {
    self.version = version
    self.status = status
    self.reason = reason
    self.fields = fields
    self.defects = defects
    self.byteCount = byteCount
  }

  /// Whether the final response is still to come: 1xx, but for 101, which is final (RFC 9110 §15.2).
  public var isInterim: Bool { 100...199 ~= status && status != 101 }

  /// Control bytes in a reason phrase are a defect: the status code before it is clear enough.
  public static func refusesControls(in line: [UInt8]) -> Bool { false }

  /// Whether a line that begins with these bytes can be a status line.
  public static func canBegin(with prefix: RawSpan) -> Bool {
    for (index, expected) in "http/".utf8.enumerated() {
      guard let byte = prefix.byte(at: index) else { return true }
      if ASCII.lowercased(byte) != expected { return false }
    }
    return true
  }

  /// Reads a status line: `HTTP-version SP status-code SP [reason-phrase]` (RFC 9112 §4).
  ///
  /// The space before an empty reason phrase may be missing: it is, in practice.
  public static func begin(
    startLine: [UInt8], at offset: Int, defects: inout [HTTPDefect]
  ) -> HTTPStartLine<Self> {
    FieldLineParser.noteControls(in: startLine, at: offset, &defects)
    let versionText = startLine.prefix { !ASCII.isBlank($0) }
    guard ASCII.matches(versionText.prefix(5), "HTTP/") else { return .failed(.notHTTP) }
    guard let version = HTTPVersion(versionText, at: offset, &defects) else { return .failed(.malformedStatusLine) }
    let blanks = startLine[versionText.endIndex...].prefix(while: ASCII.isBlank)
    let digits = startLine[blanks.endIndex...].prefix(while: ASCII.isDigit)
    guard digits.count == 3 else { return .failed(.malformedStatusLine) }
    let rest = startLine[digits.endIndex...]
    if blanks.count != 1 || blanks.first != ASCII.space || (rest.first ?? ASCII.space) != ASCII.space {
      defects.note(.startLineNotThreeParts, at: offset)
    }
    return .head(
      HTTPResponseHead(
        version: version, status: digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }, reason: Array(ASCII.trimmed(rest)),
        fields: HTTPFields()))
  }
}
