/// One element of Sec-WebSocket-Extensions: a name and its parameters (RFC 6455 §9.1).
public struct ExtensionOffer: Sendable, Hashable {
  /// A parameter, and its value where it has one.
  public struct Parameter: Sendable, Hashable {
    /// The name in lower case.
    public var name: String
    /// The value without quotes.
    public var value: String?
  }

  /// The extension's name in lower case.
  public var name: String
  /// The parameters in their order.
  public var parameters: [Parameter]

  /// The offer written as `element`, which is one element of the field's list.
  public init(_ element: [UInt8]) {
    var parts = Self.split(element[...]).map { String(decoding: $0, as: UTF8.self) }
    name = parts.removeFirst().lowercased()
    parameters = parts.filter { !$0.isEmpty }.map { part in
      guard let equals = part.firstIndex(of: "=") else { return Parameter(name: part.lowercased(), value: nil) }
      let name = Self.trimmed(part[..<equals]).lowercased()
      var value = Self.trimmed(part[part.index(after: equals)...])
      if value.count >= 2, value.first == "\"", value.last == "\"" { value = String(value.dropFirst().dropLast()) }
      return Parameter(name: name, value: value)
    }
  }

  /// Whether this is permessage-deflate (RFC 7692).
  public var isPerMessageDeflate: Bool { name == "permessage-deflate" }

  /// Whether a parameter of this name is there.
  public func has(_ parameter: String) -> Bool { parameters.contains { $0.name == parameter } }

  /// The window bits that a parameter of this name agrees on: 8 to 15, and 15 without the parameter (RFC 7692 §7.1.2).
  public func windowBits(_ parameter: String) -> Int {
    guard let value = parameters.first(where: { $0.name == parameter })?.value, let bits = Int(value) else { return 15 }
    return min(max(bits, 8), 15)
  }

  /// Splits at semicolons outside quotes; never empty.
  private static func split(_ element: ArraySlice<UInt8>) -> [[UInt8]] {
    var parts: [[UInt8]] = [[]]
    var isQuoted = false
    for byte in element {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == UInt8(ascii: ";"), !isQuoted {
        parts.append([])
      } else {
        parts[parts.count - 1].append(byte)
      }
    }
    return parts.map { part in
      let start = part.firstIndex { $0 != 0x20 && $0 != 0x09 } ?? part.endIndex
      let end = part.lastIndex { $0 != 0x20 && $0 != 0x09 }.map { $0 + 1 } ?? start
      return Array(part[start..<max(start, end)])
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text)
  }
}
