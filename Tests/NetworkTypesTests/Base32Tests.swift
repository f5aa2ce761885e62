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

  @Test(arguments: [0, .max, 1, 1 << 63, 0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210] as [UInt64])
  func `a number is written as its eight octets are`(number: UInt64) {
    let octets = (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(56 - $0 * 8)) }
    #expect(Base32.encode(number) == Base32.encode(octets))
  }
}
