internal import NetworkTypes

/// Reads the blocks of a pcapng file (draft-ietf-opsawg-pcapng).
struct PcapngReader {
  /// What the file says beside its packets.
  var metadata: CaptureMetadata
  /// Faults that did not end the reading, to be collected by the caller.
  var faults: [ParseStep.Fault] = []

  let limits: Limits
  /// Whether the section's byte order is not the machine's.
  private(set) var isSwapped = false
  /// What packets need of the section's interfaces.
  var interfaces: [Clock] = []
  /// Whether the section is of a version that is understood; the blocks of others are skipped.
  var isKnownVersion = true
  private var packetNumber = 0
  private var lastTimestamp = Timestamp.epoch
  private var state = State.atBlock

  /// What is expected next.
  private enum State {
    /// A block; goes to `atTrailer` where its body is skipped.
    case atBlock
    /// The trailing length of a block whose body was skipped; goes to `atBlock`.
    case atTrailer(length: UInt32, fileOffset: Int)
  }

  /// What packets need of an interface.
  ///
  /// Without references, so that a packet costs no reference counting.
  struct Clock {
    var linkType: UInt16
    var frameCheckBytes = 0
    var snapLength: Int
    var unit = TickUnit()
  }

  /// Block types (draft-ietf-opsawg-pcapng §11.1).
  enum BlockType {
    static let section: UInt32 = 0x0a0d_0d0a
    static let interface: UInt32 = 1
    static let obsoletePacket: UInt32 = 2
    static let simplePacket: UInt32 = 3
    static let nameResolution: UInt32 = 4
    static let statistics: UInt32 = 5
    static let enhancedPacket: UInt32 = 6
    static let journalEntry: UInt32 = 9
    static let secrets: UInt32 = 10
    static let custom: UInt32 = 0xbad
    /// A custom block that is not to be copied.
    static let customUncopied: UInt32 = 0x4000_0bad
    /// Sysdig's system calls, of three versions.
    static let systemCalls: Set<UInt32> = [0x204, 0x216, 0x221]
  }

  private static let byteOrderMagic: UInt32 = 0x1a2b_3c4d

  /// A reader for the file that begins with `header`; `nil` if that is no pcapng file.
  init?(header: RawSpan, limits: Limits) {
    guard header.byteCount >= 12 else { return nil }
    let type: UInt32 = header.checkedNative(0)
    let magic: UInt32 = header.checkedNative(8)
    // The type of the Section Header Block is the same in both byte orders.
    guard type == BlockType.section, magic == Self.byteOrderMagic || magic.byteSwapped == Self.byteOrderMagic
    else { return nil }
    self.limits = limits
    metadata = CaptureMetadata(limit: limits.metadataBytes)
  }

  /// The file offset of the block whose body is being skipped, if one is.
  var skippedBlock: Int? {
    if case .atTrailer(_, let start) = state { start } else { nil }
  }

  /// Takes blocks from the front of `bytes`, which stand at `fileOffset`.
  mutating func parse(_ bytes: RawSpan, fileOffset: Int, into packets: inout [Packet]) -> ParseStep {
    var step = ParseStep()
    var offset = 0
    let end = bytes.byteCount
    while true {
      if case .atTrailer(let length, let start) = state {
        guard end - offset >= 4 else {
          step.wanted = 4
          break
        }
        guard word(bytes, offset) == length else {
          step.fault = ParseStep.Fault(offset: start, reason: "a block's two lengths differ")
          break
        }
        offset += 4
        state = .atBlock
      }
      // The smallest block; a section header's byte order must be known before its length is read.
      guard end - offset >= 12 else {
        step.wanted = 12
        break
      }
      let rawType: UInt32 = bytes.checkedNative(offset)
      if rawType == BlockType.section {
        let magic: UInt32 = bytes.checkedNative(offset + 8)
        guard magic == Self.byteOrderMagic || magic.byteSwapped == Self.byteOrderMagic else {
          step.fault = ParseStep.Fault(
            offset: fileOffset + offset, reason: "a section header has no byte-order magic")
          break
        }
        isSwapped = magic != Self.byteOrderMagic
      }
      let type = isSwapped ? rawType.byteSwapped : rawType
      let declared = word(bytes, offset + 4)
      // Old writers left the padding out of the length, but wrote it.
      let length = (Int(declared) + 3) & ~3
      guard length >= Self.minimumLength(of: type) else {
        step.fault = ParseStep.Fault(
          offset: fileOffset + offset,
          reason: "a block of type \(type) has the impossible length \(declared)")
        break
      }
      if end - offset < length {
        if length <= limits.blockBytes && Self.isKept(type) {
          step.wanted = length
          break
        }
        if Self.isPacket(type) {
          step.fault = ParseStep.Fault(
            offset: fileOffset + offset, reason: "a packet block claims \(length) bytes, which is over the limit")
          break
        }
        if rawType == BlockType.section {
          step.fault = ParseStep.Fault(
            offset: fileOffset + offset, reason: "a section header claims \(length) bytes, which is over the limit")
          break
        }
        if Self.isKept(type) { metadata.omittedItems += 1 }
        if Self.isNumbered(type) { packetNumber += 1 }
        state = .atTrailer(length: declared, fileOffset: fileOffset + offset)
        step.consumed = offset
        step.skipped = length - 4
        step.wanted = 4
        return step
      }
      guard word(bytes, offset + length - 4) == declared else {
        step.fault = ParseStep.Fault(
          offset: fileOffset + offset, reason: "a block's two lengths differ")
        break
      }
      let block = Block(
        bytes: offset + 8..<offset + length - 4, fileOffset: fileOffset + offset, isSwapped: isSwapped)
      if !isKnownVersion && type != BlockType.section {
        offset += length
        continue
      }
      switch type {
      case BlockType.enhancedPacket, BlockType.obsoletePacket:
        takePacket(bytes, block, isObsolete: type == BlockType.obsoletePacket, into: &packets)
      case BlockType.simplePacket:
        takeSimplePacket(bytes, block, into: &packets)
      case BlockType.section:
        interfaces.removeAll(keepingCapacity: true)
        isKnownVersion = true
        takeSection(bytes, block)
      case BlockType.interface: takeInterface(bytes, block)
      case BlockType.nameResolution: takeNames(bytes, block)
      case BlockType.statistics: takeStatistics(bytes, block)
      case BlockType.secrets: takeSecrets(bytes, block)
      default: if Self.isNumbered(type) { packetNumber += 1 }
      }
      offset += length
    }
    step.consumed = offset
    return step
  }

  /// A whole block at hand.
  struct Block {
    /// The body, without type and lengths, as offsets into the bytes.
    var bytes: Range<Int>
    /// Bytes before the block in the file.
    var fileOffset: Int
    /// Whether its section's byte order is not the machine's.
    var isSwapped: Bool
  }

  @inline(__always)
  private func word(_ bytes: RawSpan, _ offset: Int) -> UInt32 {
    let raw: UInt32 = bytes.checkedNative(offset)
    return isSwapped ? raw.byteSwapped : raw
  }

  /// Bytes of the smallest block of a type, with its lengths.
  private static func minimumLength(of type: UInt32) -> Int {
    switch type {
    case BlockType.section: 28
    case BlockType.interface, BlockType.secrets: 20
    case BlockType.enhancedPacket, BlockType.obsoletePacket: 32
    case BlockType.simplePacket: 16
    case BlockType.statistics: 24
    default: 12
    }
  }

  private static func isPacket(_ type: UInt32) -> Bool {
    type == BlockType.enhancedPacket || type == BlockType.simplePacket || type == BlockType.obsoletePacket
  }

  private static func isKept(_ type: UInt32) -> Bool {
    switch type {
    case BlockType.interface, BlockType.nameResolution, BlockType.statistics, BlockType.secrets, BlockType.section:
      true
    default: isPacket(type)
    }
  }

  /// Whether a block that holds no packet has a number nevertheless, as in Wireshark's frame.number.
  private static func isNumbered(_ type: UInt32) -> Bool {
    switch type {
    case BlockType.journalEntry, BlockType.custom, BlockType.customUncopied: true
    default: BlockType.systemCalls.contains(type)
    }
  }

  // MARK: Packets

  /// An Enhanced Packet Block (§4.3), or the obsolete Packet Block (appendix A), which differs in its first word.
  @inline(__always)
  private mutating func takePacket(
    _ bytes: RawSpan, _ block: Block, isObsolete: Bool, into packets: inout [Packet]
  ) {
    packetNumber += 1
    let number = packetNumber
    // The minimum length guarantees the 20 bytes of fixed fields.
    let start = block.bytes.lowerBound
    let index: Int
    if isObsolete {
      let raw: UInt16 = bytes.checkedNative(start)
      index = Int(isSwapped ? raw.byteSwapped : raw)
    } else {
      index = Int(word(bytes, start))
    }
    let ticks = UInt64(word(bytes, start + 4)) << 32 | UInt64(word(bytes, start + 8))
    let captured = Int(word(bytes, start + 12))
    let original = Int(word(bytes, start + 16))
    let dataStart = start + 20
    guard captured <= block.bytes.upperBound - dataStart, captured <= limits.packetBytes else {
      fault(block, "packet \(number) claims \(captured) captured bytes, more than its block or the limit allows")
      return
    }
    guard index < interfaces.count else {
      fault(block, "packet \(number) names interface \(index), which is not described")
      return
    }
    var frameCheckBytes = interfaces[index].frameCheckBytes
    let options = dataStart + (captured + 3) & ~3
    if options < block.bytes.upperBound {
      if let octets = takePacketOptions(bytes, block, from: options) { frameCheckBytes = octets }
    }
    lastTimestamp = interfaces[index].unit.timestamp(ticks)
    packets.append(
      Packet(
        timestamp: lastTimestamp, bytes: dataStart..<dataStart + captured, originalLength: original,
        linkType: interfaces[index].linkType, number: number, frameCheckBytes: frameCheckBytes))
  }

  /// A Simple Packet Block (§4.4): of the first interface, without a time; the previous packet's time is used.
  private mutating func takeSimplePacket(_ bytes: RawSpan, _ block: Block, into packets: inout [Packet]) {
    packetNumber += 1
    let number = packetNumber
    guard let interface = interfaces.first else {
      fault(block, "packet \(number) is of the first interface, but none is described")
      return
    }
    let original = Int(word(bytes, block.bytes.lowerBound))
    let start = block.bytes.lowerBound + 4
    // The captured length is not written down: it is the smaller of the original and the snap length.
    let captured = interface.snapLength > 0 ? min(original, interface.snapLength) : original
    guard captured <= block.bytes.upperBound - start, captured <= limits.packetBytes else {
      fault(block, "packet \(number) claims \(captured) captured bytes, more than its block or the limit allows")
      return
    }
    packets.append(
      Packet(
        timestamp: lastTimestamp, bytes: start..<start + captured, originalLength: original,
        linkType: interface.linkType, number: number, frameCheckBytes: interface.frameCheckBytes))
  }

  /// Keeps a packet's comments; gives the length of its frame check sequence where the flags tell it.
  private mutating func takePacketOptions(_ bytes: RawSpan, _ block: Block, from start: Int) -> Int? {
    var frameCheckBytes: Int?
    var options = PcapngOptions(block: block, from: start)
    while let option = options.next(bytes) {
      switch option.code {
      case PcapngOptions.comment:
        keepComment(bytes, option, about: .packet(packetNumber))
      case 2:
        // epb_flags, pack_flags: bits 5 to 8 hold the length in octets, 0 where it is unknown.
        guard option.bytes.count == 4 else { break }
        let octets = Int(word(bytes, option.bytes.lowerBound) >> 5 & 0xf)
        if octets > 0 { frameCheckBytes = octets }
      default: break
      }
    }
    noteFault(of: options, block)
    return frameCheckBytes
  }

  /// Notes a fault that does not end the reading.
  mutating func fault(_ block: Block, _ reason: @autoclosure () -> String) {
    // One more than is told, so that the caller sees that there were more.
    guard faults.count <= limits.faultsPerFile else { return }
    faults.append(ParseStep.Fault(offset: block.fileOffset, reason: reason()))
  }
}
