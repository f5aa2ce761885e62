/// A departure of a message head from the grammar of RFC 9112 that decoding could live with.
///
/// What it means is the caller's to judge: some are forbidden, some are old habits that recipients may accept.
public struct HTTPDefect: Sendable, Hashable {
  /// What departs from the grammar.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Empty lines stand before the start line, which recipients should ignore (RFC 9112 §2.2).
    case leadingEmptyLines
    /// The start line is not three parts with one space between them (RFC 9112 §3, §4).
    case startLineNotThreeParts
    /// The version is not `HTTP/` in capitals, a digit, a dot and a digit (RFC 9112 §2.3).
    case malformedVersion
    /// A line ends in LF alone, which recipients may accept (RFC 9112 §2.2).
    case bareLF
    /// A CR stands in a line without LF behind it (RFC 9112 §2.2).
    case bareCR
    /// A field's value goes on in a line that begins with a blank (RFC 9112 §5.2); the parts are joined by one space.
    case obsoleteFolding
    /// A line between the start line and the first field begins with a blank (RFC 9112 §2.2); it is left out.
    case blankBeforeFirstField
    /// A field line has no colon (RFC 9112 §5); it is left out.
    case fieldWithoutColon
    /// Blanks stand between a field's name and its colon (RFC 9112 §5.1); the name is given without them.
    case blankBeforeColon
    /// A field's name is empty or holds a byte that is no token character (RFC 9110 §5.1).
    case nameNotToken
    /// A field's value, or the reason phrase, holds a control byte other than a tab (RFC 9110 §5.5).
    case controlByteInValue
  }

  /// What departs from the grammar.
  public var kind: Kind
  /// Octets from the first byte of the head (leading empty lines included) to the line that has the first such fault.
  public var offset: Int

  /// A defect of a kind, at an offset.
  public init(_ kind: Kind, at offset: Int) {
    self.kind = kind
    self.offset = offset
  }
}

extension [HTTPDefect] {
  /// Whether one of the defects is of `kind`.
  public func contains(_ kind: HTTPDefect.Kind) -> Bool { contains { $0.kind == kind } }

  /// Adds a defect unless one of its kind is known: the list stays as short as the list of kinds, whatever is sent.
  mutating func note(_ kind: HTTPDefect.Kind, at offset: Int) {
    if !contains(kind) { append(HTTPDefect(kind, at: offset)) }
  }
}
