public import NetworkTypes
internal import Synchronization

/// Tells capture threads when they are done.
public final class CaptureControl: Sendable {
  private let lastTime = Atomic(Int64.max)
  private let remaining: Atomic<Int>
  private let isAborted = Atomic(false)

  /// A capture that goes on until it is stopped, or until there were so many packets.
  public init(packetLimit: Int? = nil) { remaining = Atomic(packetLimit ?? Int.max) }

  /// Ends the capture: packets that came before `time` are still taken, those after it no more.
  public func stop(at time: Timestamp) {
    _ = lastTime.compareExchange(expected: .max, desired: time.nanoseconds, ordering: .relaxed)
  }

  /// Ends the capture at once: nobody wants packets any more.
  public func abort() { isAborted.store(true, ordering: .relaxed) }

  var shouldAbort: Bool { isAborted.load(ordering: .relaxed) }

  /// The time after which packets are no longer taken; `nil` while there is none.
  var stopTime: Timestamp? {
    let time = lastTime.load(ordering: .relaxed)
    return time == .max ? nil : Timestamp(nanoseconds: time)
  }

  /// Counts a packet against the limit, and says whether it is still wanted.
  func takePacket() -> Bool {
    // Without a limit nothing is written that other threads would have to fetch.
    guard remaining.load(ordering: .relaxed) != Int.max else { return true }
    return remaining.subtract(1, ordering: .relaxed).newValue >= 0
  }

  /// Whether there were as many packets as are wanted.
  public var hasReachedLimit: Bool { remaining.load(ordering: .relaxed) <= 0 }
}
