internal import NetworkTypes

/// What becomes of a block that makes no sense.
extension PcapngReader {
  /// The search behind damage, which may take more bytes than are at hand.
  struct Search {
    /// Where the damage begins in the file.
    let start: Int
    let reason: String
    /// Where in the file the search goes on.
    var next: Int
    var chain = ChainSearch()
  }

  /// Goes on with the search.
  ///
  /// - Returns: Where blocks begin again; `nil` if there is nothing more to be read of `bytes`, and `step` says why.
  @inline(never)
  mutating func resume(
    _ bytes: RawSpan, from offset: Int, fileOffset: Int, isLast: Bool, _ step: inout ParseStep
  ) -> Int? {
    guard var search else { return offset }
    let start = max(offset, search.next - fileOffset)
    let outcome = search.chain.run(
      bytes, from: start, fileOffset: fileOffset, isLast: isLast, in: self, context: isSwapped)
    let most = limits.captureSearchBytes
    switch outcome {
    case .found(let found):
      self.search = nil
      pass(from: search.start, to: fileOffset + found, search.reason)
      return found
    case .waiting(let place):
      if fileOffset + place - search.start > most {
        step.fault = ParseStep.Fault(
          offset: search.start, reason: "\(search.reason), and no other block is found in the next \(most) bytes")
      }
      search.next = fileOffset + place
      self.search = search
      step.consumed = min(place, bytes.byteCount)
    case .nothing:
      self.search = nil
      note(ParseStep.Fault(offset: search.start, reason: "\(search.reason), and no other block is found behind it"))
      step.consumed = bytes.byteCount
    }
    return nil
  }

  /// Looks for blocks inside the last one, which is longer than the file: perhaps its length is wrong.
  @inline(never)
  mutating func resumeInsideLast(_ bytes: RawSpan, from offset: Int, fileOffset: Int) -> Int? {
    var chain = ChainSearch()
    chain.isInsideLastRecord = true
    guard
      case .found(let found) = chain.run(
        bytes, from: offset + 1, fileOffset: fileOffset, isLast: true, in: self, context: isSwapped)
    else { return nil }
    pass(from: fileOffset + offset, to: fileOffset + found, "a block claims more bytes than the file has")
    return found
  }

  /// Notes what was skipped; what was in it may have been the description of an interface.
  private mutating func pass(from start: Int, to end: Int, _ reason: String) {
    note(ParseStep.Fault(offset: start, reason: "\(reason); \(end - start) bytes are skipped"))
    if end - start >= Self.minimumLength(of: BlockType.interface) { mayLackInterfaces = true }
  }

  private mutating func note(_ fault: ParseStep.Fault) {
    // One more than is told, so that the caller sees that there were more.
    if faults.count <= limits.faultsPerFile { faults.append(fault) }
  }

  /// Whether an interface that is described behind damage may be taken for the next one in order.
  ///
  /// Where a description was lost, or the header of a section, its number would be another one. That does no harm as
  /// long as all interfaces are alike.
  func isNumberKnown(of clock: Clock) -> Bool {
    guard mayLackInterfaces else { return true }
    return interfaces.allSatisfy { $0 == clock }
  }
}

extension PcapngReader: ChainedRecords {
  /// A block says its length twice.
  var recordsInsideLast: Int { 1 }

  /// A chain is made of blocks whose two lengths agree; it begins with one of a kind that is read here.
  func link(_ bytes: RawSpan, at offset: Int, isFirst: Bool, _ swapped: inout Bool) -> ChainLink {
    guard bytes.byteCount - offset >= 12 else { return .short }
    let rawType: UInt32 = bytes.checkedNative(offset)
    if rawType == BlockType.section {
      let magic: UInt32 = bytes.checkedNative(offset + 8)
      guard magic == Self.byteOrderMagic || magic.byteSwapped == Self.byteOrderMagic else { return .nothing }
      swapped = magic != Self.byteOrderMagic
    }
    let type = swapped ? rawType.byteSwapped : rawType
    let declared = Self.word(bytes, offset + 4, swapped)
    let length = Int(declared)
    guard length % 4 == 0, length >= Self.minimumLength(of: type), length <= limits.blockBytes,
      !isFirst || Self.isKept(type)
    else { return .nothing }
    if type == BlockType.enhancedPacket || type == BlockType.obsoletePacket, bytes.byteCount - offset >= 24 {
      guard Int(Self.word(bytes, offset + 20, swapped)) <= length - 32 else { return .nothing }
    }
    if length <= bytes.byteCount - offset, Self.word(bytes, offset + length - 4, swapped) != declared {
      return .nothing
    }
    return .record(end: offset + length)
  }
}
