internal import ArgumentParser

/// Which records reach the log; everything is decoded and counted all the same.
struct SelectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Only connections to this Host, with or without its port; * and ? are wildcards. May be repeated.",
      valueName: "GLOB"))
  var host: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only connections with this request target, with or without its query. May be repeated.", valueName: "GLOB"))
  var path: [String] = []

  @Option(help: ArgumentHelp("Only connections with this port at either end. May be repeated.", valueName: "N"))
  var port: [UInt16] = []

  @Option(
    help: ArgumentHelp(
      "Only the connection with this 'conn', or whose 'conn' begins so. May be repeated.", valueName: "ID"))
  var conn: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only these messages and controls: text, binary, ping, pong, close (and continuation, for frames).",
      valueName: "LIST"))
  var op: String?

  @Option(help: ArgumentHelp("Only from the client (c2s) or from the server (s2c).", valueName: "WAY"))
  var dir: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Only messages and controls whose payload contains TEXT. May be repeated: then all must be there.",
      valueName: "TEXT"))
  var contains: [String] = []

  @Option(help: ArgumentHelp("Only messages and controls of at least N bytes.", valueName: "N"))
  var minLen: Int = 0

  @Flag(help: "Leave out pings, pongs, and messages that only keep a connection alive.")
  var noHeartbeats = false
}
