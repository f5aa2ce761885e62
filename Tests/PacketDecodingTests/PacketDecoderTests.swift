import NetworkTypes
import PacketDecoding
import TestSupport
import Testing

struct PacketDecoderTests {
  /// Packets of every layer, for tests that cut and damage them.
  private static let samples: [BuiltPacket] = {
    let links: [LinkLayer] = [
      .ethernet(), .ethernet(vlans: [100, 200]), .null(.little), .null(.big), .loop, .raw, .plain, .linuxCooked(),
      .linuxCooked(vlans: [7]), .linuxCooked2(), .linuxCooked2(vlans: [7]),
    ]
    var packets: [BuiltPacket] = []
    for link in links {
      for (client, server) in [("10.0.0.1:1", "10.0.0.2:2"), ("[2001:db8::1]:1", "[2001:db8::2]:2")] {
        var talk = Conversation(client: client, server: server, link: link)
        talk.hasTimestamps = true
        talk.client("hello, world")
        packets += talk.packets
      }
    }
    let extensions = hex("2b 00 01 04 00 00 00 00  33 00 02 00 00 00 00 00  06 01 00 00 00 00 00 01 00 00 00 02")
    let (client, server) = (Endpoint("[2001:db8::1]:1"), Endpoint("[2001:db8::2]:2"))
    let tcp = PacketBuilder.tcp(from: client, to: server, sequence: 1, acknowledgment: 2, flags: 0x18, payload: [1])
    let ip = PacketBuilder.ip(
      from: client.address, to: server.address, protocol: 0, payload: extensions + tcp)
    return packets + [BuiltPacket(ip, linkType: 101)]
  }()

  /// What must hold of anything decoded: ranges within the packet, and no more captured than declared.
  private func isSound(_ packet: DecodedPacket, in range: Range<Int>) -> Bool {
    guard let segment = packet.segment else { return true }
    return segment.payload.lowerBound >= range.lowerBound && segment.payload.upperBound <= range.upperBound
      && segment.payloadLength >= segment.payload.count
  }

  @Test func `every sample is a segment with its payload`() {
    for sample in Self.samples.dropLast() {
      let segment = decode(sample).segment
      #expect(segment.map { Array(sample.bytes[$0.payload]) } == Array("hello, world".utf8), "\(sample)")
      #expect(segment?.hasBadChecksum == false)
      #expect(segment?.sequence.value == 1000)
    }
    #expect(decode(Self.samples.last!).segment?.payload.count == 1)
  }

  @Test func `a packet cut anywhere is a snapped segment or a truncation`() throws {
    for sample in Self.samples {
      let whole = try #require(decode(sample).segment, "\(decode(sample))")
      for length in 0..<sample.bytes.count {
        switch decode(sample.snapped(to: length)) {
        case .segment(let segment):
          #expect(segment.payloadLength == whole.payloadLength)
          #expect(segment.payload.count == max(0, length - whole.payload.lowerBound))
          #expect(segment.flow == whole.flow && segment.sequence == whole.sequence)
        case .undecodable(let error):
          #expect(error.kind == .truncated)
          #expect(error.needed > error.available && error.offset + error.available == length)
        case .other(let other): Issue.record("\(other) at length \(length)")
        case .container: Issue.record("a container at length \(length)")
        }
      }
    }
  }

  @Test func `a packet is decoded where it lies in larger storage`() throws {
    for sample in Self.samples {
      for lead in [1, 7, 4096] {
        let storage = [UInt8](repeating: 0xff, count: lead) + sample.bytes + [UInt8](repeating: 0xff, count: 50)
        let range = lead..<lead + sample.bytes.count
        var decoder = PacketDecoder()
        let packet = withSpan(storage) {
          decoder.decode(
            $0, in: range, originalLength: sample.originalLength, linkType: sample.linkType, frameCheckBytes: 0)
        }
        let alone = try #require(decode(sample).segment, "\(decode(sample))")
        #expect(packet.segment?.flow == alone.flow)
        #expect(packet.segment?.payload == alone.payload.lowerBound + lead..<alone.payload.upperBound + lead)
      }
    }
  }

  @Test(arguments: [0 as UInt64, 1, 2, 3]) func `damaged packets never trap`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20_000 {
      var sample = Self.samples.randomElement(using: &random)!
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let index = Int.random(in: 0..<sample.bytes.count, using: &random)
        sample.bytes[index] = [0, 0xff, 0x06, 0x2c, 0x81, UInt8.random(in: 0...255, using: &random)].randomElement(
          using: &random)!
      }
      if Bool.random(using: &random) {
        sample = sample.snapped(to: Int.random(in: 0...sample.bytes.count, using: &random))
      }
      if !isSound(decode(sample), in: 0..<sample.bytes.count) {
        Issue.record("\(sample.linkType): \(sample.bytes.hexText)")
      }
    }
  }

  @Test(arguments: [0, 1, 12, 14, 101, 108, 113, 228, 229, 276, 147] as [UInt16])
  func `random bytes never trap`(linkType: UInt16) {
    var random = SeededGenerator(seed: UInt64(linkType))
    for _ in 0..<5_000 {
      let bytes = random.bytes(Int.random(in: 0...120, using: &random))
      let packet = decode(bytes, linkType: linkType, originalLength: Int(UInt32(truncatingIfNeeded: random.next())))
      if !isSound(packet, in: 0..<bytes.count) { Issue.record("\(bytes.hexText)") }
    }
  }

  @Test func `lengths and ranges that lie never trap`() {
    let bytes = Literal.ethernet
    var decoder = PacketDecoder()
    withSpan(bytes) { span in
      for range in [0..<0, 0..<Int.max, 57..<57, 500..<600, -5..<57, Int.min..<Int.max] {
        for length in [Int.min, -1, 0, 1, 57, Int(UInt32.max), Int.max] {
          for check in [Int.min, -1, 0, 4, Int.max] {
            let packet = decoder.decode(
              span, in: range, originalLength: length, linkType: 1, frameCheckBytes: check)
            #expect(isSound(packet, in: 0..<bytes.count))
          }
        }
      }
    }
  }

  @Test func `an original length below the captured one is not believed`() {
    #expect(Literal.isSegment(decode(Literal.ethernet, originalLength: 0), of: Literal.ethernet))
    #expect(Literal.isSegment(decode(Literal.ethernet, originalLength: 20), of: Literal.ethernet))
  }

  @Test func `an original length beyond any packet is not believed`() {
    var bytes = Literal.ipv4
    bytes[2] = 0
    bytes[3] = 0
    let segment = decode(bytes, linkType: 101, originalLength: 3_600_000_000).segment
    #expect(segment?.payload == 40..<43)
    #expect(segment?.payloadLength == Limits().packetBytes - 40)
  }
}
