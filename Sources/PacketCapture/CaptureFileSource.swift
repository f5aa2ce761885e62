public import NetworkTypes

/// Packets of one or several capture files, merged by time.
///
/// Within a file its own order is kept, even where times go back; of packets with the same time those of the input
/// named first come first. A file is opened when the merge reaches its first packet, so that a long series of rotated
/// captures needs few of them open at once. A single file is not looked at before it is read.
public final class CaptureFileSource: PacketSource {
  /// What was found wrong with the inputs so far.
  public var damage: [CaptureDamage] {
    openFiles.keys.sorted().reduce(finishedDamage) { $0 + (openFiles[$1]?.damage ?? []) }
  }
  /// Bytes of the inputs that were skipped so far because nothing in them could be read for sure.
  public var damagedBytes: Int { openFiles.values.reduce(finishedDamagedBytes) { $0 + $1.damagedBytes } }
  /// Packets that were seen in the inputs so far and left out, as damaged or of an unknown interface.
  public var damagedPackets: Int { openFiles.values.reduce(finishedDamagedPackets) { $0 + $1.damagedPackets } }
  /// Inputs that could not be read, or not to their end; the others were read nevertheless.
  public private(set) var failures: [CaptureError] = []

  private let names: [FileName]
  private let isInterrupted: () -> Bool
  private let limits: Limits
  private let batchBytes: Int
  private let pool = BatchPool()
  private var cursors = CursorHeap()
  private var finishedMetadata: [Int: CaptureMetadata] = [:]
  private var openFiles: [Int: CaptureFile] = [:]
  private var finishedDamage: [CaptureDamage] = []
  private var finishedBytes = 0
  private var finishedDamagedBytes = 0
  private var finishedDamagedPackets = 0
  private var sizes: [Int: Int] = [:]
  private var hasStreams = false

  /// Storage of all open files' batches, in bytes; each file's share is between these two, unless a packet is larger.
  private static let sharedBatchBytes = 64 << 20
  private static let smallestBatchBytes = 16 << 10
  /// Files with a descriptor of their own; beyond, regular ones are closed between reads.
  private static let openDescriptors = 64

  /// A source over files whose names are text, of which `-` is standard input.
  public convenience init(
    paths: [String], limits: Limits = Limits(), batchBytes: Int = CaptureFile.defaultBatchBytes
  ) {
    self.init(names: paths.map { FileName($0) }, limits: limits, batchBytes: batchBytes)
  }

  /// A source over files, of which `-` is standard input.
  ///
  /// Nothing is thrown: see ``failures``.
  ///
  /// - Parameters:
  ///   - names: The files.
  ///   - limits: What is held of them at most.
  ///   - batchBytes: Bytes of one read.
  ///   - isInterrupted: Asked, at least every 250 ms, while a pipe or FIFO is waited for: whether to wait no more.
  public init(
    names: [FileName], limits: Limits = Limits(), batchBytes: Int = CaptureFile.defaultBatchBytes,
    isInterrupted: @escaping () -> Bool = { false }
  ) {
    self.names = names
    self.isInterrupted = isInterrupted
    self.limits = limits
    self.batchBytes = batchBytes
    for index in names.indices {
      if names.count == 1 {
        cursors.push(Cursor(time: .epoch, fileIndex: index, content: .closed))
      } else {
        look(at: index)
      }
    }
  }

  /// Bytes of all inputs together, as they stand on the disk; `nil` where one of them streams.
  ///
  /// A single input is known only once it was read from.
  public var totalBytes: Int? { hasStreams ? nil : sizes.values.reduce(0, &+) }

  /// Bytes read so far, as they stand on the disk; first looks at files are not counted.
  public var bytesRead: Int { openFiles.values.reduce(finishedBytes) { $0 + $1.bytesRead } }

  /// Whether an input is a pipe or the like that is being read: what it gave should be told before it is waited for.
  public var isStreaming: Bool { openFiles.values.contains { !$0.isRegular } }

  /// What the file of this index said beside its packets, as far as it was read; `nil` where it is no pcapng file.
  ///
  /// The first item after a call that is still held copies what was said so far: not to be asked for each batch.
  public func metadata(ofFile index: Int) -> CaptureMetadata? {
    openFiles[index]?.metadata ?? finishedMetadata[index]
  }

  /// The next packets in time.
  public func nextBatch() throws(CaptureError) -> PacketRun? {
    while let cursor = cursors.pop() {
      switch cursor.content {
      case .closed:
        if let file = open(cursor.fileIndex) { refill(from: file, cursor.fileIndex) }
      case .used(let file):
        refill(from: file, cursor.fileIndex)
      case .packets(let file, let batch, let start):
        let end = runEnd(in: batch, from: start, fileIndex: cursor.fileIndex)
        if end < batch.packets.count {
          cursors.push(
            Cursor(
              time: batch.packets[end].timestamp, fileIndex: cursor.fileIndex,
              content: .packets(file, batch, end)))
        } else {
          // Read only when its turn comes again: a stream's next packet is not waited for before this is given out.
          cursors.push(
            Cursor(time: batch.packets[end - 1].timestamp, fileIndex: cursor.fileIndex, content: .used(file)))
        }
        return PacketRun(batch: batch, range: start..<end)
      }
    }
    return nil
  }

  // MARK: Files

  /// Finds the first packet's time of one of several inputs.
  private func look(at index: Int) {
    guard let file = open(index, batchBytes: Self.smallestBatchBytes) else { return }
    guard file.isRegular else {
      file.batchBytes = batchBytes
      return refill(from: file, index)
    }
    do throws(CaptureError) {
      if let first = try file.nextBatch()?.packets.first {
        openFiles[index] = nil
        cursors.push(Cursor(time: first.timestamp, fileIndex: index, content: .closed))
      } else {
        close(file, index)
      }
    } catch {
      failures.append(error)
      close(file, index)
    }
  }

  private func open(_ index: Int, batchBytes: Int? = nil) -> CaptureFile? {
    do throws(CaptureError) {
      let file = try CaptureFile(
        name: names[index], limits: limits, pool: pool, fileIndex: index, batchBytes: batchBytes ?? shareOfBatchBytes,
        isInterrupted: isInterrupted)
      openFiles[index] = file
      if let size = file.size { sizes[index] = size } else { hasStreams = true }
      return file
    } catch {
      failures.append(error)
      return nil
    }
  }

  /// Bytes of storage for a file's batch: less where many files are open.
  private var shareOfBatchBytes: Int {
    min(batchBytes, max(Self.smallestBatchBytes, Self.sharedBatchBytes / (openFiles.count + 1)))
  }

  /// Reads the file's next packets and puts it back in line; closes it at its end.
  private func refill(from file: CaptureFile, _ index: Int) {
    do throws(CaptureError) {
      if names.count > 1 { file.batchBytes = shareOfBatchBytes }
      if let batch = try file.nextBatch(), let first = batch.packets.first {
        if openFiles.count > Self.openDescriptors { file.suspend() }
        cursors.push(Cursor(time: first.timestamp, fileIndex: index, content: .packets(file, batch, 0)))
        return
      }
    } catch {
      failures.append(error)
    }
    close(file, index)
  }

  private func close(_ file: CaptureFile, _ index: Int) {
    openFiles[index] = nil
    finishedBytes += file.bytesRead
    finishedMetadata[index] = file.metadata
    finishedDamage += file.damage
    finishedDamagedBytes += file.damagedBytes
    finishedDamagedPackets += file.damagedPackets
  }

  /// The end of the packets from `start` on that come before those of all other files.
  private func runEnd(in batch: PacketBatch, from start: Int, fileIndex: Int) -> Int {
    guard let other = cursors.first else { return batch.packets.count }
    // On equal times the input that was named first comes first.
    let otherTime = other.time.nanoseconds
    let bound = fileIndex < other.fileIndex ? otherTime : otherTime - 1
    let packets = batch.packets
    var end = start + 1
    while end < packets.count, packets[end].timestamp.nanoseconds <= bound { end += 1 }
    return end
  }
}
