import NetworkTypes
import PacketCapture
import TestSupport
import Testing

struct DamagedPcapngTests {
  /// A pcapng file of these packets on two interfaces in turn: Ethernet, and raw IP.
  static func capture(_ contents: [[UInt8]], isBigEndian: Bool = false) -> PlacedCapture {
    var file = CaptureBytes(isBigEndian: isBigEndian)
    file.section()
    file.interface(linkType: 1) { $0.option(2, [UInt8]("eth0".utf8)) }
    file.interface(linkType: 101)
    var places: [Int] = []
    var packets: [Read] = []
    for (index, content) in contents.enumerated() {
      places.append(file.bytes.count)
      let isRaw = index % 2 == 1
      let bytes = isRaw ? Array(content.dropFirst(14)) : content
      let ticks = 1_700_000_000_000_000 + UInt64(index) * 1000
      file.enhanced(interface: isRaw ? 1 : 0, ticks: ticks, bytes)
      packets.append(
        Read(
          nanoseconds: Int64(ticks) * 1000, bytes: bytes, original: bytes.count, linkType: isRaw ? 101 : 1,
          number: index + 1))
    }
    places.append(file.bytes.count)
    return PlacedCapture(bytes: file.bytes, places: places, packets: packets)
  }

  static let talk = capture(DamagedPcapTests.conversation)

  /// No packet has another link type than it was written with.
  static func checkLinkTypes(
    _ capture: PlacedCapture, _ reading: Reading, changed: Int? = nil, _ comment: @autoclosure () -> Comment
  ) {
    for packet in reading.packets {
      let sent = capture.packets.filter { $0.bytes == packet.bytes && $0.nanoseconds == packet.nanoseconds }
      if let changed, packet.bytes == capture.packets[changed].bytes { continue }
      #expect(sent.isEmpty || sent.contains { $0.linkType == packet.linkType }, "\(comment()): \(packet)")
    }
  }

  @Test(arguments: [false, true])
  func `a wrong octet around a block costs that packet only`(isBigEndian: Bool) {
    let capture = Self.capture(DamagedPcapTests.conversation, isBigEndian: isBigEndian)
    let file = TemporaryFile([])
    for record in 0..<capture.packets.count {
      let end = capture.places[record + 1]
      for place in Array(capture.places[record]..<capture.places[record] + 28) + Array(end - 4..<end) {
        for change: UInt8 in [0x01, 0x04, 0x80, 0xff] {
          var bytes = capture.bytes
          bytes[place] ^= change
          file.write(bytes)
          let reading = read(CaptureFileSource(paths: [file.path]))
          let comment: Comment = "record \(record), octet \(place - capture.places[record]) ^ \(change)"
          capture.check(reading, changed: record, allFrom: record + 1, comment)
          Self.checkLinkTypes(capture, reading, changed: record, comment)
        }
      }
    }
  }

  @Test func `garbage between blocks costs none of them`() {
    let file = TemporaryFile([])
    var random = SeededGenerator(seed: 4)
    for record in 0..<Self.talk.packets.count {
      for length in record == 7 ? Array(1...64) : [1, 5, 12, 20, 28, 33, 48, 64] {
        for garbage in [random.bytes(length), [UInt8](repeating: 0, count: length)] {
          file.write(Self.talk.with(garbage, at: Self.talk.places[record]))
          let reading = read(CaptureFileSource(paths: [file.path]))
          let comment: Comment = "\(garbage) before record \(record)"
          Self.talk.check(reading, allFrom: 0, comment)
          Self.checkLinkTypes(Self.talk, reading, comment)
          #expect(reading.damage.map(\.offset) == [Self.talk.places[record]], comment)
          #expect(reading.damagedBytes == length, comment)
        }
      }
    }
  }

  @Test func `garbage between all blocks costs no packet`() {
    for length in [1, 4, 40, 500] {
      var random = SeededGenerator(seed: UInt64(length))
      var bytes = Array(Self.talk.bytes[..<Self.talk.places[0]])
      for record in 0..<Self.talk.packets.count {
        if record % 4 == 3 { bytes += random.bytes(length) }
        bytes += Self.talk.bytes[Self.talk.places[record]..<Self.talk.places[record + 1]]
      }
      let reading = read(bytes)
      Self.talk.check(reading, allFrom: 0, "\(length) bytes before every fourth")
      #expect(reading.damage.count == 4)
    }
  }

  @Test func `bytes that are overwritten or missing give no packet a wrong link type`() {
    var random = SeededGenerator(seed: 6)
    let file = TemporaryFile([])
    for _ in 0..<500 {
      // From the first interface's description on.
      let start = Int.random(in: 28..<Self.talk.bytes.count - 1, using: &random)
      let length = min([1, 4, 16, 40, 200, 700].randomElement(using: &random)!, Self.talk.bytes.count - start)
      var bytes = Self.talk.bytes
      let removes = Bool.random(using: &random)
      if removes {
        bytes.removeSubrange(start..<start + length)
      } else {
        bytes.replaceSubrange(start..<start + length, with: random.bytes(length))
      }
      file.write(bytes)
      let reading = read(CaptureFileSource(paths: [file.path]))
      Self.checkLinkTypes(Self.talk, reading, "\(removes ? "without" : "other") \(length) bytes at \(start)")
      let first = Self.talk.places.lastIndex { $0 <= start }
      let last = Self.talk.places.lastIndex { $0 < start + length }
      if let first, let last {
        Self.talk.check(
          Reading(
            packets: reading.packets.filter { packet in
              !(first...last).contains {
                $0 < Self.talk.packets.count && Self.talk.packets[$0].nanoseconds == packet.nanoseconds
              }
            }), changed: first, allFrom: last + 3, "\(removes ? "without" : "other") \(length) bytes at \(start)")
      }
    }
  }

  @Test func `a lost interface description costs its packets and gives others no wrong one`() {
    var file = CaptureBytes()
    file.section()
    file.interface(linkType: 1)
    let lost = file.bytes.count
    file.interface(linkType: 101)
    let kept = file.bytes.count
    file.interface(linkType: 113)
    for index in 0..<9 { file.enhanced(interface: UInt32(index % 3), ticks: 1_700_000_000_000_000, [UInt8(index)]) }
    for place in lost..<kept {
      for change: UInt8 in [1, 4, 0x80, 0xff] {
        var bytes = file.bytes
        bytes[place] ^= change
        let reading = read(bytes)
        let comment: Comment = "octet \(place - lost) ^ \(change)"
        // The link type, the reserved octets and the snap length are taken as they are.
        let isContent = (8..<16).contains(place - lost)
        for packet in reading.packets {
          let interface = packet.bytes[0] % 3
          if interface == 1 && isContent { continue }
          #expect(packet.linkType == [1, 101, 113][Int(interface)], comment)
        }
        #expect(reading.packets.filter { $0.linkType == 1 }.count == 3 || isContent, comment)
        if !isContent { #expect(!reading.damage.isEmpty && reading.damagedPackets > 0, comment) }
      }
    }
    // Overwritten whole, nothing says how many descriptions there were.
    var bytes = file.bytes
    bytes.replaceSubrange(lost..<kept, with: [UInt8](repeating: 0x77, count: kept - lost))
    let reading = read(bytes)
    #expect(reading.packets.map(\.bytes) == [[0], [3], [6]])
    #expect(reading.damagedPackets == 6)
    #expect(
      reading.damage.map(\.reason).suffix(2).allSatisfy { $0.hasSuffix("no longer for sure: 3 packets are left out") })
  }

  @Test func `a lost section gives no packet the link type of the one before`() {
    var file = CaptureBytes()
    file.section()
    file.interface(linkType: 1)
    for packet in DamagedPcapTests.conversation.prefix(4) { file.enhanced(ticks: 1_700_000_000_000_000, packet) }
    let lost = file.bytes.count
    file.section()
    let interface = file.bytes.count
    file.interface(linkType: 101)
    let kept = file.bytes.count
    for packet in DamagedPcapTests.conversation.dropFirst(4).prefix(9) {
      file.enhanced(ticks: 1_700_000_000_001_000, Array(packet.dropFirst(14)))
    }
    for end in [lost + 4, lost + 8, lost + 12, interface, interface + 8, kept, kept + 20] {
      for value: UInt8 in [0, 0x31, 0xff] {
        var bytes = file.bytes
        bytes.replaceSubrange(lost..<end, with: [UInt8](repeating: value, count: end - lost))
        let reading = read(bytes)
        for packet in reading.packets {
          let isRaw = packet.bytes[0] == 0x45
          #expect(packet.linkType == (isRaw ? 101 : 1), "\(value) up to \(end - lost): \(packet)")
        }
        #expect(reading.packets.count >= 4)
        #expect(!reading.damage.isEmpty)
      }
    }
  }

  @Test func `a capture inside a damaged packet is never given out`() {
    for count in [1, 3, 12] {
      for hasSection in [true, false] {
        var inner = CaptureBytes()
        if hasSection {
          inner.section()
          inner.interface(linkType: 1)
        }
        for index in 0..<count {
          inner.enhanced(ticks: 1_700_000_000_000_000, [UInt8](repeating: UInt8(0xc0 + index), count: 60))
        }
        var talk = Conversation()
        talk.handshake()
        talk.client("before")
        let carrier = talk.packets.count
        talk.server(inner.bytes)
        for index in 0..<9 { talk.client([UInt8](repeating: UInt8(index), count: 20 + index)) }
        let capture = Self.capture(talk.packets.map(\.bytes))
        let start = capture.places[carrier]
        let end = capture.places[carrier + 1]
        let damages =
          (0..<28).map { start + $0..<start + $0 + 1 } + (end - 4..<end).map { $0..<$0 + 1 }
          + [start..<start + 8, start..<start + 28, start..<start + 60, end - 4..<end]
        for damage in damages {
          for value: UInt8 in [0, 0x3c, 0xff] {
            var bytes = capture.bytes
            bytes.replaceSubrange(damage, with: [UInt8](repeating: value, count: damage.count))
            let reading = read(bytes)
            let comment: Comment = "\(count) blocks, section \(hasSection), \(value) at \(damage.lowerBound - start)"
            #expect(!reading.packets.contains { $0.bytes.count == 60 && $0.bytes[0] >= 0xc0 }, comment)
            capture.check(reading, changed: carrier, allFrom: carrier + 1, comment)
          }
        }
      }
    }
  }

  @Test func `zeros between blocks are named once`() {
    for length in [1, 12, 13, 4096, 300_000] {
      let reading = read(Self.talk.with([UInt8](repeating: 0, count: length), at: Self.talk.places[7]))
      Self.talk.check(reading, allFrom: 0, "\(length) zeros")
      #expect(reading.damage.map(\.offset) == [Self.talk.places[7]])
      #expect(reading.damagedBytes == length)
      if length > 12 {
        #expect(reading.damage[0].reason == "zeros stand where a block should begin; \(length) bytes are skipped")
      }
    }
  }

  @Test(arguments: [40, 200, 65_000, 10_000_000, 0x1000_0064, 0xffff_fffc])
  func `a length that swallows other blocks costs one packet`(claimed: Int) {
    for record in 0..<Self.talk.packets.count - 1 {
      var bytes = Self.talk.bytes
      for (index, shift) in [0, 8, 16, 24].enumerated() {
        bytes[Self.talk.places[record] + 4 + index] = UInt8(truncatingIfNeeded: claimed >> shift)
      }
      if bytes == Self.talk.bytes { continue }
      let reading = read(bytes)
      Self.talk.check(reading, changed: record, allFrom: record + 1, "record \(record) claims \(claimed)")
      #expect(reading.damage.count == 1)
      #expect(reading.damage.allSatisfy { !$0.isCutShort })
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a file of nothing but blocks that almost fit takes no long time`() {
    var file = CaptureBytes()
    file.section()
    file.interface()
    var random = SeededGenerator(seed: 9)
    for _ in 0..<100_000 { file.add([6, 32, 36, 64, 1, 0].randomElement(using: &random)! as UInt32) }
    let reading = read(file.bytes)
    #expect(reading.damagedBytes > 0)
  }
}
