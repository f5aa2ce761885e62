internal import ArgumentParser
internal import TrafficAnalysis

/// `wstap checks [ID]`: prints the catalogue of checks, or one of them.
struct ChecksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checks",
    abstract: "List the checks: id, severity, level, where the rule stands.")

  @Argument(help: "Only this check.")
  var id: String?

  func validate() throws {
    guard let id, !Rule.all.contains(where: { $0.id == id }) else { return }
    throw ValidationError("There is no check '\(id)'; 'wstap checks' lists them.")
  }

  func run() throws {
    let shown = Rule.all.filter { id == nil || $0.id == id }
    let width = shown.map(\.id.utf8.count).max() ?? 0
    var text = ""
    for rule in shown {
      text += Self.padded(rule.id, width) + "  " + Self.padded(rule.severity.rawValue, 7) + "  "
      text += Self.padded(rule.level.rawValue, 8) + "  " + rule.reference + "\n"
    }
    try StandardOutput.write(Array(text.utf8))
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.utf8.count))
  }
}
