internal import Synchronization

/// One log that several threads write to.
///
/// Each of them brings whole lines, and one brings its own at a time, so that none is torn.
public final class SharedLog: LogDestination, Sendable {
  private let log: Mutex<RunLog>
  private let hasFailed = Atomic(false)
  private let dropped: Atomic<Int>

  /// Shares a log that nobody else uses from now on.
  public init(_ log: sending RunLog) {
    dropped = Atomic(log.droppedLines ?? -1)
    self.log = Mutex(log)
  }

  /// Whether nothing more can be written.
  public var isBroken: Bool { hasFailed.load(ordering: .relaxed) }

  /// Lines that were dropped.
  public var droppedLines: Int? {
    let count = dropped.load(ordering: .relaxed)
    return count < 0 ? nil : count
  }

  /// Takes whole lines.
  public func write(_ lines: RawSpan) {
    withLog { $0.write(lines) }
  }

  /// Calls `body` with the log while nobody writes to it, as whatever closes it or takes another file must.
  public func withLog<Result>(_ body: (RunLog) -> Result) -> Result {
    log.withLock { log in
      let result = body(log)
      note(log)
      return result
    }
  }

  /// Calls `body` with the log unless a thread writes to it, which may take as long as its reader likes.
  ///
  /// - Returns: What `body` gives; `nil` where it was not called.
  public func withLogIfFree<Result>(_ body: (RunLog) -> Result) -> Result? {
    log.withLockIfAvailable { log in
      let result = body(log)
      note(log)
      return result
    }
  }

  private func note(_ log: RunLog) {
    if log.isBroken { hasFailed.store(true, ordering: .relaxed) }
    if let count = log.droppedLines { dropped.store(count, ordering: .relaxed) }
  }
}
