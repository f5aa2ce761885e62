internal import ArgumentParser

/// `wstap [FILE ...]`: reads capture files and writes the log.
struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Read capture files or interfaces, and write the log (the default command).",
    usage: "wstap [OPTION ...] FILE ...\nwstap [OPTION ...] -i IFACE ...")

  @OptionGroup(title: "Input") var input: InputOptions
  @OptionGroup(title: "Live capture") var live: LiveOptions
  @OptionGroup(title: "Log") var output: OutputOptions
  @OptionGroup(title: "Files") var files: FileOptions
  @OptionGroup(title: "Selection (what is left out is decoded and counted all the same)")
  var selection: SelectionOptions
  @OptionGroup(title: "Checks") var checks: CheckOptions
  @OptionGroup(title: "Terminal") var terminal: TerminalOptions

  func validate() throws {
    guard !live.listsInterfaces else { return }
    _ = try AnalysisPlan(self)
  }

  func run() throws {
    guard !live.listsInterfaces else { return try InterfacesCommand.list() }
    let plan = try AnalysisPlan(self)
    let status =
      if let live = plan.live { LiveRun(plan: plan, live: live).run() } else { AnalysisRun(plan: plan).run() }
    if status != .done { throw status.code }
  }
}
