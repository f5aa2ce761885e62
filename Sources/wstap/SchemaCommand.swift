internal import ArgumentParser
internal import EventLogging

/// `wstap schema`: prints the JSON Schema of the log.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema (draft 2020-12) of the log's records.")

  @Flag(help: "Print the form in which unknown fields, record types and words are faults.")
  var strict = false

  func run() throws { try StandardOutput.write(JSONSchemaWriter(isStrict: strict).text) }
}
