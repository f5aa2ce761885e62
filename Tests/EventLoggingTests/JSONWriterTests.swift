import NetworkTypes
import TestSupport
import Testing

@testable import EventLogging

/// Values are written as JSON, however they lie in memory (RFC 8259).
struct JSONWriterTests {
  /// What a call of the writer puts out.
  static func written(_ body: (JSONWriter) -> Void) -> [UInt8] {
    let writer = JSONWriter(capacity: 0)
    body(writer)
    return writer.withBytes { Array($0) }
  }

  /// The plain twin: byte by byte, by the table of RFC 8259 §7, and DEL and U+0080 to U+009F.
  static func escaped(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x22]
    var isControl = false
    for (index, byte) in text.enumerated() {
      if isControl {
        isControl = false
        result += Array("\\u00\(String(byte, radix: 16))".utf8)
        continue
      }
      if byte == 0xc2, index + 1 < text.count, 0x80...0x9f ~= text[index + 1] {
        isControl = true
        continue
      }
      switch byte {
      case 0x22: result += Array("\\\"".utf8)
      case 0x5c: result += Array("\\\\".utf8)
      case 0x09: result += Array("\\t".utf8)
      case 0x0a: result += Array("\\n".utf8)
      case 0x0d: result += Array("\\r".utf8)
      case 0..<0x20, 0x7f:
        let digits = String(byte, radix: 16)
        result += Array("\\u00\(digits.utf8.count == 1 ? "0" : "")\(digits)".utf8)
      default: result.append(byte)
      }
    }
    return result + [0x22]
  }

  static func string(_ text: [UInt8]) -> [UInt8] {
    written { writer in withSpan(text) { writer.string($0) } }
  }

  @Test func `every byte at every place in a word is written as its plain twin has it`() {
    var wrong = 0
    for byte in UInt8.min...UInt8.max {
      for length in 1...25 {
        for place in 0..<length {
          var text = [UInt8](repeating: 0x61, count: length)
          text[place] = byte
          if Self.string(text) != Self.escaped(text) { wrong += 1 }
        }
      }
    }
    #expect(wrong == 0)
  }

  @Test func `two special bytes beside each other, and all pairs of bytes, are written as their plain twin has them`() {
    var wrong = 0
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        let text = [0x61, 0x62, first, second, 0x63, 0x64, 0x65, 0x66, 0x67, second, first]
        if Self.string(text) != Self.escaped(text) { wrong += 1 }
      }
    }
    #expect(wrong == 0)
  }

  @Test func `random bytes from any start in memory are written as their plain twin has them`() {
    var random = SeededGenerator(seed: 1)
    for round in 0..<2000 {
      // Mostly plain, so that long runs are met.
      let text = random.bytes(Int.random(in: 0...200, using: &random)).map { round % 3 == 0 ? $0 : $0 & 0x3f | 0x40 }
      let start = Int.random(in: 0...min(9, text.count), using: &random)
      let actual = Self.written { writer in withSpan(text) { writer.string($0.extracting(start..<text.count)) } }
      #expect(actual == Self.escaped(Array(text[start...])))
    }
  }

  @Test(arguments: [
    ("", "\"\""), ("\"", #""\"""#), ("a\\b", #""a\\b""#), ("\u{0}\u{1f}\u{7f}", #""\u0000\u001f\u007f""#),
    ("\t\n\r\u{8}\u{c}", #""\t\n\r\u0008\u000c""#), ("a/b", #""a/b""#),
    ("\u{80}\u{9b}\u{9f}\u{a0}\u{bf}", "\"\\u0080\\u009b\\u009f\u{a0}\u{bf}\""),
    ("\u{2028}\u{2029}", "\"\u{2028}\u{2029}\""),
    ("😀 héllo €", "\"😀 héllo €\""), ("\u{10ffff}\u{e000}\u{d7ff}", "\"\u{10ffff}\u{e000}\u{d7ff}\""),
    ("</script>", "\"</script>\""),
  ])
  func `text is written as JSON has it`(text: String, json: String) throws {
    #expect(String(decoding: Self.string(Array(text.utf8)), as: UTF8.self) == json)
    #expect(String(decoding: Self.written { $0.string(text) }, as: UTF8.self) == json)
    #expect(try StrictJSON.parse(Array(json.utf8)) == .string(text))
  }

  @Test func `what a reader gets back is what was written, for all of Unicode`() throws {
    for plane in 0..<17 {
      var text = ""
      for low in stride(from: UInt32(0), to: 0x10000, by: plane == 0 ? 1 : 97) {
        // The replacement character is text like any other, but the reader here refuses it only as an escape.
        if let scalar = Unicode.Scalar(UInt32(plane) << 16 | low) { text.unicodeScalars.append(scalar) }
      }
      let bytes = Self.string(Array(text.utf8))
      #expect(try StrictJSON.parse(bytes).text == text)
    }
  }

  @Test(arguments: [
    0, 1, -1, 9, 10, 99, 100, 12345, -987_654_321, 9_007_199_254_740_991, -9_007_199_254_740_991, .max, .min,
    999_999_999_999_999_999, 1_000_000_000_000_000_000,
  ])
  func `integers are written in decimal`(value: Int) {
    #expect(Self.written { $0.integer(value) } == Array(String(value).utf8))
  }

  @Test func `digits are filled up with zeros, and the largest number has twenty`() {
    #expect(Self.written { $0.digits(7, atLeast: 9) } == Array("000000007".utf8))
    #expect(Self.written { $0.digits(999_999_999, atLeast: 9) } == Array("999999999".utf8))
    #expect(Self.written { $0.digits(.max, atLeast: 1) } == Array("18446744073709551615".utf8))
    for power in 0..<20 {
      let value = (0..<power).reduce(UInt(1)) { value, _ in value * 10 }
      #expect(Self.written { $0.digits(value, atLeast: 1) } == Array(String(value).utf8))
      #expect(Self.written { $0.digits(value - 1, atLeast: 1) } == Array(String(value - 1).utf8))
    }
  }

  @Test func `masks are written as eight digits`() {
    for value in [0, 1, 0xdead_beef, 0x00ff_00ff, UInt32.max] {
      let digits = String(value, radix: 16)
      let text = String(repeating: "0", count: 8 - digits.utf8.count) + digits
      #expect(Self.written { $0.hexadecimal(value) } == Array(text.utf8))
    }
  }

  @Test func `base64 is that of the other encoder, for all lengths and bytes`() {
    var random = SeededGenerator(seed: 2)
    for length in 0...200 {
      let bytes = random.bytes(length)
      let actual = Self.written { writer in withSpan(bytes) { writer.base64($0) } }
      #expect(actual == Array("\"\(Base64.encode(bytes))\"".utf8))
    }
    // RFC 4648 §10.
    for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
      let actual = Self.written { writer in withSpan(Array(plain.utf8)) { writer.base64($0) } }
      #expect(actual == Array("\"\(coded)\"".utf8))
    }
  }

  @Test func `a long record grows the buffer, which shrinks again when it is empty`() {
    let writer = JSONWriter(capacity: 16)
    let text = [UInt8](repeating: 0x01, count: 100_000)
    withSpan(text) { writer.string($0) }
    #expect(writer.count == 600_002)
    #expect(writer.withBytes { Array($0) } == Self.escaped(text))
    writer.shrink(to: 4096)
    #expect(writer.count == 600_002)
    writer.removeAll()
    writer.shrink(to: 4096)
    writer.raw("again")
    #expect(writer.withBytes { Array($0) } == Array("again".utf8))
  }
}
