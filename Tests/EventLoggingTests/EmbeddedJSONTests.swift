import TestSupport
import Testing

@testable import EventLogging

/// A text that is JSON is embedded as it was sent; what readers would change is refused (RFC 8259, RFC 7493 §2).
struct EmbeddedJSONTests {
  /// What is written, `nil` where the text is refused.
  static func embedded(_ text: [UInt8]) -> String? {
    let writer = JSONWriter(capacity: 0)
    guard withSpan(text, { EmbeddedJSON.write($0, to: writer) }) else { return nil }
    return String(validating: writer.bytes, as: UTF8.self)
  }

  static func embedded(_ text: String) -> String? { embedded(Array(text.utf8)) }

  static func expectRefused(_ texts: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    for text in texts {
      let result = embedded(text)
      #expect(result == nil, "\(text.debugDescription) became \(result ?? "")", sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: [
    "{}", "[]", "true", "false", "0", "-0", "\"\"", "\"a\"", "[1,2]", "{\"a\":null}", "[null]", "[[],{}]",
    "{\"a\":{\"b\":[1,{\"c\":\"d\"}]},\"e\":false}", "{\"\":0}", "{\"a\":1,\"a\":2}", "\"ä😀\"", "[\"a b\",\"c\\td\"]",
  ])
  func `JSON without space between its tokens stays byte for byte`(text: String) {
    #expect(Self.embedded(text) == text)
  }

  @Test func `the space between tokens goes, that within strings stays`() {
    #expect(Self.embedded(" \t\r\n[ 1 ,\n2\t, \"a  b\" ]\r\n ") == "[1,2,\"a  b\"]")
    #expect(Self.embedded("{ \"a b\" : { } , \"c\" : [ ] , \"d\" : -1.5 }") == "{\"a b\":{},\"c\":[],\"d\":-1.5}")
    #expect(Self.embedded(" 7 ") == "7")
  }

  @Test func `other characters between tokens are no space (§2)`() {
    Self.expectRefused(["[1,\u{b}2]", "\u{c}[]", "[]\u{a0}", "\u{feff}{}", "[\u{2028}1]", "[1]\0", "\0"])
  }

  @Test func `a bare null is refused, whatever stands around it, and others are not`() {
    Self.expectRefused(["null", " null", "null ", "\n\tnull\r\n"])
    #expect(Self.embedded("\"null\"") == "\"null\"")
  }

  @Test func `literals are in lower case and whole (§3)`() {
    Self.expectRefused(["True", "FALSE", "Null", "tru", "truee", "nul", "fals", "undefined", "[nulll]", "[tru]"])
  }

  @Test(arguments: [
    "0", "-0", "1", "10", "-1", "0.5", "-0.5", "1.0", "1e5", "1E5", "1e+5", "1e-5", "1e05", "1.25e-7", "0e0", "0.0",
    "123456789012345", "9007199254740991", "-9007199254740991", "9007199254740991.0", "9.007199254740991e15",
    "-9.007199254740991E+15", "1e-300",
  ])
  func `numbers within what a double counts stay digit for digit (§6)`(number: String) {
    #expect(Self.embedded(number) == number)
    #expect(Self.embedded("{\"a\":[\(number) , \(number)]}") == "{\"a\":[\(number),\(number)]}")
  }

  @Test func `numbers beyond that are refused`() {
    Self.expectRefused([
      "9007199254740992", "-9007199254740992", "9007199254740993", "9223372036854775808", "18446744073709551616",
      "9007199254740992.0", "9.007199254740992e15", "1e16", "-1e16", "1e308", "1e309", "1e999999999", "-1E999",
      "[1,9007199254740992]", "{\"a\":9007199254740992}", String(repeating: "9", count: 400),
    ])
  }

  @Test func `what the grammar of numbers does not have is refused (§6)`() {
    Self.expectRefused([
      "01", "-01", "00", "+1", ".5", "1.", "1.e5", "-", "--1", "1e", "1e+", "1e-", "1e5.0", "0x10", "1_000", "NaN",
      "Infinity", "-Infinity", "1 2", "1,2", "١", "1e５", "- 1", "1.5.2", "[01]", "[1.]",
    ])
  }

  @Test func `a number of more than 512 characters is refused`() {
    let digits = String(repeating: "1", count: 510)
    #expect(Self.embedded("0.\(digits)") == "0.\(digits)")
    Self.expectRefused(["0.\(digits)1", "-0.\(digits)", "0e" + String(repeating: "0", count: 600)])
  }

  @Test(arguments: [
    #""\"\\\/\b\f\n\r\t""#, #""\u0000\u001f\u007F\u00e4\u20AC\uffff\ufffd""#, #""\ud83d\ude00""#, #""\uD83D\uDE00""#,
    #""\ud800\udc00\udbff\udfff""#, #""\ud7ff\ue000""#, #"{"\u0061":"\\ud800"}"#,
  ])
  func `escapes stay as they were sent (§7)`(text: String) {
    #expect(Self.embedded(text) == text)
  }

  @Test func `an escape of half a surrogate pair is refused`() {
    let halves = [
      #"\ud800"#, #"\udbff"#, #"\udc00"#, #"\udfff"#, #"\ud83d\u0041"#, #"\ud83d\ud83d\ude00"#, #"\ud83dx"#,
      #"\ude00\ud83d"#, #"\ud83d\n"#, #"\uD800\uDBFF"#, #"x\ud83d"#,
    ]
    Self.expectRefused(halves.map { "\"\($0)\"" })
    Self.expectRefused(halves.map { "{\"\($0)\":1}" })
    Self.expectRefused(halves.map { "[1,{\"a\":[\"\($0)\"]}]" })
  }

  @Test func `escapes that JSON does not have are refused`() {
    Self.expectRefused([
      #""\x41""#, #""\a""#, #""\'""#, #""\U0041""#, #""\u12""#, #""\u12G4""#, #""\u+123""#, #""\u 123""#, #""\u""#,
      #""\"#, #""\ud83d\u12""#, "\"\\u００４１\"", "\"\\\n\"", #""\0""#,
    ])
  }

  @Test func `raw control characters are refused within strings (§7)`() {
    for control in UInt8(0)..<0x20 {
      #expect(Self.embedded([0x22, control, 0x22]) == nil, "\(control)")
      #expect(Self.embedded([0x7b, 0x22, control, 0x22, 0x3a, 0x31, 0x7d]) == nil, "\(control)")
    }
  }

  @Test func `controls that JSON lets stand raw become escapes`() {
    #expect(Self.embedded("\"a\u{7f}b\"") == #""a\u007fb""#)
    for code in UInt32(0x80)...0x9f {
      let raw = String(Character(Unicode.Scalar(code)!))
      let escape = "\\u00\(String(code, radix: 16))"
      #expect(Self.embedded("{\"\(raw)\":\"x\(raw)y\"}") == "{\"\(escape)\":\"x\(escape)y\"}")
    }
    for text in ["\"\u{a0}\"", "\"\u{ad}\"", "\"¿\"", "\"À\""] { #expect(Self.embedded(text) == text) }
  }

  @Test func `levels inside each other are at most 128`() {
    func arrays(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    func objects(_ depth: Int) -> String {
      String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
    }
    #expect(Self.embedded(arrays(128)) == arrays(128))
    #expect(Self.embedded(objects(128)) == objects(128))
    #expect(Self.embedded("[" + objects(127) + "," + arrays(127) + "]") == "[" + objects(127) + "," + arrays(127) + "]")
    Self.expectRefused([arrays(129), objects(129), "[" + objects(128) + "]", arrays(100_000)])
    Self.expectRefused([String(repeating: "[", count: 1_000_000)])
  }

  @Test func `what is no JSON text is refused`() {
    Self.expectRefused([
      "", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}",
      "{1:2}",
      "{\"a\" 1}", "{\"a\"::1}", "{a:1}", "{'a':1}", "[}", "{]", "[1}", "{\"a\":1]", "\"a", "\"", "a", "[]]", "{}{}",
      "[] []",
      "1 true", "// a\n1", "[1,,2]", "\"a\" \"b\"", ":", ",", "{\"a\":1 \"b\":2}", "{\"a\":1,2}",
    ])
  }

  @Test func `whatever is embedded is JSON by another reader too`() throws {
    var random = SeededGenerator(seed: 11)
    let seeds = [
      #"{"a":[1,-2.5e3,true,null,{"b":"\u0041\ud83d\ude00 \n"}],"c":{},"d":[ ]}"#,
      #"[ 9007199254740991 , "ä", false ]"#,
    ].map { Array($0.utf8) }
    let alphabet = Array("{}[]:,\"\\u0123456789eE+-. dnull".utf8)
    var accepted = 0
    for _ in 0..<20_000 {
      var text = seeds.randomElement(using: &random)!
      for _ in 0..<Int.random(in: 1...3, using: &random) where !text.isEmpty {
        let place = Int.random(in: 0..<text.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: text[place] = alphabet.randomElement(using: &random)!
        case 1: text.remove(at: place)
        default: text.insert(alphabet.randomElement(using: &random)!, at: place)
        }
      }
      guard String(validating: text, as: UTF8.self) != nil else { continue }
      let line = { (json: [UInt8]) in Array("{\"json\":".utf8) + json + Array("}".utf8) }
      let original = try? StrictJSON.parse(line(text))
      guard let written = Self.embedded(text) else {
        // What the other reader takes is refused for a reason of the log's own only.
        #expect(original == nil || Self.isBeyondTheLog(text), "refused: \(String(decoding: text, as: UTF8.self))")
        continue
      }
      accepted += 1
      #expect(try StrictJSON.parse(line(Array(written.utf8))) == original, "\(written)")
    }
    #expect(accepted > 500)
  }

  /// Numbers with an exponent or too many digits may be beyond a double's integers.
  private static func isBeyondTheLog(_ text: [UInt8]) -> Bool {
    let pieces = String(decoding: text, as: UTF8.self).split { !"0123456789eE+-.".contains($0) }
    return text == Array("null".utf8) || pieces.contains { abs(Double($0) ?? 0) > 9_007_199_254_740_991 }
  }
}
