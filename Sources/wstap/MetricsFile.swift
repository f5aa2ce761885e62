internal import EventLogging
internal import NetworkTypes
internal import TrafficAnalysis

/// The counts in a file, which is replaced whole: whoever reads it sees the old counts or the new ones.
final class MetricsFile {
  /// Nanoseconds between two writes.
  static let interval: Int64 = 10_000_000_000

  /// Where the file is replaced.
  let directory: FileName
  private let name: FileName
  private let standardError: StandardError
  private var isFailing = false

  /// A file that can be made and replaced.
  init(_ name: FileName, _ standardError: StandardError) throws(LogFile.Failure) {
    self.name = name
    self.standardError = standardError
    // What is wrong with the name is told before the run, not 10 s into it.
    let probe = try LogFile(name)
    probe.discard()
    guard let place = probe.directory else {
      throw .failed(name: name.description, reason: "it cannot be replaced, as its directory cannot be written to")
    }
    directory = place
  }

  /// Writes the counts; that it fails is said once, until it works again.
  func write(_ stats: StatsRecord) {
    var failure: LogFile.Failure?
    do throws(LogFile.Failure) {
      let file = try LogFile(name)
      file.write(MetricsText.render(stats, version: Version.number))
      if file.failure == nil { file.finish() }
      failure = file.failure
      // The next one is made anew.
      if failure != nil { file.discard() }
    } catch {
      failure = error
    }
    if let failure, !isFailing { standardError.failure("--metrics-file \(failure)") }
    isFailing = failure != nil
  }
}
