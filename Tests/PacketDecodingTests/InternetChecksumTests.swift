import NetworkTypes
import TestSupport
import Testing

@testable import PacketDecoding

struct InternetChecksumTests {
  @Test func `the example of RFC 1071 comes out`() {
    let sum = withSpan(hex("00 01 f2 03 f4 f5 f6 f7")) { InternetChecksum.sum($0, 0..<8) }
    #expect(sum == 0xddf2)
  }

  @Test func `the sum equals its plain twin at every length and offset`() {
    var random = SeededGenerator(seed: 1071)
    let noise = random.bytes(2100)
    for (name, bytes) in [("noise", noise), ("ones", [UInt8](repeating: 0xff, count: 2100))] {
      let lengths = Array(0...300) + [511, 512, 513, 1023, 1460, 1461, 2048, 2091]
      for offset in 0...7 {
        for length in lengths {
          let range = offset..<offset + length
          let sum = withSpan(bytes) { InternetChecksum.sum($0, range) }
          // 0 and 0xffff are both zero in one's complement; which of them comes out is of no account.
          let twin = PacketBuilder.onesComplementSum(Array(bytes[range]))
          #expect(sum % 0xffff == twin % 0xffff, "\(name), offset \(offset), length \(length)")
        }
      }
    }
  }

  @Test func `a segment of the largest packet is summed up`() {
    let (client, server) = (Endpoint("[2001:db8::1]:1"), Endpoint("[2001:db8::2]:2"))
    let payload = [UInt8](repeating: 0xff, count: 65_535 - 20)
    let tcp = PacketBuilder.tcp(from: client, to: server, sequence: 1, acknowledgment: 1, flags: 0x10, payload: payload)
    let isRight = withSpan(tcp) {
      InternetChecksum.isRight($0, 0..<tcp.count, from: client.address, to: server.address)
    }
    #expect(isRight)
  }
}
