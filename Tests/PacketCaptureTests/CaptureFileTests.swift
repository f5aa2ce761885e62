import NetworkTypes
import PacketCapture
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

struct CaptureFileTests {
  static let pcap = PcapReaderTests.capture(PcapReaderTests.variants[0], isBigEndian: false)

  /// Beginnings of files that are no captures, and what must be said of them.
  static let others: [([UInt8], String)] = [
    ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], "is compressed by xz, which is not read: pipe it through 'xz -dc'"),
    ([UInt8]("BZh91AY".utf8), "is compressed by bzip2, which is not read: pipe it through 'bzip2 -dc'"),
    ([UInt8]("snoop\0\0\0\0\0\0\u{2}".utf8), "is a snoop capture, which is not read: convert it with editcap"),
    ([UInt8]("Frame 1: 60 bytes\n".utf8), "is a text file, not a capture file"),
    ([1, 2, 3], "is not a capture file: neither pcap nor pcapng"),
    ([0xd4, 0xc3, 0xb2, 0xa1, 2, 0], "is cut inside its pcap file header"),
    ([], "is empty"),
    (GzipTests.member([]), "is empty inside its gzip compression"),
    (GzipTests.member(GzipTests.member([1])), "is compressed by gzip twice"),
  ]

  @Test(arguments: others)
  func `a file that is no capture is refused by what it is`(_ bytes: [UInt8], reason: String) {
    let file = TemporaryFile(bytes)
    let error = #expect(throws: CaptureError.self) { try CaptureFile(path: file.path) }
    #expect(error?.description == "\(file.path): \(reason)")
  }

  @Test func `a missing file and a directory are refused in the system's words`() {
    let missing = #expect(throws: CaptureError.self) { try CaptureFile(path: "/nowhere/at/all.pcap") }
    #expect(missing?.reason == "No such file or directory")
    let directory = #expect(throws: CaptureError.self) { try CaptureFile(path: "/tmp") }
    #expect(directory?.reason == "Is a directory")
  }

  @Test func `packets of a slow writer are given as soon as they are whole`() throws {
    let path = "/tmp/wstap-test-fifo-\(getpid())"
    unlink(path)
    try #require(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    // Opened for reading and writing, a FIFO needs no second thread.
    let writer = open(path, O_RDWR)
    defer { close(writer) }
    var first = CaptureBytes()
    first.pcapHeader()
    first.pcapRecord(seconds: 1, fraction: 0, [1])
    var second = CaptureBytes()
    second.pcapRecord(seconds: 2, fraction: 0, [2, 2])
    // The second packet comes in three pieces.
    writeAll(first.bytes + second.bytes[..<5], to: writer)
    let file = try CaptureFile(path: path)
    #expect(try file.nextBatch()?.packets.map(\.number) == [1])
    writeAll([UInt8](second.bytes[5..<17]), to: writer)
    writeAll([UInt8](second.bytes[17...]), to: writer)
    let batch = try #require(try file.nextBatch())
    #expect(batch.packets.map(\.number) == [2])
    #expect(batch.withBytes { $0.extracting(batch.packets[0].bytes).copied() } == [2, 2])
  }

  @Test func `standard input is a stream`() throws {
    var descriptors: [Int32] = [0, 0]
    try #require(pipe(&descriptors) == 0)
    let saved = dup(0)
    dup2(descriptors[0], 0)
    close(descriptors[0])
    writeAll(GzipTests.member(Self.pcap), to: descriptors[1])
    close(descriptors[1])
    let reading = read(CaptureFileSource(paths: ["-"]))
    dup2(saved, 0)
    close(saved)
    #expect(reading.packets == PcapReaderTests.expected)
    #expect(reading.failures.isEmpty)
  }

  @Test func `a batch that is held keeps its bytes`() throws {
    var bytes = CaptureBytes()
    bytes.pcapHeader()
    for number in 0..<2000 {
      bytes.pcapRecord(seconds: 0, fraction: 0, [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 50))
    }
    let file = TemporaryFile(bytes.bytes)
    let source = CaptureFileSource(paths: [file.path], batchBytes: 4096)
    var runs: [PacketRun] = []
    while let run = try source.nextBatch() { runs.append(run) }
    var number = 0
    for run in runs {
      for packet in run.batch.packets[run.range] {
        let first = run.batch.withBytes { $0.byte(at: packet.bytes.lowerBound) }
        #expect(first == UInt8(truncatingIfNeeded: number))
        number += 1
      }
    }
    #expect(number == 2000)
    #expect(runs.count > 10)
    #expect(source.bytesRead == bytes.bytes.count)
  }

  @Test func `batches that nobody holds are used again`() throws {
    var bytes = CaptureBytes()
    bytes.pcapHeader()
    for _ in 0..<2000 { bytes.pcapRecord(seconds: 0, fraction: 0, [UInt8](repeating: 1, count: 50)) }
    let file = TemporaryFile(bytes.bytes)
    let source = try CaptureFile(path: file.path)
    var seen = Set<ObjectIdentifier>()
    while let batch = try source.nextBatch() { seen.insert(ObjectIdentifier(batch)) }
    #expect(seen.count <= 3)
  }

  @Test(arguments: [0, 1, 2])
  func `damaged bytes end in damage, never in a crash`(_ kind: Int) {
    let original: [UInt8] =
      switch kind {
      case 0: Self.pcap
      case 1: PcapngReaderTests.everything(isBigEndian: false)
      default: GzipTests.member(PcapngReaderTests.everything(isBigEndian: true))
      }
    let file = TemporaryFile([])
    var random = RepeatableRandom(state: UInt64(kind + 1))
    for offset in original.indices {
      for value: UInt8 in [0, 0xff, original[offset] ^ 0x80, original[offset] &+ 1] {
        var bytes = original
        bytes[offset] = value
        file.write(bytes)
        _ = read(CaptureFileSource(paths: [file.path], batchBytes: 4096))
      }
    }
    for _ in 0..<1000 {
      var bytes = original
      for _ in 0..<Int(random.next() % 8) + 1 {
        let offset = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 3 {
        case 0: bytes[offset] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.removeSubrange(offset..<min(bytes.count, offset + Int(random.next() % 9)))
        default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: offset)
        }
      }
      file.write(bytes)
      _ = read(CaptureFileSource(paths: [file.path], batchBytes: 4096))
    }
  }
}

/// Random numbers that are the same on every run (xorshift).
struct RepeatableRandom {
  var state: UInt64

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
