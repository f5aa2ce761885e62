internal import NetworkTypes

/// The blocks that describe rather than carry packets.
extension PcapngReader {
  /// A Section Header Block (§4.1).
  ///
  /// The section's length is not used: blocks are read to the next header.
  mutating func takeSection(_ bytes: RawSpan, _ block: Block) {
    let index = metadata.sections.count
    let major: UInt16 = integer(bytes, block.bytes.lowerBound + 4, block)
    let minor: UInt16 = integer(bytes, block.bytes.lowerBound + 6, block)
    // "Some pcapng file writers have used a minor version of 2"; every 1.x is read the same.
    guard major == 1 else {
      isKnownVersion = false
      return fault(block, "a section of the unknown version \(major).\(minor) is skipped")
    }
    var section = CaptureMetadata.Section()
    var options = PcapngOptions(block: block, from: block.bytes.lowerBound + 16)
    while let option = options.next(bytes) {
      switch option.code {
      case PcapngOptions.comment: keepComment(bytes, option, about: .section(index))
      case 2: section.hardware = kept(bytes, option)
      case 3: section.operatingSystem = kept(bytes, option)
      case 4: section.application = kept(bytes, option)
      default: break
      }
    }
    noteFault(of: options, block)
    if metadata.reserve(0) { metadata.sections.append(section) }
  }

  /// An Interface Description Block (§4.2).
  mutating func takeInterface(_ bytes: RawSpan, _ block: Block) {
    let index = interfaces.count
    let most = limits.captureInterfaces
    guard index < most else {
      return fault(block, "a section describes more than \(most) interfaces")
    }
    let start = block.bytes.lowerBound
    let linkType: UInt16 = integer(bytes, start, block)
    let snapLength: UInt32 = integer(bytes, start + 4, block)
    var clock = Clock(linkType: linkType, snapLength: Int(snapLength))
    let section = max(0, metadata.sections.count - 1)
    var interface = CaptureMetadata.Interface(
      section: section, index: index, linkType: linkType, snapLength: Int(snapLength))
    var hasResolution = false
    var options = PcapngOptions(block: block, from: start + 8)
    while let option = options.next(bytes) {
      let value = option.bytes.lowerBound
      switch (option.code, option.bytes.count) {
      case (PcapngOptions.comment, _): keepComment(bytes, option, about: .interface(index, section: section))
      case (2, _): interface.name = kept(bytes, option)
      case (3, _): interface.description = kept(bytes, option)
      case (9, 1):
        interface.timestampResolution = bytes.checkedByte(value)
        hasResolution = true
      case (11, 1...):
        // Kind 0 is a filter's text, others are compiled programs.
        if bytes.checkedByte(value) == 0 {
          interface.filter = kept(bytes, PcapngOptions.Option(code: 11, bytes: value + 1..<option.bytes.upperBound))
        }
      case (12, _): interface.operatingSystem = kept(bytes, option)
      case (13, 1):
        // The draft says bits, programs write octets: no check sequence is shorter than 16 bits or longer than 8 octets.
        let length = Int(bytes.checkedByte(value))
        clock.frameCheckBytes = length > 8 ? length / 8 : length
      case (14, 8):
        interface.timestampOffset = Int64(bitPattern: integer(bytes, value, block))
      default: break
      }
    }
    noteFault(of: options, block)
    clock.unit = TickUnit(resolution: interface.timestampResolution)
    clock.unit.offset = interface.timestampOffset
    // A clock whose resolution may stand in options that cannot be read would give wrong times.
    if numberingIsDoubtful || options.isBroken && !hasResolution { clock.trust = .lost }
    interfaces.append(clock)
    if metadata.reserve(0) { metadata.interfaces.append(interface) }
  }

  /// A Name Resolution Block (§4.5).
  mutating func takeNames(_ bytes: RawSpan, _ block: Block) {
    var offset = block.bytes.lowerBound
    let end = block.bytes.upperBound
    while end - offset >= 4 {
      let type: UInt16 = integer(bytes, offset, block)
      let length = Int(integer(bytes, offset + 2, block) as UInt16)
      offset += 4
      // nrb_record_end
      if type == 0 { break }
      guard length <= end - offset else {
        return fault(block, "a name resolution record is longer than its block")
      }
      let addressBytes: Int? =
        switch type {
        case 1: 4
        case 2: 16
        case 3: 6
        case 4: 8
        default: nil
        }
      if let addressBytes, length > addressBytes, metadata.reserve(length) {
        let names = offset + addressBytes..<offset + length
        metadata.names.append(
          CaptureMetadata.ResolvedName(
            address: bytes.extracting(offset..<names.lowerBound).copied(), names: split(bytes, names)))
      }
      offset = min(end, offset + (length + 3) & ~3)
    }
    keepComments(bytes, block, from: offset)
  }

  /// An Interface Statistics Block (§4.6).
  mutating func takeStatistics(_ bytes: RawSpan, _ block: Block) {
    let start = block.bytes.lowerBound
    let interface: UInt32 = integer(bytes, start, block)
    var statistics = CaptureMetadata.Statistics(
      section: max(0, metadata.sections.count - 1), interface: Int(interface))
    var options = PcapngOptions(block: block, from: start + 12)
    while let option = options.next(bytes) {
      if option.code == PcapngOptions.comment { keepComment(bytes, option, about: .other) }
      guard option.bytes.count == 8 else { continue }
      let value: UInt64 = integer(bytes, option.bytes.lowerBound, block)
      switch option.code {
      case 4: statistics.received = value
      case 5: statistics.droppedByInterface = value
      case 6: statistics.accepted = value
      case 7: statistics.droppedBySystem = value
      case 8: statistics.delivered = value
      default: break
      }
    }
    noteFault(of: options, block)
    if metadata.reserve(0) { metadata.statistics.append(statistics) }
  }

  /// A Decryption Secrets Block (§4.7).
  mutating func takeSecrets(_ bytes: RawSpan, _ block: Block) {
    let start = block.bytes.lowerBound
    let type: UInt32 = integer(bytes, start, block)
    let length = Int(integer(bytes, start + 4, block) as UInt32)
    guard length <= block.bytes.upperBound - start - 8 else {
      return fault(block, "decryption secrets are longer than their block")
    }
    let range = start + 8..<start + 8 + length
    if metadata.reserve(length) {
      metadata.secrets.append(CaptureMetadata.Secrets(type: type, bytes: bytes.extracting(range).copied()))
    }
    keepComments(bytes, block, from: min(block.bytes.upperBound, start + 8 + (length + 3) & ~3))
  }

  // MARK: Options

  /// Keeps a comment, while there is room.
  mutating func keepComment(
    _ bytes: RawSpan, _ option: PcapngOptions.Option, about subject: CaptureMetadata.Comment.Subject
  ) {
    guard metadata.reserve(option.bytes.count) else { return }
    metadata.comments.append(
      CaptureMetadata.Comment(subject: subject, text: bytes.extracting(option.bytes).copied()))
  }

  /// Notes options that go beyond their block.
  mutating func noteFault(of options: PcapngOptions, _ block: Block) {
    if options.isBroken { fault(block, "the options of a block go beyond its end") }
  }

  private mutating func keepComments(_ bytes: RawSpan, _ block: Block, from offset: Int) {
    var options = PcapngOptions(block: block, from: offset)
    while let option = options.next(bytes) {
      if option.code == PcapngOptions.comment { keepComment(bytes, option, about: .other) }
    }
    noteFault(of: options, block)
  }

  /// An option's bytes, or none if there is no room.
  private mutating func kept(_ bytes: RawSpan, _ option: PcapngOptions.Option) -> [UInt8] {
    metadata.reserve(option.bytes.count) ? bytes.extracting(option.bytes).copied() : []
  }

  /// The names of a record, each ended by a zero byte.
  private func split(_ bytes: RawSpan, _ range: Range<Int>) -> [[UInt8]] {
    var names: [[UInt8]] = []
    var start = range.lowerBound
    for offset in range where bytes.checkedByte(offset) == 0 {
      if offset > start { names.append(bytes.extracting(start..<offset).copied()) }
      start = offset + 1
    }
    if start < range.upperBound { names.append(bytes.extracting(start..<range.upperBound).copied()) }
    return names
  }

  /// The integer at `offset` in the section's byte order; the caller has compared the offset.
  private func integer<T: FixedWidthInteger & BitwiseCopyable>(_ bytes: RawSpan, _ offset: Int, _ block: Block) -> T {
    let raw: T = bytes.checkedNative(offset)
    return block.isSwapped ? raw.byteSwapped : raw
  }
}
