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
  /// The search for the next block, behind damage.
  var search: Search?
  /// Bytes of the file that must be there before it is worth going on.
  var neededEnd = 0
  /// Bytes that were looked through for the ends of damaged blocks.
  var scannedBytes = 0
  /// Whether descriptions of interfaces may be missing in this section, so that those to come have other numbers.
  var numberingIsDoubtful = false
  /// Packets of interfaces that are not described, with the place of the first.
  var leftOut: [(interface: Int, offset: Int, packets: Int)] = []
  /// What packets need of the section's interfaces.
  var interfaces: [Clock] = []
  /// Whether the section is of a version that is understood; the blocks of others are skipped.
  var isKnownVersion = true
  var packetNumber = 0
  private(set) var lastTimestamp = Timestamp.epoch

  /// What packets need of an interface.
  ///
  /// Without references, so that a packet costs no reference counting.
  struct Clock {
    var linkType: UInt16
    var frameCheckBytes = 0
    var snapLength: Int
    var unit = TickUnit()
    var trust = Trust.certain
    /// The time of its last packet.
    var last: Timestamp?
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

  static let byteOrderMagic: UInt32 = 0x1a2b_3c4d

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

  /// Takes blocks from the front of `bytes`, which stand at `fileOffset` and end the file if `isAtEnd`.
  mutating func parse(
    _ bytes: RawSpan, fileOffset: Int, isAtEnd: Bool, into packets: inout [Packet]
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
      // The smallest block; a section header's byte order must be known before its length is read.
      guard end - offset >= 12 else { break }
      var damage = damageOfBlock(bytes, at: offset)
      let declared = word(bytes, offset + 4)
      // Old writers left the padding out of the length, but wrote it.
      let length = (Int(declared) + 3) & ~3
      if damage == nil, end - offset < length {
        guard isAtEnd, swallowsBlocks(bytes, at: offset) else { break }
        damage = "a block claims \(length) bytes, more than there are"
      }
      if damage == nil, word(bytes, offset + length - 4) != declared { damage = "a block's two lengths differ" }
      if let damage {
        search = Search(start: fileOffset + offset, cursor: fileOffset + offset, reason: damage)
        guard let found = goOnSearching(bytes, fileOffset, isAtEnd, &step) else { return step }
        offset = found
        continue
      }
      let type = word(bytes, offset)
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
        numberingIsDoubtful = false
        isKnownVersion = true
        tellLeftOut()
        takeSection(bytes, block)
      case BlockType.interface: takeInterface(bytes, block)
      case BlockType.nameResolution: takeNames(bytes, block)
      case BlockType.statistics: takeStatistics(bytes, block)
      case BlockType.secrets: takeSecrets(bytes, block)
      default:
        if Self.isNumbered(type) { packetNumber += 1 }
        takeUnknown(bytes, block, type: type)
      }
      offset += length
    }
    step.consumed = offset
    return step
  }

  /// Why no block can begin at `offset`, where there is room for the smallest; the byte order of a section is taken over.
  @inline(__always)
  private mutating func damageOfBlock(_ bytes: RawSpan, at offset: Int) -> String? {
    let rawType: UInt32 = bytes.checkedNative(offset)
    if rawType == BlockType.section {
      let magic: UInt32 = bytes.checkedNative(offset + 8)
      guard magic == Self.byteOrderMagic || magic.byteSwapped == Self.byteOrderMagic else {
        return "a section header has no byte-order magic"
      }
      isSwapped = magic != Self.byteOrderMagic
    }
    let type = isSwapped ? rawType.byteSwapped : rawType
    let length = (Int(word(bytes, offset + 4)) + 3) & ~3
    if length >= Self.minimumLength(of: type) {
      guard length > limits.blockBytes else { return nil }
      return "a block of type \(type) claims \(length) bytes, which is over the limit"
    }
    return rawType == 0 && length == 0
      ? "zeros stand where a block should begin" : "a block of type \(type) has the impossible length \(length)"
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
  func word(_ bytes: RawSpan, _ offset: Int) -> UInt32 {
    let raw: UInt32 = bytes.checkedNative(offset)
    return isSwapped ? raw.byteSwapped : raw
  }

  /// Bytes of the smallest block of a type, with its lengths.
  static func minimumLength(of type: UInt32) -> Int {
    switch type {
    case BlockType.section: 28
    case BlockType.interface, BlockType.secrets: 20
    case BlockType.enhancedPacket, BlockType.obsoletePacket: 32
    case BlockType.simplePacket: 16
    case BlockType.statistics: 24
    default: 12
    }
  }

  static func isPacket(_ type: UInt32) -> Bool {
    type == BlockType.enhancedPacket || type == BlockType.simplePacket || type == BlockType.obsoletePacket
  }

  static func isKept(_ type: UInt32) -> Bool {
    switch type {
    case BlockType.interface, BlockType.nameResolution, BlockType.statistics, BlockType.secrets, BlockType.section:
      true
    default: isPacket(type)
    }
  }

  /// Whether a block that holds no packet has a number nevertheless, as in Wireshark's frame.number.
  static func isNumbered(_ type: UInt32) -> Bool {
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
      fault(
        block, "packet \(number) claims \(captured) captured bytes, more than its block or the limit allows",
        lostPackets: 1)
      return
    }
    guard index < interfaces.count else { return leaveOut(block, interface: index) }
    let timestamp = interfaces[index].unit.timestamp(ticks)
    guard
      interfaces[index].trust == .certain
        || confirms(
          bytes, dataStart..<dataStart + captured, original: original, index: index, timestamp: timestamp)
    else { return leaveOut(block, interface: index) }
    var frameCheckBytes = interfaces[index].frameCheckBytes
    let options = dataStart + (captured + 3) & ~3
    if options < block.bytes.upperBound {
      if let octets = takePacketOptions(bytes, block, from: options) { frameCheckBytes = octets }
    }
    lastTimestamp = timestamp
    interfaces[index].last = timestamp
    packets.append(
      Packet(
        timestamp: lastTimestamp, bytes: dataStart..<dataStart + captured, originalLength: original,
        linkType: interfaces[index].linkType, number: number, frameCheckBytes: frameCheckBytes))
  }

  /// A Simple Packet Block (§4.4): of the first interface, without a time; the previous packet's time is used.
  private mutating func takeSimplePacket(_ bytes: RawSpan, _ block: Block, into packets: inout [Packet]) {
    packetNumber += 1
    let number = packetNumber
    guard let interface = interfaces.first else { return leaveOut(block, interface: 0) }
    let original = Int(word(bytes, block.bytes.lowerBound))
    let start = block.bytes.lowerBound + 4
    // The captured length is not written down: it is the smaller of the original and the snap length.
    let captured = interface.snapLength > 0 ? min(original, interface.snapLength) : original
    guard captured <= block.bytes.upperBound - start, captured <= limits.packetBytes else {
      fault(
        block, "packet \(number) claims \(captured) captured bytes, more than its block or the limit allows",
        lostPackets: 1)
      return
    }
    guard
      interface.trust == .certain
        || confirms(
          bytes, start..<start + captured, original: original, index: 0, timestamp: lastTimestamp)
    else { return leaveOut(block, interface: 0) }
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
  mutating func fault(_ block: Block, _ reason: @autoclosure () -> String, lostPackets: Int = 0) {
    faults.note(
      ParseStep.Fault(offset: block.fileOffset, reason: reason(), lostPackets: lostPackets),
      most: limits.faultsPerFile)
  }
}
