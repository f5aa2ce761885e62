import Testing
import WebSocketDecoding

@Suite struct `The grammar of Sec-WebSocket-Extensions` {
  /// Elements as `name;parameter;parameter=value;parameter="value"`, those with a fault with `!` behind.
  private func summary(_ lines: String...) -> (elements: [String], fault: ExtensionList.Fault?)? {
    guard let list = ExtensionList(lines.map { Array($0.utf8) }) else { return nil }
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    let elements = list.elements.map { element in
      ([text(element.name)]
        + element.parameters.map { parameter in
          guard let value = parameter.value else { return text(parameter.name) }
          return text(parameter.name) + "=" + (value.isQuoted ? "\"\(text(value.bytes))\"" : text(value.bytes))
        }).joined(separator: ";") + (element.isMalformed ? "!" : "")
    }
    return (elements, list.fault)
  }

  @Test func `no field is no list`() {
    #expect(ExtensionList([]) == nil)
  }

  @Test(
    arguments: [
      ("a", ["a"]), ("a, b", ["a", "b"]), (" a\t;b ; c = d ,e", ["a;b;c=d", "e"]), ("A;B=C", ["A;B=C"]),
      (",,a,,b,", ["a", "b"]), ("a; b=\"c\"", ["a;b=\"c\""]), ("a; b=\"c,d;e\", f", ["a;b=\"c,d;e\"", "f"]),
      ("a; b=\"\\c\\\"\"", ["a;b=\"c\"\""]), ("a; b=\"\"", ["a;b=\"\""]),
    ] as [(String, [String])])
  func `lists that keep the grammar`(_ text: String, _ elements: [String]) throws {
    let found = try #require(summary(text))
    #expect(found.elements == elements)
    #expect(found.fault == nil)
  }

  @Test(
    arguments: [
      ("", [], .empty), (" , ,", [], .empty), ("a;", ["a!"], .parameterNotToken), ("a;;b", ["a!"], .parameterNotToken),
      ("a;b=", ["a!"], .valueMissing), ("a;b=,c", ["a!", "c"], .valueMissing), ("a;b=\"c", ["a!"], .unclosedQuote),
      ("a;b=\"c\\", ["a!"], .unclosedQuote), ("a b, c", ["a!", "c"], .nameNotToken), ("a/b", ["a!"], .nameNotToken),
      ("=a, b", ["b"], .nameNotToken), ("a; b c, d", ["a;b!", "d"], .strayBytes),
      ("a; b=\"c\"d", ["a;b=\"c\"!"], .strayBytes), ("a/\"x,y\", b", ["a!", "b"], .nameNotToken),
      ("a;\u{e9}", ["a!"], .parameterNotToken),
    ] as [(String, [String], ExtensionList.Fault)])
  func `what breaks it, and what can be read all the same`(
    _ text: String, _ elements: [String], _ fault: ExtensionList.Fault
  ) throws {
    let found = try #require(summary(text))
    #expect(found.elements == elements)
    #expect(found.fault == fault)
  }

  @Test func `field lines join, and quotes do not reach over them`() throws {
    let found = try #require(summary("a; b=\"c", "d", ""))
    #expect(found.elements == ["a!", "d"])
    #expect(found.fault == .unclosedQuote)
  }

  @Test func `a quoted value has to be a token too`() throws {
    let list = try #require(ExtensionList([Array("a; b=\"10\"; c=\"1 0\"; d=\"\"".utf8)]))
    #expect(list.elements[0].parameters.map { $0.value?.isToken } == [true, false, false])
  }
}
