internal import Synchronization

/// One log that several threads write to.
///
/// Each of them brings whole lines, and one brings its own at a time, so that none is torn.
public final class SharedLog: LogDestination, Sendable {
  private let file: Mutex<LogFile>
  private let hasFailed = Atomic(false)

  /// A log that goes to `file`, which nobody else uses from now on.
  public init(_ file: sending LogFile) { self.file = Mutex(file) }

  /// Whether nothing more can be written.
  public var isBroken: Bool { hasFailed.load(ordering: .relaxed) }

  /// Takes whole lines.
  public func write(_ lines: RawSpan) {
    withFile { $0.write(lines) }
  }

  /// Calls `body` with the file while nobody writes to it, as whatever closes it or takes another must.
  public func withFile<Result>(_ body: (LogFile) -> Result) -> Result {
    file.withLock { file in
      let result = body(file)
      if file.isBroken { hasFailed.store(true, ordering: .relaxed) }
      return result
    }
  }

  /// Looks whether whoever reads the log has gone; a thread that waits in a write will see that by itself.
  public func lookForReader() {
    file.withLockIfAvailable { file in
      file.lookForReader()
      if file.isBroken { hasFailed.store(true, ordering: .relaxed) }
    }
  }
}
