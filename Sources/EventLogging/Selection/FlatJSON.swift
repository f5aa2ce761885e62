/// Reads a short JSON object whose members are texts, numbers, literals, and empty objects or arrays.
///
/// It is meant to recognise small, known messages: whatever is not of that form is not read at all.
struct FlatJSON {
  /// A member's value.
  enum Value: Equatable {
    /// A string without escapes.
    case text(String)
    /// A number, as it stands.
    case number(String)
    /// `true`, `false` or `null`.
    case literal
    /// An empty object or array.
    case empty
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// The members of the object that is the whole text, or `nil`.
  mutating func members() -> [(name: String, value: Value)]? {
    var members: [(name: String, value: Value)] = []
    guard take("{") else { return nil }
    if !take("}") {
      repeat {
        guard let name = string(), take(":"), let value = value() else { return nil }
        members.append((name, value))
      } while take(",")
      guard take("}") else { return nil }
    }
    skipSpace()
    return rest.isEmpty ? members : nil
  }

  private mutating func value() -> Value? {
    skipSpace()
    switch rest.first {
    case UInt8(ascii: "\""): return string().map { .text($0) }
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      let close: Character = rest.removeFirst() == UInt8(ascii: "{") ? "}" : "]"
      return take(close) ? .empty : nil
    default:
      let word = rest.prefix { $0 > 0x20 && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "}") }
      rest = rest.dropFirst(word.count)
      let text = String(decoding: word, as: UTF8.self)
      if ["true", "false", "null"].contains(text) { return .literal }
      return Double(text) == nil ? nil : .number(text)
    }
  }

  /// A string without escapes, which none of the known messages needs.
  private mutating func string() -> String? {
    guard take("\"") else { return nil }
    let content = rest.prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    rest = rest.dropFirst(content.count)
    guard rest.first == UInt8(ascii: "\"") else { return nil }
    rest.removeFirst()
    return String(decoding: content, as: UTF8.self)
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard let ascii = character.asciiValue, rest.first == ascii else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func skipSpace() {
    rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
  }
}
