/// Sizes and durations as people read them.
enum Quantities {
  /// "132 B", "1.2 KiB", "45 MiB": at most seven columns up to a pebibyte.
  static func size(_ bytes: Int) -> String {
    guard bytes >= 1024 else { return "\(bytes) B" }
    var value = Double(bytes)
    var unit = "B"
    for next in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] {
      value /= 1024
      unit = next
      // What would be shown as 1000 or more has the next unit.
      if value < 999.5 { break }
    }
    return "\(threeDigits(value)) \(unit)"
  }

  /// "81 µs", "1.2 ms", "45 s", "2m05s", "1h02m", "3d04h".
  static func duration(microseconds: Int64, unit: String) -> String {
    let all = max(0, microseconds)
    let seconds = all / 1_000_000
    switch all {
    case ..<1000: return "\(all) \(unit)"
    case ..<999_500: return "\(threeDigits(Double(all) / 1000)) ms"
    case ..<59_500_000: return "\(threeDigits(Double(all) / 1_000_000)) s"
    case ..<3_600_000_000: return "\(max(seconds, 60) / 60)m\(TimeWriter.padded(max(seconds, 60) % 60, 2))s"
    case ..<86_400_000_000: return "\(seconds / 3600)h\(TimeWriter.padded(seconds / 60 % 60, 2))m"
    default: return "\(seconds / 86400)d\(TimeWriter.padded(seconds / 3600 % 24, 2))h"
    }
  }

  /// "1 message", "2 messages".
  static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  /// A number with one decimal below ten, else without.
  private static func threeDigits(_ value: Double) -> String {
    guard value < 9.95 else { return String(Int(value.rounded())) }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
