#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How a process ended, and what it wrote.
public struct ProcessResult: Sendable {
  /// The exit status, `nil` where a signal ended the process.
  public var status: Int32?
  /// The signal that ended the process, if one did.
  public var signal: Int32?
  /// Whether the time was up and the process was killed for it.
  public var isTimedOut: Bool
  /// What it wrote to standard output.
  public var output: [UInt8]
  /// What it wrote to standard error.
  public var errors: [UInt8]
  /// The largest resident set in bytes.
  public var peakMemory: Int
  /// User and system time in seconds.
  public var cpuSeconds: Double

  /// Standard output as text.
  public var outputText: String { String(decoding: output, as: UTF8.self) }
  /// Standard error as text.
  public var errorText: String { String(decoding: errors, as: UTF8.self) }
  /// The lines of standard output, without their ends.
  public var lines: [String] { outputText.split(separator: "\n", omittingEmptySubsequences: true).map(String.init) }
}

/// Runs a program and waits for its end.
///
/// Input and output go through files, so that neither side can block on a full pipe. `environment` is added to the
/// test's own. A program that cannot be started has status 127.
public func run(
  _ arguments: [String], stdin: [UInt8] = [], environment: [String: String] = [:], timeoutSeconds: Int = 60
) -> ProcessResult {
  let directory = TemporaryDirectory()
  let input = directory.write(stdin, to: "in")
  let output = directory.file("out")
  let errors = directory.file("err")

  #if canImport(Darwin)
    var actions: posix_spawn_file_actions_t?
  #else
    var actions = posix_spawn_file_actions_t()
  #endif
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)

  var result = ProcessResult(
    status: 127, signal: nil, isTimedOut: false, output: [], errors: [], peakMemory: 0, cpuSeconds: 0)
  var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
  var envp: [UnsafeMutablePointer<CChar>?] =
    mergedEnvironment(environment).map { strdup("\($0.key)=\($0.value)") } + [nil]
  defer { for pointer in argv + envp { free(pointer) } }
  var process: pid_t = 0
  let failure = posix_spawnp(&process, arguments[0], &actions, nil, &argv, &envp)
  guard failure == 0 else {
    result.errors = Array("\(arguments[0]): \(String(cString: strerror(failure)))".utf8)
    return result
  }

  var state: Int32 = 0
  var usage = rusage()
  // The pause grows to 10 ms, so that short runs end soon and long ones cost nothing.
  var pause = 200
  var waited = 0
  while true {
    let ended = wait4(process, &state, WNOHANG, &usage)
    if ended == process || (ended < 0 && errno != EINTR) { break }
    usleep(UInt32(pause))
    waited += pause
    pause = min(pause * 2, 10_000)
    if waited > timeoutSeconds * 1_000_000, !result.isTimedOut {
      result.isTimedOut = true
      kill(process, SIGKILL)
    }
  }
  let signal = state & 0x7f
  result.status = signal == 0 ? (state >> 8) & 0xff : nil
  result.signal = signal == 0 ? nil : signal
  result.output = readFile(output) ?? []
  result.errors = readFile(errors) ?? []
  #if canImport(Darwin)
    result.peakMemory = usage.ru_maxrss
  #else
    result.peakMemory = usage.ru_maxrss * 1024
  #endif
  result.cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)
  return result
}

private func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }

/// The test's own environment with some variables set.
func mergedEnvironment(_ added: [String: String]) -> [String: String] {
  var all: [String: String] = [:]
  // The test process sets no variables while tests run, so that the list may be walked.
  var entry = environ
  while let text = entry.pointee {
    let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if pair.count == 2 { all[String(pair[0])] = String(pair[1]) }
    entry += 1
  }
  return all.merging(added) { $1 }
}
