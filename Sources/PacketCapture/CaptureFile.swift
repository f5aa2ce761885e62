public import NetworkTypes

/// One capture file, read from front to back: pcap or pcapng, plain or compressed (``Compression``).
public final class CaptureFile {
  /// What was found wrong so far.
  public private(set) var damage: [CaptureDamage] = []
  /// Bytes that were skipped because nothing in them could be read for sure.
  public private(set) var damagedBytes = 0
  /// Packets that were seen and left out, because they are damaged or their interface is not known.
  public private(set) var damagedPackets = 0

  private let file: InputFile
  private let decompressed: CompressedFile?
  private let limits: Limits
  private let pool: BatchPool
  private let fileIndex: Int
  /// Bytes of storage of a batch; a caller that has many files open makes it smaller.
  var batchBytes: Int

  /// The reader of the file's format: one of the two, apart so that each is changed in place.
  private var pcap: PcapReader?
  private var pcapng: PcapngReader?

  /// The batch that is being filled: its first `filled` bytes are read, and none of them is dealt with.
  private var batch: PacketBatch
  private var filled = 0
  /// Bytes of the (uncompressed) file before the batch's first.
  private var fileOffset = 0
  /// Bytes at the front of the batch, and behind it, that are dropped unread.
  private var toSkip = 0
  /// Whether the input is read to its end.
  private var isInputAtEnd = false
  private var isAtEnd = false

  /// The default size of a batch's storage, in bytes.
  ///
  /// Each packet is looked at three times: by the reader, by the decoder and for its payload. A batch that stays in the
  /// cache from the first to the last saves two of three misses, and reads of 64 KiB cost no more than larger ones.
  public static let defaultBatchBytes = 64 << 10

  /// Opens a file, or standard input for `-`, and tells its format by its first bytes.
  public convenience init(path: String, limits: Limits = Limits()) throws(CaptureError) {
    try self.init(
      name: FileName(path), limits: limits, pool: BatchPool(), fileIndex: 0, batchBytes: Self.defaultBatchBytes)
  }

  init(
    name: FileName, limits: Limits, pool: BatchPool, fileIndex: Int, batchBytes: Int,
    isInterrupted: @escaping () -> Bool = { false }
  ) throws(CaptureError) {
    self.limits = limits
    self.pool = pool
    self.fileIndex = fileIndex
    self.batchBytes = max(batchBytes, 4096)
    let file = try InputFile(name: name, isInterrupted: isInterrupted)
    let batch = pool.take(capacity: self.batchBytes)
    var filled = try Self.readHeader(of: file, through: nil, into: batch)
    guard filled > 0 else { throw CaptureError(file: file.name, reason: "is empty") }
    filled = try Self.dropSkippableFrames(of: file, in: batch, filled)
    let compression = batch.withBytes(upTo: filled) { Compression(header: $0) }
    var decompressed: CompressedFile?
    if let compression {
      guard let decompressor = compression.decompressor(limits: limits) else {
        throw CaptureError(file: file.name, reason: compression.refusal)
      }
      let whole = batch.withBytes(upTo: filled) {
        CompressedFile(file: file, prefix: $0, decompressor: decompressor)
      }
      decompressed = whole
      filled = try Self.readHeader(of: file, through: whole, into: batch)
      guard filled > 0 else {
        throw CaptureError(
          file: file.name, reason: whole.fault ?? "is empty inside its \(compression.name) compression")
      }
    }
    let used = filled
    (pcap, pcapng) = batch.withBytes(upTo: used) { header in
      (PcapReader(header: header, limits: limits), PcapngReader(header: header, limits: limits))
    }
    if let pcap {
      guard filled >= pcap.headerBytes else {
        throw CaptureError(file: file.name, reason: "is cut inside its pcap file header")
      }
      if let version = pcap.unknownVersion {
        throw CaptureError(file: file.name, reason: "is a pcap file of the unknown version \(version)")
      }
      toSkip = pcap.headerBytes
    } else if pcapng == nil {
      throw CaptureError(
        file: file.name, reason: batch.withBytes(upTo: used) { CaptureFormat.refusal($0, inside: compression) })
    }
    self.file = file
    self.decompressed = decompressed
    self.batch = batch
    self.filled = filled
    batch.fileIndex = fileIndex
  }

  /// What a pcapng file said beside its packets so far; `nil` for other formats.
  public var metadata: CaptureMetadata? { pcapng?.metadata }

  /// Bytes read so far, as they stand on the disk.
  public var bytesRead: Int { file.bytesRead }

  /// Bytes of the file on the disk when it was opened; `nil` for what streams.
  public var size: Int? { file.size }

  /// Whether the input can be closed and opened again.
  var isRegular: Bool { file.isRegular }

  /// Closes a regular file until more of it is wanted; the batch that is being filled stays.
  func suspend() { file.suspend() }

  /// The next packets, in file order; `nil` at the end.
  ///
  /// What a slow writer has not yet written is not waited for.
  public func nextBatch() throws(CaptureError) -> PacketBatch? {
    while !isAtEnd {
      if filled > 0 {
        dropSkipped()
        let step = toSkip == 0 ? parse() : ParseStep()
        if !batch.packets.isEmpty { return handOver(step) }
        batch.moveToFront(step.consumed..<filled)
        advance(step)
        if isInputAtEnd, step.consumed > 0 { continue }
      }
      if isInputAtEnd {
        finish()
        break
      }
      if filled == batch.capacity {
        // Doubled rather than grown to what a record claims, so that a claim alone costs no memory.
        batch.grow(to: batch.capacity * 2, keeping: filled)
      }
      let count = try Self.read(file, through: decompressed, into: batch, after: filled)
      filled += count
      // What is left is looked at once more then: nothing comes behind it.
      if count == 0 { isInputAtEnd = true }
    }
    return nil
  }

  // MARK: Steps

  private func dropSkipped() {
    let dropped = min(toSkip, filled)
    guard dropped > 0 else { return }
    batch.moveToFront(dropped..<filled)
    filled -= dropped
    toSkip -= dropped
    fileOffset += dropped
  }

  /// Parses what was read.
  private func parse() -> ParseStep {
    let offset = fileOffset
    let step: ParseStep?
    if pcap != nil {
      step = batch.withBytes(upTo: filled) { (bytes) -> ParseStep? in
        pcap?.parse(
          bytes, fileOffset: offset, isAtEnd: isInputAtEnd, waits: file.isRegular, into: &batch.packets)
      }
      if let faults = pcap?.faults, !faults.isEmpty {
        pcap?.faults.removeAll()
        report(faults)
      }
    } else {
      step = batch.withBytes(upTo: filled) { (bytes) -> ParseStep? in
        pcapng?.parse(bytes, fileOffset: offset, isAtEnd: isInputAtEnd, into: &batch.packets)
      }
      reportBlocks()
    }
    return step ?? ParseStep()
  }

  /// Gives the batch out, and goes on in another one with what is not yet dealt with.
  private func handOver(_ step: ParseStep) -> PacketBatch {
    let full = batch
    let tail = step.consumed..<filled
    batch = isInputAtEnd ? PacketBatch(capacity: tail.count) : pool.take(capacity: max(batchBytes, tail.count))
    batch.fileIndex = fileIndex
    batch.take(tail, of: full)
    advance(step)
    return full
  }

  private func advance(_ step: ParseStep) {
    filled -= step.consumed
    fileOffset += step.consumed
  }

  /// At the end of the input: what is left over is cut.
  private func finish() {
    isAtEnd = true
    pcapng?.tellLeftOut()
    reportBlocks()
    if let fault = decompressed?.fault {
      report(offset: fileOffset + filled, reason: fault)
    } else if filled > 0 {
      report(offset: fileOffset, reason: "the file ends inside its last record", isCutShort: true)
    }
  }

  private func reportBlocks() {
    guard let faults = pcapng?.faults, !faults.isEmpty else { return }
    pcapng?.faults.removeAll()
    report(faults)
  }

  private func report(_ faults: [ParseStep.Fault]) {
    for fault in faults {
      damagedBytes += fault.skippedBytes
      damagedPackets += fault.lostPackets
      let skipped =
        switch fault.skippedBytes {
        case 0: ""
        case 1: "; 1 byte is skipped"
        default: "; \(fault.skippedBytes) bytes are skipped"
        }
      report(offset: fault.offset, reason: fault.reason + skipped)
    }
  }

  private func report(offset: Int, reason: String, isCutShort: Bool = false) {
    guard damage.count <= limits.faultsPerFile else { return }
    let isLast = damage.count == limits.faultsPerFile
    damage.append(
      CaptureDamage(
        file: file.name, offset: offset, reason: isLast ? "more faults follow, which are not told singly" : reason,
        isCutShort: isCutShort && !isLast))
  }

  // MARK: Reading

  /// Reads until the format can be told, or to the end.
  private static func readHeader(
    of file: InputFile, through decompressed: CompressedFile?, into batch: PacketBatch, after alreadyFilled: Int = 0
  ) throws(CaptureError) -> Int {
    var filled = alreadyFilled
    while filled < CaptureFormat.headerBytes {
      let count = try read(file, through: decompressed, into: batch, after: filled)
      if count == 0 { break }
      filled += count
    }
    return filled - alreadyFilled
  }

  /// Drops the skippable frames that zstd and lz4 files may begin with: only what follows says which of them it is.
  ///
  /// - Returns: The bytes in the batch then: 0 if there is nothing else.
  private static func dropSkippableFrames(
    of file: InputFile, in batch: PacketBatch, _ alreadyFilled: Int
  ) throws(CaptureError) -> Int {
    var filled = alreadyFilled
    while let length = batch.withBytes(upTo: filled, { Compression.isSkippable($0) ? $0.littleEndian(at: 4) : nil })
      as UInt32?
    {
      var toDrop = Int(length) + 8
      while toDrop > 0, filled > 0 {
        let dropped = min(toDrop, filled)
        batch.moveToFront(dropped..<filled)
        filled -= dropped
        toDrop -= dropped
        if filled < CaptureFormat.headerBytes {
          filled += try readHeader(of: file, through: nil, into: batch, after: filled)
        }
      }
      guard filled > 0 else {
        throw CaptureError(file: file.name, reason: "holds frames to be skipped, and nothing else")
      }
    }
    return filled
  }

  private static func read(
    _ file: InputFile, through decompressed: CompressedFile?, into batch: PacketBatch, after filled: Int
  ) throws(CaptureError) -> Int {
    // SAFETY: the buffer is written to during the call only.
    unsafe try batch.withFreeBytes(after: filled) { (buffer) throws(CaptureError) in
      if let decompressed { return unsafe try decompressed.read(into: buffer) }
      return unsafe try file.read(into: buffer)
    }
  }
}
