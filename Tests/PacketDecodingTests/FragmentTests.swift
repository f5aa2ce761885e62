import NetworkTypes
import PacketDecoding
import TestSupport
import Testing

/// Fragments are put together, whatever becomes of them on the way.
struct FragmentTests {
  /// A decoder with what it found.
  private struct Run {
    var decoder: PacketDecoder
    var payloads: [[UInt8]] = []
    var errors: [DecodeError] = []
    var tunnels: [String] = []
    var badChecksums = 0

    init(_ limits: Limits = Limits()) { decoder = PacketDecoder(limits: limits) }

    mutating func take(_ bytes: [UInt8], linkType: UInt16 = 101, seconds: Int64 = 0, originalLength: Int? = nil) {
      let time = Timestamp(nanoseconds: seconds * 1_000_000_000)
      withSpan(bytes) { span in
        let packet = decoder.decode(
          span, in: 0..<bytes.count, originalLength: originalLength ?? bytes.count, linkType: linkType,
          frameCheckBytes: 0, timestamp: time)
        var found: [DecodedPacket] = []
        if case .container = packet {
          decoder.decodeContents(span, timestamp: time) { inner, innerBytes, path in
            tunnels = path.names
            found.append(inner)
            if let segment = inner.segment { payloads.append(innerBytes.extracting(segment.payload).copied()) }
          }
        } else {
          found = [packet]
          if let segment = packet.segment { payloads.append(Array(bytes[segment.payload])) }
          tunnels = decoder.tunnels.names
        }
        for packet in found {
          if let error = packet.error { errors.append(error) }
          if let segment = packet.segment {
            if segment.hasBadChecksum { badChecksums += 1 }
          }
        }
      }
    }

    var statistics: FragmentStatistics { decoder.fragments }
  }

  private static let from4 = Endpoint("10.0.0.1:40000")
  private static let to4 = Endpoint("10.0.0.2:80")
  private static let from6 = Endpoint("[2001:db8::1]:40000")
  private static let to6 = Endpoint("[2001:db8::2]:80")

  private static func payload(_ count: Int) -> [UInt8] {
    var random = SeededGenerator(seed: UInt64(count) + 77)
    return random.bytes(count)
  }

  private static func segment(_ payload: [UInt8], isIPv6: Bool) -> [UInt8] {
    PacketBuilder.tcp(
      from: isIPv6 ? from6 : from4, to: isIPv6 ? to6 : to4, sequence: 1, acknowledgment: 2, flags: 0x18,
      payload: payload)
  }

  /// One piece of a datagram.
  private static func piece(
    _ bytes: ArraySlice<UInt8>, at offset: Int, more: Bool, identification: UInt32 = 9, isIPv6: Bool,
    protocol number: UInt8 = 6
  ) -> [UInt8] {
    guard isIPv6 else {
      return PacketBuilder.ip(
        from: from4.address, to: to4.address, protocol: number,
        identification: UInt16(truncatingIfNeeded: identification),
        fragment: UInt16(offset / 8) | (more ? 0x2000 : 0), payload: Array(bytes))
    }
    var header: [UInt8] = [number, 0]
    header.append(integer: UInt16(offset) | (more ? 1 : 0))
    header.append(integer: identification)
    return PacketBuilder.ip(from: from6.address, to: to6.address, protocol: 44, payload: header + bytes)
  }

  /// All pieces of a datagram, of `size` octets but for the last.
  private static func pieces(
    _ whole: [UInt8], size: Int, identification: UInt32 = 9, isIPv6: Bool = false, protocol number: UInt8 = 6
  ) -> [[UInt8]] {
    stride(from: 0, to: whole.count, by: size).map { start in
      let end = min(start + size, whole.count)
      return piece(
        whole[start..<end], at: start, more: end < whole.count, identification: identification, isIPv6: isIPv6,
        protocol: number)
    }
  }

  // MARK: - Whole

  @Test(arguments: [false, true], [8, 16, 400, 1480])
  func `pieces in any order make the segment`(isIPv6: Bool, size: Int) {
    let payload = Self.payload(3000)
    let pieces = Self.pieces(Self.segment(payload, isIPv6: isIPv6), size: size, isIPv6: isIPv6)
    var random = SeededGenerator(seed: UInt64(size))
    for order in [pieces, pieces.reversed(), pieces.shuffled(using: &random), pieces.shuffled(using: &random)] {
      var run = Run()
      for piece in order { run.take(piece) }
      #expect(run.payloads == [payload])
      #expect(run.badChecksums == 0)
      #expect(run.statistics.fragments == pieces.count && run.statistics.dropped == 0 && run.statistics.overlaps == 0)
      #expect(run.decoder.waitingFragments == 0)
    }
  }

  @Test(arguments: [false, true]) func `copies of pieces do no harm`(isIPv6: Bool) {
    let payload = Self.payload(2000)
    let pieces = Self.pieces(Self.segment(payload, isIPv6: isIPv6), size: 400, isIPv6: isIPv6)
    var run = Run()
    for piece in pieces.dropLast() {
      run.take(piece)
      run.take(piece)
    }
    run.take(pieces[pieces.count - 1])
    #expect(run.payloads == [payload])
    #expect(run.statistics.overlaps == 0 && run.statistics.dropped == 0)
  }

  @Test func `datagrams of other ends, protocols and numbers are kept apart`() {
    let payloads = (0..<3).map { Self.payload(900 + $0) }
    let all = payloads.enumerated().map { index, payload in
      Self.pieces(Self.segment(payload, isIPv6: false), size: 400, identification: UInt32(index))
    }
    var run = Run()
    for place in 0..<3 { for pieces in all { run.take(pieces[place]) } }
    #expect(run.payloads == payloads)
  }

  @Test func `the largest datagram is put together, and nothing beyond it`() {
    let payload = Self.payload(65535 - 20)
    var run = Run()
    for piece in Self.pieces(Self.segment(payload, isIPv6: false), size: 1480) { run.take(piece) }
    #expect(run.payloads == [payload])
    // The last piece would end at 65,528 and 16 more.
    run.take(Self.piece(Self.payload(16)[...], at: 65528, more: false, identification: 5, isIPv6: false))
    #expect(run.statistics.dropped == 1)
    #expect(run.decoder.waitingFragments == 0)
  }

  // MARK: - Tunnels

  @Test func `a tunnel may be in pieces, and pieces may be in a tunnel`() {
    let payload = Self.payload(2500)
    let inner = PacketBuilder.ip(
      from: Self.from4.address, to: Self.to4.address, payload: Self.segment(payload, isIPv6: false))
    var run = Run()
    for piece in Self.pieces(hex("00 00 08 00") + inner, size: 800, protocol: 47).reversed() { run.take(piece) }
    #expect(run.payloads == [payload])
    #expect(run.tunnels == ["gre"])
    var other = Run()
    for piece in Self.pieces(Self.segment(payload, isIPv6: true), size: 800, isIPv6: true) {
      other.take(Wrap.ipv4(41, piece), linkType: 1)
    }
    #expect(other.payloads == [payload])
    #expect(other.tunnels == ["6in4"])
  }

  @Test func `pieces of pieces are put together`() {
    let payload = Self.payload(1000)
    let inner = Self.pieces(Self.segment(payload, isIPv6: true), size: 504, isIPv6: true)
    var run = Run()
    for (index, piece) in inner.enumerated() {
      for outer in Self.pieces(piece, size: 240, identification: UInt32(index), protocol: 41) { run.take(outer) }
    }
    #expect(run.payloads == [payload])
    #expect(run.tunnels == ["6in4"])
    #expect(run.statistics.dropped == 0)
  }

  @Test func `pieces of two networks with the same addresses are kept apart`() {
    let payload = Self.payload(700)
    let pieces = Self.pieces(Self.segment(payload, isIPv6: false), size: 400)
    var run = Run()
    func wrapped(_ network: String, _ piece: [UInt8]) -> [UInt8] {
      Wrap.ipv4(17, Wrap.udp(4789, hex("08 00 00 00" + network + "00") + Wrap.ethernet("08 00", piece)))
    }
    run.take(wrapped("00 00 01", pieces[0]), linkType: 1)
    run.take(wrapped("00 00 02", pieces[1]), linkType: 1)
    #expect(run.payloads == [])
    run.take(wrapped("00 00 02", pieces[0]), linkType: 1)
    #expect(run.payloads == [payload])
  }

  // MARK: - Contradictions

  @Test func `where pieces of IPv4 overlap, the first copy counts, and a difference is counted`() {
    let payload = Self.payload(1580)
    let whole = Self.segment(payload, isIPv6: false)
    var forged = whole
    for index in 400..<1200 { forged[index] ^= 0xff }
    var run = Run()
    run.take(Self.piece(whole[400..<1200], at: 400, more: true, isIPv6: false))
    run.take(Self.piece(forged[800..<1600], at: 800, more: false, isIPv6: false))
    run.take(Self.piece(forged[0..<808], at: 0, more: true, isIPv6: false))
    #expect(run.payloads == [payload])
    #expect(run.badChecksums == 0)
    #expect(run.statistics == FragmentStatistics(fragments: 3, dropped: 0, overlaps: 2))
  }

  @Test func `a datagram of IPv6 with pieces that overlap is dropped with all of them`() {
    let whole = Self.segment(Self.payload(1580), isIPv6: true)
    var run = Run()
    run.take(Self.piece(whole[0..<800], at: 0, more: true, isIPv6: true))
    run.take(Self.piece(whole[400..<1200], at: 400, more: true, isIPv6: true))
    run.take(Self.piece(whole[800..<1600], at: 800, more: false, isIPv6: true))
    #expect(run.payloads == [])
    #expect(run.statistics == FragmentStatistics(fragments: 3, dropped: 3, overlaps: 1))
  }

  @Test func `pieces that contradict the end are dropped`() {
    let payload = Self.payload(780)
    let whole = Self.segment(payload, isIPv6: false)
    var run = Run()
    run.take(Self.piece(whole[400..<800], at: 400, more: false, isIPv6: false))
    run.take(Self.piece(Self.payload(80)[...], at: 800, more: true, isIPv6: false))
    run.take(Self.piece(Self.payload(80)[...], at: 800, more: false, isIPv6: false))
    run.take(Self.piece(Self.payload(80)[...], at: 160, more: false, isIPv6: false))
    run.take(Self.piece(whole[0..<400], at: 0, more: true, isIPv6: false))
    #expect(run.payloads == [payload])
    #expect(run.statistics.dropped == 3)
  }

  @Test func `pieces of odd lengths, without octets, or cut by the snap length are dropped`() {
    let whole = Self.segment(Self.payload(780), isIPv6: false)
    var run = Run()
    run.take(Self.piece(whole[0..<401], at: 0, more: true, isIPv6: false))
    run.take(Self.piece(whole[0..<0], at: 0, more: true, isIPv6: false))
    let cut = Self.piece(whole[0..<400], at: 0, more: true, isIPv6: false)
    run.take(Array(cut.dropLast(8)), originalLength: cut.count)
    #expect(run.statistics == FragmentStatistics(fragments: 3, dropped: 3, overlaps: 0))
    #expect(run.decoder.waitingFragments == 0)
  }

  @Test func `a tiny first piece is a segment only with the rest of its header`() {
    let payload = Self.payload(20)
    let pieces = Self.pieces(Self.segment(payload, isIPv6: false), size: 8)
    var run = Run()
    for piece in pieces.dropLast() {
      run.take(piece)
      #expect(run.payloads == [])
    }
    run.take(pieces[pieces.count - 1])
    #expect(run.payloads == [payload])
  }

  // MARK: - Bounds

  private static func lone(_ identification: UInt32, at offset: Int = 0) -> [UInt8] {
    piece(payload(8)[...], at: offset, more: true, identification: identification, isIPv6: true)
  }

  @Test func `datagrams beyond the limit push the oldest out`() {
    var limits = Limits()
    limits.fragmentedDatagrams = 10
    var run = Run(limits)
    for identification in 0..<1000 { run.take(Self.lone(UInt32(identification))) }
    #expect(run.statistics.dropped == 990)
    #expect(run.decoder.waitingFragments == 10)
  }

  @Test func `bytes beyond the limit push the oldest out`() {
    var limits = Limits()
    limits.fragmentBytes = 100_000
    var run = Run(limits)
    for identification in 0..<100 { run.take(Self.lone(UInt32(identification), at: 65000)) }
    #expect(run.decoder.waitingFragments == 1)
    #expect(run.statistics.dropped == 99)
  }

  @Test func `a datagram is given up after so many fragments`() {
    var limits = Limits()
    limits.fragmentPackets = 50
    let pieces = Self.pieces(Self.segment(Self.payload(700), isIPv6: false), size: 400)
    for (others, isFound) in [(40, true), (60, false)] {
      var run = Run(limits)
      run.take(pieces[0])
      for identification in 0..<others { run.take(Self.lone(UInt32(identification) + 100)) }
      run.take(pieces[1])
      #expect((run.payloads.count == 1) == isFound)
    }
  }

  @Test(arguments: [([10], true), ([31], false), ([20, 40], false), ([-10, 10], true), ([86400, 86405], true)])
  func `a datagram is given up after so much packet time, but not by a step of the clock`(
    seconds: [Int64], isFound: Bool
  ) {
    let pieces = Self.pieces(Self.segment(Self.payload(700), isIPv6: false), size: 400)
    var run = Run()
    run.take(pieces[0])
    for (index, second) in seconds.dropLast().enumerated() { run.take(Self.lone(UInt32(index)), seconds: second) }
    run.take(pieces[1], seconds: seconds[seconds.count - 1])
    #expect((run.payloads.count == 1) == isFound)
  }

  @Test func `random pieces never trap, and memory stays bounded`() {
    var random = SeededGenerator(seed: 4)
    var limits = Limits()
    limits.fragmentedDatagrams = 20
    var run = Run(limits)
    for _ in 0..<5000 {
      let isIPv6 = random.next() % 2 == 0
      let count = Int(random.next() % 100)
      let offset = Int(random.next() % 30) * 8
      run.take(
        Self.piece(
          random.bytes(count)[...], at: offset, more: random.next() % 3 != 0,
          identification: UInt32(random.next() % 40), isIPv6: isIPv6),
        seconds: Int64(random.next() % 100))
    }
    // Some of the pieces are whole packets, and some make a packet with a piece in it.
    #expect(run.statistics.fragments > 4500)
    #expect(run.decoder.waitingFragments <= 20 * 31)
  }
}
