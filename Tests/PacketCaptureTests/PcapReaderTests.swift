import NetworkTypes
import PacketCapture
import Testing

struct PcapReaderTests {
  struct Variant: CustomTestStringConvertible {
    var name: String
    var magic: UInt32
    var fraction: UInt32
    var extra = 0
    var header = 0
    var testDescription: String { name }
  }

  static let variants = [
    Variant(name: "microseconds", magic: 0xa1b2_c3d4, fraction: 123_456),
    Variant(name: "nanoseconds", magic: 0xa1b2_3c4d, fraction: 123_456_000),
    Variant(name: "patched headers", magic: 0xa1b2_cd34, fraction: 123_456, extra: 8),
    Variant(name: "IxVeriWave hardware", magic: 0x1c00_01ac, fraction: 123_456_000, header: 4),
    Variant(name: "IxVeriWave software", magic: 0x1c00_01ab, fraction: 123_456_000, header: 4),
  ]

  static func capture(_ variant: Variant, isBigEndian: Bool) -> [UInt8] {
    var file = CaptureBytes(isBigEndian: isBigEndian)
    file.pcapHeader(magic: variant.magic)
    file.add([UInt8](repeating: 0, count: variant.header))
    file.pcapRecord(seconds: 1_700_000_000, fraction: variant.fraction, [1, 2, 3], extra: variant.extra)
    file.pcapRecord(seconds: 4_294_967_295, fraction: variant.fraction, [], original: 99, extra: variant.extra)
    return file.bytes
  }

  static let expected = [
    Read(nanoseconds: 1_700_000_000_123_456_000, bytes: [1, 2, 3], original: 3, number: 1),
    Read(nanoseconds: 4_294_967_295_123_456_000, bytes: [], original: 99, number: 2),
  ]

  @Test(arguments: variants, [false, true])
  func `every variant is read in both byte orders`(_ variant: Variant, isBigEndian: Bool) {
    let reading = read(Self.capture(variant, isBigEndian: isBigEndian))
    #expect(reading.packets == Self.expected)
    #expect(reading.damage.isEmpty)
    #expect(reading.failures.isEmpty)
    #expect(reading.metadata == nil)
  }

  @Test func `the network field holds the link type and the length of the frame check sequence`() {
    var file = CaptureBytes()
    file.pcapHeader(network: 2 << 28 | 1 << 26 | 0x93)
    file.pcapRecord(seconds: 1, fraction: 0, [7])
    let reading = read(file.bytes)
    #expect(
      reading.packets == [
        Read(nanoseconds: 1_000_000_000, bytes: [7], original: 1, linkType: 0x93, number: 1, frameCheckBytes: 4)
      ])
  }

  @Test func `files of old versions have their lengths the other way round`() {
    for (minor, captured, original): (UInt16, Int, Int) in [(2, 9, 2), (3, 9, 2), (3, 2, 9)] {
      var file = CaptureBytes()
      file.pcapHeader(minor: minor)
      file.add(UInt64(0))
      file.add(UInt32(captured))
      file.add(UInt32(original))
      file.add([5, 6])
      #expect(read(file.bytes).packets == [Read(nanoseconds: 0, bytes: [5, 6], original: 9, number: 1)])
    }
  }

  @Test(arguments: variants, [1 << 12, 1 << 20])
  func `a cut at any byte gives the whole packets before it`(_ variant: Variant, batchBytes: Int) {
    let whole = Self.capture(variant, isBigEndian: true)
    let header = 24 + variant.header
    let record = 16 + variant.extra
    for length in 0..<whole.count {
      let reading = read([UInt8](whole[..<length]), batchBytes: batchBytes)
      guard length >= header else {
        #expect(reading.failures.count == 1, "cut at \(length)")
        #expect(reading.packets.isEmpty)
        continue
      }
      let packets = length < header + record + 3 ? 0 : 1
      let boundary = packets == 0 ? header : header + record + 3
      #expect(reading.packets == [Read](Self.expected.prefix(packets)), "cut at \(length)")
      #expect(reading.failures.isEmpty)
      #expect(reading.damage.map(\.isCutShort) == (length == boundary ? [] : [true]), "cut at \(length)")
      #expect(reading.damage.map(\.offset) == (length == boundary ? [] : [boundary]), "cut at \(length)")
    }
  }

  @Test func `a record over the limit is skipped and told`() {
    var limits = Limits()
    limits.packetBytes = 100
    var file = CaptureBytes()
    file.pcapHeader()
    file.pcapRecord(seconds: 1, fraction: 0, [1])
    file.pcapRecord(seconds: 1, fraction: 0, [UInt8](repeating: 0, count: 101))
    file.pcapRecord(seconds: 1, fraction: 0, [1])
    let reading = read(file.bytes, limits: limits)
    #expect(reading.packets.map(\.bytes) == [[1], [1]])
    #expect(
      reading.damage.map(\.reason) == [
        "a record claims 101 captured bytes, which is over the limit; 117 bytes are skipped"
      ])
    #expect(reading.damage.map(\.offset) == [41])
    #expect(reading.damage.map(\.isCutShort) == [false])
  }

  @Test func `a packet larger than a batch is read whole`() {
    let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    var file = CaptureBytes()
    file.pcapHeader()
    file.pcapRecord(seconds: 1, fraction: 0, [1])
    file.pcapRecord(seconds: 2, fraction: 0, large)
    file.pcapRecord(seconds: 3, fraction: 0, [2])
    let reading = read(file.bytes, batchBytes: 4096)
    #expect(reading.packets.map(\.bytes) == [[1], large, [2]])
    #expect(reading.damage.isEmpty)
  }

  @Test func `many packets over many batches come in order`() {
    var file = CaptureBytes()
    file.pcapHeader()
    for number in 1...5000 {
      file.pcapRecord(
        seconds: UInt32(number), fraction: 0, [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: number % 97))
    }
    let reading = read(file.bytes, batchBytes: 4096)
    #expect(
      reading.packets
        == (1...5000).map {
          Read(
            nanoseconds: Int64($0) * 1_000_000_000,
            bytes: [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: $0 % 97), original: $0 % 97, number: $0)
        })
  }
}
