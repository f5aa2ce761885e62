internal import NetworkTypes

/// Writes a text that is JSON (RFC 8259) as JSON: without the space between its tokens, else as it was sent.
///
/// What readers would change is refused, and so written as text: numbers beyond ±(2^53 − 1), escapes of lone surrogates,
/// deep nesting, and a bare `null`, which no field of the log may be.
struct EmbeddedJSON {
  private let json: JSONWriter
  private var index = 0
  /// For each open level whether it is an object, the innermost last.
  private var levels: [Bool] = []

  /// Levels of objects and arrays inside each other; jq 1.6 reads 256.
  static let deepest = 128
  /// Characters of a number; no reader keeps more of its digits.
  private static let longestNumber = 512

  /// Writes `text`.
  ///
  /// - Returns: False if it is not such JSON; then a part of it may be written, which the caller takes back.
  static func write(_ text: RawSpan, to json: JSONWriter) -> Bool {
    var writer = EmbeddedJSON(json: json)
    writer.skipSpace(text)
    if text.hasBytes(of: "null", at: writer.index) { return false }
    guard writer.values(text) else { return false }
    writer.skipSpace(text)
    return writer.index == text.byteCount
  }

  private init(json: JSONWriter) { self.json = json }

  /// A value with all that is inside it, by a list of open levels and not by recursion.
  private mutating func values(_ text: RawSpan) -> Bool {
    repeat {
      // Here a value begins.
      skipSpace(text)
      switch text.byte(at: index) {
      case UInt8(ascii: "{"):
        guard open(isObject: true) else { return false }
        skipSpace(text)
        if text.byte(at: index) == UInt8(ascii: "}") {
          close()
        } else if name(text) {
          continue
        } else {
          return false
        }
      case UInt8(ascii: "["):
        guard open(isObject: false) else { return false }
        skipSpace(text)
        guard text.byte(at: index) == UInt8(ascii: "]") else { continue }
        close()
      case UInt8(ascii: "\""):
        guard string(text) else { return false }
      case UInt8(ascii: "t"):
        guard literal("true", text) else { return false }
      case UInt8(ascii: "f"):
        guard literal("false", text) else { return false }
      case UInt8(ascii: "n"):
        guard literal("null", text) else { return false }
      default:
        guard number(text) else { return false }
      }
      // Here a value has ended: the levels that end with it, or the next element.
      guard let goesOn = next(text) else { return false }
      if !goesOn { return true }
    } while true
  }

  /// What stands behind a value: true before another one, false at the end, `nil` if it is neither.
  private mutating func next(_ text: RawSpan) -> Bool? {
    while let isObject = levels.last {
      skipSpace(text)
      switch text.byte(at: index) {
      case UInt8(ascii: ","):
        copy(text, 1)
        guard isObject else { return true }
        skipSpace(text)
        return name(text) ? true : nil
      case UInt8(ascii: "}") where isObject, UInt8(ascii: "]") where !isObject:
        close()
      default:
        return nil
      }
    }
    return false
  }

  private mutating func open(isObject: Bool) -> Bool {
    guard levels.count < Self.deepest else { return false }
    levels.append(isObject)
    json.byte(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
    index += 1
    return true
  }

  private mutating func close() {
    json.byte(levels.removeLast() ? UInt8(ascii: "}") : UInt8(ascii: "]"))
    index += 1
  }

  /// A member's name and its colon.
  private mutating func name(_ text: RawSpan) -> Bool {
    guard text.byte(at: index) == UInt8(ascii: "\""), string(text) else { return false }
    skipSpace(text)
    guard text.byte(at: index) == UInt8(ascii: ":") else { return false }
    copy(text, 1)
    return true
  }

  /// A string: its escapes stay, and control characters that JSON lets stand raw (DEL, U+0080 to U+009F) become some.
  private mutating func string(_ text: RawSpan) -> Bool {
    json.byte(UInt8(ascii: "\""))
    index += 1
    while let byte = text.byte(at: index) {
      switch byte {
      case UInt8(ascii: "\""):
        copy(text, 1)
        return true
      case UInt8(ascii: "\\"):
        guard let length = escapeLength(text) else { return false }
        copy(text, length)
      case 0..<0x20:
        return false
      case 0x7f:
        control(0x7f)
        index += 1
      case 0xc2:
        if let second = text.byte(at: index + 1), second < 0xa0 {
          control(second)
          index += 2
        } else {
          copy(text, 2)
        }
      default:
        copy(text, 1)
      }
    }
    return false
  }

  /// The length of the escape at hand: with a high surrogate that of both halves; `nil` if it is none.
  private func escapeLength(_ text: RawSpan) -> Int? {
    switch text.byte(at: index + 1) {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return 2
    case UInt8(ascii: "u"):
      guard let unit = unit(text, at: index + 2) else { return nil }
      if unit & 0xf800 != 0xd800 { return 6 }
      guard unit < 0xdc00, text.hasBytes(of: "\\u", at: index + 6), let low = self.unit(text, at: index + 8) else {
        return nil
      }
      return low & 0xfc00 == 0xdc00 ? 12 : nil
    default:
      return nil
    }
  }

  /// Four hex digits.
  private func unit(_ text: RawSpan, at offset: Int) -> UInt16? {
    var unit: UInt16 = 0
    for position in offset..<offset + 4 {
      guard let byte = text.byte(at: position), let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80
      else { return nil }
      unit = unit << 4 | UInt16(truncatingIfNeeded: digit)
    }
    return unit
  }

  private func control(_ code: UInt8) {
    json.raw("\\u00")
    for digit in [code >> 4, code & 0xf] { json.byte(digit < 10 ? 0x30 + digit : 0x57 + digit) }
  }

  private mutating func literal(_ word: StaticString, _ text: RawSpan) -> Bool {
    guard text.hasBytes(of: word, at: index) else { return false }
    copy(text, word.utf8CodeUnitCount)
    return true
  }

  /// `-? (0 | [1-9][0-9]*) (\.[0-9]+)? ([eE][+-]?[0-9]+)?`, whose value a double holds.
  private mutating func number(_ text: RawSpan) -> Bool {
    let start = index
    var end = start
    func digits() -> Int {
      let first = end
      while let byte = text.byte(at: end), (0x30...0x39).contains(byte) { end += 1 }
      return end - first
    }
    if text.byte(at: end) == UInt8(ascii: "-") { end += 1 }
    let first = end
    let count = digits()
    guard count == 1 || count > 1 && text.byte(at: first) != 0x30 else { return false }
    var isInteger = true
    if text.byte(at: end) == UInt8(ascii: ".") {
      end += 1
      isInteger = false
      guard digits() > 0 else { return false }
    }
    if let byte = text.byte(at: end), byte | 0x20 == UInt8(ascii: "e") {
      end += 1
      isInteger = false
      if let sign = text.byte(at: end), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { end += 1 }
      guard digits() > 0 else { return false }
    }
    guard end - start <= Self.longestNumber else { return false }
    let written = String(decoding: text.extracting(start..<end).copied(), as: UTF8.self)
    if isInteger {
      guard let value = Int64(written), value.magnitude <= NDJSONWriter.largestInteger else { return false }
    } else {
      guard let value = Double(written), value.magnitude <= Double(NDJSONWriter.largestInteger) else { return false }
    }
    copy(text, end - start)
    return true
  }

  private mutating func skipSpace(_ text: RawSpan) {
    while let byte = text.byte(at: index), byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { index += 1 }
  }

  private mutating func copy(_ text: RawSpan, _ count: Int) {
    for position in index..<min(index + count, text.byteCount) { json.byte(text.checkedByte(position)) }
    index += count
  }
}
