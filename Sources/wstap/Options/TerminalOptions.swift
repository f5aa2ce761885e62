internal import ArgumentParser

/// What is told on standard error, and how the text format looks.
struct TerminalOptions: ParsableArguments {
  @Flag(name: [.customShort("q"), .long], help: "Tell nothing but failures on standard error.")
  var quiet = false

  @Flag(name: [.customShort("v"), .long], help: "Tell reasons too in the closing summary.")
  var verbose = false

  @Option(
    help: ArgumentHelp(
      "Show a progress line on standard error: auto (where it is a terminal) or never.", valueName: "WHEN"))
  var progress: String = "auto"

  @Option(
    help: ArgumentHelp(
      "Colour the text format: auto (on a terminal, unless NO_COLOR is set), always or never.", valueName: "WHEN"))
  var color: String = "auto"
}
