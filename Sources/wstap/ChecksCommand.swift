internal import ArgumentParser
internal import EventLogging
internal import TrafficAnalysis

/// `wstap checks [ID]`: prints the catalogue of checks, or explains one of them.
struct ChecksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checks",
    abstract: "List the checks, or explain one: what it means, when it fires, an example.")

  @Flag(help: "Print one JSON object a check, with all that the catalogue knows of it.")
  var json = false

  @Argument(help: "Only this check.")
  var id: String?

  func validate() throws {
    guard let id, Check.named(id) == nil else { return }
    let alike = Check.all.map(\.id).filter { $0.contains(id) }
    let hint = alike.isEmpty ? "'wstap checks' lists them" : "there is \(alike.prefix(5).joined(separator: ", "))"
    throw ValidationError("There is no check '\(id)'; \(hint).")
  }

  func run() throws {
    let shown = id.flatMap { Check.named($0) }.map { [$0] } ?? Check.all
    if json {
      return try StandardOutput.write(CheckCatalogue.json(shown))
    }
    if id != nil, let check = shown.first { return try StandardOutput.write(Array(Self.explanation(check).utf8)) }
    try StandardOutput.write(Array(Self.table(shown).utf8))
  }

  private static func table(_ checks: [Check]) -> String {
    let idWidth = checks.map(\.id.utf8.count).max() ?? 0
    let referenceWidth = checks.map(\.reference.count).max() ?? 0
    var text = ""
    for check in checks {
      let name = check.id + (check.isOnByDefault ? "" : " *")
      text += padded(name, idWidth + 2) + "  " + padded(check.severity.rawValue, 7) + "  "
      text += padded(check.level.rawValue, 8) + "  " + padded(check.reference, referenceWidth) + "  "
      text += check.summary + "\n"
    }
    text += "\n\(checks.count) checks. Those with * are off unless --checks names them ('--checks all').\n"
    return text
  }

  private static func explanation(_ check: Check) -> String {
    var text = "\(check.id)\n\n\(folded(check.summary))\n"
    let breaker = check.sender.map { "the \($0.name)" } ?? "either side"
    let rows = [
      ("severity", check.severity.rawValue), ("level", check.level.rawValue), ("rule", check.reference),
      ("broken by", breaker), ("layer", check.layer.rawValue), ("told from", basis(check.basis)),
      ("by default", check.isOnByDefault ? "on" : "off"),
    ]
    for (name, value) in rows { text += "  " + padded(name, 12) + value + "\n" }
    text += "\nIt fires\n" + folded(check.condition)
    if !check.remarks.isEmpty { text += "\nRemarks\n" + folded(check.remarks) }
    if !check.silences.isEmpty {
      text += "\nIt is silent if\n" + check.silences.map { "  \($0.rawValue)\n" }.joined()
    }
    text += "\nAn example\n" + steps(check.breaks) + "\nNo fault\n" + steps(check.keeps)
    text += "\nOthers say\n"
    for (name, answer) in [("tshark", check.tshark), ("Zeek", check.zeek), ("Suricata", check.suricata)] {
      text += folded(padded(name, 10) + answer.word + (answer.pointer.isEmpty ? "" : ": \(answer.pointer)"))
    }
    return text
  }

  private static func basis(_ basis: Check.Basis) -> String {
    switch basis {
    case .wire: "one direction"
    case .bothDirections: "both directions"
    case .heuristic: "a limit, a guess, or what is known from elsewhere"
    }
  }

  /// A scene, one step a line, long ones cut.
  private static func steps(_ scene: String) -> String {
    scene.split(separator: " | ", omittingEmptySubsequences: false).map { step in
      step.count <= 100 ? "  \(step)\n" : "  \(step.prefix(96)) ...\n"
    }.joined()
  }

  /// The text in lines of 80 columns, each indented by two.
  private static func folded(_ text: String) -> String {
    var lines = ""
    var line = " "
    for word in text.split(separator: " ") {
      if line.count + 1 + word.count > 80, line.count > 1 {
        lines += line + "\n"
        line = " "
      }
      line += " " + word
    }
    return lines + line + "\n"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
