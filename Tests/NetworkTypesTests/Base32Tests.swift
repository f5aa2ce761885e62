import NetworkTypes
import Testing

struct Base32Tests {
  @Test(arguments: [
    ("", ""), ("f", "my"), ("fo", "mzxq"), ("foo", "mzxw6"), ("foob", "mzxw6yq"), ("fooba", "mzxw6ytb"),
    ("foobar", "mzxw6ytboi"),
  ])
  func `the vectors of RFC 4648 come out in lower case and without padding`(text: String, symbols: String) {
    #expect(Base32.encode(Array(text.utf8)) == symbols)
  }

  @Test func `eight bytes have thirteen symbols`() {
    #expect(Base32.encode([UInt8](repeating: 0xff, count: 8)) == "777777777777" + "6")
    #expect(Base32.encode([UInt8](repeating: 0, count: 8)) == "aaaaaaaaaaaaa")
  }
}
