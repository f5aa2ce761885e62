internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What the process does on signals.
enum Signals {
  private static let stop = Atomic(false)
  private static let statistics = Atomic(false)
  private static let reopening = Atomic(false)

  /// Whether SIGINT or SIGTERM came, so that the run is to end cleanly.
  static var isStopRequested: Bool { stop.load(ordering: .relaxed) }

  /// Whether SIGUSR1 came since this was last asked.
  static func takeStatisticsRequest() -> Bool {
    statistics.load(ordering: .relaxed) && statistics.exchange(false, ordering: .relaxed)
  }

  /// Whether SIGHUP came since this was last asked.
  static func takeReopenRequest() -> Bool {
    reopening.load(ordering: .relaxed) && reopening.exchange(false, ordering: .relaxed)
  }

  /// Has the log opened anew later.
  static func requestReopening() { reopening.store(true, ordering: .relaxed) }

  /// Makes SIGHUP ask for the log to be opened anew, instead of ending the process; under nohup, too.
  static func installReopening() {
    _ = takeReopenRequest()
    handle(SIGHUP, onlyOnce: false, evenIfIgnored: true) { _ in Signals.reopening.store(true, ordering: .relaxed) }
  }

  /// Makes a write to a pipe that nobody reads fail, instead of killing the process; the first SIGINT or SIGTERM asks
  /// for a clean end, a second one ends at once; SIGUSR1 asks for counts.
  static func install() {
    // Made here: a handler may not be the first to touch them.
    _ = isStopRequested
    _ = takeStatisticsRequest()
    _ = signal(SIGPIPE, SIG_IGN)
    for number in [SIGINT, SIGTERM] {
      handle(number, onlyOnce: true) { _ in Signals.stop.store(true, ordering: .relaxed) }
    }
    handle(SIGUSR1, onlyOnce: false) { _ in Signals.statistics.store(true, ordering: .relaxed) }
  }

  private static func handle(
    _ number: Int32, onlyOnce: Bool, evenIfIgnored: Bool = false, _ handler: @escaping @convention(c) (Int32) -> Void
  ) {
    var action = sigaction()
    // A read that waits is not begun again (no SA_RESTART), so that whoever reads can look why.
    action.sa_flags =
      onlyOnce ? Int32(truncatingIfNeeded: UInt32(bitPattern: Int32(truncatingIfNeeded: SA_RESETHAND))) : 0
    #if canImport(Darwin)
      // SAFETY: the handler only stores into an atomic, which is safe at any time.
      unsafe action.__sigaction_u.__sa_handler = handler
    #else
      // SAFETY: the handler only stores into an atomic, which is safe at any time.
      unsafe action.__sigaction_handler.sa_handler = handler
    #endif
    // A parent that ignores SIGINT (nohup, a shell's background) means it.
    var before = sigaction()
    unsafe sigaction(number, nil, &before)
    #if canImport(Darwin)
      let isIgnored = unsafe before.__sigaction_u.__sa_handler == nil
    #else
      let isIgnored = unsafe unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) == 1
    #endif
    if !isIgnored || evenIfIgnored { unsafe sigaction(number, &action, nil) }
  }
}
