internal import ArgumentParser

/// The command line: `wstap` analyzes, unless another command is named.
@main
struct Wstap: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wstap",
    abstract: "Read captured packets, tell the WebSocket story in them: one JSON object a line.",
    version: Version.current,
    subcommands: [AnalyzeCommand.self, SchemaCommand.self],
    defaultSubcommand: AnalyzeCommand.self)
}
