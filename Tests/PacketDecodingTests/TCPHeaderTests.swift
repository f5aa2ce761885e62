import NetworkTypes
import PacketDecoding
import TestSupport
import Testing

struct TCPHeaderTests {
  private let client = Endpoint("10.0.0.1:40000")
  private let server = Endpoint("10.0.0.2:80")

  private func packet(_ tcp: [UInt8]) -> [UInt8] {
    PacketBuilder.ip(from: client.address, to: server.address, payload: tcp)
  }

  @Test func `options are passed`() {
    for count in 0...40 {
      let tcp = PacketBuilder.tcp(
        from: client, to: server, sequence: 1, acknowledgment: 2, flags: 0x10,
        options: Array(repeating: 1, count: count),
        payload: [7, 8])
      let bytes = packet(tcp)
      let segment = decode(bytes, linkType: 101).segment
      #expect(segment.map { Array(bytes[$0.payload]) } == [7, 8])
      #expect(segment?.hasBadChecksum == false)
    }
  }

  @Test func `all flags are read`() {
    for flags in UInt8.min...UInt8.max {
      let tcp = PacketBuilder.tcp(from: client, to: server, sequence: 1, acknowledgment: 2, flags: flags)
      #expect(decode(packet(tcp), linkType: 101).segment?.flags.rawValue == flags)
    }
    let all: TCPFlags = [.fin, .syn, .rst, .psh, .ack, .urg, .ece, .cwr]
    #expect(all.rawValue == 0xff)
  }

  @Test(arguments: [
    ("10.0.0.1:5", "10.0.0.2:5"), ("10.0.0.2:5", "10.0.0.1:5"), ("10.0.0.1:6", "10.0.0.1:5"),
    ("10.0.0.1:5", "10.0.0.1:5"),
  ])
  func `the sender is told from the receiver`(from: String, to: String) {
    let (source, destination) = (Endpoint(from), Endpoint(to))
    let tcp = PacketBuilder.tcp(from: source, to: destination, sequence: 1, acknowledgment: 2, flags: 0)
    let segment = decode(
      PacketBuilder.ip(from: source.address, to: destination.address, payload: tcp), linkType: 101
    ).segment
    #expect(segment?.source == source)
    #expect(segment?.destination == destination)
    #expect(segment?.sentByLower == !(destination < source))
  }

  @Test(arguments: [0x00, 0x40, 0xf0, 0x60] as [UInt8])
  func `a data offset below the header or beyond the packet is wrong`(offset: UInt8) {
    var bytes = Literal.ipv4
    bytes[32] = offset
    let error = decode(bytes, linkType: 101).error
    #expect(error?.layer == .tcp)
    #expect(error?.kind == .invalidLength)
    #expect(error?.offset == 20)
  }

  @Test func `an IP packet too short for a TCP header is wrong and one that was cut is truncated`() {
    var bytes = Literal.ipv4
    bytes[3] = 39
    #expect(decode(bytes, linkType: 101).error?.kind == .invalidLength)
    let cut = decode(Array(Literal.ipv4.prefix(39)), linkType: 101, originalLength: 43).error
    #expect(cut == DecodeError(layer: .tcp, kind: .truncated, needed: 20, available: 19, offset: 20))
  }

  @Test func `options cut by the snap length leave a segment whose payload was not captured`() {
    let tcp = PacketBuilder.tcp(
      from: client, to: server, sequence: 9, acknowledgment: 2, flags: 0x18, options: Array(repeating: 1, count: 12),
      payload: Array(repeating: 7, count: 100))
    let whole = packet(tcp)
    for length in 40...60 {
      let segment = decode(Array(whole.prefix(length)), linkType: 101, originalLength: whole.count).segment
      #expect(segment?.sequence.value == 9)
      #expect(segment?.payload.count == max(0, length - 52))
      #expect(segment?.payloadLength == 100)
    }
  }

  @Test func `every damaged octet shows in the checksum, and a checksum of zero is never wrong`() {
    for index in 20..<43 where index != 32 {
      var bytes = Literal.ipv4
      bytes[index] ^= 0x01
      #expect(decode(bytes, linkType: 101).segment?.hasBadChecksum == true, "octet \(index)")
    }
    var bytes = Literal.ipv4
    bytes[36] = 0
    bytes[37] = 0
    #expect(decode(bytes, linkType: 101).segment?.hasBadChecksum == false)
  }

  @Test func `a checksum over the pseudo-header alone is wrong and hides no data`() {
    var bytes = Literal.ipv4
    bytes.replaceSubrange(36..<38, with: hex("14 1e"))
    let segment = decode(bytes, linkType: 101).segment
    #expect(segment?.hasBadChecksum == true)
    #expect(segment.map { Array(bytes[$0.payload]) } == Array("abc".utf8))
  }
}
