/// The field lines of Sec-WebSocket-Extensions, read by their grammar (RFC 6455 §9.1).
///
/// Where `ExtensionOffer` takes what it can, this keeps names in their case and says what breaks the grammar. Blanks may
/// stand around each token, and null elements between commas are passed over (RFC 2616 §2.1, RFC 9110 §5.6.1).
public struct ExtensionList: Sendable, Hashable {
  /// An extension and its parameters.
  public struct Element: Sendable, Hashable {
    /// The name as it was sent, a token.
    public var name: [UInt8]
    /// The parameters in their order.
    public var parameters: [Parameter] = []
    /// Whether it breaks the grammar: its parameters are those before the fault.
    public var isMalformed = false

    /// Whether it has this name, in this case.
    public func isNamed(_ text: StaticString) -> Bool { HTTPToken.equals(name, text) }
  }

  /// A parameter of an extension.
  public struct Parameter: Sendable, Hashable {
    /// The name as it was sent, a token.
    public var name: [UInt8]
    /// The value, if it has one.
    public var value: Value?

    /// Whether it has this name, in this case.
    public func isNamed(_ text: StaticString) -> Bool { HTTPToken.equals(name, text) }
  }

  /// The value of a parameter.
  public struct Value: Sendable, Hashable {
    /// The bytes, without quotes and backslashes.
    public var bytes: [UInt8]
    /// Whether it stood in quotes.
    public var isQuoted: Bool

    /// Whether it is a token, as a quoted value has to be too.
    public var isToken: Bool { HTTPToken.isToken(bytes) }
  }

  /// What breaks the grammar.
  public enum Fault: String, Sendable, Hashable {
    /// The list has no element.
    case empty = "the list is empty"
    /// No token stands where an extension's name belongs.
    case nameNotToken = "an extension's name is no token"
    /// No token stands behind a semicolon.
    case parameterNotToken = "a parameter's name is no token"
    /// Neither a token nor a quoted string stands behind an equals sign.
    case valueMissing = "a value is neither a token nor quoted"
    /// A quoted string has no end.
    case unclosedQuote = "a quoted string has no end"
    /// Something else than a comma, a semicolon or an equals sign stands behind a token or a quoted string.
    case strayBytes = "neither a comma nor a semicolon stands behind a parameter"
  }

  /// The elements, those that break the grammar among them as far as they have a name.
  public private(set) var elements: [Element] = []
  /// The first fault.
  public private(set) var fault: Fault?

  /// Reads the values of all field lines; `nil` where there is none.
  public init?(_ lines: [[UInt8]]) {
    guard !lines.isEmpty else { return nil }
    for line in lines { read(line) }
    if elements.isEmpty { note(.empty) }
  }

  private mutating func note(_ fault: Fault) {
    if self.fault == nil { self.fault = fault }
  }

  private mutating func read(_ line: [UInt8]) {
    var scanner = Scanner(line)
    while true {
      scanner.skip { HTTPToken.isBlank($0) || $0 == UInt8(ascii: ",") }
      guard scanner.next != nil else { return }
      var element = Element(name: scanner.token())
      var found: Fault? = element.name.isEmpty ? .nameNotToken : nil
      while found == nil {
        scanner.skip(HTTPToken.isBlank)
        guard let next = scanner.next, next != UInt8(ascii: ",") else { break }
        guard next == UInt8(ascii: ";") else {
          found = element.parameters.isEmpty ? .nameNotToken : .strayBytes
          break
        }
        scanner.pass()
        found = readParameter(&scanner, of: &element)
      }
      if let found {
        note(found)
        element.isMalformed = true
        scanner.skipElement()
      }
      if !element.name.isEmpty { elements.append(element) }
    }
  }

  private func readParameter(_ scanner: inout Scanner, of element: inout Element) -> Fault? {
    scanner.skip(HTTPToken.isBlank)
    var parameter = Parameter(name: scanner.token())
    guard !parameter.name.isEmpty else { return .parameterNotToken }
    scanner.skip(HTTPToken.isBlank)
    if scanner.next == UInt8(ascii: "=") {
      scanner.pass()
      scanner.skip(HTTPToken.isBlank)
      if scanner.next == UInt8(ascii: "\"") {
        guard let text = scanner.quoted() else { return .unclosedQuote }
        parameter.value = Value(bytes: text, isQuoted: true)
      } else {
        let token = scanner.token()
        guard !token.isEmpty else { return .valueMissing }
        parameter.value = Value(bytes: token, isQuoted: false)
      }
    }
    element.parameters.append(parameter)
    return nil
  }

  private struct Scanner {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func pass() { index += 1 }

    mutating func skip(_ isSkipped: (UInt8) -> Bool) {
      while index < bytes.count, isSkipped(bytes[index]) { index += 1 }
    }

    mutating func token() -> [UInt8] {
      let start = index
      skip(HTTPToken.isTokenByte)
      return Array(bytes[start..<index])
    }

    /// A quoted string from its first quote on, without quotes and backslashes (RFC 9110 §5.6.4).
    mutating func quoted() -> [UInt8]? {
      pass()
      var text: [UInt8] = []
      while let byte = next {
        pass()
        if byte == UInt8(ascii: "\"") { return text }
        if byte == UInt8(ascii: "\\") {
          guard let escaped = next else { return nil }
          text.append(escaped)
          pass()
        } else {
          text.append(byte)
        }
      }
      return nil
    }

    /// Passes over the rest of an element that makes no sense: up to a comma outside quotes.
    mutating func skipElement() {
      while let byte = next, byte != UInt8(ascii: ",") {
        if byte == UInt8(ascii: "\"") {
          _ = quoted()
        } else {
          pass()
        }
      }
    }
  }
}
