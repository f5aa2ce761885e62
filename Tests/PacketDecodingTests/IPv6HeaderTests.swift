import NetworkTypes
import PacketDecoding
import TestSupport
import Testing

struct IPv6HeaderTests {
  /// The literal packet with extension headers, of which the first has the number `next` and the last names TCP.
  private func packet(_ next: UInt8, _ extensions: String) -> [UInt8] {
    let headers = hex(extensions)
    var bytes = Literal.ipv6
    bytes[6] = next
    bytes[5] = UInt8(23 + headers.count)
    bytes.insert(contentsOf: headers, at: 40)
    return bytes
  }

  @Test(
    arguments: [
      (0, "06 00 01 04 00 00 00 00"), (60, "06 01 01 0c 00 00 00 00 00 00 00 00 00 00 00 00"),
      (43, "06 00 02 00 00 00 00 00"), (44, "06 00 00 00 00 00 00 01"), (44, "06 00 00 06 00 00 00 01"),
      (0, "3c 00 01 04 00 00 00 00  2b 00 01 04 00 00 00 00  2c 00 02 00 00 00 00 00  06 00 00 00 00 00 00 01"),
      (51, "06 04 00 00 00 00 00 01 00 00 00 02 00 00 00 00 00 00 00 00 00 00 00 00"),
    ] as [(UInt8, String)])
  func `extension headers are passed`(next: UInt8, extensions: String) {
    let bytes = packet(next, extensions)
    #expect(Literal.isSegment(decode(bytes, linkType: 101), of: bytes, isIPv6: true))
  }

  @Test(arguments: ["06 00 00 01 00 00 00 01", "06 00 00 08 00 00 00 01", "06 00 ff f8 00 00 00 01"])
  func `fragments are no segments`(header: String) {
    #expect(decode(packet(44, header), linkType: 101).other == .fragment)
  }

  @Test(arguments: [(59, .ipProtocol(59)), (58, .icmp), (17, .udp)] as [(UInt8, OtherProtocol)])
  func `other next headers are told apart`(next: UInt8, other: OtherProtocol) {
    #expect(decode(packet(next, ""), linkType: 101).other == other)
  }

  @Test func `the checksum is not judged on the way through a source route`() {
    var bytes = packet(43, "06 02 00 01 00 00 00 00  20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 09")
    #expect(Literal.isSegment(decode(bytes, linkType: 101), of: bytes, isIPv6: true))
    bytes[bytes.count - 1] ^= 0xff
    #expect(decode(bytes, linkType: 101).segment?.hasBadChecksum == false)
  }

  @Test func `the checksum is not judged behind destination options, which may hold a home address`() {
    var bytes = packet(60, "06 00 01 04 00 00 00 00")
    bytes[bytes.count - 1] ^= 0xff
    #expect(decode(bytes, linkType: 101).segment?.hasBadChecksum == false)
  }

  @Test func `a payload length of zero fills the frame`() {
    var bytes = Literal.ipv6
    bytes[5] = 0
    #expect(Literal.isSegment(decode(bytes, linkType: 101), of: bytes, isIPv6: true))
  }

  @Test func `an extension header longer than the packet is wrong and one that was cut is truncated`() {
    let bytes = packet(0, "06 ff 01 04 00 00 00 00")
    #expect(decode(bytes, linkType: 101).error?.kind == .invalidLength)
    #expect(decode(bytes, linkType: 101).error?.layer == .ipv6Extension)
    var long = bytes
    long[4] = 0x10
    let error = decode(long, linkType: 101).error
    #expect(error == DecodeError(layer: .ipv6Extension, kind: .truncated, needed: 2048, available: 31, offset: 40))
  }

  @Test func `a chain of extension headers ends at the limit`() {
    let chain = { (count: Int) in
      (0..<count).map { $0 == count - 1 ? "06 00 00 00 00 00 00 00" : "3c 00 00 00 00 00 00 00" }
    }
    #expect(decode(packet(60, chain(20).joined()), linkType: 101).segment != nil)
    var endless = Literal.ipv6
    endless[4] = 0x20
    endless[6] = 60
    endless.replaceSubrange(40..., with: (0..<1000).flatMap { _ in hex("3c 00 00 00 00 00 00 00") })
    #expect(decode(endless, linkType: 101).error?.kind == .nestedTooDeeply)
  }

  @Test(arguments: [0x45, 0x00, 0x70, 0xf0] as [UInt8]) func `another version is told`(first: UInt8) {
    var bytes = Literal.ipv6
    bytes[0] = first
    #expect(decode(bytes, linkType: 229).error == DecodeError(layer: .ipv6, kind: .badVersion(first >> 4)))
  }

  @Test func `an authentication header with a wrong length is told`() {
    #expect(decode(packet(51, "06 00 00 00 00 00 00 01 00 00 00 02"), linkType: 101).error?.layer == .authentication)
    #expect(decode(packet(51, "06 ff 00 00 00 00 00 01 00 00 00 02"), linkType: 101).error?.kind == .invalidLength)
  }
}
