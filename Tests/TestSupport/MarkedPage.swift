/// A page of the project in which parts are made from the source and shown lines come from commands.
public struct MarkedPage {
  /// A command with the lines that the page shows of what it prints.
  public struct Example: Sendable, CustomStringConvertible {
    /// The command, as it stands in the page.
    public var command: String
    /// The lines shown.
    public var lines: [String]
    /// The command.
    public var description: String { command }
  }

  private var lines: [String]

  /// The page with this text.
  public init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The text of the page.
  public var text: String { lines.joined(separator: "\n") }

  /// Puts `part` between `<!-- fields: NAME -->` and the next `<!-- end -->`; false where there are no such marks.
  public mutating func fill(_ name: String, with part: String) -> Bool {
    guard let start = lines.firstIndex(of: "<!-- fields: \(name) -->"),
      let end = lines[start...].firstIndex(of: "<!-- end -->")
    else { return false }
    lines.replaceSubrange((start + 1)..<end, with: part.split(separator: "\n").map(String.init))
    return true
  }

  /// The names in the marks of the page.
  public var marks: [String] {
    lines.compactMap { line in
      let begin = "<!-- fields: "
      return line.hasPrefix(begin) ? String(line.dropFirst(begin.count).dropLast(" -->".count)) : nil
    }
  }

  /// The commands that stand alone in a line before a block of JSON, as `` `wstap …`: ``, with the block's lines.
  public var examples: [Example] {
    var found: [Example] = []
    for (index, line) in lines.enumerated() where line == "```json" {
      let before = lines[..<index].last { !$0.isEmpty } ?? ""
      let command = before.hasPrefix("`wstap ") && before.hasSuffix("`:") ? String(before.dropFirst().dropLast(2)) : ""
      found.append(Example(command: command, lines: Array(lines[(index + 1)...].prefix { $0 != "```" })))
    }
    return found
  }
}
