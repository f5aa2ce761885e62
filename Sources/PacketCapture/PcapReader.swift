internal import NetworkTypes

/// Reads the records of a pcap file (draft-ietf-opsawg-pcap) and its kin.
///
/// Nothing in a record says that it is one, so each record stands surety for the one before: where the header behind
/// a record is none that could be expected, ``judge`` looks closer, and behind damage the next record that can be
/// proven is searched for (`PcapDamage.swift`).
struct PcapReader {
  /// Bytes of the file's header.
  let headerBytes: Int
  /// The version, where it is one whose records nobody knows how to read.
  let unknownVersion: String?
  /// What was found wrong, to be collected by the caller.
  var faults: [ParseStep.Fault] = []
  /// The search for the next record, behind damage.
  var search: Search?
  /// Bytes of the file that must be there before it is worth going on.
  var neededEnd = 0
  /// Seconds of the last packet's time.
  var lastSeconds: UInt32 = 0
  /// Whether there was a packet, so that `lastSeconds` means something.
  var hasLastSeconds = false
  /// In which ways the first record is unusual, and others may be.
  var habit = Oddities()

  /// Seconds that packets may be apart, in either direction, without being looked at more closely: a week.
  var usualSeconds = week

  /// Bytes that a snap length may have cut from a packet without its being looked at more closely.
  var usualCut = UInt(Int.max)

  let recordHeaderBytes: Int
  let linkType: UInt16
  /// Captured bytes of a packet that is nothing unusual: the snap length.
  let usualLimit: Int
  /// Units in a second.
  let unitsPerSecond: UInt32
  let limits: Limits
  private let isSwapped: Bool
  private let nanosecondsPerUnit: Int64
  private let lengthOrder: LengthOrder
  private let frameCheckBytes: Int
  private var packetNumber = 0

  /// Which of a record's two lengths comes first.
  private enum LengthOrder {
    /// The captured one, since version 2.4.
    case capturedFirst
    /// The original one, before version 2.3.
    case originalFirst
    /// Version 2.3 was written by programs of both kinds; the captured length is never the larger.
    case smallerIsCaptured
  }

  /// The magic numbers, as read in the writer's byte order.
  private enum Magic {
    static let microseconds: UInt32 = 0xa1b2_c3d4
    static let nanoseconds: UInt32 = 0xa1b2_3c4d
    /// Alexey Kuznetzov's patched libpcap: 8 more bytes in each record header.
    static let patched: UInt32 = 0xa1b2_cd34
    /// IxVeriWave hardware and software captures: nanoseconds, and a word more in the file header.
    static let ixiaHardware: UInt32 = 0x1c00_01ac
    static let ixiaSoftware: UInt32 = 0x1c00_01ab
  }

  /// Bytes of the classic file header, which is what ``init(header:limits:)`` looks at.
  static let classicHeaderBytes = 24

  /// A reader for the file that begins with `header`; `nil` if that is no pcap file.
  init?(header: RawSpan, limits: Limits) {
    guard header.byteCount >= Self.classicHeaderBytes else { return nil }
    let raw: UInt32 = header.checkedNative(0)
    guard let swapped = Self.isSwapped(raw) else { return nil }
    isSwapped = swapped
    let magic = swapped ? raw.byteSwapped : raw
    let hasMicroseconds = magic == Magic.microseconds || magic == Magic.patched
    nanosecondsPerUnit = hasMicroseconds ? 1000 : 1
    unitsPerSecond = hasMicroseconds ? 1_000_000 : 1_000_000_000
    recordHeaderBytes = magic == Magic.patched ? 24 : 16
    headerBytes = magic == Magic.ixiaHardware || magic == Magic.ixiaSoftware ? 28 : 24

    let major: UInt16 = header.checkedNative(4)
    let minor: UInt16 = header.checkedNative(6)
    let version = (major: swapped ? major.byteSwapped : major, minor: swapped ? minor.byteSwapped : minor)
    unknownVersion = version.major == 2 || version == (543, 0) ? nil : "\(version.major).\(version.minor)"
    switch version {
    case (2, 0..<3): lengthOrder = .originalFirst
    // 543.0 is what DG/UX's tcpdump wrote.
    case (2, 3), (543, 0): lengthOrder = .smallerIsCaptured
    default: lengthOrder = .capturedFirst
    }

    let rawSnapLength: UInt32 = header.checkedNative(16)
    let snapLength = Int(swapped ? rawSnapLength.byteSwapped : rawSnapLength)
    usualLimit = snapLength == 0 ? limits.packetBytes : min(snapLength, limits.packetBytes)
    let rawNetwork: UInt32 = header.checkedNative(20)
    let network = swapped ? rawNetwork.byteSwapped : rawNetwork
    linkType = UInt16(truncatingIfNeeded: network)
    // Bit 26 says that the upper four bits hold the length of the frame check sequence, in 16-bit words.
    frameCheckBytes = network & 0x0400_0000 != 0 ? Int(network >> 28) * 2 : 0
    self.limits = limits
  }

  /// Whether a file that begins with this word is in the other byte order; `nil` if the word begins no pcap file.
  static func isSwapped(_ word: UInt32) -> Bool? {
    for (candidate, swapped) in [(word, false), (word.byteSwapped, true)] {
      switch candidate {
      case Magic.microseconds, Magic.nanoseconds, Magic.patched, Magic.ixiaHardware, Magic.ixiaSoftware: return swapped
      default: break
      }
    }
    return nil
  }

  /// A record's header.
  struct Header {
    var seconds: UInt32
    var fraction: UInt32
    var captured: Int
    var original: Int
  }

  /// The header at `offset`; the caller has compared that there is room for one.
  @inline(__always)
  func header(_ bytes: RawSpan, _ offset: Int) -> Header {
    var header = Header(
      seconds: word(bytes, offset), fraction: word(bytes, offset + 4), captured: Int(word(bytes, offset + 8)),
      original: Int(word(bytes, offset + 12)))
    switch lengthOrder {
    case .capturedFirst: break
    case .originalFirst: swap(&header.captured, &header.original)
    case .smallerIsCaptured: if header.captured > header.original { swap(&header.captured, &header.original) }
    }
    return header
  }

  /// Whether a header is what may be expected behind the last record.
  @inline(__always)
  private func isUsual(_ header: Header) -> Bool {
    header.captured <= usualLimit && UInt(bitPattern: header.original &- header.captured) <= usualCut
      && UInt(bitPattern: header.original &- 1) < UInt(bitPattern: Self.vastPacket)
      && header.fraction < unitsPerSecond
      && header.seconds &- lastSeconds &+ usualSeconds <= 2 &* usualSeconds
  }

  /// Longer than a packet is on any wire that is captured.
  static let vastPacket = 1 << 20
  /// Seconds in a week.
  static let week: UInt32 = 604_800
  /// In a capture whose times do not count from 1970 a fraction could be taken for seconds, and each length for the
  /// field before it.
  private static let relativeSeconds: UInt32 = 60

  /// Takes records from the front of `bytes`, which stand at `fileOffset`.
  ///
  /// - Parameters:
  ///   - bytes: What was read of the file.
  ///   - fileOffset: Bytes of the file before them.
  ///   - isAtEnd: Whether nothing comes behind them.
  ///   - waits: Whether more can be read without waiting for anybody: then a record is held until the next one's
  ///     header has confirmed it.
  ///   - packets: Takes the packets.
  /// - Returns: How far it got.
  mutating func parse(
    _ bytes: RawSpan, fileOffset: Int, isAtEnd: Bool, waits: Bool, into packets: inout [Packet]
  ) -> ParseStep {
    var step = ParseStep()
    var offset = 0
    let end = bytes.byteCount
    guard isAtEnd || fileOffset + end >= neededEnd else { return step }
    if search != nil {
      guard let found = goOnSearching(bytes, fileOffset, isAtEnd, &step) else { return step }
      offset = found
    }
    while true {
      guard end - offset >= recordHeaderBytes else {
        guard isAtEnd, offset == end, let last = packets.last,
          let resumed = resumeInLastRecord(
            bytes, at: last.bytes.lowerBound - recordHeaderBytes, fileOffset: fileOffset)
        else { break }
        forget(&packets)
        offset = resumed
        continue
      }
      let header = header(bytes, offset)
      if !hasLastSeconds {
        lastSeconds = header.seconds
        if header.seconds < 2 * Self.week {
          usualSeconds = Self.relativeSeconds
          usualCut = 0
        }
      }
      if !isUsual(header) {
        switch judge(bytes, at: offset, header, behind: packets.last, fileOffset: fileOffset, isAtEnd: isAtEnd) {
        case .sound: break
        case .undecided:
          step.consumed = withheld(&packets) ?? offset
          return step
        case .damaged(let damage):
          if damage.takesPrevious { forget(&packets) }
          search = Search(damage, fileOffset: fileOffset)
          offset = damage.searchFrom
          guard let found = goOnSearching(bytes, fileOffset, isAtEnd, &step) else { return step }
          offset = found
          continue
        }
      }
      let start = offset + recordHeaderBytes
      guard end - start >= header.captured else {
        if isAtEnd, let resumed = resumeInLastRecord(bytes, at: offset, fileOffset: fileOffset) {
          offset = resumed
          continue
        }
        break
      }
      packetNumber += 1
      lastSeconds = header.seconds
      hasLastSeconds = true
      packets.append(
        Packet(
          // Cannot overflow: both fields are 32 bits wide.
          timestamp: Timestamp(
            nanoseconds: Int64(header.seconds) * 1_000_000_000 + Int64(header.fraction) * nanosecondsPerUnit),
          bytes: start..<start + header.captured, originalLength: header.original, linkType: linkType,
          number: packetNumber, frameCheckBytes: frameCheckBytes))
      offset = start + header.captured
    }
    // The last record is confirmed by the header of the next, which a slow writer is not waited for.
    if !isAtEnd, waits, end - offset < recordHeaderBytes, let held = withheld(&packets) { offset = held }
    step.consumed = offset
    return step
  }

  /// Takes the last packet back; gives the place of its record.
  private mutating func withheld(_ packets: inout [Packet]) -> Int? {
    guard let last = packets.last else { return nil }
    forget(&packets)
    return last.bytes.lowerBound - recordHeaderBytes
  }

  private mutating func forget(_ packets: inout [Packet]) {
    guard packets.popLast() != nil else { return }
    packetNumber -= 1
  }

  @inline(__always)
  private func word(_ bytes: RawSpan, _ offset: Int) -> UInt32 {
    let raw: UInt32 = bytes.checkedNative(offset)
    return isSwapped ? raw.byteSwapped : raw
  }
}
