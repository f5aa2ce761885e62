import PacketDecoding
import TestSupport
import Testing

struct IPv4HeaderTests {
  /// The literal packet with some octets of its IPv4 header replaced.
  private func packet(_ changes: [Int: UInt8]) -> [UInt8] {
    var bytes = Literal.ipv4
    for (index, byte) in changes { bytes[index] = byte }
    return bytes
  }

  @Test func `options are passed`() {
    let bytes = hex("46 00 00 2f 00 07 40 00 40 06 00 00 0a 00 00 01 0a 00 00 02  94 04 00 00") + Literal.ipv4[20...]
    #expect(Literal.isSegment(decode(bytes, linkType: 101), of: bytes))
  }

  @Test func `padding behind the packet is no payload`() {
    let bytes = Literal.ethernet + [UInt8](repeating: 0xee, count: 6)
    #expect(Literal.isSegment(decode(bytes), of: bytes))
  }

  @Test func `a total length of zero fills the frame`() {
    let bytes = packet([2: 0, 3: 0])
    #expect(Literal.isSegment(decode(bytes, linkType: 101), of: bytes))
  }

  @Test func `a total length beyond the frame is believed where the header's checksum is right`() {
    // 1500 octets in all, 0x5b1 more than the literal has, and as much less in the checksum.
    let bytes = packet([2: 5, 3: 0xdc, 10: 0x21, 11: 0x13])
    for originalLength in [bytes.count, 1500] {
      let segment = decode(bytes, linkType: 101, originalLength: originalLength).segment
      #expect(segment?.payload == 40..<43)
      #expect(segment?.payloadLength == 1460)
      #expect(segment?.hasBadChecksum == false)
    }
    let damaged = packet([2: 5, 3: 0xdc])
    #expect(decode(damaged, linkType: 101).segment?.payloadLength == 3)
    #expect(decode(damaged, linkType: 101, originalLength: 1500).segment?.payloadLength == 1460)
  }

  @Test(
    arguments: [
      ([0: 0x44], .invalidLength), ([0: 0x40], .invalidLength), ([2: 0, 3: 19], .invalidLength),
      ([0: 0x4f], .invalidLength), ([0: 0x55], .badVersion(5)), ([0: 0x65], .badVersion(6)),
      ([0: 0x05], .badVersion(0)),
    ] as [([Int: UInt8], DecodeError.Kind)])
  func `a header that contradicts itself is not decoded`(changes: [Int: UInt8], kind: DecodeError.Kind) {
    let error = decode(packet(changes), linkType: 228).error
    #expect(error?.kind == kind)
    #expect(error?.layer == .ipv4)
  }

  @Test func `options that were cut are a truncation`() {
    let bytes = packet([0: 0x4f, 2: 1])
    #expect(
      decode(bytes, linkType: 101, originalLength: 299).error
        == DecodeError(layer: .ipv4, kind: .truncated, needed: 60, available: 43, offset: 0))
  }

  @Test(arguments: [[6: 0x20], [6: 0x00, 7: 0x01], [6: 0x1f, 7: 0xff]] as [[Int: UInt8]])
  func `fragments are no segments`(changes: [Int: UInt8]) {
    #expect(decode(packet(changes), linkType: 101).other == .fragment)
  }

  @Test(arguments: [0x00, 0x40, 0x80, 0xc0] as [UInt8])
  func `the reserved bit and do-not-fragment make no fragment`(bits: UInt8) {
    let bytes = packet([6: bits])
    #expect(Literal.isSegment(decode(bytes, linkType: 101), of: bytes))
  }

  @Test(
    arguments: [
      (17, .udp), (1, .icmp), (132, .ipProtocol(132)), (103, .ipProtocol(103)), (50, .ipProtocol(50)),
      (255, .ipProtocol(255)),
    ] as [(UInt8, OtherProtocol)])
  func `other protocols are told apart`(number: UInt8, other: OtherProtocol) {
    #expect(decode(packet([9: number]), linkType: 101).other == other)
  }
}
