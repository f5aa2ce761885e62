import NetworkTypes
import TestSupport
import Testing

@testable import PacketDecoding

/// The short way for whole TCP segments over IPv4 over Ethernet comes to what the layers, one after another, come to.
struct OrdinaryPacketTests {
  // MARK: - Comparison

  private static func isSame(_ one: TCPSegment, _ other: TCPSegment) -> Bool {
    one.flow == other.flow && one.sentByLower == other.sentByLower && one.flags == other.flags
      && one.hasBadChecksum == other.hasBadChecksum && one.window == other.window && one.sequence == other.sequence
      && one.acknowledgment == other.acknowledgment && one.payload == other.payload
      && one.payloadLength == other.payloadLength && one.layers == other.layers
  }

  private static func isSame(_ one: DecodedPacket, _ other: DecodedPacket) -> Bool {
    switch (one, other) {
    case (.segment(let one), .segment(let other)): isSame(one, other)
    case (.other(let one), .other(let other)): one == other
    case (.undecodable(let one), .undecodable(let other)): one == other
    case (.container, .container): true
    case (.segment, _), (.other, _), (.container, _), (.undecodable, _): false
    }
  }

  /// Decodes a packet both ways, at each place of four within storage that goes on behind it.
  ///
  /// - Returns: What it is, where it begins at the storage's first byte.
  @discardableResult
  private func compare(
    _ bytes: [UInt8], originalLength: Int? = nil, linkType: UInt16 = 1, frameCheckBytes: Int = 0,
    _ what: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) -> DecodedPacket {
    let originalLength = originalLength ?? bytes.count
    var first: DecodedPacket?
    for start in 0..<4 {
      let storage = [UInt8](repeating: 0x45, count: start) + bytes + [0xa5, 0x5a, 0xff]
      let pair = both(
        storage, start..<start + bytes.count, originalLength: originalLength, linkType: linkType,
        frameCheckBytes: frameCheckBytes)
      if !Self.isSame(pair.short, pair.plain) {
        Issue.record(
          "\(what()) at \(start): \(pair.short), not \(pair.plain), of \(bytes.hexText)", sourceLocation: sourceLocation
        )
      }
      if first == nil { first = pair.short }
    }
    return first!
  }

  private func both(
    _ storage: [UInt8], _ range: Range<Int>, originalLength: Int, linkType: UInt16 = 1, frameCheckBytes: Int = 0
  ) -> (short: DecodedPacket, plain: DecodedPacket) {
    var decoder = PacketDecoder()
    return withSpan(storage) { span in
      let short = decoder.decode(
        span, in: range, originalLength: originalLength, linkType: linkType, frameCheckBytes: frameCheckBytes)
      let plain = decoder.decodeLayers(
        span, in: range, originalLength: originalLength, linkType: linkType, frameCheckBytes: frameCheckBytes)
      return (short, plain)
    }
  }

  private func isTakenAsOrdinary(_ bytes: [UInt8]) -> Bool {
    withSpan(bytes) { OrdinaryPacket.segment($0, in: 0..<bytes.count) != nil }
  }

  // MARK: - Packets

  private func packet(
    from source: String = "10.0.0.1:40000", to destination: String = "10.0.0.2:80", flags: UInt8 = 0x18,
    tcpOptions: [UInt8] = [], ipOptions: [UInt8] = [], fragment: UInt16 = 0x4000, payload: [UInt8] = [],
    changing change: (inout [UInt8]) -> Void = { _ in }
  ) -> [UInt8] {
    let from = Endpoint(source)
    let to = Endpoint(destination)
    var tcp = PacketBuilder.tcp(
      from: from, to: to, sequence: 0xfedc_ba98, acknowledgment: 0x0123_4567, flags: flags, window: 0x1234,
      options: tcpOptions, payload: payload)
    change(&tcp)
    return LinkLayer.ethernet().header(isIPv6: false)
      + PacketBuilder.ip(
        from: from.address, to: to.address, fragment: fragment, options: ipOptions, payload: tcp)
  }

  private func payload(_ count: Int) -> [UInt8] {
    var random = SeededGenerator(seed: UInt64(count))
    return random.bytes(count)
  }

  /// An option of `count` octets that nobody knows, padded to whole words by the builder.
  private func tcpOption(_ count: Int) -> [UInt8] {
    count < 2 ? Array(repeating: 1, count: count) : [253, UInt8(count)] + Array(repeating: 0xab, count: count - 2)
  }

  private static let ipOffset = 14
  private static let tcpOffset = 34

  // MARK: - Tests

  @Test func `all fields of a segment are compared`() throws {
    let segment = try #require(compare(packet()).segment)
    #expect(Mirror(reflecting: segment).children.count == 10)
  }

  @Test func `the short way is taken by what it is for, and by nothing else`() {
    #expect(isTakenAsOrdinary(packet()))
    #expect(isTakenAsOrdinary(packet(tcpOptions: tcpOption(12), payload: payload(99))))
    #expect(isTakenAsOrdinary(packet(fragment: 0)))
    #expect(isTakenAsOrdinary(packet(payload: [1]) + [0, 0, 0]))
    #expect(!isTakenAsOrdinary(packet(fragment: 0x2000)))
    #expect(!isTakenAsOrdinary(packet(fragment: 0x0001)))
    #expect(!isTakenAsOrdinary(packet(ipOptions: [1, 1, 1, 0])))
    #expect(!isTakenAsOrdinary(Array(packet(payload: [1]).dropLast())))
  }

  @Test func `payloads of all lengths are found, with and without options, padding and DF`() throws {
    for count in 0...200 {
      let payload = payload(count)
      for options in [[], tcpOption(3), tcpOption(12), tcpOption(40)] {
        let bytes = packet(tcpOptions: options, fragment: count % 2 == 0 ? 0x4000 : 0, payload: payload)
        let segment = try #require(compare(bytes, "\(count) octets").segment)
        #expect(Array(bytes[segment.payload]) == payload && segment.payloadLength == count)
        #expect(!segment.hasBadChecksum && segment.sequence.value == 0xfedc_ba98 && segment.window == 0x1234)
        for padding in [1, 2, 6, 18] {
          let padded = bytes + [UInt8](repeating: UInt8(padding), count: padding)
          let inner = try #require(compare(padded, "\(count) octets and \(padding)").segment)
          #expect(inner.payload == segment.payload && !inner.hasBadChecksum)
        }
      }
    }
  }

  @Test func `wrong and zero checksums are told apart`() throws {
    for count in [0, 1, 2, 3, 57, 200] {
      for (high, low) in [(0, 0), (0xff, 0xff), (0, 1), (1, 0), (0x80, 0x80)] as [(UInt8, UInt8)] {
        let set = packet(payload: payload(count)) {
          $0[16] = high
          $0[17] = low
        }
        let segment = try #require(compare(set, "checksum \(high) \(low)").segment)
        #expect(segment.hasBadChecksum == (high != 0 || low != 0))
      }
      // Octets whose checksum comes out as zero: the sum over all the rest is then 0xffff.
      let zeroed = packet(payload: payload(count * 2)) { $0[18...19] = $0[16...17] }
      compare(zeroed, "urgent pointer")
    }
  }

  @Test func `original lengths that lie are treated alike`() {
    for count in [0, 1, 6, 100] {
      let bytes = packet(payload: payload(count))
      for length in [
        Int.min, -1, 0, 1, 13, 14, 34, 54, bytes.count - 1, bytes.count, bytes.count + 1, bytes.count + 4, 65535,
        16 << 20, 16 << 20 + 1, Int.max,
      ] {
        for check in [0, 4, -1, bytes.count, Int.max, Int.min] {
          compare(bytes, originalLength: length, frameCheckBytes: check, "length \(length), check sequence \(check)")
        }
      }
    }
  }

  @Test func `fragments, IPv4 options and lengths of all kinds are treated alike`() {
    for fragment: UInt16 in [0x2000, 0x0001, 0x1fff, 0x3fff, 0x6000, 0x8000, 0xc000, 0xe000, 0xffff] {
      compare(packet(fragment: fragment, payload: payload(9)), "fragment \(fragment)")
    }
    for words in 1...10 {
      compare(
        packet(ipOptions: [UInt8](repeating: 1, count: words * 4), payload: payload(words)), "\(words) words of options"
      )
    }
    for isChecksumRight in [true, false] {
      for length in 0...140 {
        var bytes = packet(tcpOptions: tcpOption(12), payload: payload(40)) + [0, 0, 0, 0, 0, 0]
        bytes[Self.ipOffset + 2] = UInt8(length >> 8)
        bytes[Self.ipOffset + 3] = UInt8(length & 0xff)
        if isChecksumRight { setIPChecksum(&bytes) }
        compare(bytes, "total length \(length)")
        compare(bytes, originalLength: bytes.count + 50, "total length \(length)")
      }
    }
    for high: UInt8 in [1, 0x80, 0xff] {
      var bytes = packet(payload: payload(40))
      bytes[Self.ipOffset + 2] = high
      compare(bytes, "total length from \(high)00")
      setIPChecksum(&bytes)
      compare(bytes, "total length from \(high)00")
    }
  }

  private func setIPChecksum(_ bytes: inout [UInt8]) {
    let range = Self.ipOffset..<Self.tcpOffset
    bytes[Self.ipOffset + 10] = 0
    bytes[Self.ipOffset + 11] = 0
    let sum = ~PacketBuilder.onesComplementSum(Array(bytes[range]))
    bytes[Self.ipOffset + 10] = UInt8(sum >> 8)
    bytes[Self.ipOffset + 11] = UInt8(sum & 0xff)
  }

  @Test func `data offsets of all sizes are treated alike`() {
    for count in 0...44 {
      for words: UInt8 in 0...15 {
        for reserved: UInt8 in [0, 0x0f] {
          compare(packet(payload: payload(count)) { $0[12] = words << 4 | reserved }, "offset \(words) of \(count)")
        }
      }
    }
  }

  @Test func `ends are put in the same order, whatever their addresses and ports`() throws {
    let addresses = ["10.0.0.1", "10.0.0.2", "127.0.0.1", "128.0.0.0", "255.255.255.255", "0.0.0.0"]
    for source in addresses {
      for destination in addresses {
        for (from, to) in [(1, 2), (2, 1), (80, 80), (0, 65535), (65535, 0), (0, 0), (255, 256), (256, 255)] {
          let bytes = packet(from: "\(source):\(from)", to: "\(destination):\(to)", payload: [1, 2, 3])
          let segment = try #require(compare(bytes, "\(source):\(from) to \(destination):\(to)").segment)
          #expect(segment.source == Endpoint("\(source):\(from)"))
          #expect(segment.destination == Endpoint("\(destination):\(to)"))
          #expect(segment.flow == FlowKey(segment.source, segment.destination) && !segment.hasBadChecksum)
          if segment.source == segment.destination { #expect(segment.sentByLower) }
        }
      }
    }
  }

  @Test func `every bit of a packet may be wrong`() {
    for bytes in [
      packet(), packet(payload: payload(7)), packet(tcpOptions: tcpOption(10), payload: payload(30)) + [0, 0, 0],
    ] {
      for index in bytes.indices {
        var changed = bytes
        for value: UInt8 in [0x00, 0xff] + (0..<8).map({ bytes[index] ^ 1 << $0 }) {
          changed[index] = value
          compare(changed, "octet \(index) is \(value)")
          compare(changed, originalLength: bytes.count + 20, "octet \(index) is \(value), snapped")
        }
      }
    }
  }

  @Test func `a packet may be cut anywhere, whether its original length says so or not`() {
    for bytes in [packet(), packet(payload: payload(20)), packet(tcpOptions: tcpOption(12), payload: payload(9)) + [0]]
    {
      for count in 0...bytes.count {
        compare(Array(bytes.prefix(count)), "cut to \(count)")
        compare(Array(bytes.prefix(count)), originalLength: bytes.count, "snapped to \(count)")
        compare(Array(bytes.prefix(count)), originalLength: count - 1, "cut to \(count)")
        compare(Array(bytes.prefix(count)), originalLength: bytes.count, frameCheckBytes: 4, "snapped to \(count)")
      }
    }
  }

  @Test func `ranges that lie about the storage are treated alike`() {
    let bytes = packet(payload: payload(20))
    let bounds = [
      Int.min, Int.min + 1, -100, -1, 0, 1, 13, bytes.count - 1, bytes.count, bytes.count + 1, bytes.count + 100,
      Int.max - 1, Int.max,
    ]
    for lower in bounds {
      for upper in bounds where upper >= lower {
        for length in [0, bytes.count, bytes.count + 1, Int.max] {
          let pair = both(bytes, lower..<upper, originalLength: length)
          #expect(Self.isSame(pair.short, pair.plain), "\(lower)..<\(upper), length \(length)")
        }
      }
    }
  }

  @Test func `other link types do not take the short way`() {
    let bytes = packet(payload: payload(20))
    for linkType: UInt16 in [0, 1, 2, 101, 108, 113, 228, 229, 276, 0xffff] {
      compare(bytes, linkType: linkType, "link type \(linkType)")
    }
  }

  @Test func `conversations of all kinds are decoded alike`() {
    for link in [LinkLayer.ethernet(), .ethernet(vlans: [5]), .ethernet(vlans: [5, 6])] {
      for ends in [("10.0.0.1:40000", "10.0.0.2:80"), ("10.0.0.2:80", "10.0.0.1:81"), ("[::1]:5", "[::1]:4")] {
        for hasTimestamps in [false, true] {
          var talk = Conversation(client: ends.0, server: ends.1, link: link)
          talk.hasTimestamps = hasTimestamps
          talk.handshake()
          talk.client(payload(3000))
          talk.server(payload(5))
          talk.rst(from: .server)
          talk.close()
          for packet in talk.packets {
            #expect(compare(packet.bytes).segment?.hasBadChecksum == false)
            compare(packet.snapped(to: 68).bytes, originalLength: packet.originalLength)
          }
        }
      }
    }
  }
}
