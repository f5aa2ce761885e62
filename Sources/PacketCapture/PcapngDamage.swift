internal import NetworkTypes

/// What a pcapng file's damage is, where to go on behind it, and which interfaces are still known then.
///
/// A block's two lengths prove it better than anything in a pcap file does. What may mislead is a capture inside a
/// packet: its blocks are followed by the length of the block around them, so that they never reach the file's end.
extension PcapngReader {
  /// A search that goes on; places are offsets into the file.
  struct Search {
    var start: Int
    var cursor: Int
    var excludedUntil = 0
    var reason: String
    /// Whether the damaged block's own lengths were tried.
    var hasTriedLengths = false
    /// Whether its trailing length was looked for, so that what is found is in no block around it.
    var hasTriedTrailer = false
  }

  /// What is known of an interface's number.
  enum Trust {
    /// It was described, and nothing since could have changed the numbering.
    case certain
    /// A new section may have begun in bytes that were lost: a packet must prove the link type and the clock.
    case unconfirmed
    /// Its description, or those before it, are lost.
    case lost
  }

  /// Bytes by which damage may have made a block longer or shorter.
  private static let shift = 64
  /// Bytes looked through for trailing lengths, beyond eight times what was read of the file.
  private static let freeScanBytes = 1 << 20

  /// Goes on searching in `bytes`; gives the place of a block, or `nil` if more bytes are needed or none come.
  @inline(never)
  mutating func goOnSearching(
    _ bytes: RawSpan, _ fileOffset: Int, _ isAtEnd: Bool, _ step: inout ParseStep
  ) -> Int? {
    guard var search else { return nil }
    let end = bytes.byteCount
    var place = search.cursor - fileOffset
    while true {
      guard isAtEnd || end - place >= limits.damageLookaheadBytes else {
        search.cursor = fileOffset + place
        self.search = search
        neededEnd = search.cursor + limits.damageLookaheadBytes
        step.consumed = min(place, end)
        return nil
      }
      guard end - place >= 12 else {
        self.search = nil
        note(search.reason, from: search.start, to: fileOffset + end)
        step.consumed = end
        return nil
      }
      if !search.hasTriedLengths {
        search.hasTriedLengths = true
        if let resume = endOfDamagedBlock(bytes, at: place, fileOffset, isAtEnd: isAtEnd, &search) {
          self.search = nil
          let lost = loseBlock(bytes, at: place, upTo: resume.place, isExact: resume.isExact)
          note(search.reason, from: search.start, to: fileOffset + resume.place, lostPackets: lost)
          return resume.place
        }
        place += 1
        continue
      }
      if fileOffset + place >= search.excludedUntil, case .block = shape(bytes, at: place, isSwapped: isSwapped) {
        let chain = chain(bytes, from: place, isAtEnd: isAtEnd, mostBytes: PcapReader.longerThanPackets)
        let isOwn = chain.ending != .broken || search.hasTriedTrailer && !chain.hasSection
        if chain.isProven, isOwn {
          self.search = nil
          doubtInterfaces(
            lostBytes: fileOffset + place - search.start, isBeforeInterface: word(bytes, place) == BlockType.interface)
          note(search.reason, from: search.start, to: fileOffset + place)
          return place
        }
        // What could be a capture inside a packet is passed over whole.
        if chain.isProven { search.excludedUntil = fileOffset + chain.next }
      }
      place += 1
    }
  }

  /// Where the damaged block at `place` ends by its own lengths, of which one may be right, and whether it is as long as
  /// that says.
  private mutating func endOfDamagedBlock(
    _ bytes: RawSpan, at place: Int, _ fileOffset: Int, isAtEnd: Bool, _ search: inout Search
  ) -> (place: Int, isExact: Bool)? {
    // Each search looks through as much as a packet may take: many of them must not make it a long time.
    if scannedBytes < 8 * (fileOffset + place) + Self.freeScanBytes {
      search.hasTriedTrailer = true
      let last = min(bytes.byteCount - 4, place + PcapReader.longerThanPackets)
      var trailer = place + 8
      defer { scannedBytes += trailer - place }
      while trailer <= last {
        let length = Int(word(bytes, trailer))
        if abs(length - (trailer + 4 - place)) <= Self.shift, length >= 12,
          !isBlock(bytes, at: trailer + 4 - length), leads(bytes, to: trailer + 4, isAtEnd: isAtEnd)
        {
          // Where both lengths are the same, the bytes that came in or went are inside.
          return (trailer + 4, length == trailer + 4 - place || length == front(bytes, at: place)?.length)
        }
        trailer += 1
      }
    }
    guard let length = front(bytes, at: place)?.length, length >= 12, length <= limits.damageLookaheadBytes,
      leads(bytes, to: place + length, isAtEnd: isAtEnd)
    else { return nil }
    return (place + length, true)
  }

  /// Whether a block that goes beyond the file's end has swallowed others, its length being wrong.
  ///
  /// A packet that the file's end cuts may hold a capture too: its own lengths are believed where they fit each other.
  func swallowsBlocks(_ bytes: RawSpan, at offset: Int) -> Bool {
    guard let front = front(bytes, at: offset) else { return false }
    if front.type == BlockType.enhancedPacket || front.type == BlockType.obsoletePacket {
      guard bytes.byteCount - offset > 28 else { return false }
      let captured = Int(word(bytes, offset + 20))
      let original = Int(word(bytes, offset + 24))
      let options = front.length - 32 - (captured + 3) & ~3
      let agreement = DeclaredLength.agreement(
        of: bytes, at: offset + 28, upTo: bytes.byteCount, original: original,
        linkType: interfaces.first?.linkType ?? 0)
      // Where the options would begin, the length stands that the block has without them.
      let trailer = offset + 28 + (captured + 3) & ~3
      let isRepeated = trailer <= bytes.byteCount - 4 && Int(word(bytes, trailer)) == trailer + 4 - offset
      if captured <= original, !isRepeated, options >= 0, options <= 1024, agreement != .contradicts { return false }
    }
    var place = offset + 1
    while bytes.byteCount - place >= 12 {
      if isBlock(bytes, at: place) {
        let chain = chain(bytes, from: place, isAtEnd: true)
        if chain.ending == .endOfFile || chain.ending == .outOfBytes && chain.isProven { return !chain.hasSection }
        place = chain.next - 1
      }
      place += 1
    }
    return false
  }

  private func isBlock(_ bytes: RawSpan, at place: Int) -> Bool {
    guard place >= 0, case .block = shape(bytes, at: place, isSwapped: isSwapped) else { return false }
    return true
  }

  // MARK: Interfaces

  /// Takes account of one damaged block, whose end is known.
  ///
  /// - Returns: How many packets it held.
  private mutating func loseBlock(_ bytes: RawSpan, at place: Int, upTo end: Int, isExact: Bool) -> Int {
    let block = Block(bytes: place + 8..<end - 4, fileOffset: 0, isSwapped: isSwapped)
    guard var type = front(bytes, at: place)?.type, end - place >= 12 else { return 0 }
    // The type may be what is damaged.
    if !isExact {
      type = 0
    } else if hasByteOrderMagic(bytes, block) {
      type = BlockType.section
    } else if !Self.isPacket(type), describesInterface(bytes, block) {
      type = BlockType.interface
    }
    if !Self.isRegistered(type) || end - place < Self.minimumLength(of: type) {
      let next = bytes.byteCount - end >= 4 ? word(bytes, end) : 0
      doubtInterfaces(lostBytes: end - place, isBeforeInterface: next == BlockType.interface)
      return 0
    }
    if Self.isKept(type), !Self.isPacket(type) { metadata.omittedItems += 1 }
    switch type {
    case BlockType.interface: loseInterface()
    case BlockType.section:
      interfaces.removeAll(keepingCapacity: true)
      numberingIsDoubtful = false
    default: break
    }
    if Self.isPacket(type) || Self.isNumbered(type) { packetNumber += 1 }
    return Self.isPacket(type) ? 1 : 0
  }

  /// Keeps the place of an interface whose description cannot be read.
  mutating func loseInterface() {
    guard interfaces.count < limits.captureInterfaces else { return }
    interfaces.append(Clock(linkType: 0, snapLength: 0, trust: .lost))
  }

  /// Bytes were lost in which blocks may have stood.
  ///
  /// A section is of no use without an interface: its description stood in those bytes too, or stands behind them.
  private mutating func doubtInterfaces(lostBytes: Int, isBeforeInterface: Bool) {
    let interfaceBytes = Self.minimumLength(of: BlockType.interface)
    let sectionBytes = Self.minimumLength(of: BlockType.section)
    if lostBytes >= interfaceBytes { numberingIsDoubtful = true }
    guard lostBytes >= sectionBytes + (isBeforeInterface ? 0 : interfaceBytes) else { return }
    numberingIsDoubtful = true
    for index in interfaces.indices where interfaces[index].trust == .certain {
      interfaces[index].trust = .unconfirmed
    }
  }

  /// Whether a packet proves that its interface is what it is taken for: its network header stands where the link type
  /// has it and is as long as the packet, and the time is near the interface's last one.
  mutating func confirms(
    _ bytes: RawSpan, _ packet: Range<Int>, original: Int, index: Int, timestamp: Timestamp
  ) -> Bool {
    guard interfaces[index].trust == .unconfirmed else { return false }
    let agreement = DeclaredLength.agreement(
      of: bytes, at: packet.lowerBound, upTo: packet.upperBound, original: original,
      linkType: interfaces[index].linkType)
    guard agreement == .agrees else { return false }
    if let last = interfaces[index].last {
      let (difference, overflow) = timestamp.nanoseconds.subtractingReportingOverflow(last.nanoseconds)
      let week = Int64(PcapReader.week) * 1_000_000_000
      guard !overflow, difference > -week, difference < week else { return false }
    }
    interfaces[index].trust = .certain
    return true
  }

  /// A block of a type that nobody knows: whether the damage of one octet made it of a block that counts.
  mutating func takeUnknown(_ bytes: RawSpan, _ block: Block, type: UInt32) {
    guard !Self.isRegistered(type) || type == BlockType.journalEntry else { return }
    if hasByteOrderMagic(bytes, block) {
      fault(block, "a block of the unknown type \(type) is a section header by its content: its section is skipped")
      interfaces.removeAll(keepingCapacity: true)
      isKnownVersion = false
    } else if type & Self.localUse == 0, type != BlockType.journalEntry, describesPacket(bytes, block) {
      packetNumber += 1
      fault(block, "a block of the unknown type \(type) is a packet by its content, and left out", lostPackets: 1)
    } else if describesInterface(bytes, block) {
      fault(block, "a block of the unknown type \(type) describes an interface by its content, and is left out")
      loseInterface()
    }
  }

  /// Types with this bit are anybody's.
  private static let localUse: UInt32 = 0x8000_0000
  /// No link type has a larger number for long.
  private static let largestLinkType: UInt16 = 400

  private func hasByteOrderMagic(_ bytes: RawSpan, _ block: Block) -> Bool {
    guard block.bytes.count >= 16 else { return false }
    let first: UInt32 = bytes.checkedNative(block.bytes.lowerBound)
    return first == Self.byteOrderMagic || first.byteSwapped == Self.byteOrderMagic
  }

  /// Whether the content of a block could be that of an interface description.
  private func describesInterface(_ bytes: RawSpan, _ block: Block) -> Bool {
    guard block.bytes.count >= 8, fits(bytes, block, type: BlockType.interface) else { return false }
    let linkType: UInt16 = bytes.checkedNative(block.bytes.lowerBound)
    let snapLength: UInt32 = bytes.checkedNative(block.bytes.lowerBound + 4)
    // Zeros say nothing.
    guard linkType != 0 || snapLength != 0 else { return false }
    return (block.isSwapped ? linkType.byteSwapped : linkType) <= Self.largestLinkType
  }

  /// Whether the content of a block could be that of a packet of a known interface.
  private func describesPacket(_ bytes: RawSpan, _ block: Block) -> Bool {
    guard fits(bytes, block, type: BlockType.enhancedPacket) else { return false }
    let start = block.bytes.lowerBound
    return word(bytes, start + 12) > 0 && Int(word(bytes, start)) < interfaces.count
  }

  /// Counts a packet whose interface is not known.
  mutating func leaveOut(_ block: Block, interface index: Int) {
    if let position = leftOut.firstIndex(where: { $0.interface == index }) {
      leftOut[position].packets += 1
    } else if leftOut.count < limits.faultsPerFile {
      leftOut.append((interface: index, offset: block.fileOffset, packets: 1))
    } else {
      fault(block, "a packet names interface \(index), which is not described", lostPackets: 1)
    }
  }

  /// Tells the packets that were left out for their interfaces.
  mutating func tellLeftOut() {
    for entry in leftOut {
      let packets = entry.packets == 1 ? "1 packet is" : "\(entry.packets) packets are"
      faults.note(
        ParseStep.Fault(
          offset: entry.offset,
          reason: "interface \(entry.interface) is not described, or no longer for sure: \(packets) left out",
          lostPackets: entry.packets),
        most: limits.faultsPerFile)
    }
    leftOut = []
  }

  private mutating func note(_ reason: String, from start: Int, to end: Int, lostPackets: Int = 0) {
    faults.note(
      ParseStep.Fault(offset: start, reason: reason, skippedBytes: end - start, lostPackets: lostPackets),
      most: limits.faultsPerFile)
  }
}
