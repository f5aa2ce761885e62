internal import ArgumentParser

/// Which checks are reported, and which make the exit status 3.
struct CheckOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Only these checks: ids, layers, all or default; with + or - before them, more or fewer than the default ones.",
      valueName: "LIST"))
  var checks: String?

  @Option(help: ArgumentHelp("Only checks of this severity or graver: error, warning or notice.", valueName: "LEVEL"))
  var severity: String?

  @Option(help: ArgumentHelp("Call a frame or message large from this size on.", valueName: "MIB"))
  var largeMessage = 64

  @Option(
    help: ArgumentHelp(
      "Exit with status 3 where this was found: a severity (or graver), failed-handshake, or both with a comma.",
      valueName: "WHAT"))
  var failOn: String?
}
