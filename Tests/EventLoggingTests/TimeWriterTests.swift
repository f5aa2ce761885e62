import NetworkTypes
import Testing

@testable import EventLogging

/// Times are written as RFC 3339 has them, in UTC and with nine digits.
struct TimeWriterTests {
  /// The times as they are written, with their quotes; the µs behind each must be those of the same time.
  static func written(_ nanoseconds: Int64...) -> [String] {
    var times = TimeWriter()
    return nanoseconds.map { written($0, by: &times) }
  }

  static func written(_ nanoseconds: Int64, by times: inout TimeWriter) -> String {
    let writer = JSONWriter(capacity: 64)
    times.write(Timestamp(nanoseconds: nanoseconds), to: writer)
    let text = String(decoding: writer.withBytes { Array($0) }, as: UTF8.self)
    let name = ",\"epoch_us\":"
    let start = text.indices.first { text[$0...].hasPrefix(name) } ?? text.endIndex
    // Rounded down, and clamped to what a double holds exactly.
    var microseconds = nanoseconds / 1000
    if nanoseconds % 1000 < 0 { microseconds -= 1 }
    let largest: Int64 = 9_007_199_254_740_991
    #expect(text[start...] == "\(name)\(min(max(microseconds, -largest), largest))")
    return String(text[..<start])
  }

  // Reckoned by `date -u -d @SECONDS`.
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000000000Z"), (1, "1970-01-01T00:00:00.000000001Z"),
      (-1, "1969-12-31T23:59:59.999999999Z"), (-1_000_000_000, "1969-12-31T23:59:59.000000000Z"),
      (68_169_600_000_000_000, "1972-02-29T00:00:00.000000000Z"),
      (951_782_400_123_456_789, "2000-02-29T00:00:00.123456789Z"),
      (951_868_800_000_000_000, "2000-03-01T00:00:00.000000000Z"),
      (1_000_000_000_000_000_000, "2001-09-09T01:46:40.000000000Z"),
      (1_709_251_199_999_999_999, "2024-02-29T23:59:59.999999999Z"),
      (1_735_689_599_000_000_000, "2024-12-31T23:59:59.000000000Z"),
      (4_107_542_399_000_000_000, "2100-02-28T23:59:59.000000000Z"),
      (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000000000Z"),
      (2_147_483_648_000_000_000, "2038-01-19T03:14:08.000000000Z"),
      (-2_208_988_800_000_000_000, "1900-01-01T00:00:00.000000000Z"),
      // 2^53 − 1 microseconds on both sides: as far as a clock is believed.
      (Int64.max, "2255-06-05T23:47:34.740991000Z"), (Int64.min, "1684-07-28T00:12:25.259009000Z"),
    ] as [(Int64, String)])
  func `a time is written in UTC`(nanoseconds: Int64, text: String) {
    #expect(Self.written(nanoseconds) == ["\"\(text)\""])
  }

  @Test func `one writer tells times that rise, stand and go back`() {
    #expect(
      Self.written(
        1_700_000_000_000_000_005, 1_700_000_000_999_999_999, 1_700_000_001_000_000_000, 1_700_000_000_000_000_000, 0, 0
      )
        == [
          "\"2023-11-14T22:13:20.000000005Z\"", "\"2023-11-14T22:13:20.999999999Z\"",
          "\"2023-11-14T22:13:21.000000000Z\"", "\"2023-11-14T22:13:20.000000000Z\"",
          "\"1970-01-01T00:00:00.000000000Z\"", "\"1970-01-01T00:00:00.000000000Z\"",
        ])
  }

  @Test func `every day from 1684 to 2255 follows the one before`() {
    var times = TimeWriter()
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var (year, month, day) = (1685, 1, 1)
    // 285 years before 1970, of which 71 are multiples of four, and 1700, 1800 and 1900 no leap years for all that.
    var days: Int64 = -(285 * 365 + 71 - 3)
    while year < 2255 {
      let text = Self.written(days * 86_400_000_000_000, by: &times)
      let expected = "\"\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)T00:00:00.000000000Z\""
      guard text == expected else {
        Issue.record("\(text), not \(expected)")
        return
      }
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let length = lengths[month - 1] + (month == 2 && isLeap ? 1 : 0)
      day += 1
      if day > length { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
      days += 1
    }
  }
}
