internal import NetworkTypes

/// Reads the records of a pcap file (draft-ietf-opsawg-pcap) and its kin.
struct PcapReader {
  /// Bytes of the file's header.
  let headerBytes: Int
  /// The version, where it is one whose records nobody knows how to read.
  let unknownVersion: String?

  private let isSwapped: Bool
  private let nanosecondsPerUnit: Int64
  private let recordHeaderBytes: Int
  private let lengthOrder: LengthOrder
  private let linkType: UInt16
  private let frameCheckBytes: Int
  private let packetLimit: Int
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
  }

  /// Takes records from the front of `bytes`, which stand at `fileOffset`.
  mutating func parse(_ bytes: RawSpan, fileOffset: Int, into packets: inout [Packet]) -> ParseStep {
    var step = ParseStep()
    var offset = 0
    let end = bytes.byteCount
    while true {
      guard end - offset >= recordHeaderBytes else {
        step.wanted = recordHeaderBytes
        break
      }
      let seconds = Int64(word(bytes, offset))
      let fraction = Int64(word(bytes, offset + 4))
      var captured = Int(word(bytes, offset + 8))
      var original = Int(word(bytes, offset + 12))
      switch lengthOrder {
      case .capturedFirst: break
      case .originalFirst: swap(&captured, &original)
      case .smallerIsCaptured: if captured > original { swap(&captured, &original) }
      }
      guard captured <= packetLimit else {
        step.fault = ParseStep.Fault(
          offset: fileOffset + offset, reason: "a record claims \(captured) captured bytes, which is over the limit")
        break
      }
      let start = offset + recordHeaderBytes
      guard end - start >= captured else {
        step.wanted = recordHeaderBytes + captured
        break
      }
      packetNumber += 1
      packets.append(
        Packet(
          // Cannot overflow: both fields are 32 bits wide.
          timestamp: Timestamp(nanoseconds: seconds * 1_000_000_000 + fraction * nanosecondsPerUnit),
          bytes: start..<start + captured, originalLength: original, linkType: linkType, number: packetNumber,
          frameCheckBytes: frameCheckBytes))
      offset = start + captured
    }
    step.consumed = offset
    return step
  }

  @inline(__always)
  private func word(_ bytes: RawSpan, _ offset: Int) -> UInt32 {
    let raw: UInt32 = bytes.checkedNative(offset)
    return isSwapped ? raw.byteSwapped : raw
  }
}
