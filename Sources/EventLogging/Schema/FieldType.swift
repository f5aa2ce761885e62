/// What values a field has.
public indirect enum FieldType: Sendable {
  /// The number of the log's version, always the same.
  case version(Int)
  /// Any text.
  case text
  /// Text of a form, given as a regular expression (ECMA-262) that is anchored at both ends.
  case form(String)
  /// Bytes in base64 (RFC 4648 §4, padded).
  case base64
  /// One of these words, and never another.
  case word([String])
  /// One of these words today; later versions may have more, so that only the strict schema names them as all.
  case openWord([String])
  /// An integer.
  case integer(ClosedRange<Int>)
  /// `true` or `false`.
  case boolean
  /// Any number of values of a type.
  case array(FieldType)
  /// An object of named fields.
  case object(ObjectSchema)
  /// A JSON value that a peer sent.
  case payload

  /// A number of things, bytes or µs: what a double holds exactly.
  public static let count: FieldType = .integer(0...LogSchema.largestInteger)

  /// The name of the type in the tables of `docs/log-format.md`.
  public var name: String {
    switch self {
    case .version, .integer: "integer"
    case .text, .form, .word, .openWord: "string"
    case .base64: "base64"
    case .boolean: "boolean"
    case .array(let element): "array of \(element.plural)"
    case .object(let object): object.name.map { "object (see \($0))" } ?? "object"
    case .payload: "any JSON"
    }
  }

  private var plural: String {
    switch self {
    case .object(let object) where object.name != nil: name.replacingFirst("object", by: "objects")
    case .base64, .payload: name
    default: name + "s"
    }
  }

  /// The words, of a field that has such.
  public var words: [String] {
    switch self {
    case .word(let words), .openWord(let words): words
    case .array(let element): element.words
    default: []
    }
  }

  /// The object that stands here, or in an array here.
  public var object: ObjectSchema? {
    switch self {
    case .object(let object): object
    case .array(let element): element.object
    default: nil
    }
  }
}

extension String {
  /// The same with the text `word` at its beginning exchanged.
  fileprivate func replacingFirst(_ word: String, by other: String) -> String {
    hasPrefix(word) ? other + dropFirst(word.count) : self
  }
}
