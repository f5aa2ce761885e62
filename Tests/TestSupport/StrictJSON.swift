/// A JSON value, read by the letter of RFC 8259.
public indirect enum JSONValue: Sendable, Equatable {
  case string(String)
  /// A number, in the digits that stand there.
  case number(String)
  case boolean(Bool)
  case null
  case array([JSONValue])
  /// The members in their order.
  case object([Member])

  /// A name and its value.
  public struct Member: Sendable, Equatable {
    /// The name.
    public var name: String
    /// The value.
    public var value: JSONValue

    /// A name and its value.
    public init(name: String, value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// The value of a member, `nil` where there is none or this is no object.
  public subscript(name: String) -> JSONValue? {
    if case .object(let members) = self { members.first { $0.name == name }?.value } else { nil }
  }

  /// The text of a string.
  public var text: String? { if case .string(let text) = self { text } else { nil } }
  /// The value of an integer that is written as one.
  public var integer: Int? { if case .number(let digits) = self { Int(digits) } else { nil } }
  /// The value of a boolean.
  public var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
  /// The elements of an array.
  public var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
  /// The members of an object.
  public var members: [Member]? { if case .object(let members) = self { members } else { nil } }

  /// What kind of value this is, as JSON calls it.
  public var kind: String {
    switch self {
    case .string: "string"
    case .number: "number"
    case .boolean: "boolean"
    case .null: "null"
    case .array: "array"
    case .object: "object"
    }
  }
}

/// Why a text is not JSON, or is more than the log may hold.
public struct JSONFault: Error, Equatable, CustomStringConvertible {
  /// Bytes before the fault.
  public var offset: Int
  /// What is wrong.
  public var reason: String
  /// The place and the fault.
  public var description: String { "at byte \(offset): \(reason)" }
}

/// Reads JSON as strictly as the log promises to be written.
///
/// Beyond RFC 8259 it refuses what some readers damage in silence: text that is not UTF-8, a name that stands twice in
/// an object, half a surrogate pair as an escape, `null`, and numbers that are no integers within ±(2^53 − 1). Inside the
/// member `json` of the outermost object, which a peer wrote, names may repeat, and `null` and fractions may stand.
public struct StrictJSON {
  private let bytes: [UInt8]
  private var index = 0
  private var depth = 0
  /// Whether what is read now was written by a peer.
  private var isPayload = false

  /// The value that `bytes` are, without anything around it but blanks.
  public static func parse(_ bytes: [UInt8]) throws(JSONFault) -> JSONValue {
    guard String(validating: bytes, as: UTF8.self) != nil else { throw JSONFault(offset: 0, reason: "not UTF-8") }
    var parser = StrictJSON(bytes: bytes)
    parser.passBlanks()
    let value = try parser.value()
    parser.passBlanks()
    guard parser.index == bytes.count else { throw parser.fault("more behind the value") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func fault(_ reason: String) -> JSONFault { JSONFault(offset: index, reason: reason) }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func passBlanks() {
    while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { index += 1 }
  }

  private mutating func expect(_ text: StaticString) throws(JSONFault) {
    let wanted = text.description.utf8
    guard bytes[index...].starts(with: wanted) else { throw fault("no \(text)") }
    index += wanted.count
  }

  private mutating func value() throws(JSONFault) -> JSONValue {
    depth += 1
    defer { depth -= 1 }
    guard depth < 64 else { throw fault("too deep") }
    switch next {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"):
      try expect("true")
      return .boolean(true)
    case UInt8(ascii: "f"):
      try expect("false")
      return .boolean(false)
    case UInt8(ascii: "n"):
      guard isPayload else { throw fault("a null") }
      try expect("null")
      return .null
    default: return try number()
    }
  }

  private mutating func object() throws(JSONFault) -> JSONValue {
    var members: [JSONValue.Member] = []
    var names: Set<String> = []
    index += 1
    passBlanks()
    if next == UInt8(ascii: "}") {
      index += 1
      return .object([])
    }
    while true {
      passBlanks()
      guard next == UInt8(ascii: "\"") else { throw fault("no name") }
      let name = try string()
      guard names.insert(name).inserted || isPayload else { throw fault("\(name) stands twice") }
      passBlanks()
      try expect(":")
      passBlanks()
      let isOurs = !isPayload
      if depth == 1, name == "json" { isPayload = true }
      members.append(JSONValue.Member(name: name, value: try value()))
      if isOurs { isPayload = false }
      passBlanks()
      if next == UInt8(ascii: "}") {
        index += 1
        return .object(members)
      }
      try expect(",")
    }
  }

  private mutating func array() throws(JSONFault) -> JSONValue {
    var elements: [JSONValue] = []
    index += 1
    passBlanks()
    if next == UInt8(ascii: "]") {
      index += 1
      return .array([])
    }
    while true {
      passBlanks()
      elements.append(try value())
      passBlanks()
      if next == UInt8(ascii: "]") {
        index += 1
        return .array(elements)
      }
      try expect(",")
    }
  }

  private mutating func number() throws(JSONFault) -> JSONValue {
    let start = index
    if next == UInt8(ascii: "-") { index += 1 }
    let first = index
    while let byte = next, 0x30...0x39 ~= byte { index += 1 }
    guard index > first else { throw fault("no value") }
    guard index == first + 1 || bytes[first] != 0x30 else { throw fault("a number with a leading zero") }
    if let byte = next, ".eE".utf8.contains(byte) {
      guard isPayload else { throw fault("a number that is no integer") }
      return .number(try String(decoding: bytes[start..<index], as: UTF8.self) + fraction())
    }
    let digits = String(decoding: bytes[start..<index], as: UTF8.self)
    guard let value = Int(digits), abs(value) <= 9_007_199_254_740_991, digits != "-0" || isPayload else {
      throw fault("\(digits) is not exact in a double")
    }
    return .number(digits)
  }

  /// What may stand behind the whole part of a number: a fraction, an exponent, or both (RFC 8259 §6).
  private mutating func fraction() throws(JSONFault) -> String {
    let start = index
    func isAny(_ byte: UInt8?, of text: StaticString) -> Bool {
      byte.map { text.description.utf8.contains($0) } ?? false
    }
    if isAny(next, of: ".") {
      index += 1
      try passDigits()
    }
    if isAny(next, of: "eE") {
      index += 1
      if isAny(next, of: "+-") { index += 1 }
      try passDigits()
    }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func passDigits() throws(JSONFault) {
    let first = index
    while let byte = next, 0x30...0x39 ~= byte { index += 1 }
    guard index > first else { throw fault("no digit") }
  }

  private mutating func string() throws(JSONFault) -> String {
    var text: [UInt8] = []
    index += 1
    while let byte = next {
      index += 1
      switch byte {
      case UInt8(ascii: "\""):
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        text += try escape()
      case ..<0x20:
        throw fault("a raw control character")
      default:
        text.append(byte)
      }
    }
    throw fault("a string without end")
  }

  private mutating func escape() throws(JSONFault) -> [UInt8] {
    guard let byte = next else { throw fault("an escape without end") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return try scalar()
    default: throw fault("an unknown escape")
    }
  }

  private mutating func scalar() throws(JSONFault) -> [UInt8] {
    var value = try unit()
    if 0xd800...0xdbff ~= value {
      guard bytes[index...].starts(with: "\\u".utf8) else { throw fault("half a surrogate pair") }
      index += 2
      let low = try unit()
      guard 0xdc00...0xdfff ~= low else { throw fault("half a surrogate pair") }
      value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
    }
    guard value != 0xfffd, let scalar = Unicode.Scalar(value) else { throw fault("an escape that stands for nothing") }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func unit() throws(JSONFault) -> UInt32 {
    guard index + 4 <= bytes.count,
      let value = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16),
      bytes[index] != UInt8(ascii: "+")
    else { throw fault("no four hexadecimal digits") }
    index += 4
    return value
  }
}
