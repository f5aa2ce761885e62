internal import ArgumentParser
internal import EventLogging
internal import TCPReassembly

/// `wstap [FILE ...]`: reads capture files and writes the log.
struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Read capture files and write the log (the default command).")

  @Argument(help: "Capture files (pcap, pcapng, either gzipped); '-' is standard input.")
  var files: [String] = []

  @Option(
    name: .customShort("r"), parsing: .singleValue,
    help: ArgumentHelp("Read this capture file too.", valueName: "FILE"))
  var readFiles: [String] = []

  @Option(
    name: .customShort("f"), help: ArgumentHelp("Look only at packets that pass this BPF filter.", valueName: "FILTER"))
  var filter: String?

  @Option(name: .customShort("c"), help: ArgumentHelp("Stop after N packets.", valueName: "N"))
  var packetLimit: Int?

  @Option(
    name: .customShort("o"), help: ArgumentHelp("Write the log to FILE instead of standard output.", valueName: "FILE"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Write only these record types: meta, open, message, frame, control, violation, end, stats.", valueName: "LIST"))
  var types: String?

  @Flag(help: "Write a record for each frame too.")
  var frames = false

  @Option(help: ArgumentHelp("Header fields of handshakes to write: none, safe or all.", valueName: "WHICH"))
  var headers: String = LogOptions.Headers.none.rawValue

  @Option(help: ArgumentHelp("Write at most this much of a payload.", valueName: "BYTES"))
  var maxPayload: Int = 65536

  @Flag(help: "Write no payloads.")
  var noPayload = false

  @Option(
    help: ArgumentHelp(
      "Which copy counts where TCP segments overlap with different bytes: first or last.", valueName: "WHICH"))
  var overlap: String = OverlapPolicy.first.rawValue

  @Flag(name: [.customShort("q"), .long], help: "Tell nothing but failures on standard error.")
  var quiet = false

  func validate() throws {
    _ = try AnalysisPlan(self)
  }

  func run() throws {
    let status = try AnalysisRun(plan: AnalysisPlan(self)).run()
    if status != .done { throw status.code }
  }
}
