internal import ArgumentParser

/// How the file of the log is written, and what else is written to files.
struct FileOptions: ParsableArguments {
  @Option(
    name: .customShort("C"), parsing: .unconditional,
    help: ArgumentHelp(
      "Go on in another file before this one has more than so many megabytes (1000000 bytes).", valueName: "MB"))
  var megabytes: Int?

  @Option(
    name: .customShort("G"), parsing: .unconditional,
    help: ArgumentHelp(
      "Go on in another file each time so many seconds are over; conversions of strftime(3) in FILE are the local time.",
      valueName: "SECONDS"))
  var seconds: Int?

  @Option(
    name: .customShort("W"), parsing: .unconditional,
    help: ArgumentHelp("Keep only the newest COUNT complete files of -C or -G.", valueName: "COUNT"))
  var count: Int?

  @Option(
    help: ArgumentHelp(
      "Where the log cannot be written: end, or drop records until it can be.", valueName: "end|drop"))
  var onWriteError: String = WriteErrorChoice.end.rawValue

  @Option(
    help: ArgumentHelp(
      "Write counts to FILE every 10 seconds and at the end, in the text format of Prometheus.", valueName: "FILE"))
  var metricsFile: String?
}
