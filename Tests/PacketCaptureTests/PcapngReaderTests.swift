import NetworkTypes
import PacketCapture
import Testing

struct PcapngReaderTests {
  /// A capture with every kind of block, and what must be read of it.
  static func everything(isBigEndian: Bool) -> [UInt8] {
    var file = CaptureBytes(isBigEndian: isBigEndian)
    file.section {
      $0.option(1, [UInt8]("about all".utf8))
      $0.option(2, [UInt8]("hw".utf8))
      $0.option(3, [UInt8]("os".utf8))
      $0.option(4, [UInt8]("app".utf8))
      $0.option(0, [])
      // What stands behind the end of the options is no option.
      $0.option(1, [9])
    }
    file.interface(linkType: 1, snapLength: 4) {
      $0.option(2, [UInt8]("eth0".utf8))
      $0.option(3, [UInt8]("uplink".utf8))
      $0.option(11, [0] + [UInt8]("tcp".utf8))
      $0.option(1, [UInt8]("about eth0".utf8))
      $0.option(13, [4])
    }
    file.interface(linkType: 101) {
      $0.option(9, [9])
      var offset = CaptureBytes(isBigEndian: $0.isBigEndian)
      offset.add(Int64(-10))
      $0.option(14, offset.bytes)
    }
    file.block(0x8000_0001) { $0.add([1, 2, 3]) }
    file.enhanced(interface: 0, ticks: 1_700_000_000_000_001, [1, 2, 3], original: 60) {
      $0.option(1, [UInt8]("look here".utf8))
      var flags = CaptureBytes(isBigEndian: $0.isBigEndian)
      flags.add(UInt32(2 << 5))
      $0.option(2, flags.bytes)
    }
    file.enhanced(interface: 1, ticks: 20_000_000_007, [4, 5, 6, 7])
    // Simple: captured is the smaller of the original length and the snap length.
    file.block(3) {
      $0.add(UInt32(9))
      $0.add([8, 8, 8, 8])
    }
    file.block(3) {
      $0.add(UInt32(2))
      $0.add([9, 9])
    }
    // Obsolete.
    file.block(2) {
      $0.add(UInt16(1))
      $0.add(UInt16(3))
      $0.add(UInt32(0))
      $0.add(UInt32(5))
      $0.add(UInt32(1))
      $0.add(UInt32(1))
      $0.add([1])
    }
    file.block(4) {
      $0.add(UInt16(1))
      $0.add(UInt16(10))
      $0.add([10, 0, 0, 1] + [UInt8]("a\0bc\0".utf8) + [0])
      $0.pad()
      $0.add(UInt32(0))
      $0.option(1, [UInt8]("names".utf8))
    }
    file.block(5) {
      $0.add(UInt32(1))
      $0.add(UInt64(0))
      var count = CaptureBytes(isBigEndian: $0.isBigEndian)
      count.add(UInt64(77))
      $0.option(4, count.bytes)
      $0.option(7, count.bytes)
    }
    file.block(10) {
      $0.add(CaptureMetadata.Secrets.tlsKeyLog)
      $0.add(UInt32(3))
      $0.add([UInt8]("KEY".utf8))
    }
    // A custom block has a number in Wireshark's counting.
    file.block(0xbad) { $0.add(UInt32(1)) }
    // A second section in the other byte order, with interfaces of its own.
    file.isBigEndian.toggle()
    file.section()
    file.interface(linkType: 276)
    file.enhanced(ticks: 1_000_000, [3])
    return file.bytes
  }

  static let expected = [
    Read(
      nanoseconds: 1_700_000_000_000_001_000, bytes: [1, 2, 3], original: 60, number: 1, frameCheckBytes: 2),
    Read(nanoseconds: 10_000_000_007, bytes: [4, 5, 6, 7], original: 4, linkType: 101, number: 2),
    Read(nanoseconds: 10_000_000_007, bytes: [8, 8, 8, 8], original: 9, number: 3, frameCheckBytes: 4),
    Read(nanoseconds: 10_000_000_007, bytes: [9, 9], original: 2, number: 4, frameCheckBytes: 4),
    Read(nanoseconds: -9_999_999_995, bytes: [1], original: 1, linkType: 101, number: 5),
    Read(nanoseconds: 1_000_000_000, bytes: [3], original: 1, linkType: 276, number: 7),
  ]

  @Test(arguments: [false, true])
  func `every kind of block is read in both byte orders`(isBigEndian: Bool) throws {
    let reading = read(Self.everything(isBigEndian: isBigEndian))
    #expect(reading.packets == Self.expected)
    #expect(reading.damage.isEmpty)
    #expect(reading.failures.isEmpty)
    let metadata = try #require(reading.metadata)
    #expect(metadata.sections.count == 2)
    #expect(metadata.sections.first?.application == [UInt8]("app".utf8))
    #expect(metadata.interfaces.map(\.linkType) == [1, 101, 276])
    #expect(metadata.interfaces.map(\.section) == [0, 0, 1])
    #expect(metadata.interfaces[0].name == [UInt8]("eth0".utf8))
    #expect(metadata.interfaces[0].filter == [UInt8]("tcp".utf8))
    #expect(metadata.interfaces[1].timestampOffset == -10)
    #expect(metadata.secrets.map(\.type) == [CaptureMetadata.Secrets.tlsKeyLog])
    #expect(metadata.secrets.map(\.bytes) == [[UInt8]("KEY".utf8)])
    #expect(metadata.names.map(\.address) == [[10, 0, 0, 1]])
    #expect(metadata.names.map(\.names) == [[[UInt8]("a".utf8), [UInt8]("bc".utf8)]])
    #expect(metadata.statistics.map(\.received) == [77])
    #expect(metadata.statistics.map(\.droppedBySystem) == [77])
    #expect(metadata.statistics.map(\.delivered) == [nil])
    #expect(metadata.comments.map(\.subject) == [.section(0), .interface(0, section: 0), .packet(1), .other])
    #expect(
      metadata.comments.map { String(decoding: $0.text, as: UTF8.self) } == [
        "about all", "about eth0", "look here", "names",
      ])
    #expect(metadata.omittedItems == 0)
  }

  @Test func `a cut at any byte gives the whole packets before it`() {
    let whole = Self.everything(isBigEndian: false)
    // The ends of the blocks, found by walking over them.
    var ends = Set<Int>()
    var offset = 0
    var isBigEndian = false
    while offset < whole.count {
      if whole[offset] == 0x0a { isBigEndian = whole[offset + 8] == 0x1a }
      let field = whole[offset + 4..<offset + 8]
      offset += (isBigEndian ? [UInt8](field) : field.reversed()).reduce(0) { $0 << 8 | Int($1) }
      ends.insert(offset)
    }
    for length in 0..<whole.count {
      let reading = read([UInt8](whole[..<length]))
      #expect(reading.packets == [Read](Self.expected.prefix(reading.packets.count)), "cut at \(length)")
      if length < 12 {
        #expect(reading.failures.count == 1, "cut at \(length)")
      } else {
        #expect(reading.failures.isEmpty, "cut at \(length)")
        #expect(reading.damage.map(\.isCutShort) == (ends.contains(length) ? [] : [true]), "cut at \(length)")
        if let damage = reading.damage.first { #expect(ends.contains(damage.offset) || damage.offset == 0) }
      }
    }
  }

  @Test func `a packet of an unknown interface is counted and skipped`() {
    var file = CaptureBytes()
    file.section()
    file.interface()
    file.enhanced(interface: 7, ticks: 1, [1])
    file.enhanced(interface: 0xffff_ffff, ticks: 1, [1])
    file.enhanced(ticks: 2, [2])
    let reading = read(file.bytes)
    #expect(reading.packets == [Read(nanoseconds: 2000, bytes: [2], original: 1, number: 3)])
    #expect(reading.damage.map(\.offset) == [48, 84])
    #expect(reading.damage.allSatisfy { !$0.isCutShort })
  }

  @Test func `a section of an unknown version is skipped to the next`() {
    var file = CaptureBytes()
    file.section()
    file.interface()
    file.enhanced(ticks: 1, [1])
    let offset = file.bytes.count
    file.section()
    file.bytes[offset + 12] = 2
    file.interface()
    file.enhanced(ticks: 2, [2])
    file.section()
    file.interface()
    file.enhanced(ticks: 3, [3])
    let reading = read(file.bytes)
    #expect(reading.packets.map(\.bytes) == [[1], [3]])
    #expect(reading.damage.map(\.offset) == [offset])
  }

  @Test func `a simple packet without any interface is skipped`() {
    var file = CaptureBytes()
    file.section()
    file.block(3) { $0.add(UInt32(0)) }
    let reading = read(file.bytes)
    #expect(reading.packets.isEmpty)
    #expect(reading.damage.count == 1)
  }

  @Test(arguments: [0, 4, 8, 11, 13, 28, 33, 0xffff_fffc, 0x7fff_fff0] as [UInt32])
  func `an impossible block length ends the file`(_ length: UInt32) {
    var file = CaptureBytes()
    file.section()
    file.interface()
    file.enhanced(ticks: 1, [1])
    let offset = file.bytes.count
    file.add(UInt32(6))
    file.add(length)
    file.add([UInt8](repeating: 0, count: 40))
    let reading = read(file.bytes)
    #expect(reading.packets.count == 1)
    #expect(reading.damage.map(\.offset) == [offset])
    #expect(reading.damage.map(\.isCutShort) == [false])
  }

  @Test func `a length without the padding that follows is understood`() {
    var file = CaptureBytes()
    file.section()
    file.interface()
    for _ in 0..<2 {
      file.enhanced(ticks: 1, [1, 2, 3])
      file.bytes[file.bytes.count - 4] -= 1
      file.bytes[file.bytes.count - 32] -= 1
    }
    let reading = read(file.bytes)
    #expect(reading.packets.map(\.bytes) == [[1, 2, 3], [1, 2, 3]])
    #expect(reading.damage.isEmpty)
  }

  /// Block types, and whether Wireshark gives such a block a number.
  static let numbered: [(UInt32, Bool)] = [
    (9, true), (0xbad, true), (0x4000_0bad, true), (0x204, true), (0x216, true), (0x221, true), (0x201, false),
    (7, false), (8, false), (11, false), (0x8000_0001, false),
  ]

  @Test(arguments: numbered)
  func `packets are numbered as Wireshark numbers them`(_ type: UInt32, isNumbered: Bool) {
    for size in [40, 20_000] {
      var file = CaptureBytes()
      file.section()
      file.interface()
      file.enhanced(ticks: 1, [1])
      file.block(type) { $0.add([UInt8](repeating: 0, count: size)) }
      file.enhanced(ticks: 1, [1])
      #expect(read(file.bytes, batchBytes: 4096).packets.map(\.number) == [1, isNumbered ? 3 : 2])
    }
  }

  @Test func `a block whose two lengths differ is skipped`() {
    for type: UInt32 in [6, 0x8000_0001] {
      var file = CaptureBytes()
      file.section()
      file.interface()
      let offset = file.bytes.count
      file.block(type) { $0.add([UInt8](repeating: 0, count: 20)) }
      file.bytes[file.bytes.count - 4] ^= 4
      file.enhanced(ticks: 1, [1])
      let reading = read(file.bytes)
      #expect(reading.packets.map(\.bytes) == [[1]])
      #expect(reading.damage.map(\.offset) == [offset])
      #expect(reading.damage.map(\.reason) == ["a block's two lengths differ; 32 bytes are skipped"])
      #expect(reading.damagedBytes == 32)
    }
  }

  @Test func `a captured length beyond its block costs that packet only`() {
    var file = CaptureBytes()
    file.section()
    file.interface()
    file.enhanced(ticks: 1, [1])
    file.bytes[48 + 20] = 0xff
    file.enhanced(ticks: 1, [2])
    let reading = read(file.bytes)
    #expect(reading.packets.map(\.bytes) == [[2]])
    #expect(reading.packets.map(\.number) == [2])
    #expect(reading.damage.map(\.offset) == [48])
  }

  @Test func `unknown blocks larger than any buffer are skipped`() {
    var file = CaptureBytes()
    file.section()
    file.interface()
    file.block(0x8000_0001) { $0.add([UInt8](repeating: 1, count: 50_000)) }
    file.enhanced(ticks: 1, [1])
    #expect(read(file.bytes, batchBytes: 4096).packets.map(\.bytes) == [[1]])
    #expect(read(file.bytes, batchBytes: 4096).damage.isEmpty)
    // And one that ends with the file is whole, one that ends later is cut.
    let skipped = 48 + 50_012
    #expect(read([UInt8](file.bytes[..<skipped]), batchBytes: 4096).damage.isEmpty)
    for cut in [skipped - 1, skipped - 4, skipped - 5, 60] {
      let reading = read([UInt8](file.bytes[..<cut]), batchBytes: 4096)
      #expect(reading.damage.map(\.isCutShort) == [true], "cut at \(cut)")
    }
  }

  @Test func `secrets over the limit are skipped and counted`() throws {
    var limits = Limits()
    limits.blockBytes = 5000
    limits.metadataBytes = 1000
    var file = CaptureBytes()
    file.section()
    file.interface()
    for count in [20_000, 2000, 100] {
      file.block(10) {
        $0.add(UInt32(1))
        $0.add(UInt32(count))
        $0.add([UInt8](repeating: 1, count: count))
      }
    }
    file.enhanced(ticks: 1, [1])
    let reading = read(file.bytes, limits: limits, batchBytes: 4096)
    #expect(reading.packets.count == 1)
    let metadata = try #require(reading.metadata)
    #expect(metadata.secrets.map(\.bytes.count) == [100])
    #expect(metadata.omittedItems == 2)
  }

  @Test func `options beyond their block are told and the packet is given`() {
    var file = CaptureBytes()
    file.section()
    file.interface()
    file.enhanced(ticks: 1, [1]) {
      $0.add(UInt16(1))
      $0.add(UInt16(500))
    }
    let reading = read(file.bytes)
    #expect(reading.packets.count == 1)
    #expect(reading.damage.count == 1)
  }

  @Test func `only so many faults of a file are told singly`() {
    var limits = Limits()
    limits.faultsPerFile = 3
    var file = CaptureBytes()
    file.section()
    file.interface()
    for _ in 0..<50 {
      file.enhanced(ticks: 1, [1])
      file.bytes[file.bytes.count - 16] = 0xff
    }
    file.enhanced(ticks: 1, [1])
    let reading = read(file.bytes, limits: limits)
    #expect(reading.packets.map(\.number) == [51])
    #expect(reading.damagedPackets == 50)
    #expect(reading.damage.count == 4)
    #expect(reading.damage.last?.reason == "more faults follow, which are not told singly")
  }

  /// Resolution octet, offset in seconds, ticks, and the nanoseconds that must come of them.
  static let clocks: [(UInt8, Int64, UInt64, Int64)] = [
    (6, 0, 1, 1000), (9, 0, 1, 1), (0, 0, 3, 3_000_000_000), (3, 0, 5, 5_000_000), (12, 0, 1999, 1),
    (28, 0, .max, 1), (29, 0, .max, 0), (127, 0, .max, 0), (0x80, 0, 2, 2_000_000_000),
    (0x80 | 1, 0, 3, 1_500_000_000), (0x80 | 30, 0, 1 << 30, 1_000_000_000), (0x80 | 64, 0, .max, 999_999_999),
    (0xff, 0, .max, 0), (6, 0, .max, 9_007_199_254_740_991_000), (0, 0, .max, 9_007_199_254_740_991_000),
    (6, 2, 1, 2_000_001_000), (6, -2, 1, -1_999_999_000), (9, .max, .max, 9_007_199_254_740_991_000),
    (9, .min, 0, -9_007_199_254_740_991_000), (0, -1_000_000_000_000, 1_000_000_000_001, 1_000_000_000),
  ]

  @Test(arguments: clocks)
  func `any clock is converted without overflow`(_ resolution: UInt8, offset: Int64, ticks: UInt64, expected: Int64) {
    var file = CaptureBytes()
    file.section()
    file.interface {
      $0.option(9, [resolution])
      var value = CaptureBytes()
      value.add(offset)
      $0.option(14, value.bytes)
    }
    file.enhanced(ticks: ticks, [])
    #expect(read(file.bytes).packets.map(\.nanoseconds) == [expected])
  }
}
