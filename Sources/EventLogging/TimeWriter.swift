internal import NetworkTypes

/// Writes times twice, as text and as a number, keeping what they have in common with the second at hand.
struct TimeWriter {
  private var second: Int64 = .min
  private var text: [UInt8] = []
  private var number: [UInt8] = []

  /// Writes `"YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ"` (RFC 3339), with its quotes, and the µs as `,"epoch_us":`.
  mutating func write(_ time: Timestamp, to writer: JSONWriter) {
    let nanoseconds = time.nanoseconds
    var whole = nanoseconds / 1_000_000_000
    var fraction = nanoseconds % 1_000_000_000
    if fraction < 0 {
      whole -= 1
      fraction += 1_000_000_000
    }
    if whole != second || text.isEmpty {
      second = whole
      text = Self.render(whole)
      number = Array("Z\",\"epoch_us\":\(whole)".utf8)
    }
    let microseconds = UInt32(truncatingIfNeeded: fraction / 1000)
    writer.raw(text)
    let place = writer.count
    writer.sixDigits(microseconds)
    writer.threeDigits(UInt32(truncatingIfNeeded: fraction % 1000))
    if whole > 0 {
      writer.raw(number)
      writer.again(sixFrom: place)
    } else {
      // In the epoch's first second and before it, leading zeros and the sign do not split that way.
      writer.raw("Z\",\"epoch_us\":")
      writer.integer(Int(time.microseconds))
    }
  }

  /// The quote and the second, up to the decimal point.
  private static func render(_ second: Int64) -> [UInt8] {
    var days = second / 86400
    var clock = second % 86400
    if clock < 0 {
      days -= 1
      clock += 86400
    }
    let (year, month, day) = civil(daysSinceEpoch: days)
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    let time = "\(padded(clock / 3600, 2)):\(padded(clock / 60 % 60, 2)):\(padded(clock % 60, 2))"
    return Array("\"\(date)T\(time).".utf8)
  }

  /// The date of the proleptic Gregorian calendar, counted in eras of 400 years from 1 March of the year 0.
  static func civil(daysSinceEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// A number with zeros in front up to `width` digits.
  static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
