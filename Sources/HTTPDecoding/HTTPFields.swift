/// One field of a head or of the trailers, as it was sent.
public struct HTTPField: Sendable, Hashable {
  /// The name in the sender's case, without blanks before the colon.
  ///
  /// It is a token, or `nameNotToken` is among the defects.
  public var name: [UInt8]
  /// The value without the blanks around it; the parts of a folded value are joined by one space.
  public var value: [UInt8]

  /// A field of the given bytes.
  public init(name: [UInt8], value: [UInt8]) {
    self.name = name
    self.value = value
  }
}

/// The fields of a head in the order in which they were sent, looked up by name in any case.
public struct HTTPFields: Sendable, Hashable, RandomAccessCollection {
  private var storage: [HTTPField] = []

  /// No fields.
  public init() {}

  /// The given fields in their order.
  public init(_ fields: [HTTPField]) { storage = fields }

  /// The position of the first field.
  public var startIndex: Int { 0 }
  /// The position behind the last field.
  public var endIndex: Int { storage.count }

  /// The field at a position.
  public subscript(position: Int) -> HTTPField { storage[position] }

  /// The values of all field lines of this name, in order.
  public func all(named name: String) -> [[UInt8]] {
    storage.compactMap { ASCII.matches($0.name, name) ? $0.value : nil }
  }

  /// The value of the first field line of this name.
  public func first(named name: String) -> [UInt8]? {
    storage.first { ASCII.matches($0.name, name) }?.value
  }

  /// How many field lines have this name.
  public func count(named name: String) -> Int {
    storage.reduce(0) { ASCII.matches($1.name, name) ? $0 + 1 : $0 }
  }

  /// The elements of the comma-separated list that all field lines of this name make together (RFC 9110 §5.6.1).
  ///
  /// Commas in quoted strings do not separate, blanks around an element and empty elements are left out. A quoted
  /// string that is not closed ends with its field line.
  public func joinedList(named name: String) -> [[UInt8]] {
    var elements: [[UInt8]] = []
    for field in storage where ASCII.matches(field.name, name) {
      Self.split(field.value[...]) { elements.append(Array($0)) }
    }
    return elements
  }

  /// Whether an element of the joined list is this token, in any case.
  public func listContains(_ token: String, in name: String) -> Bool {
    storage.contains { field in
      guard ASCII.matches(field.name, name) else { return false }
      var found = false
      Self.split(field.value[...]) { found = found || ASCII.matches($0, token) }
      return found
    }
  }

  /// Whether an element of the joined list has this protocol name, in any case, with or without a `/version` behind it.
  ///
  /// It is the comparison for Upgrade, whose elements are `protocol-name ["/" protocol-version]` (RFC 9110 §7.8).
  public func listContains(protocolNamed protocolName: String, in name: String) -> Bool {
    storage.contains { field in
      guard ASCII.matches(field.name, name) else { return false }
      var found = false
      Self.split(field.value[...]) { element in
        found = found || ASCII.matches(element.prefix { $0 != ASCII.slash }, protocolName)
      }
      return found
    }
  }

  mutating func append(_ field: HTTPField) { storage.append(field) }

  /// Joins the next part of a folded value to the last field.
  mutating func extendLast(with part: ArraySlice<UInt8>) {
    guard let last = storage.indices.last, !part.isEmpty else { return }
    if !storage[last].value.isEmpty { storage[last].value.append(ASCII.space) }
    storage[last].value.append(contentsOf: part)
  }

  /// Gives each element of a list, trimmed and not empty, to `body`.
  private static func split(_ value: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Void) {
    var start = value.startIndex
    var index = start
    var isQuoted = false
    while index < value.endIndex {
      switch value[index] {
      case ASCII.backslash where isQuoted:
        index += 1  // The next byte is escaped, whatever it is.
      case ASCII.quote:
        isQuoted.toggle()
      case ASCII.comma where !isQuoted:
        let element = ASCII.trimmed(value[start..<index])
        if !element.isEmpty { body(element) }
        start = index + 1
      default:
        break
      }
      index += 1
    }
    let element = ASCII.trimmed(value[start..<value.endIndex])
    if !element.isEmpty { body(element) }
  }
}
