#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A program while it runs: fed through a FIFO, on a pseudo-terminal or not, and sent signals.
public final class RunningProcess {
  /// Which of the program's streams are the terminal's; the others are files.
  public struct Streams: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// A set by its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Standard output.
    public static let output = Streams(rawValue: 1)
    /// Standard error.
    public static let errors = Streams(rawValue: 2)
  }

  /// What the terminal got so far.
  public private(set) var screen: [UInt8] = []
  private let directory = TemporaryDirectory()
  private let terminal: PseudoTerminal?
  private var process: pid_t = 0
  private var input: Int32 = -1
  private var state: Int32?

  /// Starts a program whose standard input is what `send` gives, until `closeInput`.
  ///
  /// Its environment is the test's own, with a terminal that knows colours and UTF-8, and with `environment`; a variable
  /// that is empty counts as unset.
  public init(
    _ arguments: [String], environment: [String: String] = [:], terminal streams: Streams = [], columns: Int = 80
  ) {
    terminal = streams.isEmpty ? nil : PseudoTerminal(columns: columns)
    let fifo = directory.file("in")
    guard streams.isEmpty || terminal != nil, mkfifo(fifo, 0o600) == 0 else {
      state = 127 << 8
      return
    }
    // With both ends open, neither side waits for the other to open its own.
    input = open(fifo, O_RDWR | O_CLOEXEC)
    let screen = terminal?.path ?? ""
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, fifo, O_RDONLY, 0)
    let create = O_WRONLY | O_CREAT | O_TRUNC
    for (number, stream, name) in [(Int32(1), Streams.output, "out"), (2, .errors, "err")] {
      let isScreen = streams.contains(stream)
      posix_spawn_file_actions_addopen(
        &actions, number, isScreen ? screen : directory.file(name), isScreen ? O_RDWR | O_NOCTTY : create, 0o600)
    }
    // The test may run where signals are ignored or blocked; the program would inherit that.
    var blocked = sigset_t()
    sigemptyset(&blocked)
    posix_spawnattr_setsigmask(&attributes, &blocked)
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for signal in [SIGINT, SIGTERM, SIGUSR1, SIGHUP, SIGPIPE] { sigaddset(&defaults, signal) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    let usual = ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "NO_COLOR": "", "COLUMNS": ""]
    let merged = mergedEnvironment(usual.merging(environment) { $1 })
    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] = merged.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    if posix_spawnp(&process, arguments[0], &actions, &attributes, &argv, &envp) != 0 { state = 127 << 8 }
  }

  deinit {
    if state == nil {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    closeInput()
  }

  /// Gives the program input; more than 60,000 bytes at once may wait for it to read them.
  public func send(_ bytes: [UInt8]) {
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { write(input, $0.baseAddress!, $0.count) }
      guard count > 0 else { return }
      written += count
    }
  }

  /// Ends the program's input.
  public func closeInput() {
    guard input >= 0 else { return }
    close(input)
    input = -1
  }

  /// Sends the program a signal.
  public func signal(_ number: Int32) { kill(process, number) }

  /// What it wrote to standard output and standard error so far, where those are files.
  public var output: [UInt8] { readFile(directory.file("out")) ?? [] }
  /// What it wrote to standard error so far, where that is a file.
  public var errors: [UInt8] { readFile(directory.file("err")) ?? [] }

  /// Waits until something is so; says whether it came to be before the time was up or the program over.
  public func wait(seconds: Int = 20, until isSo: (RunningProcess) -> Bool) -> Bool {
    for _ in 0..<seconds * 100 {
      look()
      if isSo(self) { return true }
      if state != nil { return false }
      usleep(10_000)
    }
    return false
  }

  /// Waits for the end; a program that does not come to it in time is killed.
  public func finish(seconds: Int = 30) -> ProcessResult {
    var result = ProcessResult(
      status: nil, signal: nil, isTimedOut: false, output: [], errors: [], peakMemory: 0, cpuSeconds: 0)
    for _ in 0..<seconds * 200 where state == nil {
      look()
      if state == nil { usleep(5000) }
    }
    if state == nil {
      result.isTimedOut = true
      kill(process, SIGKILL)
      var ended: Int32 = 0
      waitpid(process, &ended, 0)
      state = ended
    }
    closeInput()
    if let terminal { screen += terminal.drain() }
    let ended = state ?? 0
    result.signal = ended & 0x7f == 0 ? nil : ended & 0x7f
    result.status = result.signal == nil ? (ended >> 8) & 0xff : nil
    result.output = output
    result.errors = errors
    return result
  }

  private func look() {
    if let terminal { screen += terminal.read() }
    guard state == nil else { return }
    var ended: Int32 = 0
    if waitpid(process, &ended, WNOHANG) == process { state = ended }
  }
}
