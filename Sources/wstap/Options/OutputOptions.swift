internal import ArgumentParser
internal import EventLogging

/// Where the log goes, and what its records hold.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .customShort("o"), parsing: .unconditional,
    help: ArgumentHelp(
      "Write the log to FILE, which gets its name when the log is complete; '-' is standard output.",
      valueName: "FILE"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "ndjson or text. By default text on a terminal, else ndjson.", valueName: "FORMAT"))
  var format: String?

  @Option(
    help: ArgumentHelp(
      "Write only these record types: meta, open, message, frame, control, violation, end, stats.", valueName: "LIST"))
  var types: String?

  @Flag(help: "Write a record for each frame too.")
  var frames = false

  @Option(help: ArgumentHelp("Header fields of handshakes to write: none, safe or all.", valueName: "WHICH"))
  var headers: String = LogOptions.Headers.none.rawValue

  @Flag(help: "Write '?redacted' for the query of request targets and of URLs in header fields.")
  var redactQuery = false

  @Option(help: ArgumentHelp("Write at most this much of a payload.", valueName: "BYTES"))
  var maxPayload: Int = 65536

  @Flag(help: "Write no payloads.")
  var noPayload = false

  @Flag(help: "Write a text message that is JSON as JSON, in 'json' instead of 'text'.")
  var jsonPayload = false
}
