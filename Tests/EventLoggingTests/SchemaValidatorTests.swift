import TestSupport
import Testing

/// The validator that the tests trust finds what a keyword forbids, and refuses what it does not know.
struct SchemaValidatorTests {
  /// Each keyword, a value that holds and one that does not, by the words of JSON Schema draft 2020-12.
  static let cases: [(schema: String, right: String, wrong: String)] = [
    (#"{"type":"integer"}"#, "1", #""1""#),
    (#"{"type":"number"}"#, "1", "true"),
    (#"{"type":["string","boolean"]}"#, "false", "0"),
    (#"{"const":{"a":[1]}}"#, #"{"a":[1]}"#, #"{"a":[2]}"#),
    (#"{"enum":["a","b"]}"#, #""b""#, #""c""#),
    (#"{"minimum":-1}"#, "-1", "-2"),
    (#"{"maximum":9007199254740991}"#, "9007199254740991", #"9007199254740992"#),
    (#"{"pattern":"^[a-c]{2,3}[.]x?$"}"#, #""abc.""#, #""abca.""#),
    (#"{"pattern":"^a+$"}"#, #""aa""#, #""""#),
    (#"{"contentEncoding":"base64"}"#, #""YQ==""#, #""YQ=""#),
    (#"{"items":{"type":"string"}}"#, #"["a"]"#, #"["a",1]"#),
    (#"{"properties":{"a":{"type":"string"}}}"#, #"{"b":1}"#, #"{"a":1}"#),
    (#"{"required":["a"]}"#, #"{"a":1}"#, #"{"b":1}"#),
    (#"{"properties":{"a":true},"additionalProperties":false}"#, #"{"a":1}"#, #"{"a":1,"b":1}"#),
    (#"{"dependentRequired":{"a":["b"]}}"#, #"{"b":1}"#, #"{"a":1}"#),
    (#"{"allOf":[{"minimum":1},{"maximum":2}]}"#, "2", "3"),
    (#"{"anyOf":[{"const":1},{"const":2}]}"#, "2", "3"),
    (#"{"oneOf":[{"minimum":1},{"maximum":2}]}"#, "3", "2"),
    (#"{"not":{"const":1}}"#, "2", "1"),
    (#"{"if":{"const":1},"then":false}"#, "2", "1"),
    (#"{"if":{"minimum":1},"else":{"const":0}}"#, "0", "-1"),
    (##"{"$defs":{"n":{"const":1}},"properties":{"a":{"$ref":"#/$defs/n"}}}"##, #"{"a":1}"#, #"{"a":2}"#),
    (#"{"properties":{"a":{"properties":{},"additionalProperties":false}}}"#, #"{"a":{}}"#, #"{"a":{"b":1}}"#),
  ]

  @Test(arguments: cases)
  func `a keyword lets pass what it allows, and nothing else`(schema: String, right: String, wrong: String) throws {
    let validator = try SchemaValidator(Array(schema.utf8))
    #expect(validator.faults(of: try StrictJSON.parse(Array(right.utf8))) == [])
    // A number that is not exact in a double cannot come from the parser.
    let value = (try? StrictJSON.parse(Array(wrong.utf8))) ?? .number(wrong)
    #expect(!validator.faults(of: value).isEmpty)
  }

  @Test(arguments: [
    #"{"minLength":1}"#, #"{"properties":{"a":{"format":"date"}}}"#, #"{"items":[{}]}"#, #"{"type":"text"}"#,
    #"{"type":[]}"#, #"{"additionalProperties":{}}"#, #"{"required":"a"}"#, ##"{"$ref":"#/$defs/a"}"##,
    #"{"$defs":{"a":{"uniqueItems":true}}}"#, #"{"pattern":"a"}"#, #"{"pattern":"^(a|b)$"}"#, #"{"pattern":"^a*ab$"}"#,
    #"{"pattern":"^[^a]$"}"#, #"{"pattern":"^\\d$"}"#, #"{"oneOf":[]}"#, #"{"contentEncoding":"base32"}"#, "1",
  ])
  func `a schema that is not understood is refused`(schema: String) {
    #expect(throws: SchemaFault.self) { try SchemaValidator(Array(schema.utf8)) }
  }

  @Test func `a fault names its place`() throws {
    let schema = #"{"properties":{"a":{"items":{"required":["b"],"properties":{"b":{"type":"integer"}}}}}}"#
    let validator = try SchemaValidator(Array(schema.utf8))
    let value = try StrictJSON.parse(Array(#"{"a":[{"b":1},{"b":"1"},{}]}"#.utf8))
    #expect(validator.faults(of: value).map(\.description) == ["/a[1]/b: string, not integer", "/a[2]: no b"])
  }

  @Test func `what a peer wrote in json may hold what the log itself may not`() throws {
    let text = #"{"json":{"a":null,"b":[-1.5e+3,-0,0.25],"a":{"json":null}},"c":1}"#
    let value = try StrictJSON.parse(Array(text.utf8))
    #expect(value["json"]?["b"]?.elements == [.number("-1.5e+3"), .number("-0"), .number("0.25")])
    let wrong = [
      #"{"json":1,"c":null}"#, #"{"json":[1.]}"#, #"{"json":[1e]}"#, #"{"json":[9007199254740992]}"#, #"{"c":1.5}"#,
      #"{"c":{"json":null}}"#, #"{"json":1,"json":2}"#,
    ]
    for text in wrong { #expect(throws: JSONFault.self) { try StrictJSON.parse(Array(text.utf8)) } }
  }
}
