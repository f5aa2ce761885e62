internal import ArgumentParser
internal import TCPReassembly

/// What is read, and how its packets are taken.
struct InputOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("Capture files (pcap, pcapng, also compressed); '-' is standard input.", valueName: "FILE"))
  var files: [String] = []

  @Option(
    name: .customShort("r"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Read this capture file too; may be repeated.", valueName: "FILE"))
  var readFiles: [String] = []

  @Option(
    name: .customShort("f"), help: ArgumentHelp("Look only at packets that pass this BPF filter.", valueName: "FILTER"))
  var filter: String?

  @Option(name: .customShort("c"), help: ArgumentHelp("Stop after N packets.", valueName: "N"))
  var packetLimit: Int?

  @Option(
    help: ArgumentHelp(
      "Which copy counts where TCP segments overlap with different bytes: first or last.", valueName: "WHICH"))
  var overlap: String = OverlapPolicy.first.rawValue

  @Option(
    help: ArgumentHelp(
      "Take connections with this port for WebSockets even without a handshake, as in 9000=websocket. May be repeated.",
      valueName: "PORT=websocket"))
  var decodeAs: [String] = []

  @Option(
    help: ArgumentHelp(
      "Take about this much memory (1 MB is 1,000,000 bytes; 0 is any amount), and drop connections beyond.",
      valueName: "MB"))
  var memoryLimit: Int = 2000

  @Option(
    help: ArgumentHelp(
      "Take connections for ended that have had no packet for this long, in packet time.", valueName: "SECONDS"))
  var idleTimeout: Int = 3600

  @Flag(help: "Tell connections apart by their VLAN ids too, for networks that use addresses again.")
  var vlanFlows = false
}
