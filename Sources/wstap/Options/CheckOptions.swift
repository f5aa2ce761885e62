internal import ArgumentParser

/// Which checks are reported, and which make the exit status 3.
struct CheckOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only these checks, by their ids.", valueName: "LIST"))
  var checks: String?

  @Option(help: ArgumentHelp("Only checks of this severity or graver: error, warning or notice.", valueName: "LEVEL"))
  var severity: String?

  @Option(
    help: ArgumentHelp(
      "Exit with status 3 where this was found: a severity (or graver), failed-handshake, or both with a comma.",
      valueName: "WHAT"))
  var failOn: String?
}
