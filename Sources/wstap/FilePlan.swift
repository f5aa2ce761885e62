internal import ArgumentParser
internal import EventLogging
internal import NetworkTypes

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Which files are written, and how, with every option checked.
struct FilePlan {
  /// When the log goes on in another file; `nil` is never.
  let rotation: LogRotation?
  /// Whether records are dropped where they cannot be written.
  let dropsOnError: Bool
  /// Where counts are written.
  let metrics: FileName?

  /// More files than this in turn are a slip, and too many to be looked at when a run begins.
  private static let mostFiles = 100_000
  private static let mostMegabytes = 1_000_000_000
  private static let mostSeconds = 1_000_000_000

  /// Checks the options of a command line whose log goes to `output`.
  init(_ options: FileOptions, output: FileName?, inputs: [FileName], isLive: Bool, format: LogFormat?) throws {
    try Self.check(options.megabytes, "-C", 1...Self.mostMegabytes, "megabytes")
    try Self.check(options.seconds, "-G", 1...Self.mostSeconds, "seconds")
    try Self.check(options.count, "-W", 1...Self.mostFiles, "files")
    let choice: WriteErrorChoice = try Choice.of(options.onWriteError, "--on-write-error")
    dropsOnError = choice == .drop
    if options.megabytes != nil || options.seconds != nil || options.count != nil {
      let asked = LogRotation(
        bytes: options.megabytes.map { $0 * 1_000_000 }, seconds: options.seconds, count: options.count)
      try Self.check(asked, output, inputs, isLive: isLive, isText: format == .text)
      rotation = asked
    } else {
      rotation = nil
    }
    metrics = options.metricsFile.map(RawArguments.fileName)
    if let metrics { try Self.check(metrics: metrics, output, inputs) }
  }

  private static func check(_ value: Int?, _ option: String, _ range: ClosedRange<Int>, _ unit: String) throws {
    guard let value, !range.contains(value) else { return }
    throw ValidationError("\(option) takes \(range.lowerBound) to \(range.upperBound) \(unit), not \(value).")
  }

  private static func check(
    _ rotation: LogRotation, _ output: FileName?, _ inputs: [FileName], isLive: Bool, isText: Bool
  ) throws {
    let option = rotation.bytes != nil ? "-C" : rotation.seconds != nil ? "-G" : "-W"
    guard let output else {
      throw ValidationError("\(option) is for a log in files: name one with -o.")
    }
    guard rotation.bytes != nil || rotation.seconds != nil else {
      throw ValidationError("-W keeps so many of the files that -C or -G make: name one of those, too.")
    }
    guard isPlainOrNone(output) else {
      throw ValidationError("\(option) makes one file after the other, and \(output) is no plain file.")
    }
    if rotation.seconds != nil, !isLive, isText {
      throw ValidationError("-G goes by the times of records where capture files are read: --format text has none.")
    }
    let names = try names(output, rotation)
    let slots = isLive ? 0 : names.ringCount ?? 0
    let inside = inputs.compactMap { FileIdentity($0) }
    for slot in (0..<slots).map({ names.slot($0) }) {
      guard let log = FileIdentity(slot), inside.contains(log) else { continue }
      throw ValidationError("-o \(output) with -W would overwrite the input \(slot).")
    }
  }

  private static func names(_ output: FileName, _ rotation: LogRotation) throws -> LogNames {
    do throws(LogNames.Fault) {
      return try LogNames(output, rotation)
    } catch {
      switch error {
      case .conversionInDirectory:
        throw ValidationError("-G takes conversions (%) in the name of the file only, not in that of its directory.")
      case .noName:
        throw ValidationError("-o \(output) gives no file name: its conversions (%) come to nothing, or to a slash.")
      }
    }
  }

  private static func check(metrics: FileName, _ output: FileName?, _ inputs: [FileName]) throws {
    guard !metrics.bytes.isEmpty, !metrics.isStandardStream, isPlainOrNone(metrics) else {
      throw ValidationError("--metrics-file takes a plain file, which is replaced each time.")
    }
    let identity = FileIdentity(metrics)
    let others = inputs + (output.map { [$0] } ?? [])
    if let other = others.first(where: { $0 == metrics || (identity != nil && FileIdentity($0) == identity) }) {
      throw ValidationError("--metrics-file \(metrics) would overwrite \(other), which is the log or an input.")
    }
  }

  /// Whether there is a plain file of that name, or nothing.
  private static func isPlainOrNone(_ file: FileName) -> Bool {
    var status = stat()
    // SAFETY: `status` is what the call fills in.
    guard unsafe file.withCString({ unsafe stat($0, &status) }) == 0 else {
      return file.bytes.last != UInt8(ascii: "/")
    }
    return status.st_mode & S_IFMT == S_IFREG
  }
}
