internal import ArgumentParser

/// The command line: `wstap` analyzes, unless another command is named.
@main
struct Wstap: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wstap",
    abstract: "Read captured packets, tell the WebSocket story in them: one JSON object a line.",
    usage: """
      wstap [OPTION ...] FILE ...
      wstap [OPTION ...] -i IFACE ...
      wstap interfaces
      wstap checks [ID]
      wstap schema [--strict]
      """,
    discussion: """
      The log goes to standard output: text on a terminal, else one JSON object a line. Warnings and a closing summary \
      go to standard error.

      Exit status: 0 done; 1 an input cannot be read, or the log not be written; 2 an input is damaged, and everything \
      readable was logged; 3 --fail-on was hit; 64 the command line is wrong. 1 comes before 2, and 2 before 3.
      """,
    version: Version.description,
    subcommands: [AnalyzeCommand.self, InterfacesCommand.self, ChecksCommand.self, SchemaCommand.self],
    defaultSubcommand: AnalyzeCommand.self)

  static func main() {
    let arguments = RawArguments.ofProcess
    // Whoever asks for help wants the options of the default command, not a list of commands alone.
    guard arguments != ["--help"], arguments != ["-h"] else {
      print(
        helpMessage(), helpMessage(for: AnalyzeCommand.self).split(separator: "\n\n", maxSplits: 2).last ?? "",
        separator: "\n\n")
      return
    }
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch {
      guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
      // A name that a shell's pattern put on the command line may hold what steers a terminal.
      StandardError(verbosity: .quiet).usage(fullMessage(for: error))
      exit(withError: ExitCode.validationFailure)
    }
  }
}
