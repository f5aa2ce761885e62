internal import ArgumentParser
internal import EventLogging

/// Texts that a command prints as a whole.
enum StandardOutput {
  /// Writes `text` to standard output; a reader who has gone is no fault.
  static func write(_ text: [UInt8]) throws {
    Signals.install()
    let output = LogFile()
    output.write(text)
    output.finish()
    if case .failed = output.failure {
      StandardError(verbosity: .quiet).failure(output.failure?.description ?? "")
      throw ExitStatus.failed.code
    }
  }
}
