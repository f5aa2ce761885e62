internal import PacketCapture
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Batches on their way from the thread that captures to the one that analyzes, and back.
///
/// There is a fixed number of them, so that memory is bounded; whoever captures never waits for one.
@safe
public final class PacketRing: Sendable {
  /// What the analyzing thread is given.
  enum Delivery {
    /// Packets.
    case batch(PacketBatch)
    /// None came in time.
    case nothing
    /// No more will come.
    case ended
  }

  /// Bytes of a batch, so that a packet that the network card put together (64 KiB and headers) fits.
  static let batchBytes = 128 << 10
  /// Batches at most: 32 MiB, which is a quarter of a second of a full gigabit link.
  static let batchCount = 256

  private let lock = Mutex(())
  // SAFETY: these four are touched only while `lock` is held. A batch belongs to one thread from when it is taken out
  // to when it is put in again.
  nonisolated(unsafe) private var filled: [PacketBatch] = []
  nonisolated(unsafe) private var free: [PacketBatch] = []
  nonisolated(unsafe) private var made = 0
  nonisolated(unsafe) private var isClosed = false
  private let limit: Int
  /// A pipe through which the analyzing thread is woken.
  private let reading: Int32
  private let writing: Int32

  /// A ring of at most `limit` batches.
  init(limit: Int = PacketRing.batchCount) {
    self.limit = limit
    var ends: [Int32] = [-1, -1]
    // SAFETY: the array has room for two descriptors.
    let status = unsafe pipe(&ends)
    precondition(status == 0, "no pipe can be made")
    (reading, writing) = (ends[0], ends[1])
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
  }

  deinit {
    close(reading)
    close(writing)
  }

  // MARK: - The capturing side

  /// An empty batch; `nil` where all are full or being analyzed.
  func takeFree() -> PacketBatch? {
    lock.withLock { _ in
      if let batch = unsafe free.popLast() { return batch }
      guard unsafe made < limit else { return nil }
      unsafe made += 1
      return PacketBatch(capacity: Self.batchBytes)
    }
  }

  /// Hands a batch over.
  ///
  /// - Parameters:
  ///   - batch: The batch, which whoever fills it has no more.
  ///   - isFull: Whether nothing more fits. One that is not full is taken only where nothing else waits: few batches are
  ///     to be held, and each of them large.
  /// - Returns: Whether it was taken.
  func handOver(_ batch: PacketBatch, isFull: Bool) -> Bool {
    let (isTaken, mustWake) = lock.withLock { _ -> (Bool, Bool) in
      let isEmpty = unsafe filled.isEmpty
      guard isFull || isEmpty else { return (false, false) }
      unsafe filled.append(batch)
      return (true, isEmpty)
    }
    if mustWake { wake() }
    return isTaken
  }

  /// Says that no more will come.
  func finish() {
    lock.withLock { _ in unsafe isClosed = true }
    wake()
  }

  private func wake() {
    var byte: UInt8 = 0
    // SAFETY: one byte is lent. A pipe that is full wakes, too.
    _ = unsafe write(writing, &byte, 1)
  }

  // MARK: - The analyzing side

  /// Whether nothing waits.
  var isEmpty: Bool { lock.withLock { _ in unsafe filled.isEmpty } }

  /// The next batch, waited for so long.
  func next(waitingMilliseconds wait: Int32) -> Delivery {
    if let delivery = takeFilled() { return delivery }
    var request = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
    // SAFETY: one request is lent, and one is named.
    guard unsafe poll(&request, 1, wait) > 0 else { return .nothing }
    var bytes: UInt64 = 0
    // SAFETY: eight bytes are lent. Those that are left wake once more, which does no harm.
    _ = unsafe read(reading, &bytes, MemoryLayout.size(ofValue: bytes))
    return takeFilled() ?? .nothing
  }

  private func takeFilled() -> Delivery? {
    lock.withLock { _ in
      if unsafe !filled.isEmpty { return unsafe .batch(filled.removeFirst()) }
      return unsafe isClosed ? .ended : nil
    }
  }

  /// Takes a batch back, to be filled again.
  func giveBack(_ batch: PacketBatch) {
    batch.removeAll()
    lock.withLock { _ in unsafe free.append(batch) }
  }

  /// Notes that a batch is lost to the ring, since somebody holds it; another may be made.
  func forgetOne() {
    lock.withLock { _ in unsafe made -= 1 }
  }
}
