import TestSupport
import Testing

/// `docs/log-format.md` says what the catalogue says, and shows what the tool prints.
struct LogFormatPageTests {
  static let path = "docs/log-format.md"
  static let examples = MarkedPage((try? ProjectFiles.text(of: path)) ?? "").examples

  @Test func `the tables are those of the catalogue`() throws {
    var page = MarkedPage(try ProjectFiles.text(of: Self.path))
    let tables = FieldTable.all()
    #expect(page.marks.sorted() == tables.map(\.name).sorted())
    for (name, table) in tables {
      let isThere = page.fill(name, with: table)
      #expect(isThere, "no marks for \(name)")
    }
    // WSTAP_UPDATE_GOLDEN=1 writes the page anew.
    expectGolden(page.text, at: ProjectFiles.absolute(Self.path))
  }

  @Test func `there is a line of every record type`() throws {
    let types = Self.examples.flatMap(\.lines).compactMap { try? StrictJSON.parse(Array($0.utf8))["type"]?.text }
    #expect(Set(types) == ["meta", "open", "message", "frame", "control", "violation", "end", "stats"])
  }

  @Test(arguments: examples)
  func `the lines shown are lines that the command prints, and hold in the strict schema`(
    example: MarkedPage.Example
  ) throws {
    #expect(!example.command.isEmpty, "no command stands before \(example.lines.first ?? "a block")")
    let arguments = example.command.dropFirst("wstap ".count)
    let printed = BuiltTool.shell("cd '\(ProjectFiles.root)' && \"$WSTAP\" \(arguments)")
    let records = try Sample.records(printed.output).map(Self.stable)
    #expect(!example.lines.isEmpty)
    for line in example.lines {
      let shown = try StrictJSON.parse(Array(line.utf8))
      LogCheck.expectValid([shown])
      let isPrinted = records.contains(Self.stable(shown))
      #expect(isPrinted, "\(example.command) does not print \(line)")
    }
  }

  /// A record without the two values that differ from build to build and from run to run.
  private static func stable(_ record: JSONValue) -> [JSONValue.Member] {
    (record.members ?? []).filter { !["mem_bytes", "tool_version"].contains($0.name) }
  }
}
