internal import ArgumentParser
internal import EventLogging
internal import LiveCapture

/// `wstap interfaces`: prints the interfaces that can be captured from, one a line.
struct InterfacesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interfaces",
    abstract: "List the interfaces: name, flags, addresses.")

  func run() throws { try Self.list() }

  static func list() throws {
    let interfaces: [Interface]
    do throws(InterfaceError) {
      interfaces = try InterfaceList.all()
    } catch {
      StandardError(verbosity: .quiet).failure(error.description)
      throw ExitStatus.failed.code
    }
    let rows = interfaces.map { ($0.name, $0.flags.joined(separator: ","), $0.addresses.joined(separator: " "), $0) }
    let nameWidth = rows.map(\.0.utf8.count).max() ?? 0
    let flagWidth = rows.map(\.1.utf8.count).max() ?? 0
    var text = ""
    for (name, flags, addresses, interface) in rows {
      var line = padded(name, nameWidth) + "  " + padded(flags, flagWidth) + "  " + addresses
      if addresses.isEmpty, let description = interface.description { line += "(\(description))" }
      while line.hasSuffix(" ") { line.removeLast() }
      text += SafeText.string(line) + "\n"
    }
    try StandardOutput.write(Array(text.utf8))
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.utf8.count))
  }
}
