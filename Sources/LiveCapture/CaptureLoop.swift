internal import NetworkTypes
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What one capture thread does: empties the kernel's buffers into a ring, and never waits for whoever analyzes.
public final class CaptureLoop: Sendable {
  /// What it has counted.
  public let counts = CaptureCounts()
  let ring = PacketRing()
  private let sockets: [CaptureSocket]
  private let control: CaptureControl
  private let losses = Mutex<[LostInterface]>([])

  /// An interface that gives no more packets.
  public struct LostInterface: Sendable, Hashable, CustomStringConvertible {
    /// Its name.
    public let name: String
    /// Why, in libpcap's or our words.
    public let reason: String

    /// One sentence for standard error.
    public var description: String { "\(name): \(reason)" }
  }

  /// Packets that are read from one interface before another one has its turn.
  private static let turn: Int32 = 4096
  /// Milliseconds between looks at what hangs on time.
  private static let waitMilliseconds: Int32 = 100
  /// The same while packets wait here for whoever analyzes.
  private static let shortMilliseconds: Int32 = 10
  /// Nanoseconds between looks at the counters, and whether interfaces are still there.
  private static let countInterval: Int64 = 100_000_000
  /// Nanoseconds after the end in which the kernel may still give out packets that came before it.
  private static let endNanoseconds = Int64(CaptureSettings.gatheringMilliseconds) * 3_000_000
  /// Nanoseconds after the end beyond which nothing is waited for.
  private static let longestEndNanoseconds: Int64 = 2_000_000_000

  init(_ sockets: [CaptureSocket], _ control: CaptureControl) {
    self.sockets = sockets
    self.control = control
  }

  /// The interfaces that gave out since this was last asked.
  public func takeLosses() -> [LostInterface] {
    losses.withLock { list in
      defer { list = [] }
      return list
    }
  }

  /// Captures until the end, on the thread that calls it.
  public func run() {
    let filler = BatchFiller(ring, control)
    var state = State(sockets)
    while !state.isOver, !control.shouldAbort, !control.hasReachedLimit {
      let stopTime = control.stopTime
      state.wait(stopTime != nil || filler.isHolding ? Self.shortMilliseconds : Self.waitMilliseconds)
      let now = WallClock.now
      let isCounting = now.nanoseconds(since: state.nextCount) >= 0 || now < state.previousTime
      state.previousTime = now
      for index in state.open where state.isReady(index) || isCounting {
        read(index, &state, filler, stopTime, now, looksAtInterface: isCounting)
      }
      filler.endRound()
      if isCounting {
        state.nextCount = Timestamp(nanoseconds: now.nanoseconds &+ Self.countInterval)
        count(&state, filler)
      }
    }
    count(&state, filler)
    filler.finish()
    ring.finish()
  }

  private func read(
    _ index: Int, _ state: inout State, _ filler: BatchFiller, _ stopTime: Timestamp?, _ now: Timestamp,
    looksAtInterface: Bool
  ) {
    let socket = sockets[index]
    filler.begin(socket, number: state.numbers[index], stopTime: stopTime)
    let outcome = socket.handle.dispatch(Self.turn, to: filler)
    state.numbers[index] = filler.number
    switch outcome {
    case .failed(let reason):
      lose(index, &state, socket.isGone ? Self.vanished : reason)
    case .packets(let count):
      if looksAtInterface, socket.isGone { return lose(index, &state, Self.vanished) }
      guard let stopTime else { return }
      let waited = now.nanoseconds(since: stopTime)
      let isDrained = count == 0 && waited >= Self.endNanoseconds
      if filler.hasSeenTheEnd || isDrained || waited >= Self.longestEndNanoseconds || waited < 0 {
        state.open.removeAll { $0 == index }
      }
    }
  }

  private static let vanished = "the interface is gone"

  private func lose(_ index: Int, _ state: inout State, _ reason: String) {
    state.open.removeAll { $0 == index }
    losses.withLock { $0.append(LostInterface(name: sockets[index].name, reason: reason)) }
  }

  private func count(_ state: inout State, _ filler: BatchFiller) {
    for index in sockets.indices {
      if let counts = sockets[index].handle.counts() { state.add(counts, index) }
      if let drops = sockets[index].drops?.count() { state.interfaceDrops[index] = drops }
    }
    counts.set(received: state.received, kernelDrops: state.kernelDrops, toolDrops: filler.dropped)
    let told = state.interfaceDrops.compactMap { $0 }
    if !told.isEmpty { counts.set(interfaceDrops: told.reduce(0, +)) }
  }

  /// What the thread keeps of its sockets.
  private struct State {
    /// Those that still give packets.
    var open: [Int]
    /// The number of each one's newest packet.
    var numbers: [Int]
    var interfaceDrops: [Int?]
    var received = 0
    var kernelDrops = 0
    var nextCount = Timestamp.epoch
    var previousTime = Timestamp.epoch
    /// libpcap's numbers, which begin anew at 2^32, when they were last looked at.
    private var previous: [(received: UInt32, dropped: UInt32)]
    private var requests: [pollfd]
    /// Those that have no descriptor to wait at are read each time.
    private let hasDescriptor: [Bool]

    init(_ sockets: [CaptureSocket]) {
      open = Array(sockets.indices)
      numbers = sockets.map { _ in 0 }
      interfaceDrops = sockets.map { _ in nil }
      previous = sockets.map { $0.handle.counts() ?? (0, 0) }
      hasDescriptor = sockets.map { $0.handle.descriptor != nil }
      requests = sockets.map { pollfd(fd: $0.handle.descriptor ?? -1, events: Int16(POLLIN), revents: 0) }
    }

    var isOver: Bool { open.isEmpty }

    /// Waits until one of them has packets, or so long.
    mutating func wait(_ milliseconds: Int32) {
      for index in requests.indices where !open.contains(index) { requests[index].fd = -1 }
      let wait = hasDescriptor.contains(false) ? min(milliseconds, 10) : milliseconds
      // SAFETY: the array is lent with its count.
      _ = unsafe poll(&requests, nfds_t(requests.count), wait)
    }

    func isReady(_ index: Int) -> Bool { requests[index].revents != 0 || !hasDescriptor[index] }

    mutating func add(_ counts: (received: UInt32, dropped: UInt32), _ index: Int) {
      received += Int(counts.received &- previous[index].received)
      kernelDrops += Int(counts.dropped &- previous[index].dropped)
      previous[index] = counts
    }
  }
}
