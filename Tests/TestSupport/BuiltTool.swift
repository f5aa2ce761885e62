import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The command-line tool as it was built with the tests.
public enum BuiltTool {
  /// Its path: what WSTAP_TOOL names, or the executable beside the test bundle.
  public static let path: String = {
    if let named = getenv("WSTAP_TOOL") { return String(cString: named) }
    let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
    var parts = bundle.split(separator: "/", omittingEmptySubsequences: false)[...]
    if let inner = parts.firstIndex(where: { $0.hasSuffix(".xctest") }) { parts = parts[...inner] }
    return (parts.dropLast() + ["wstap"]).joined(separator: "/")
  }()

  /// Runs it, and holds the log that it writes against the schema, on standard output or in the file of `-o`.
  public static func run(
    _ arguments: [String], stdin: [UInt8] = [], environment: [String: String] = [:], timeoutSeconds: Int = 60,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> ProcessResult {
    let result = TestSupport.run(
      [path] + arguments, stdin: stdin, environment: environment, timeoutSeconds: timeoutSeconds)
    LogCheck.expectValid(result.output, sourceLocation: sourceLocation)
    if let option = arguments.firstIndex(of: "-o"), option + 1 < arguments.count,
      isFile(arguments[option + 1]), let log = readFile(arguments[option + 1])
    {
      LogCheck.expectValid(log, sourceLocation: sourceLocation)
    }
    return result
  }

  /// Runs a command of the shell in which `$WSTAP` is the tool, and holds a log that it writes against the schema.
  public static func shell(
    _ command: String, timeoutSeconds: Int = 60, sourceLocation: SourceLocation = #_sourceLocation
  ) -> ProcessResult {
    let result = TestSupport.run(
      ["/bin/sh", "-c", command], environment: ["WSTAP": path], timeoutSeconds: timeoutSeconds)
    LogCheck.expectValid(result.output, sourceLocation: sourceLocation)
    return result
  }

  /// Whether there is a plain file; reading a FIFO would wait for a writer.
  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
