import TestSupport
import Testing

@testable import EventLogging

/// Short flat objects are read; whatever is not of that form is not read at all.
struct FlatJSONTests {
  static func members(_ text: String) -> [(name: String, value: FlatJSON.Value)]? {
    var scanner = FlatJSON(Array(text.utf8))
    return scanner.members()
  }

  @Test func `each kind of value is told`() throws {
    let members = try #require(
      Self.members(" {\t\"a\" : \"x\" ,\r\n\"b\":-1.5e3,\"c\":true,\"d\":null,\"e\":{ },\"f\":[ ] } "))
    #expect(members.map(\.name) == ["a", "b", "c", "d", "e", "f"])
    #expect(members.map(\.value) == [.text("x"), .number("-1.5e3"), .literal, .literal, .empty, .empty])
    #expect(Self.members("{}")?.isEmpty == true)
  }

  @Test(arguments: [
    "", " ", "{", "}", "[]", "1", "\"a\"", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\":1 \"b\":2}",
    "{\"a\":1}x", "{\"a\":{\"b\":1}}", "{\"a\":[1]}", "{\"a\":\"\\n\"}", "{\"a\":\"x}", "{a:1}", "{\"a\":tru}",
    "{\"a\":[}", "{\"a\":{]}", "{\"a\":1}{}",
  ])
  func `what is no such object is not read`(text: String) {
    #expect(Self.members(text) == nil)
  }

  @Test func `random bytes are read or not, and nothing worse`() {
    var random = SeededGenerator(seed: 3)
    let alphabet = Array("{}[]:,\"\\ tfn01e-\u{e4}".utf8)
    var read = 0
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
      var scanner = FlatJSON(Array("{".utf8) + bytes)
      if scanner.members() != nil { read += 1 }
    }
    #expect(read > 0)
  }
}
