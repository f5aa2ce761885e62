import NetworkTypes
import PacketCapture
import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A compressed format whose frames are written by hand, with blocks that are stored and not compressed.
enum BlockFormat: String, CaseIterable, CustomTestStringConvertible {
  case zstd
  case lz4

  var testDescription: String { rawValue }

  /// What this build reads.
  static let readable: [BlockFormat] = {
    var formats: [BlockFormat] = []
    #if Zstd
      formats.append(.zstd)
    #endif
    #if LZ4
      formats.append(.lz4)
    #endif
    return formats
  }()

  static var refused: [BlockFormat] { allCases.filter { !readable.contains($0) } }

  /// Bytes of a frame before its first block.
  var headerBytes: Int { header.count }
  /// Bytes of a block before its data.
  var blockHeaderBytes: Int { self == .zstd ? 3 : 4 }

  // RFC 8878 §3.1.1.1: no content size, no checksum, no dictionary, a window of 128 KiB.
  // lz4: version 1, independent blocks of at most 64 KiB, nothing else; the last octet is the header's checksum.
  private var header: [UInt8] {
    self == .zstd ? [0x28, 0xb5, 0x2f, 0xfd, 0x00, 7 << 3] : [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]
  }

  /// A frame of blocks with `blockBytes` each.
  func frame(_ data: [UInt8], blockBytes: Int = 65_536) -> [UInt8] {
    var file = CaptureBytes()
    file.add(header)
    var start = 0
    repeat {
      let end = min(data.count, start + blockBytes)
      switch self {
      case .zstd:
        let word = UInt32(end - start) << 3 | (end == data.count ? 1 : 0)
        file.add([UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8), UInt8(word >> 16)])
      case .lz4:
        if end > start { file.add(UInt32(end - start) | 0x8000_0000) }
      }
      file.add([UInt8](data[start..<end]))
      start = end
    } while start < data.count
    if self == .lz4 { file.add(UInt32(0)) }
    return file.bytes
  }

  /// A frame that both formats have, and that means nothing.
  static func skippable(_ count: Int, kind: UInt32 = 0) -> [UInt8] {
    var file = CaptureBytes()
    file.add(0x184d_2a50 + kind)
    file.add(UInt32(count))
    file.add([UInt8](repeating: 0x28, count: count))
    return file.bytes
  }
}

struct CompressedCaptureTests {
  static let pcap = PcapReaderTests.capture(PcapReaderTests.variants[0], isBigEndian: false)

  @Test(arguments: BlockFormat.readable)
  func `a compressed capture is read, pcap and pcapng`(_ format: BlockFormat) {
    for blockBytes in [1, 7, 65_536] {
      #expect(read(format.frame(Self.pcap, blockBytes: blockBytes)).packets == PcapReaderTests.expected)
      let pcapng = PcapngReaderTests.everything(isBigEndian: true)
      let reading = read(format.frame(pcapng, blockBytes: blockBytes))
      #expect(reading.packets == PcapngReaderTests.expected)
      #expect(reading.damage.isEmpty)
    }
  }

  @Test(arguments: BlockFormat.refused)
  func `what this build cannot decompress is refused by the trait's name`(_ format: BlockFormat) {
    let trait = format == .zstd ? "Zstd" : "LZ4"
    let reading = read(format.frame(Self.pcap))
    #expect(
      reading.failures.map(\.reason) == [
        "is compressed by \(format), which this build does not read (it was made without the package trait \(trait)): "
          + "pipe it through '\(format) -dc'"
      ])
  }

  @Test(arguments: BlockFormat.readable)
  func `what zstd(1) and lz4(1) compressed is read as what gzip compressed`(_ format: BlockFormat) throws {
    let name = format == .zstd ? "compressed-zstd.pcap.zst" : "compressed-lz4.pcap.lz4"
    let expected = read(try ProjectFiles.bytes(of: "fixtures/compressed.pcap.gz"))
    let compressed = try ProjectFiles.bytes(of: "fixtures/" + name)
    let reading = read(compressed)
    #expect(reading.packets.count == 22)
    #expect(reading.packets == expected.packets)
    #expect(reading.damage.isEmpty)
    for length in 8..<compressed.count {
      let cut = read([UInt8](compressed[..<length]))
      #expect(cut.packets == [Read](expected.packets.prefix(cut.packets.count)))
      #expect(cut.failures.count + cut.damage.count == 1, "cut at \(length)")
    }
    // The frame's checksum is wrong: all is given, and the fault is told.
    var wrong = compressed
    wrong[wrong.count - 1] ^= 1
    let last = read(wrong)
    #expect(last.packets == expected.packets)
    #expect(last.damage.count == 1)
  }

  @Test(arguments: BlockFormat.readable)
  func `several frames are one capture, with frames to be skipped before and between`(_ format: BlockFormat) {
    for cut in 0...Self.pcap.count {
      let first = format.frame([UInt8](Self.pcap[..<cut]))
      let second = format.frame([UInt8](Self.pcap[cut...]))
      let skipped = BlockFormat.skippable(cut, kind: UInt32(cut % 16))
      for file in [first + second, skipped + first + skipped + skipped + second + skipped] {
        let reading = read(file, batchBytes: 4096)
        #expect(reading.packets == PcapReaderTests.expected, "cut at \(cut)")
        #expect(reading.damage.isEmpty)
      }
    }
    let reading = read(BlockFormat.skippable(100_000) + format.frame(Self.pcap), batchBytes: 4096)
    #expect(reading.packets == PcapReaderTests.expected)
  }

  @Test func `frames to be skipped and nothing else are refused`() {
    let whole = BlockFormat.skippable(50)
    for length in [9, 20, whole.count] {
      let reading = read([UInt8](whole[..<length]))
      #expect(reading.failures.map(\.reason) == ["holds frames to be skipped, and nothing else"])
    }
  }

  @Test(arguments: BlockFormat.readable)
  func `compressed data that end early give everything before and say so`(_ format: BlockFormat) {
    let blockBytes = 10
    let file = format.frame(Self.pcap, blockBytes: blockBytes)
    for length in 5..<file.count {
      let reading = read([UInt8](file[..<length]))
      let blocks = max(0, length - format.headerBytes) / (format.blockHeaderBytes + blockBytes)
      let whole = read([UInt8](Self.pcap[..<min(Self.pcap.count, blocks * blockBytes)])).packets.count
      #expect(reading.packets == [Read](PcapReaderTests.expected.prefix(reading.packets.count)))
      #expect(reading.packets.count >= whole, "cut at \(length)")
      #expect(reading.damage.count + reading.failures.count == 1, "cut at \(length)")
      #expect(reading.damage.allSatisfy { $0.reason == "the \(format) data end early" && !$0.isCutShort })
    }
  }

  @Test(arguments: BlockFormat.readable)
  func `damage in a block costs nothing before it`(_ format: BlockFormat) {
    let blockBytes = 10
    let file = format.frame(Self.pcap, blockBytes: blockBytes)
    for block in 3..<Self.pcap.count / blockBytes {
      let place = format.headerBytes + block * (format.blockHeaderBytes + blockBytes)
      var damaged = file
      // A reserved block type (RFC 8878 §3.1.1.2.2), and a block of more than 64 KiB.
      damaged[place + (format == .zstd ? 0 : 2)] |= format == .zstd ? 6 : 0x7f
      let reading = read(damaged)
      let whole = read([UInt8](Self.pcap[..<(block * blockBytes)])).packets
      #expect(reading.packets == whole, "block \(block)")
      #expect(reading.damage.count == 1)
      #expect(reading.damage[0].offset == block * blockBytes)
      #expect(reading.damage[0].reason.hasPrefix("the \(format) data are damaged ("))
      #expect(!reading.damage[0].isCutShort)
    }
  }

  @Test(arguments: BlockFormat.readable)
  func `what follows the frames is ignored and told`(_ format: BlockFormat) {
    for garbage in [[UInt8]("garbage".utf8), [0], [UInt8](repeating: 0, count: 100)] {
      let reading = read(format.frame(Self.pcap) + garbage)
      #expect(reading.packets == PcapReaderTests.expected)
      #expect(reading.damage.map(\.reason) == ["what follows the \(format) data is ignored"])
    }
  }

  @Test(arguments: BlockFormat.readable)
  func `a missing dictionary is named`(_ format: BlockFormat) {
    var file = format.frame(Self.pcap)
    file[4] |= 1
    // zstd: a dictionary's number of one octet follows the window.
    if format == .zstd { file.insert(9, at: 6) }
    let reading = read(file)
    #expect(
      reading.failures.map(\.reason) == [
        "the \(format) data need a dictionary, which is not read: pipe them through '\(format) -dc -D DICTIONARY'"
      ])
    let behind = read(format.frame(Self.pcap) + file)
    #expect(behind.packets == PcapReaderTests.expected)
    #expect(behind.damage.count == 1)
  }

  #if Zstd
    @Test func `a window beyond the limit is refused`() {
      var file = BlockFormat.zstd.frame(Self.pcap)
      // 2^(10 + 17) is 128 MiB; one eighth more is beyond.
      file[5] = 17 << 3
      #expect(read(file).packets == PcapReaderTests.expected)
      file[5] = 17 << 3 | 1
      #expect(
        read(file).failures.map(\.reason) == [
          "the zstd data need a window of more than 128 MiB, which is not read: pipe them through 'zstd -dc --long=31'"
        ])
      var limits = Limits()
      limits.decompressionWindowBytes = 1 << 20
      file[5] = 10 << 3
      #expect(read(file, limits: limits).packets.count == 2)
      file[5] = 11 << 3
      #expect(read(file, limits: limits).failures.count == 1)
    }

    @Test func `a bomb of zeros passes through small batches`() {
      var header = CaptureBytes()
      header.pcapHeader()
      var file = BlockFormat.zstd.frame(header.bytes)
      // RLE blocks of 128 KiB from four octets (RFC 8878 §3.1.1.2).
      let blocks = 16
      file.append(contentsOf: [0x28, 0xb5, 0x2f, 0xfd, 0x00, 7 << 3])
      for number in 1...blocks {
        let word = UInt32(131_072) << 3 | 1 << 1 | (number == blocks ? 1 : 0)
        file += [UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8), UInt8(word >> 16), 0]
      }
      var record = CaptureBytes()
      record.pcapRecord(seconds: 1_700_000_000, fraction: 1, [1, 2, 3])
      let reading = read(file + BlockFormat.zstd.frame(record.bytes), batchBytes: 4096)
      // Sixteen zeros are no record, though they could be that of an empty packet.
      #expect(reading.packets.map(\.bytes) == [[1, 2, 3]])
      #expect(reading.damage.count == 1)
      #expect(reading.damagedBytes == blocks * 131_072)
    }
  #endif

  @Test(arguments: BlockFormat.readable)
  func `packets of a slow compressor are given as soon as they are whole`(_ format: BlockFormat) throws {
    let directory = TemporaryDirectory()
    let path = directory.file("fifo")
    try #require(mkfifo(path, 0o600) == 0)
    // Opened for reading and writing, a FIFO needs no second thread.
    let writer = open(path, O_RDWR)
    defer { close(writer) }
    let frame = format.frame(Self.pcap, blockBytes: 43)
    // The file's header and the first packet are the first block.
    let first = format.headerBytes + format.blockHeaderBytes + 43
    writeAll([UInt8](frame[..<first]), to: writer)
    let file = try CaptureFile(path: path)
    #expect(try file.nextBatch()?.packets.map(\.number) == [1])
    #expect(file.bytesRead == first)
  }

  @Test(arguments: BlockFormat.readable)
  func `damaged bytes end in damage, never in a crash`(_ format: BlockFormat) {
    let original = format.frame(PcapngReaderTests.everything(isBigEndian: false), blockBytes: 100)
    let file = TemporaryFile([])
    var random = SeededGenerator(seed: 7)
    for _ in 0..<1500 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let offset = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[offset] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(offset..<min(bytes.count, offset + Int.random(in: 0..<9, using: &random)))
        default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: offset)
        }
        if bytes.isEmpty { break }
      }
      file.write(bytes)
      let reading = read(CaptureFileSource(paths: [file.path], batchBytes: 4096))
      #expect(reading.packets.count <= 64)
    }
  }
}
