internal import ArgumentParser

/// How a run ended, as its exit status says (`docs/log-format.md`).
enum ExitStatus: Int32, Comparable {
  /// All was read and written.
  case done = 0
  /// An input was damaged or only partly readable; everything readable was logged.
  case damaged = 2
  /// An input could not be read, or the log not be written.
  case failed = 1

  /// The code for the shell.
  var code: ExitCode { ExitCode(rawValue) }

  /// How grave: a failure comes before damage.
  private var rank: Int {
    switch self {
    case .done: 0
    case .damaged: 1
    case .failed: 2
    }
  }

  static func < (left: ExitStatus, right: ExitStatus) -> Bool { left.rank < right.rank }
}
