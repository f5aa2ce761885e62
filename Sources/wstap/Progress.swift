internal import PacketCapture

/// The progress line: what was read, which share that is, how fast it goes, and how long it will take.
///
/// Bytes are those of the files as they stand on the disk, compressed or not.
final class Progress {
  private let standardError: StandardError
  private let start = MonotonicClock.nanoseconds
  private var nextLine: Int64
  private let width: Int

  /// Nanoseconds before the first line: a run that is over by then needs none.
  private static let delay: Int64 = 500_000_000
  /// Nanoseconds between lines.
  private static let interval: Int64 = 250_000_000

  /// A line on a terminal with `width` columns.
  init(_ standardError: StandardError, width: Int) {
    self.standardError = standardError
    self.width = width
    nextLine = start &+ Self.delay
  }

  /// Shows the line anew, if it is time.
  func update(_ source: CaptureFileSource) {
    let now = MonotonicClock.nanoseconds
    guard now >= nextLine else { return }
    nextLine = now &+ Self.interval
    let line = Self.line(
      bytesRead: source.bytesRead, totalBytes: source.totalBytes, nanoseconds: now &- start)
    // The last column stays free: some terminals wrap there.
    standardError.progress(String(line.prefix(max(0, width - 1))))
  }

  /// The line after `nanoseconds`, with `bytesRead` of `totalBytes`, if that is known.
  static func line(bytesRead: Int, totalBytes: Int?, nanoseconds: Int64) -> String {
    let seconds = Double(max(nanoseconds, 1)) / 1e9
    let rate = Double(bytesRead) / seconds
    var line = size(bytesRead)
    if let total = totalBytes, total > 0 {
      // A file may grow while it is read.
      line += " of \(size(max(total, bytesRead))) (\(min(100, bytesRead &* 100 / max(total, 1)))%)"
    }
    line += ", \(size(rate < 1e15 ? Int(rate) : 0))/s"
    if let total = totalBytes, bytesRead > 0, total >= bytesRead {
      line += ", \(duration(Double(total - bytesRead) / rate)) left"
    }
    return line
  }

  private static func size(_ bytes: Int) -> String {
    var value = Double(bytes)
    for unit in ["B", "KiB", "MiB", "GiB", "TiB"] {
      if value < 1024 || unit == "TiB" {
        let tenths = Int(value * 10)
        return unit == "B" || value >= 100 ? "\(Int(value)) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
      }
      value /= 1024
    }
    return ""
  }

  private static func duration(_ seconds: Double) -> String {
    guard seconds < 3_600_000 else { return "weeks" }
    let whole = Int(seconds.rounded(.up))
    func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return whole < 3600
      ? "\(whole / 60):\(padded(whole % 60))"
      : "\(whole / 3600):\(padded(whole / 60 % 60)):\(padded(whole % 60))"
  }
}
