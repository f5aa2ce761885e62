internal import ArgumentParser
internal import LiveCapture

/// What is captured live, with every option checked.
struct LivePlan {
  /// The interfaces in the order they were named.
  let interfaces: [String]
  /// How they are captured from.
  let settings: CaptureSettings
  /// Stop after this many nanoseconds.
  let duration: Int64?
  /// Whom to become.
  let user: Privileges.User?
  /// Threads that share the packets.
  let threads: Int
  /// The group that several processes share the packets by.
  let fanoutGroup: UInt16?

  /// More threads than any machine has cores are a slip.
  private static let mostThreads = 1024
  /// What libpcap takes at most.
  private static let longestSnapLength = 262_144

  /// Checks the options of a command line; `nil` where it names no interface.
  init?(_ command: AnalyzeCommand) throws {
    let options = command.live
    guard !options.interfaces.isEmpty else {
      try Self.refuseWithoutInterface(options)
      return nil
    }
    guard command.input.files.isEmpty, command.input.readFiles.isEmpty else {
      throw ValidationError("Interfaces (-i) and capture files exclude each other.")
    }
    guard !options.interfaces.contains("") else { throw ValidationError("An interface name is empty.") }
    guard Set(options.interfaces).count == options.interfaces.count else {
      throw ValidationError("An interface is named twice.")
    }
    interfaces = options.interfaces
    settings = try Self.settings(options, filter: command.input.filter)
    if let seconds = options.duration {
      guard (1...1_000_000_000).contains(seconds) else {
        throw ValidationError("--duration takes 1 to 1000000000 seconds, not \(seconds).")
      }
      duration = Int64(seconds) * 1_000_000_000
    } else {
      duration = nil
    }
    if let name = options.user {
      guard let found = Privileges.User(named: name) else { throw ValidationError("-Z: there is no user '\(name)'.") }
      user = found
    } else {
      user = nil
    }
    threads = options.threads ?? 1
    guard (1...Self.mostThreads).contains(threads) else {
      throw ValidationError("--threads takes 1 to \(Self.mostThreads), not \(threads).")
    }
    if let group = options.fanoutGroup {
      guard let number = UInt16(exactly: group) else {
        throw ValidationError("--fanout-group takes 0 to 65535, not \(group).")
      }
      fanoutGroup = number
    } else {
      fanoutGroup = nil
    }
  }

  private static func settings(_ options: LiveOptions, filter: String?) throws -> CaptureSettings {
    var settings = CaptureSettings()
    if let length = options.snapLength {
      // tcpdump's 0 is the most there is.
      guard (0...Self.longestSnapLength).contains(length) else {
        throw ValidationError("-s takes 0 to \(Self.longestSnapLength) bytes, not \(length).")
      }
      settings.snapLength = length == 0 ? Self.longestSnapLength : length
    }
    if let kibibytes = options.bufferKibibytes {
      guard (1...Int(Int32.max) / 1024).contains(kibibytes) else {
        throw ValidationError("-B takes 1 to \(Int(Int32.max) / 1024) KiB, not \(kibibytes).")
      }
      settings.bufferBytes = kibibytes * 1024
    }
    settings.isPromiscuous = !options.notPromiscuous
    settings.isImmediate = options.immediate
    settings.filter = filter
    return settings
  }

  /// Options that mean nothing for files are a slip there.
  private static func refuseWithoutInterface(_ options: LiveOptions) throws {
    let given: [(String, Bool)] = [
      ("-s", options.snapLength != nil), ("-B", options.bufferKibibytes != nil), ("-p", options.notPromiscuous),
      ("--immediate", options.immediate), ("--duration", options.duration != nil), ("-Z", options.user != nil),
      ("--threads", (options.threads ?? 1) != 1), ("--fanout-group", options.fanoutGroup != nil),
    ]
    if let name = given.first(where: \.1)?.0 {
      throw ValidationError("\(name) is for interfaces (-i); capture files are read by one thread, and whole.")
    }
  }
}
