internal import ArgumentParser

/// Which interfaces are captured from, and how.
struct LiveOptions: ParsableArguments {
  @Option(
    name: .customShort("i"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Capture from this interface until a signal comes; 'any' is all of them. May be repeated.", valueName: "IFACE"))
  var interfaces: [String] = []

  @Flag(name: .customShort("D"), help: "List the interfaces, as 'wstap interfaces' does.")
  var listsInterfaces = false

  @Option(name: .customShort("s"), help: ArgumentHelp("Keep at most this much of each packet.", valueName: "BYTES"))
  var snapLength: Int?

  @Option(
    name: .customShort("B"),
    help: ArgumentHelp("The kernel's buffer for each interface and thread; by default 16384.", valueName: "KiB"))
  var bufferKibibytes: Int?

  @Flag(name: .customShort("p"), help: "Do not put interfaces into promiscuous mode.")
  var notPromiscuous = false

  @Flag(help: "Have each packet at once, instead of those of 40 ms together; takes more CPU time.")
  var immediate = false

  @Option(help: ArgumentHelp("Stop after so much time.", valueName: "SECONDS"))
  var duration: Int?

  @Option(
    name: .customShort("Z"),
    help: ArgumentHelp("Become this user when interfaces and log are open.", valueName: "USER"))
  var user: String?

  @Option(help: ArgumentHelp("Share the packets of interfaces among N threads; ndjson only.", valueName: "N"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Share the packets of interfaces with other processes that name the same group, 0 to 65535; each further interface takes the next number.",
      valueName: "ID"))
  var fanoutGroup: Int?
}
