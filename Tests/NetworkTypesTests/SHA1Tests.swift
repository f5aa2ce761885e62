import NetworkTypes
import TestSupport
import Testing

struct SHA1Tests {
  @Test(arguments: [
    ("abc", 1, "a9993e36 4706816a ba3e2571 7850c26c 9cd0d89d"),
    ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "84983e44 1c3bd26e baae4aa1 f95129e5 e54670f1"),
    (
      "0123456701234567012345670123456701234567012345670123456701234567", 10,
      "dea356a2 cddd90c7 a7ecedc5 ebb56393 4f460452"
    ),
    ("", 1, "da39a3ee 5e6b4b0d 3255bfef 95601890 afd80709"),
  ])
  func `the vectors of RFC 3174 come out`(text: String, count: Int, digest: String) {
    #expect(SHA1.digest(Array(String(repeating: text, count: count).utf8)) == hex(digest))
  }

  @Test func `every length around a block's padding differs from its neighbours`() {
    let digests = Set((0...130).map { SHA1.digest([UInt8](repeating: 0x61, count: $0)) })
    #expect(digests.count == 131)
    // sha1sum of 55, 56 and 64 times "a".
    #expect(SHA1.digest([UInt8](repeating: 0x61, count: 55)) == hex("c1c8bbdc22796e28c0e15163d20899b65621d65a"))
    #expect(SHA1.digest([UInt8](repeating: 0x61, count: 56)) == hex("c2db330f6083854c99d4b5bfb6e8f29f201be699"))
    #expect(SHA1.digest([UInt8](repeating: 0x61, count: 64)) == hex("0098ba824b5c16427bd7a1122a5a442a25ec644d"))
  }

  @Test func `the accept key of RFC 6455 comes out`() {
    let digest = SHA1.digest(Array((HandshakeText.key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
    #expect(Base64.encode(digest) == HandshakeText.accept)
  }
}
