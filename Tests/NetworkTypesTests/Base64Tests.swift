import NetworkTypes
import Testing

struct Base64Tests {
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func `the vectors of RFC 4648 come out`(text: String, symbols: String) {
    #expect(Base64.encode(Array(text.utf8)) == symbols)
  }

  @Test func `all symbols are used in their order`() {
    let bytes: [UInt8] = stride(from: 0, to: 64, by: 4).flatMap { first -> [UInt8] in
      let bits = UInt32(first) << 18 | UInt32(first + 1) << 12 | UInt32(first + 2) << 6 | UInt32(first + 3)
      return [UInt8(bits >> 16), UInt8(bits >> 8 & 0xff), UInt8(bits & 0xff)]
    }
    #expect(Array(Base64.encode(bytes).utf8) == Base64.alphabet)
  }

  @Test(arguments: ["Zg==", "Zm8=", "Zm9v", "Zm9vYmE=", "+/+/"]) func `what was encoded is decoded`(_ text: String)
    throws
  {
    #expect(Base64.encode(try #require(Base64.decode(Array(text.utf8)))) == text)
  }

  @Test func `bits that no byte takes are not looked at`() {
    #expect(Base64.decode(Array("Zh==".utf8)) == [0x66])
  }

  @Test(arguments: ["", "Zg", "Zg=", "Zg===", "====", "A===", "Z===", "Zm=v", "Z m8", "Zm8-", "Zm8_", "Zm9vZg", "=m9v"])
  func `what is no Base64 is not decoded`(_ text: String) {
    #expect(Base64.decode(Array(text.utf8)) == nil)
  }
}
