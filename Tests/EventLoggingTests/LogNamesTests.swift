import NetworkTypes
import Testing

@testable import EventLogging

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What the files are called that follow one another, and how long each lasts.
struct LogNamesTests {
  /// 2026-11-22T21:10:51Z.
  static let second: Int64 = 1_795_381_851

  static func text(_ name: FileName) -> String { name.description }

  /// What the C library makes of a moment in the zone of the test, put together by hand.
  static func local(_ second: Int64) -> tm {
    var time = tm()
    var moment = time_t(second)
    localtime_r(&moment, &time)
    return time
  }

  @Test func `a number goes behind the name, and behind a digit a point comes first`() {
    #expect(Self.text(LogNames.numbered("a/log", 0)) == "a/log")
    #expect(Self.text(LogNames.numbered("a/log", 1)) == "a/log1")
    #expect(Self.text(LogNames.numbered("a/log", 12)) == "a/log12")
    #expect(Self.text(LogNames.numbered("log2", 0)) == "log2")
    #expect(Self.text(LogNames.numbered("log2", 3)) == "log2.3")
  }

  @Test func `names that are used in turn have zeros in front, so that they sort`() throws {
    let ten = try LogNames("d/log", LogRotation(bytes: 1, count: 10))
    #expect([0, 9].map { Self.text(ten.slot($0)) } == ["d/log0", "d/log9"])
    let eleven = try LogNames("d/log", LogRotation(bytes: 1, count: 11))
    #expect([0, 9, 10].map { Self.text(eleven.slot($0)) } == ["d/log00", "d/log09", "d/log10"])
    let one = try LogNames("log7", LogRotation(bytes: 1, count: 1))
    #expect(Self.text(one.slot(0)) == "log7.0")
  }

  @Test func `names are used in turn only where no time is in them`() throws {
    #expect(try LogNames("log", LogRotation(bytes: 1, seconds: 1, count: 3)).ringCount == 3)
    #expect(try LogNames("log-%H", LogRotation(bytes: 1, count: 3)).ringCount == 3, "without -G, % is a percent sign")
    #expect(try LogNames("log-%H", LogRotation(seconds: 1, count: 3)).ringCount == nil)
    #expect(try LogNames("log", LogRotation(bytes: 1)).ringCount == nil)
  }

  @Test func `the time in a name is local, and only with -G`() throws {
    let time = Self.local(Self.second)
    func padded(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let names = try LogNames("/var/log/ws-%Y%m%d-%H%M%S.ndjson", LogRotation(seconds: 60))
    #expect(
      Self.text(names.name(at: Self.second))
        == "/var/log/ws-2026\(padded(time.tm_mon + 1))\(padded(time.tm_mday))-\(padded(time.tm_hour))"
        + "\(padded(time.tm_min))\(padded(time.tm_sec)).ndjson")
    #expect(Self.text(try LogNames("a%Y", LogRotation(bytes: 1)).name(at: Self.second)) == "a%Y")
    #expect(Self.text(try LogNames("a%%Y", LogRotation(seconds: 1)).name(at: Self.second)) == "a%Y")
  }

  @Test func `a name need be no text`() throws {
    let names = try LogNames(FileName(bytes: [0xff, 0x25, 0x59]), LogRotation(seconds: 1))
    #expect(names.name(at: Self.second).bytes == [0xff] + Array("2026".utf8))
  }

  @Test func `a directory has no conversions, and a name no slash`() {
    #expect(throws: LogNames.Fault.conversionInDirectory) { try LogNames("%Y/log", LogRotation(seconds: 1)) }
    #expect(throws: LogNames.Fault.noName) { try LogNames("log-%D", LogRotation(seconds: 1)) }
    #expect(throws: LogNames.Fault.noName) { try LogNames("dir/", LogRotation(seconds: 1)) }
    #expect(throws: Never.self) { try LogNames("%Y/log", LogRotation(bytes: 1)) }
  }

  @Test func `an older run's files are replaced from the oldest on, and a free name comes first`() {
    #expect(LogNames.firstSlot([nil, nil]) == 0)
    #expect(LogNames.firstSlot([5, nil, nil]) == 1)
    #expect(LogNames.firstSlot([7, 8, 3, 5]) == 2)
    #expect(LogNames.firstSlot([3, 3]) == 0)
  }

  @Test(arguments: [
    // 21:10:51 in UTC, in Delhi 02:40:51 of the next day, in Newfoundland 17:40:51.
    (3600, 0, -651, 2949), (3600, 19800, -2451, 1149), (3600, -12600, -2451, 1149),
    (86400, 0, -76251, 10149), (86400, 19800, -9651, 76749), (60, 0, -51, 9), (1, 0, 0, 1), (7, 0, -4, 3),
  ])
  func `a period begins at a multiple of its length in local time`(
    length: Int, offset: Int, before: Int64, after: Int64
  ) {
    let period = LogRotation.period(around: Self.second, length: length, offset: offset)
    #expect(period == Self.second + before..<Self.second + after)
  }

  @Test func `there are periods before 1970, too`() {
    #expect(LogRotation.period(around: -1, length: 60, offset: 0) == -60..<0)
    #expect(LogRotation.period(around: -60, length: 60, offset: 0) == -60..<0)
    #expect(LogRotation.period(around: 0, length: 60, offset: -3600) == 0..<60)
  }
}
