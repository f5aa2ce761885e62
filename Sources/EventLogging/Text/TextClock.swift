internal import NetworkTypes

/// A packet's time in UTC, as the text format writes it.
struct TextClock {
  private var day: Int64?
  private var second: Int64 = 0
  private var fraction: Int64 = 0

  /// Takes a time.
  ///
  /// - Returns: Whether its day is another than that of the time before, or it is the first.
  mutating func set(_ time: Timestamp) -> Bool {
    let milliseconds = Self.floor(time.nanoseconds, 1_000_000).quotient
    let (newDay, ofDay) = Self.floor(milliseconds, 86_400_000)
    (second, fraction) = (ofDay / 1000, ofDay % 1000)
    defer { day = newDay }
    return newDay != day
  }

  /// "2023-11-14".
  var date: String {
    let (year, month, day) = TimeWriter.civil(daysSinceEpoch: day ?? 0)
    return "\(TimeWriter.padded(year, 4))-\(TimeWriter.padded(month, 2))-\(TimeWriter.padded(day, 2))"
  }

  /// "22:13:20".
  var seconds: [UInt8] {
    Self.two(second / 3600) + [UInt8(ascii: ":")] + Self.two(second / 60 % 60) + [UInt8(ascii: ":")]
      + Self.two(second % 60)
  }

  /// "22:13:20.123", cut and not rounded.
  var milliseconds: [UInt8] {
    seconds + [UInt8(ascii: "."), Self.digit(fraction / 100)] + Self.two(fraction % 100)
  }

  private static func two(_ value: Int64) -> [UInt8] { [digit(value / 10), digit(value % 10)] }

  private static func digit(_ value: Int64) -> UInt8 { 0x30 + UInt8(truncatingIfNeeded: value) }

  /// Quotient and remainder, rounded down, so that the remainder is never negative.
  private static func floor(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
