import NetworkTypes
import Testing

/// A file's name is bytes, shown as text where they are some.
struct FileNameTests {
  @Test(
    arguments: [
      (Array("a b.pcap".utf8), "a b.pcap"), ([0xff], "\\xff"), ([0x61, 0xc3, 0x62], "a\\xc3b"),
      (Array("ä".utf8), "ä"), ([0xc3, 0xa4, 0xe4, 0xf0, 0x9f, 0x98, 0x80], "ä\\xe4😀"), ([], ""),
      ([0x80, 0x0a], "\\x80\n"), ([0xf0, 0x9f, 0x98], "\\xf0\\x9f\\x98"), (Array("\\xff".utf8), "\\xff"),
    ] as [([UInt8], String)])
  func `a byte that is no UTF-8 is shown by its number`(bytes: [UInt8], text: String) {
    #expect(FileName(bytes: bytes).description == text)
    #expect(FileName(bytes: bytes).bytes == bytes)
  }

  @Test func `a name ends before a NUL`() {
    #expect(FileName(bytes: [0x61, 0, 0x62]).bytes == [0x61])
    #expect(FileName("a\0b") == FileName("a"))
  }

  @Test func `a hyphen alone is a standard stream`() {
    #expect(FileName("-").isStandardStream)
    for name in ["", "--", "./-", "-a"] { #expect(!FileName(name).isStandardStream) }
  }

  @Test func `the system gets the bytes as they are`() {
    let bytes: [UInt8] = [0xff, 0x20, 0x0a, 0xc3]
    let seen = FileName(bytes: bytes).withCString { pointer in (0..<5).map { UInt8(bitPattern: pointer[$0]) } }
    #expect(seen == bytes + [0])
  }
}
