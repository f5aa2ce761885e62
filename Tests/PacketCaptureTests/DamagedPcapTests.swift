import NetworkTypes
import PacketCapture
import TestSupport
import Testing

/// A capture written record by record, with the place of each.
struct PlacedCapture {
  var bytes: [UInt8]
  /// Where each record begins, and the end of the last.
  var places: [Int]
  /// What a reader must give.
  var packets: [Read]

  /// A pcap file of these packets, a millisecond apart.
  static func pcap(_ contents: [[UInt8]], isBigEndian: Bool = false, seconds: UInt32 = 1_700_000_000) -> PlacedCapture {
    var file = CaptureBytes(isBigEndian: isBigEndian)
    file.pcapHeader()
    var places: [Int] = []
    var packets: [Read] = []
    for (index, content) in contents.enumerated() {
      places.append(file.bytes.count)
      let fraction = UInt32(index) * 1000
      file.pcapRecord(seconds: seconds, fraction: fraction, content)
      packets.append(
        Read(
          nanoseconds: Int64(seconds) * 1_000_000_000 + Int64(fraction) * 1000, bytes: content,
          original: content.count, number: index + 1))
    }
    places.append(file.bytes.count)
    return PlacedCapture(bytes: file.bytes, places: places, packets: packets)
  }

  /// What every test holds: packets are given in order, each one that was written, but for the one that was changed;
  /// and none is missing from `behind` on.
  func check(
    _ reading: Reading, changed: Int? = nil, allFrom behind: Int? = nil, _ comment: @autoclosure () -> Comment
  ) {
    var next = 0
    for packet in reading.packets {
      // Behind damage the numbers go on with what is found.
      let same = packets[next...].firstIndex { $0.bytes == packet.bytes && $0.nanoseconds == packet.nanoseconds }
      if let same {
        next = same + 1
        continue
      }
      #expect(changed.map { next <= $0 } ?? false, "\(comment()): \(packet) was never written")
      if let changed { next = max(next, changed + 1) }
    }
    guard let behind, behind < packets.count else { return }
    let wanted = packets[behind...].map(\.bytes)
    #expect(
      reading.packets.suffix(wanted.count).map(\.bytes) == Array(wanted),
      "\(comment()): packets are missing, \(reading.packets.count) of \(packets.count) given, \(reading.damage)")
  }

  /// With bytes put in at `place`.
  func with(_ garbage: [UInt8], at place: Int) -> [UInt8] {
    Array(bytes[..<place]) + garbage + Array(bytes[place...])
  }
}

struct DamagedPcapTests {
  /// TCP packets of different lengths, as a conversation has them.
  static let conversation: [[UInt8]] = {
    var talk = Conversation()
    talk.handshake()
    for index in 0..<8 {
      talk.client([UInt8](repeating: UInt8(0x41 + index), count: 30 + index * 37))
      talk.server([UInt8](repeating: UInt8(0x61 + index), count: 10 + index * 51))
    }
    return talk.packets.map(\.bytes)
  }()

  /// Packets that are no IP.
  static let unknown: [[UInt8]] = (0..<20).map { index in
    (0..<(40 + index * 7)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ index &* 17) }
  }

  static let contents: [(name: String, packets: [[UInt8]])] = [("TCP", conversation), ("unknown", unknown)]

  /// A small capture of its own, with times before those of the captures around it or after them.
  static func nested(_ count: Int, seconds: UInt32) -> [UInt8] {
    PlacedCapture.pcap((0..<count).map { [UInt8](repeating: UInt8(0xc0 + $0), count: 60) }, seconds: seconds).bytes
  }

  @Test(arguments: [0, 1], [false, true])
  func `a wrong octet in a record's header costs that packet and at most two more`(_ kind: Int, isBigEndian: Bool) {
    let capture = PlacedCapture.pcap(Self.contents[kind].packets, isBigEndian: isBigEndian)
    let file = TemporaryFile([])
    for record in 0..<capture.packets.count {
      for octet in 0..<16 {
        for change: UInt8 in [0x01, 0x04, 0x80, 0xff] {
          var bytes = capture.bytes
          bytes[capture.places[record] + octet] ^= change
          file.write(bytes)
          let reading = read(CaptureFileSource(paths: [file.path]))
          capture.check(
            reading, changed: record, allFrom: record + 3,
            "\(Self.contents[kind].name): record \(record), octet \(octet) ^ \(change)")
        }
      }
    }
  }

  @Test(arguments: [0, 1])
  func `garbage between records costs none of them but the one before`(_ kind: Int) {
    let capture = PlacedCapture.pcap(Self.contents[kind].packets)
    let file = TemporaryFile([])
    var random = SeededGenerator(seed: 3)
    for record in 1..<capture.packets.count {
      for length in record == 7 ? Array(1...64) : [1, 4, 5, 12, 16, 20, 33, 64] {
        for garbage in [
          random.bytes(length), [UInt8](repeating: 0, count: length), [UInt8](repeating: 0xff, count: length),
        ] {
          file.write(capture.with(garbage, at: capture.places[record]))
          let reading = read(CaptureFileSource(paths: [file.path]))
          let place: Comment = "\(Self.contents[kind].name): \(garbage) before record \(record)"
          capture.check(reading, allFrom: record, place)
          // Less than a header at the end would be a cut.
          #expect(reading.damage.count == 1, place)
          #expect(reading.damage.allSatisfy { !$0.isCutShort }, place)
        }
      }
    }
  }

  @Test func `a run of zeros is damage and no packet`() {
    let capture = PlacedCapture.pcap(Self.conversation)
    for length in [1, 15, 16, 17, 160, 4096, 100_000, 1_000_000] {
      for record in [0, 1, 9, capture.packets.count] {
        let reading = read(capture.with([UInt8](repeating: 0, count: length), at: capture.places[record]))
        let place: Comment = "\(length) zeros before record \(record)"
        #expect(reading.packets.map(\.bytes) == capture.packets.map(\.bytes), place)
        #expect(reading.damage.map(\.offset) == [capture.places[record]], place)
        if record < capture.packets.count { #expect(reading.damagedBytes == length, place) }
      }
    }
  }

  @Test(arguments: [0, 1])
  func `bytes that are overwritten or missing cost the packets that they belong to`(_ kind: Int) {
    let capture = PlacedCapture.pcap(Self.contents[kind].packets)
    var random = SeededGenerator(seed: 5)
    let file = TemporaryFile([])
    for _ in 0..<500 {
      let start = Int.random(in: 24..<capture.bytes.count - 1, using: &random)
      let length = min([1, 4, 16, 40, 200, 700].randomElement(using: &random)!, capture.bytes.count - start)
      let first = capture.places.lastIndex { $0 <= start }!
      let last = capture.places.lastIndex { $0 < start + length }!
      var bytes = capture.bytes
      let removes = Bool.random(using: &random)
      if removes {
        bytes.removeSubrange(start..<start + length)
      } else {
        bytes.replaceSubrange(start..<start + length, with: random.bytes(length))
      }
      file.write(bytes)
      let reading = read(CaptureFileSource(paths: [file.path]))
      var given = reading
      // What was overwritten inside of a packet is given as it is.
      given.packets.removeAll { packet in
        (first...last).contains { index in
          index < capture.packets.count && packet.nanoseconds == capture.packets[index].nanoseconds
            && packet.bytes.count == capture.packets[index].bytes.count
        }
      }
      capture.check(
        given, changed: first, allFrom: last + 3, "\(removes ? "without" : "other") \(length) bytes at \(start)")
    }
  }

  @Test func `four octets that are missing do not shift the headers behind them`() {
    // Packets that are no IP and begin with a small number, so that a header that is read four octets too late looks
    // like one: the fraction for the seconds, the captured length for the fraction, and so on.
    let capture = PlacedCapture.pcap((0..<20).map { [0xe8, 3, 0, 0] + [UInt8](repeating: UInt8($0), count: 60 + $0) })
    for record in 0..<19 {
      for place in capture.places[record] + 16..<capture.places[record + 1] - 4 {
        var bytes = capture.bytes
        bytes.removeSubrange(place..<place + 4)
        capture.check(read(bytes), changed: record, allFrom: record + 2, "without four octets at \(place)")
      }
    }
  }

  @Test func `records that a wrong length swallowed are given, and no bytes of them in the packet that claims them`() {
    let capture = PlacedCapture.pcap(Self.conversation)
    for record in 0..<capture.packets.count - 3 {
      for claimed in [1, 59, 200, 1500, 65_535, 262_144, 0x7fff_ffff, 0xffff_ffff] {
        for isConsistent in [false, true] {
          var bytes = capture.bytes
          let place = capture.places[record]
          for (index, shift) in [0, 8, 16, 24].enumerated() {
            bytes[place + 8 + index] = UInt8(truncatingIfNeeded: claimed >> shift)
            if isConsistent { bytes[place + 12 + index] = UInt8(truncatingIfNeeded: claimed >> shift) }
          }
          let reading = read(bytes)
          let comment: Comment = "record \(record) claims \(claimed), original too: \(isConsistent)"
          #expect(
            reading.packets.filter { $0.bytes != capture.packets[record].bytes }.allSatisfy {
              packet in capture.packets.contains { $0.bytes == packet.bytes }
            }, comment)
          capture.check(reading, changed: record, allFrom: record + 2, comment)
          #expect(!reading.damage.isEmpty, comment)
        }
      }
    }
  }

  @Test(arguments: [0, 1, 2])
  func `a capture inside a damaged packet is never given out`(_ kind: Int) {
    // Its times are older, the same, or newer than those around it.
    let seconds: UInt32 = [1_600_000_000, 1_700_000_000, 1_700_000_001][kind]
    for count in [1, 3, 5, 12] {
      for trailing in [0, 4, 33] {
        let inner = Self.nested(count, seconds: seconds)
        var talk = Conversation()
        talk.handshake()
        talk.client("before")
        let carrier = talk.packets.count
        talk.server(inner + [UInt8](repeating: 0x55, count: trailing))
        for index in 0..<9 { talk.client([UInt8](repeating: UInt8(index), count: 20 + index)) }
        let capture = PlacedCapture.pcap(talk.packets.map(\.bytes))
        let innerPackets = Set((0..<count).map { [UInt8](repeating: UInt8(0xc0 + $0), count: 60) })
        let place = capture.places[carrier]
        // Each octet of the record's header, the whole of it, and it with the headers of the packet.
        let damages =
          (0..<16).map { place + $0..<place + $0 + 1 } + [place..<place + 16, place..<place + 50, place..<place + 70]
        for damage in damages {
          for value: UInt8 in [0, 0x3c] {
            var bytes = capture.bytes
            bytes.replaceSubrange(damage, with: [UInt8](repeating: value, count: damage.count))
            let reading = read(bytes)
            let comment: Comment = "\(count) records, \(trailing) bytes behind them, \(value) at \(damage)"
            #expect(!reading.packets.contains { innerPackets.contains($0.bytes) }, comment)
            capture.check(reading, changed: carrier, comment)
            if damage.count == 1 { capture.check(reading, changed: carrier, allFrom: carrier + 3, comment) }
          }
        }
      }
    }
  }

  @Test func `records of a capture that was sent in several packets are never given out`() {
    let inner = Self.nested(60, seconds: 1_699_999_990)
    var talk = Conversation(maximumSegment: 700)
    talk.handshake()
    talk.client("before")
    let first = talk.packets.count
    talk.server(inner)
    let carriers = first..<talk.packets.count
    for index in 0..<9 { talk.client([UInt8](repeating: UInt8(index), count: 20 + index)) }
    let capture = PlacedCapture.pcap(talk.packets.map(\.bytes))
    for carrier in carriers {
      for length in [4, 8, 12, 16, 40, 70] {
        for value: UInt8 in [0, 0x77, 0xff] {
          for start in [0, 8, 12] {
            var bytes = capture.bytes
            let damage = capture.places[carrier] + start..<capture.places[carrier] + start + length
            bytes.replaceSubrange(damage, with: [UInt8](repeating: value, count: length))
            let reading = read(bytes)
            let comment: Comment = "packet \(carrier), \(value) at \(damage)"
            #expect(!reading.packets.contains { $0.bytes.count == 60 && $0.bytes.allSatisfy { $0 >= 0xc0 } }, comment)
            capture.check(reading, changed: carrier, allFrom: carriers.upperBound + 2, comment)
          }
        }
      }
    }
  }

  @Test func `times that go back or leap are no damage`() {
    var file = CaptureBytes()
    file.pcapHeader()
    let seconds: [UInt32] = [5000, 4990, 0, 1_700_000_000, 1_700_000_000, 1, 4_294_967_295, 1_700_000_000, 3]
    for (index, second) in seconds.enumerated() { file.pcapRecord(seconds: second, fraction: 7, [UInt8(index), 1]) }
    let reading = read(file.bytes)
    #expect(reading.packets.map { $0.nanoseconds / 1_000_000_000 } == seconds.map { Int64($0) })
    #expect(reading.damage.isEmpty)
  }

  @Test func `odd but consistent headers are no damage`() {
    for oddity in 0..<4 {
      var file = CaptureBytes()
      file.pcapHeader()
      if oddity == 0 { file.bytes[16] = 10; file.bytes[18] = 0 }
      for index in 0..<9 {
        let data = [UInt8](repeating: UInt8(index), count: 50)
        file.pcapRecord(
          seconds: 1_700_000_000, fraction: oddity == 1 ? 1_000_007 : 1, oddity == 3 && index % 2 == 0 ? [] : data,
          original: oddity == 2 ? 20 : oddity == 3 && index % 2 == 0 ? 0 : nil)
      }
      let reading = read(file.bytes)
      #expect(reading.packets.count == 9, "oddity \(oddity)")
      #expect(reading.damage.isEmpty, "oddity \(oddity)")
    }
  }

  @Test func `a second file behind the first is damage that is named`() {
    let first = PlacedCapture.pcap(Self.conversation)
    let reading = read(first.bytes + PlacedCapture.pcap(Self.unknown).bytes)
    first.check(reading, "concatenated")
    #expect(reading.packets.count == first.packets.count)
    #expect(reading.damage.map(\.offset) == [first.bytes.count])
    #expect(reading.damage.first?.reason.hasPrefix("another pcap file begins where a record should; ") == true)
  }

  @Test func `damage is named once, with the bytes that it cost`() {
    let capture = PlacedCapture.pcap(Self.conversation)
    let reading = read(capture.with([UInt8](repeating: 0x33, count: 40), at: capture.places[5]))
    #expect(
      reading.damage.map(\.reason) == [
        "a record claims 858993459 captured bytes, which is over the limit; 40 bytes are skipped"
      ])
    #expect(reading.damage.map(\.offset) == [capture.places[5]])
    #expect(reading.damagedBytes == 40)
  }

  @Test(.timeLimit(.minutes(1)))
  func `a file of nothing but headers that almost fit takes no long time`() {
    var file = CaptureBytes()
    file.pcapHeader()
    file.pcapRecord(seconds: 1_700_000_000, fraction: 0, [1])
    // Each word could be any field of a header, so that chains begin everywhere and lead nowhere.
    var random = SeededGenerator(seed: 9)
    for _ in 0..<100_000 {
      file.add([1_700_000_000, 17, 17, 33, 64, 999_999].randomElement(using: &random)! as UInt32)
    }
    let reading = read(file.bytes)
    #expect(reading.damagedBytes > 0)
  }
}
