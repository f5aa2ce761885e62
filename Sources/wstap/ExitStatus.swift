internal import ArgumentParser

/// How a run ended, as its exit status says (`docs/log-format.md`).
enum ExitStatus: Int32, Comparable {
  /// All was read and written.
  case done = 0
  /// What `--fail-on` names was found.
  case found = 3
  /// An input was damaged or only partly readable; everything readable was logged.
  case damaged = 2
  /// An input could not be read, or the log not be written.
  case failed = 1

  /// The code for the shell.
  var code: ExitCode { ExitCode(rawValue) }

  /// How grave: a failure comes before damage, and damage before what was found.
  private var rank: Int {
    switch self {
    case .done: 0
    case .found: 1
    case .damaged: 2
    case .failed: 3
    }
  }

  static func < (left: ExitStatus, right: ExitStatus) -> Bool { left.rank < right.rank }
}
