import NetworkTypes
import PacketCapture
import Testing

struct GzipTests {
  /// A gzip member with stored blocks (RFC 1951 §3.2.4), so that no compressor is needed.
  static func member(_ data: [UInt8]) -> [UInt8] {
    var file = CaptureBytes()
    file.add([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
    var start = 0
    repeat {
      let end = min(data.count, start + 65_535)
      file.add(UInt8(end == data.count ? 1 : 0))
      file.add(UInt16(end - start))
      file.add(~UInt16(end - start))
      file.add([UInt8](data[start..<end]))
      start = end
    } while start < data.count
    file.add(checksum(data))
    file.add(UInt32(data.count))
    return file.bytes
  }

  /// CRC-32 of RFC 1952 §8.
  static func checksum(_ data: [UInt8]) -> UInt32 {
    var value = ~UInt32(0)
    for byte in data {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
    }
    return ~value
  }

  static let pcap = PcapReaderTests.capture(PcapReaderTests.variants[0], isBigEndian: false)

  @Test func `a compressed capture is read, pcap and pcapng`() {
    #expect(read(Self.member(Self.pcap)).packets == PcapReaderTests.expected)
    let pcapng = read(Self.member(PcapngReaderTests.everything(isBigEndian: true)))
    #expect(pcapng.packets == PcapngReaderTests.expected)
    #expect(pcapng.damage.isEmpty)
  }

  @Test func `several members are one capture, wherever it is cut between them`() {
    for cut in 0...Self.pcap.count {
      let file = Self.member([UInt8](Self.pcap[..<cut])) + Self.member([UInt8](Self.pcap[cut...]))
      let reading = read(file)
      #expect(reading.packets == PcapReaderTests.expected, "cut at \(cut)")
      #expect(reading.damage.isEmpty)
    }
  }

  @Test func `compressed data that end early give everything before and say so`() {
    let file = Self.member(Self.pcap)
    for length in 2..<file.count {
      let reading = read([UInt8](file[..<length]))
      #expect(reading.packets == [Read](PcapReaderTests.expected.prefix(reading.packets.count)))
      #expect(reading.damage.count + reading.failures.count == 1, "cut at \(length)")
      // All data are there, only the trailer is not.
      if length >= file.count - 8 { #expect(reading.packets.count == 2, "cut at \(length)") }
      #expect(reading.damage.allSatisfy { $0.reason == "the gzip data end early" && !$0.isCutShort })
    }
  }

  @Test func `what follows the members is ignored and told, but zero bytes are padding`() {
    let file = Self.member(Self.pcap)
    #expect(read(file + [UInt8](repeating: 0, count: 1000)).damage.isEmpty)
    let reading = read(file + [UInt8]("garbage".utf8))
    #expect(reading.packets == PcapReaderTests.expected)
    #expect(reading.damage.map(\.reason) == ["what follows the gzip data is ignored"])
  }

  @Test func `a wrong checksum is told after all packets`() {
    var file = Self.member(Self.pcap)
    file[file.count - 8] ^= 1
    let reading = read(file)
    #expect(reading.packets == PcapReaderTests.expected)
    #expect(reading.damage.count == 1)
  }

  @Test func `a large compressed capture passes through small batches`() {
    var file = CaptureBytes()
    file.pcapHeader()
    for number in 0..<3000 { file.pcapRecord(seconds: UInt32(number), fraction: 0, [UInt8](repeating: 1, count: 300)) }
    let reading = read(Self.member(file.bytes), batchBytes: 4096)
    #expect(reading.packets.map(\.number) == [Int](1...3000))
    #expect(reading.damage.isEmpty)
  }
}
