internal import NetworkTypes

/// Reads the records of a pcap file (draft-ietf-opsawg-pcap) and its kin.
struct PcapReader {
  /// Bytes of the file's header.
  let headerBytes: Int
  /// The version, where it is one whose records nobody knows how to read.
  let unknownVersion: String?

  /// Damage that was passed, to be collected by the caller.
  var faults: [ParseStep.Fault] = []

  private let isSwapped: Bool
  private let nanosecondsPerUnit: Int64
  /// Units of the fraction in a second.
  let unitsPerSecond: Int64
  let recordHeaderBytes: Int
  private let lengthOrder: LengthOrder
  private let linkType: UInt16
  private let frameCheckBytes: Int
  let packetLimit: Int
  let searchLimit: Int
  let faultLimit: Int
  /// Bytes of a record that is believed without another one before it: what libpcap accepts, or the file's snap length.
  let largestInChain: Int
  private var packetNumber = 0

  /// The seconds of the last record that was read; `nil` before the first.
  var lastSeconds: Int64? { nearSeconds == .max ? nil : earliestSeconds &+ Self.mostSecondsBack }
  /// The first second that is near the last record's.
  private var earliestSeconds: Int64 = 0
  /// Seconds from there that are near; all before the first record.
  private var nearSeconds = UInt64.max
  /// Where the data of the last record begin in the bytes at hand, if they do.
  private var lastData: Int?
  /// What records of this file were found to do.
  var tolerated: Oddities = []
  /// Set while records are looked for behind damage.
  var search: Search?

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
    let magics = [
      Magic.microseconds, Magic.nanoseconds, Magic.patched, Magic.ixiaHardware, Magic.ixiaSoftware,
    ]
    if magics.contains(raw) {
      isSwapped = false
    } else if magics.contains(raw.byteSwapped) {
      isSwapped = true
    } else {
      return nil
    }
    let magic = isSwapped ? raw.byteSwapped : raw
    nanosecondsPerUnit = magic == Magic.microseconds || magic == Magic.patched ? 1000 : 1
    unitsPerSecond = 1_000_000_000 / nanosecondsPerUnit
    recordHeaderBytes = magic == Magic.patched ? 24 : 16
    headerBytes = magic == Magic.ixiaHardware || magic == Magic.ixiaSoftware ? 28 : 24

    let major: UInt16 = header.checkedNative(4)
    let minor: UInt16 = header.checkedNative(6)
    let version = (major: isSwapped ? major.byteSwapped : major, minor: isSwapped ? minor.byteSwapped : minor)
    unknownVersion = version.major == 2 || version == (543, 0) ? nil : "\(version.major).\(version.minor)"
    switch version {
    case (2, 0..<3): lengthOrder = .originalFirst
    // 543.0 is what DG/UX's tcpdump wrote.
    case (2, 3), (543, 0): lengthOrder = .smallerIsCaptured
    default: lengthOrder = .capturedFirst
    }

    let rawNetwork: UInt32 = header.checkedNative(20)
    let network = isSwapped ? rawNetwork.byteSwapped : rawNetwork
    linkType = UInt16(truncatingIfNeeded: network)
    // Bit 26 says that the upper four bits hold the length of the frame check sequence, in 16-bit words.
    frameCheckBytes = network & 0x0400_0000 != 0 ? Int(network >> 28) * 2 : 0
    packetLimit = limits.packetBytes
    searchLimit = limits.captureSearchBytes
    faultLimit = limits.faultsPerFile
    let rawSnapLength: UInt32 = header.checkedNative(16)
    let snapLength = isSwapped ? rawSnapLength.byteSwapped : rawSnapLength
    largestInChain = min(limits.packetBytes, snapLength > 1 << 20 ? 262_144 : max(262_144, Int(snapLength)))
  }

  /// A record's header.
  struct Header {
    var seconds: Int64
    /// Of a second, in the file's units.
    var fraction: Int64
    var captured: Int
    var original: Int

    /// Whether it consists of zero bytes, which disks hold where nothing was written before a crash.
    var isZero: Bool { seconds == 0 && fraction == 0 && captured == 0 && original == 0 }
  }

  /// Takes records from the front of `bytes`, which stand at `fileOffset`; `isLast` says that nothing follows them.
  mutating func parse(_ bytes: RawSpan, fileOffset: Int, isLast: Bool, into packets: inout [Packet]) -> ParseStep {
    var step = ParseStep()
    var offset = 0
    lastData = nil
    while true {
      if search != nil {
        guard let found = resume(bytes, from: offset, fileOffset: fileOffset, isLast: isLast, &step) else {
          return step
        }
        if found < offset { shortenLast(of: &packets, to: found) }
        offset = found
        lastData = nil
      }
      switch takeRecords(bytes, from: &offset, isLast: isLast, into: &packets) {
      case .damaged(let reason):
        // Perhaps it is the record before whose length is wrong, so that the next one begins inside it.
        search = Search(
          start: fileOffset + offset, reason: reason, next: fileOffset + (lastData ?? offset) + 1)
        continue
      case .wants(let count, let isOdd):
        step.wanted = count
        if isLast, bytes.byteCount > offset,
          let found = resumeInsideLast(bytes, from: offset, fileOffset: fileOffset, isOdd: isOdd)
        {
          offset = found
          lastData = nil
          continue
        }
      }
      step.consumed = offset
      return step
    }
  }

  /// Why the reading of records stops.
  private enum Stop {
    /// So many bytes are needed; whether for a record whose header is odd.
    case wants(Int, isOdd: Bool)
    /// What stands there is no record.
    case damaged(String)
  }

  /// Takes records until one is not wholly at hand, or is none.
  private mutating func takeRecords(
    _ bytes: RawSpan, from offset: inout Int, isLast: Bool, into packets: inout [Packet]
  ) -> Stop {
    let end = bytes.byteCount
    while true {
      guard end - offset >= recordHeaderBytes else { return .wants(recordHeaderBytes, isOdd: false) }
      let header = header(bytes, offset)
      var isOdd = false
      if header.fraction >= unitsPerSecond || header.captured > header.original || header.original > packetLimit
        || header.original == 0 || UInt64(bitPattern: header.seconds &- earliestSeconds) > nearSeconds
      {
        isOdd = true
        switch judge(bytes, at: offset, header, isLast: isLast) {
        case .take: break
        case .wait: return .wants(end - offset + 1, isOdd: true)
        case .damage(let reason): return .damaged(reason)
        }
      }
      let start = offset + recordHeaderBytes
      guard end - start >= header.captured else { return .wants(recordHeaderBytes + header.captured, isOdd: isOdd) }
      packetNumber += 1
      earliestSeconds = header.seconds &- Self.mostSecondsBack
      nearSeconds = Self.nearSeconds
      lastData = start
      packets.append(
        Packet(
          // Cannot overflow: both fields are 32 bits wide.
          timestamp: Timestamp(nanoseconds: header.seconds * 1_000_000_000 + header.fraction * nanosecondsPerUnit),
          bytes: start..<start + header.captured, originalLength: header.original, linkType: linkType,
          number: packetNumber, frameCheckBytes: frameCheckBytes))
      offset = start + header.captured
    }
  }

  /// The header at `offset`, behind which there are enough bytes.
  @inline(__always)
  func header(_ bytes: RawSpan, _ offset: Int) -> Header {
    var header = Header(
      seconds: Int64(word(bytes, offset)), fraction: Int64(word(bytes, offset + 4)),
      captured: Int(word(bytes, offset + 8)), original: Int(word(bytes, offset + 12)))
    switch lengthOrder {
    case .capturedFirst: break
    case .originalFirst: swap(&header.captured, &header.original)
    case .smallerIsCaptured: if header.captured > header.original { swap(&header.captured, &header.original) }
    }
    return header
  }

  @inline(__always)
  private func word(_ bytes: RawSpan, _ offset: Int) -> UInt32 {
    let raw: UInt32 = bytes.checkedNative(offset)
    return isSwapped ? raw.byteSwapped : raw
  }
}
