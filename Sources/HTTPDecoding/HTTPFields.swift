internal import NetworkTypes

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
///
/// A handshake is asked for some fifty names, most of which it does not have: what the names begin and end with is
/// remembered, so that those cost no walk over the fields.
public struct HTTPFields: Sendable, Hashable, RandomAccessCollection {
  private var storage: [HTTPField] = []
  /// A bit for each name, by its length, first and last byte; other names may have the same.
  private var marks: UInt64 = 0

  /// No fields.
  public init() {}

  /// The given fields in their order.
  public init(_ fields: [HTTPField]) {
    storage = fields
    for field in fields { marks |= field.name.withRawSpan(Self.mark) }
  }

  /// The position of the first field.
  public var startIndex: Int { 0 }
  /// The position behind the last field.
  public var endIndex: Int { storage.count }

  /// The field at a position.
  public subscript(position: Int) -> HTTPField { storage[position] }

  /// The values of all field lines of this name, in order.
  public func all(named name: StaticString) -> [[UInt8]] {
    guard mayHave(name) else { return [] }
    var values: [[UInt8]] = []
    for field in storage where Self.isNamed(field, name) { values.append(field.value) }
    return values
  }

  /// The value of the first field line of this name.
  public func first(named name: StaticString) -> [UInt8]? {
    guard mayHave(name) else { return nil }
    for field in storage where Self.isNamed(field, name) { return field.value }
    return nil
  }

  /// How many field lines have this name.
  public func count(named name: StaticString) -> Int {
    guard mayHave(name) else { return 0 }
    var count = 0
    for field in storage where Self.isNamed(field, name) { count += 1 }
    return count
  }

  /// The elements of the comma-separated list that all field lines of this name make together (RFC 9110 §5.6.1).
  ///
  /// Commas in quoted strings do not separate, blanks around an element and empty elements are left out. A quoted
  /// string that is not closed ends with its field line.
  public func joinedList(named name: StaticString) -> [[UInt8]] {
    guard mayHave(name) else { return [] }
    var elements: [[UInt8]] = []
    for field in storage where Self.isNamed(field, name) {
      field.value.withRawSpan { value in
        Self.split(value) { elements.append(value.extracting($0).copied()) }
      }
    }
    return elements
  }

  /// Whether an element of the joined list is this token, in any case.
  public func listContains(_ token: StaticString, in name: StaticString) -> Bool {
    token.withRawSpan { token in listHas(name) { $0.equalsIgnoringCase(token) } }
  }

  /// Whether an element of the joined list has this protocol name, in any case, with or without a `/version` behind it.
  ///
  /// It is the comparison for Upgrade, whose elements are `protocol-name ["/" protocol-version]` (RFC 9110 §7.8).
  public func listContains(protocolNamed protocolName: StaticString, in name: StaticString) -> Bool {
    protocolName.withRawSpan { wanted in listHas(name) { Self.isProtocol($0, wanted) } }
  }

  /// Whether an element of the joined list has the protocol name that is given as bytes.
  public func listContains(protocolNamed protocolName: [UInt8], in name: StaticString) -> Bool {
    protocolName.withRawSpan { wanted in listHas(name) { Self.isProtocol($0, wanted) } }
  }

  /// Whether the joined list has an element for which `isWanted` is true.
  public func listHas(_ name: StaticString, where isWanted: (RawSpan) -> Bool = { _ in true }) -> Bool {
    guard mayHave(name) else { return false }
    var found = false
    for field in storage where !found && Self.isNamed(field, name) {
      field.value.withRawSpan { value in
        Self.split(value) { found = found || isWanted(value.extracting($0)) }
      }
    }
    return found
  }

  mutating func append(_ field: HTTPField) {
    // A handshake's head has about as many fields, and would else be moved four times.
    if storage.isEmpty { storage.reserveCapacity(12) }
    storage.append(field)
    marks |= field.name.withRawSpan(Self.mark)
  }

  /// Joins the next part of a folded value to the last field.
  mutating func extendLast(with part: ArraySlice<UInt8>) {
    guard let last = storage.indices.last, !part.isEmpty else { return }
    if !storage[last].value.isEmpty { storage[last].value.append(ASCII.space) }
    storage[last].value.append(contentsOf: part)
  }

  // MARK: - Names

  /// Whether a field line may have this name; if not, none has.
  @inline(__always)
  private func mayHave(_ name: StaticString) -> Bool { marks & name.withRawSpan(Self.mark) != 0 }

  /// The bit of a name, the same in any case.
  @inline(__always)
  private static func mark(_ name: RawSpan) -> UInt64 {
    let count = name.byteCount
    guard count > 0 else { return 1 }
    // The bit that a letter's case stands in is left out.
    let first = Int(name.checkedByte(0) & 0x1f)
    let last = Int(name.checkedByte(count &- 1) & 0x1f)
    return 1 &<< UInt64((first &* 5 &+ last &* 11 &+ count &* 3) & 63)
  }

  @inline(__always)
  private static func isNamed(_ field: HTTPField, _ name: StaticString) -> Bool {
    guard field.name.count == name.utf8CodeUnitCount else { return false }
    return field.name.withRawSpan { $0.equalsIgnoringCase(name) }
  }

  // MARK: - Lists

  /// Whether an element of Upgrade has this protocol name, in any case, with or without a version.
  public static func isProtocol(_ element: RawSpan, named name: StaticString) -> Bool {
    name.withRawSpan { isProtocol(element, $0) }
  }

  private static func isProtocol(_ element: RawSpan, _ wanted: RawSpan) -> Bool {
    var end = 0
    while end < element.byteCount, element.checkedByte(end) != ASCII.slash { end += 1 }
    return element.extracting(0..<end).equalsIgnoringCase(wanted)
  }

  /// Gives the place of each element of a list, trimmed and not empty, to `body`.
  @inline(__always)
  private static func split(_ value: RawSpan, _ body: (Range<Int>) -> Void) {
    var start = 0
    var index = 0
    var isQuoted = false
    while index < value.byteCount {
      switch value.checkedByte(index) {
      case ASCII.backslash where isQuoted:
        index += 1  // The next byte is escaped, whatever it is.
      case ASCII.quote:
        isQuoted.toggle()
      case ASCII.comma where !isQuoted:
        let element = ASCII.trimmed(value, start..<index)
        if !element.isEmpty { body(element) }
        start = index + 1
      default:
        break
      }
      index += 1
    }
    let element = ASCII.trimmed(value, start..<value.byteCount)
    if !element.isEmpty { body(element) }
  }
}
