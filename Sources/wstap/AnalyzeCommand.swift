internal import ArgumentParser

/// `wstap [FILE ...]`: reads capture files and writes the log.
struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Read capture files and write the log (the default command).",
    usage: "wstap [OPTION ...] FILE ...")

  @OptionGroup(title: "Input") var input: InputOptions
  @OptionGroup(title: "Log") var output: OutputOptions
  @OptionGroup(title: "Selection (what is left out is decoded and counted all the same)")
  var selection: SelectionOptions
  @OptionGroup(title: "Checks") var checks: CheckOptions
  @OptionGroup(title: "Terminal") var terminal: TerminalOptions

  func validate() throws {
    _ = try AnalysisPlan(self)
  }

  func run() throws {
    let status = try AnalysisRun(plan: AnalysisPlan(self)).run()
    if status != .done { throw status.code }
  }
}
