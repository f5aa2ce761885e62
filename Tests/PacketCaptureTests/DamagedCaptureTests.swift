import NetworkTypes
import PacketCapture
import TestSupport
import Testing

/// Capture files that disks, programs and transfers have damaged: what is readable is given, and nothing else.
struct DamagedCaptureTests {
  /// A capture, and where its records stand.
  struct Original: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var bytes: [UInt8]
    /// The records, as ranges of the file.
    var records: [Range<Int>] = []
    /// The packets in them.
    var packets: [[UInt8]] = []
    /// Bytes of a record before its packet.
    var headerBytes: Int
    /// Where in a record its lengths stand: in a pcapng block the leading and the trailing one, the latter from its end.
    var lengthFields: [Int]
    var isBigEndian: Bool

    var isPcapng: Bool { headerBytes == 28 }
    /// Where something may be inserted: before a record, or at the end.
    var places: [Int] { records.map(\.lowerBound) + [bytes.count] }
  }

  static func data(_ count: Int) -> [[UInt8]] {
    var random = SeededGenerator(seed: 2024)
    return (0..<count).map { _ in
      (0..<Int.random(in: 20...90, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
  }

  static func pcap(count: Int, isBigEndian: Bool, magic: UInt32 = 0xa1b2_c3d4) -> Original {
    var file = CaptureBytes(isBigEndian: isBigEndian)
    file.pcapHeader(magic: magic)
    var original = Original(
      testDescription: "pcap of \(count), \(isBigEndian ? "big" : "little")-endian, \(magic)", bytes: [],
      headerBytes: 16,
      lengthFields: [8, 12], isBigEndian: isBigEndian)
    for (number, packet) in data(count).enumerated() {
      let start = file.bytes.count
      file.pcapRecord(seconds: 1_700_000_000 + UInt32(number) / 3, fraction: UInt32(number) * 997 % 1_000_000, packet)
      original.records.append(start..<file.bytes.count)
      original.packets.append(packet)
    }
    original.bytes = file.bytes
    return original
  }

  static func pcapng(count: Int, isBigEndian: Bool) -> Original {
    var file = CaptureBytes(isBigEndian: isBigEndian)
    file.section()
    file.interface()
    var original = Original(
      testDescription: "pcapng of \(count), \(isBigEndian ? "big" : "little")-endian", bytes: [], headerBytes: 28,
      lengthFields: [4, -4, 20], isBigEndian: isBigEndian)
    for (number, packet) in data(count).enumerated() {
      let start = file.bytes.count
      file.enhanced(ticks: 1_700_000_000_000_000 + UInt64(number) * 1997, packet)
      original.records.append(start..<file.bytes.count)
      original.packets.append(packet)
    }
    original.bytes = file.bytes
    return original
  }

  static let originals = [
    pcap(count: 12, isBigEndian: false), pcap(count: 12, isBigEndian: true),
    pcap(count: 12, isBigEndian: false, magic: 0xa1b2_3c4d),
    pcapng(count: 12, isBigEndian: false), pcapng(count: 12, isBigEndian: true),
  ]

  enum Garbage: CaseIterable {
    case zeros
    case ones
    case text
    case random

    func bytes(_ count: Int) -> [UInt8] {
      var random = SeededGenerator(seed: UInt64(count))
      switch self {
      case .zeros: return [UInt8](repeating: 0, count: count)
      case .ones: return [UInt8](repeating: 0xff, count: count)
      case .text: return (0..<count).map { [UInt8]("The quick brown fox\n".utf8)[$0 % 20] }
      case .random: return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      }
    }
  }

  @Test(arguments: originals, Garbage.allCases)
  func `garbage between two records costs none of them`(_ original: Original, _ garbage: Garbage) {
    for count in [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 20, 31, 32, 100, 512, 5000] {
      for place in original.places.dropLast() {
        var bytes = original.bytes
        bytes.insert(contentsOf: garbage.bytes(count), at: place)
        let reading = read(bytes)
        #expect(reading.packets.map(\.bytes) == original.packets, "\(count) bytes at \(place)")
        #expect(reading.damage.map(\.offset) == [place], "\(count) bytes at \(place)")
        #expect(reading.damage.allSatisfy { !$0.isCutShort }, "\(count) bytes at \(place)")
      }
    }
  }

  @Test(arguments: originals, Garbage.allCases)
  func `garbage behind the last record is told`(_ original: Original, _ garbage: Garbage) {
    for count in [1, 2, 3, 4, 8, 12, 16, 17, 32, 100, 5000] {
      let reading = read(original.bytes + garbage.bytes(count))
      #expect(reading.packets.map(\.bytes) == original.packets)
      #expect(reading.damage.map(\.offset) == [original.bytes.count])
    }
  }

  @Test func `garbage between a section's header and its interfaces costs nothing`() {
    let original = Self.pcapng(count: 5, isBigEndian: false)
    for garbage in Garbage.allCases {
      for count in [1, 4, 12, 20, 400] {
        var bytes = original.bytes
        bytes.insert(contentsOf: garbage.bytes(count), at: 28)
        let reading = read(bytes)
        #expect(reading.packets.map(\.bytes) == original.packets)
        #expect(reading.damage.map(\.offset) == [28])
      }
    }
  }

  @Test(arguments: originals, [0x00, 0xff] as [UInt8])
  func `a run of bytes that were overwritten costs the records that it touches`(_ original: Original, _ value: UInt8) {
    for count in [1, 2, 3, 4, 8, 16, 20, 40, 100, 300] {
      for start in stride(from: original.records[0].lowerBound, to: original.bytes.count - count, by: 7) {
        var bytes = original.bytes
        let run = start..<start + count
        bytes.replaceSubrange(run, with: [UInt8](repeating: value, count: count))
        expectReadable(bytes, of: original, touched: run)
      }
    }
  }

  @Test(arguments: originals)
  func `a length that lies costs its own record`(_ original: Original) {
    for field in original.lengthFields {
      for record in original.records {
        for value: UInt32 in [0, 1, 2, 16, 33, 0x0000_ffff, 0x00ff_ffff, 0x7fff_ffff, 0xffff_ffff] {
          let place = field < 0 ? record.upperBound + field : record.lowerBound + field
          var number = CaptureBytes(isBigEndian: original.isBigEndian)
          number.add(value)
          var bytes = original.bytes
          bytes.replaceSubrange(place..<place + 4, with: number.bytes)
          expectReadable(bytes, of: original, touched: place..<place + 4)
        }
      }
    }
  }

  /// Expects that all records that `touched` does not touch are given, and that of those which it touches no other bytes
  /// are given than stand there.
  ///
  /// The bytes of a packet say nothing of its header; the last record is proven only by the ones behind it, so that it may
  /// be missing where the one before is touched.
  func expectReadable(
    _ bytes: [UInt8], of original: Original, touched: Range<Int>, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let reading = read(bytes)
    var given = reading.packets.map(\.bytes)[...]
    var missing: [Int] = []
    for (number, record) in original.records.enumerated() {
      let data =
        record.lowerBound + original.headerBytes..<record.lowerBound + original.headerBytes
        + original.packets[number].count
      let there = [UInt8](bytes[data])
      if record.overlaps(touched) {
        // Whole, cut or not at all: but never more than stands there.
        if let first = given.first, there.starts(with: first) { given.removeFirst() }
      } else if given.first == there {
        given.removeFirst()
      } else {
        missing.append(number)
      }
    }
    #expect(missing == [], "\(touched)", sourceLocation: sourceLocation)
    #expect(given.isEmpty, "invented: \(given.count) packets, \(touched)", sourceLocation: sourceLocation)
  }

  @Test func `a record of which another one begins inside is given without it`() {
    for lie in 1...60 {
      let original = Self.pcap(count: 6, isBigEndian: false)
      var bytes = original.bytes
      let record = original.records[2]
      // The captured and the original length are both too large.
      let length = UInt32(original.packets[2].count + lie)
      for field in [8, 12] {
        for octet in 0..<4 {
          bytes[record.lowerBound + field + octet] = UInt8(truncatingIfNeeded: length >> (8 * octet))
        }
      }
      let reading = read(bytes)
      #expect(reading.packets.map(\.bytes) == original.packets, "\(lie) bytes more")
      #expect(reading.damage.count == 1)
    }
  }

  @Test func `a hole in a large capture is passed before its end is seen`() throws {
    for original in [Self.pcap(count: 4000, isBigEndian: false), Self.pcapng(count: 4000, isBigEndian: true)] {
      var bytes = original.bytes
      let place = original.records[100].lowerBound
      bytes.insert(contentsOf: [UInt8](repeating: 0, count: 70_000), at: place)
      let file = TemporaryFile(bytes)
      let source = CaptureFileSource(paths: [file.path], batchBytes: 4096)
      var numbers: [Int] = []
      var readAt: Int?
      while let run = try source.nextBatch() {
        numbers += run.batch.packets[run.range].map(\.number)
        if numbers.count > 100, readAt == nil { readAt = source.bytesRead }
      }
      #expect(numbers == [Int](1...4000))
      #expect(source.damage.map(\.offset) == [place])
      #expect(source.damage.first?.reason.hasSuffix("; 70000 bytes are skipped") == true)
      #expect(try #require(readAt) < bytes.count - 50_000)
    }
  }

  @Test func `a capture in a packet is not taken for records of the file`() {
    // The damaged record holds another capture of the same time, whose records are in order to the packet's end.
    let inner = Self.pcap(count: 12, isBigEndian: false)
    var file = CaptureBytes()
    file.pcapHeader()
    file.pcapRecord(seconds: 1_700_000_000, fraction: 1, [1])
    let place = file.bytes.count
    file.pcapRecord(seconds: 1_700_000_001, fraction: 2, inner.bytes)
    for number in 2..<6 {
      file.pcapRecord(seconds: 1_700_000_000 + UInt32(number), fraction: 3, [UInt8(number)])
    }
    // Its captured length is beyond any limit.
    file.bytes[place + 11] = 0xff
    let reading = read(file.bytes)
    #expect(reading.packets.map(\.bytes) == [[1], [2], [3], [4], [5]])
    #expect(reading.damage.map(\.offset) == [place])
  }

  @Test func `times that go back, stand still or leap are no damage`() {
    let times: [UInt32] = [1_700_000_000, 1_699_999_000, 1_699_999_000, 5, 4_000_000_000, 1_700_000_000, 0, 0, 0, 1]
    var file = CaptureBytes()
    file.pcapHeader()
    for time in times { file.pcapRecord(seconds: time, fraction: 7, [1, 2, 3]) }
    let reading = read(file.bytes)
    #expect(reading.packets.map { $0.nanoseconds / 1_000_000_000 } == times.map { Int64($0) })
    #expect(reading.damage.isEmpty)
  }

  @Test func `what some programs write wrongly throughout is no damage`() {
    // A fraction of a second or more; more bytes captured than there were; no original length.
    for (fraction, original): (UInt32, Int) in [(1_000_001, 3), (1, 2), (1, 0), (0xffff_ffff, 1 << 30)] {
      var file = CaptureBytes()
      file.pcapHeader()
      for number in 0..<20 {
        file.pcapRecord(seconds: 1_700_000_000 + UInt32(number), fraction: fraction, [1, 2, 3], original: original)
      }
      let reading = read(file.bytes, batchBytes: 4096)
      #expect(reading.packets.map(\.bytes) == [[UInt8]](repeating: [1, 2, 3], count: 20))
      #expect(reading.packets.allSatisfy { $0.original == original })
      #expect(reading.damage.isEmpty)
    }
  }

  @Test func `an interface whose number is not known any more is not guessed`() {
    var file = CaptureBytes()
    file.section()
    let place = file.bytes.count
    file.interface(linkType: 1)
    file.interface(linkType: 101)
    file.enhanced(interface: 0, ticks: 1, [1])
    file.enhanced(interface: 1, ticks: 2, [2])
    file.section()
    file.interface(linkType: 1)
    file.enhanced(interface: 0, ticks: 3, [3])
    // The first description is lost: the second is no longer told from it.
    var lost = file.bytes
    lost.replaceSubrange(place..<place + 20, with: [UInt8](repeating: 0, count: 20))
    let reading = read(lost)
    #expect(reading.packets.filter { $0.linkType == 101 }.isEmpty || reading.packets.map(\.bytes) == [[3]])
    #expect(reading.packets.last?.bytes == [3])
  }

  @Test func `faults beyond the limit are counted as one`() {
    var limits = Limits()
    limits.faultsPerFile = 3
    let original = Self.pcap(count: 12, isBigEndian: false)
    var bytes = original.bytes
    for record in original.records.reversed() {
      bytes.insert(contentsOf: [UInt8](repeating: 0, count: 64), at: record.lowerBound)
    }
    let reading = read(bytes, limits: limits)
    #expect(reading.packets.map(\.bytes) == original.packets)
    #expect(reading.damage.count == 4)
    #expect(reading.damage.last?.reason == "more faults follow, which are not told singly")
  }

  @Test func `a search that finds nothing ends at its limit`() {
    var limits = Limits()
    limits.captureSearchBytes = 50_000
    for original in [Self.pcap(count: 5, isBigEndian: false), Self.pcapng(count: 5, isBigEndian: false)] {
      let bytes = original.bytes + [UInt8](repeating: 0, count: 200_000) + original.bytes
      let reading = read(bytes, limits: limits, batchBytes: 4096)
      #expect(reading.packets.map(\.bytes) == original.packets)
      #expect(reading.damage.map(\.offset) == [original.bytes.count])
      #expect(reading.damage.first?.reason.hasSuffix("is found in the next 50000 bytes") == true)
    }
  }

  @Test(arguments: originals)
  func `whatever is changed, all before it is given, and the last record too`(_ original: Original) {
    for seed in 1...400 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      var bytes = original.bytes
      // Behind the first records and before the last two.
      let from = original.records[2].lowerBound
      var firstChange = Int.max
      var lastChange = 0
      let until = original.records[9].upperBound
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let offset = Int.random(in: from..<until - 40, using: &random)
        let count = Int.random(in: 1...40, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
          for place in offset..<offset + count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
        case 1:
          bytes.replaceSubrange(offset..<offset + count, with: [UInt8](repeating: 0, count: count))
        default:
          bytes[offset] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &random)
        }
        firstChange = min(firstChange, offset)
        lastChange = max(lastChange, offset + count)
      }
      let reading = read(bytes)
      let before = original.records.filter { $0.upperBound <= firstChange }.count
      #expect(
        [[UInt8]](reading.packets.map(\.bytes).prefix(before)) == [[UInt8]](original.packets.prefix(before)),
        "seed \(seed)")
      let behind = original.records.filter { $0.lowerBound >= lastChange }.count
      #expect(
        [[UInt8]](reading.packets.map(\.bytes).suffix(behind)) == [[UInt8]](original.packets.suffix(behind)),
        "seed \(seed)")
      #expect(reading.packets.count <= original.packets.count + 1, "seed \(seed)")
    }
  }
}
