import NetworkTypes
import TestSupport
import Testing

@testable import EventLogging
@testable import TrafficAnalysis

/// The time of a record is read from its line as it was written.
struct RecordTimeTests {
  static func line(_ time: Timestamp) throws -> [UInt8] {
    let directory = TemporaryDirectory()
    let file = try LogFile(path: directory.file("log"))
    let writer = NDJSONWriter(file: file, options: LogOptions())
    writer.meta(
      MetaRecord(
        packet: PacketStamp(timestamp: time, number: 1, fileIndex: 0), toolVersion: "1", inputs: [], filter: nil))
    writer.flush()
    file.finish()
    return try #require(readFile(directory.file("log")))
  }

  @Test(
    arguments: [
      0, 1, 999, 1000, 1_000_001, 999_999_999, 1_000_000_000, 1_795_381_851_796_514_123, -1, -999, -1000, -1001,
      -1_000_000_000, -1_000_000_001, .max, .min,
    ] as [Int64])
  func `it is that of the record`(nanoseconds: Int64) throws {
    let time = Timestamp(nanoseconds: nanoseconds)
    let line = try Self.line(time)
    #expect(withSpan(line) { RecordTime.of($0) } == time, "\(String(decoding: line, as: UTF8.self))")
  }

  @Test func `a line that is cut, or is something else, has none`() throws {
    let line = try Self.line(Timestamp(nanoseconds: 1_795_381_851_796_514_123))
    let end = try #require(line.firstIndex(of: UInt8(ascii: "T"))).advanced(by: 30)
    for length in 0..<end { #expect(withSpan(Array(line[..<length])) { RecordTime.of($0) } == nil) }
    #expect(withSpan(Array("12:00:00.000 [1] open\n".utf8)) { RecordTime.of($0) } == nil)
  }
}
