import NetworkTypes
import Synchronization
import TestSupport
import Testing

@testable import EventLogging

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A log that goes from file to file cuts no line, loses none, and takes nobody else's file away.
struct RunLogTests {
  /// A clock that a test sets.
  final class Clock: Sendable {
    let second = Atomic<Int64>(0)
    func set(_ value: Int64) { second.store(value, ordering: .relaxed) }
    var now: Timestamp { Timestamp(nanoseconds: second.load(ordering: .relaxed) * 1_000_000_000) }
  }

  static let header: RunLog.Header = { part, _ in Array("#\(part)\n".utf8) }

  static func write(_ text: String, to log: RunLog) { withSpan(Array(text.utf8)) { log.write($0) } }

  static func text(_ directory: TemporaryDirectory, _ name: String) -> String? {
    readFile(directory.file(name)).map { String(decoding: $0, as: UTF8.self) }
  }

  static func log(
    _ directory: TemporaryDirectory, _ rotation: LogRotation?, name: String = "log", clock: Clock? = Clock(),
    appends: Bool = false, drops: Bool = false
  ) throws -> RunLog {
    let settings = RunLog.Settings(
      file: FileName(directory.file(name)), rotation: rotation, appends: appends, dropsOnError: drops)
    var time: (@Sendable () -> Timestamp)?
    if let clock { time = { clock.now } }
    return try RunLog(settings, clock: time, header: header)
  }

  /// A line as NDJSONWriter begins it, at a second.
  static func line(_ second: Int, _ text: String) -> String {
    let clock = "\(second / 3600):\(second / 60 % 60):\(second % 60)".split(separator: ":")
      .map { $0.count < 2 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    return #"{"v":1,"type":"end","ts":"1970-01-01T\#(clock).000000000Z","epoch_us":\#(second)000000,"x":"\#(text)"}"#
      + "\n"
  }

  // MARK: - By size

  @Test func `a file ends before the line that would make it too large`() throws {
    let directory = TemporaryDirectory()
    let log = try Self.log(directory, LogRotation(bytes: 11))
    // The first line of each takes three bytes.
    Self.write("aaa\nbbb\nccc\nddd\n", to: log)
    Self.write("eee\n", to: log)
    #expect(LogFileTests.names(directory) == ["log", "log.\(getpid()).part", "log1"], "the last is not complete")
    log.finish()
    #expect(Self.text(directory, "log") == "#1\naaa\nbbb\n")
    #expect(Self.text(directory, "log1") == "#2\nccc\nddd\n")
    #expect(Self.text(directory, "log2") == "#3\neee\n")
    #expect(LogFileTests.names(directory) == ["log", "log1", "log2"])
    #expect(log.failure == nil && log.hasHeader)
  }

  @Test func `a line that is larger than a file may be stands alone`() throws {
    let directory = TemporaryDirectory()
    let log = try Self.log(directory, LogRotation(bytes: 8))
    Self.write("a\n\(String(repeating: "b", count: 100))\nc\n", to: log)
    log.finish()
    #expect(Self.text(directory, "log") == "#1\na\n")
    #expect(Self.text(directory, "log1") == "#2\n\(String(repeating: "b", count: 100))\n")
    #expect(Self.text(directory, "log2") == "#3\nc\n")
  }

  @Test(arguments: [1, 2, 5, 64, 1000], [1, 7, 50, 400])
  func `all files together have all lines in their order`(chunk: Int, limit: Int) throws {
    let directory = TemporaryDirectory()
    let log = try Self.log(directory, LogRotation(bytes: limit))
    let lines = (0..<200).map { "\($0) " + String(repeating: "x", count: $0 * 7 % 31) }
    var start = 0
    while start < lines.count {
      let end = min(lines.count, start + chunk)
      Self.write(lines[start..<end].map { $0 + "\n" }.joined(), to: log)
      start = end
    }
    log.finish()
    var all: [String] = []
    for number in 0..<LogFileTests.names(directory).count {
      let text = try #require(Self.text(directory, number == 0 ? "log" : "log\(number)"))
      let own = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      #expect(own.first == "#\(number + 1)" && own.last == "")
      #expect(text.utf8.count <= limit || own.count == 3, "\(text)")
      all += own.dropFirst().dropLast()
    }
    #expect(all == lines)
  }

  @Test func `names that are taken are left to whoever has them`() throws {
    let directory = TemporaryDirectory()
    directory.write(Array("old".utf8), to: "log")
    directory.write(Array("old".utf8), to: "log2")
    #expect(symlink("nowhere", directory.file("log3")) == 0)
    let log = try Self.log(directory, LogRotation(bytes: 5))
    Self.write("a\nb\nc\n", to: log)
    log.finish()
    #expect(Self.text(directory, "log") == "old")
    #expect(Self.text(directory, "log1") == "#1\na\n")
    #expect(Self.text(directory, "log2") == "old")
    #expect(Self.text(directory, "log4") == "#2\nb\n")
    #expect(Self.text(directory, "log5") == "#3\nc\n")
    #expect(LogFileTests.names(directory) == ["log", "log1", "log2", "log3", "log4", "log5"])
  }

  @Test func `names in turn hold the newest files`() throws {
    let directory = TemporaryDirectory()
    let log = try Self.log(directory, LogRotation(bytes: 5, count: 2))
    Self.write("a\nb\nc\nd\ne\n", to: log)
    log.finish()
    #expect(LogFileTests.names(directory) == ["log0", "log1"])
    #expect(Self.text(directory, "log0") == "#5\ne\n")
    #expect(Self.text(directory, "log1") == "#4\nd\n")
    // A later run goes on with the oldest.
    var times = [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1, tv_usec: 0)]
    #expect(utimes(directory.file("log1"), &times) == 0)
    let second = try Self.log(directory, LogRotation(bytes: 5, count: 2))
    Self.write("f\n", to: second)
    second.finish()
    #expect(Self.text(directory, "log1") == "#1\nf\n")
    #expect(Self.text(directory, "log0") == "#5\ne\n")
  }

  // MARK: - By time

  @Test func `a file is complete when its time is over, whether lines come or not`() throws {
    let directory = TemporaryDirectory()
    let clock = Clock()
    clock.set(1000)
    let log = try Self.log(directory, LogRotation(seconds: 60), clock: clock)
    Self.write("a\n", to: log)
    // Periods begin at multiples of 60 seconds: this one ends at 1020.
    clock.set(1019)
    log.tick(1)
    #expect(LogFileTests.names(directory).count == 1 && Self.text(directory, "log") == nil)
    clock.set(1020)
    log.tick(2)
    #expect(LogFileTests.names(directory) == ["log"])
    clock.set(1300)
    log.tick(3)
    #expect(LogFileTests.names(directory) == ["log"], "no file for a time without lines")
    Self.write("b\n", to: log)
    clock.set(1320)
    Self.write("c\n", to: log)
    log.finish()
    #expect(Self.text(directory, "log") == "#1\na\n")
    #expect(Self.text(directory, "log1") == "#2\nb\n")
    #expect(Self.text(directory, "log2") == "#3\nc\n")
  }

  @Test func `the first file is called by when it was begun, later ones by when their time begins`() throws {
    let directory = TemporaryDirectory()
    let clock = Clock()
    clock.set(1005)
    let log = try Self.log(directory, LogRotation(seconds: 60), name: "log-%S", clock: clock)
    Self.write("a\n", to: log)
    clock.set(1033)
    Self.write("b\n", to: log)
    clock.set(1095)
    Self.write("c\n", to: log)
    log.finish()
    // 1005 is 16:45, 1020 is 17:00, 1080 is 18:00 of some hour, whatever the zone.
    #expect(LogFileTests.names(directory) == ["log-00", "log-00.1", "log-45"])
    #expect(Self.text(directory, "log-45") == "#1\na\n")
    #expect(Self.text(directory, "log-00") == "#2\nb\n")
    #expect(Self.text(directory, "log-00.1") == "#3\nc\n")
  }

  @Test func `of files by time and size the newest stay, and others' files too`() throws {
    let directory = TemporaryDirectory()
    directory.write(Array("old".utf8), to: "log-01")
    let clock = Clock()
    let log = try Self.log(directory, LogRotation(bytes: 5, seconds: 1, count: 2), name: "log-%S", clock: clock)
    for second in 1...3 {
      clock.set(Int64(second))
      Self.write("a\(second)\nb\(second)\n", to: log)
    }
    log.finish()
    #expect(Self.text(directory, "log-01") == "old")
    #expect(LogFileTests.names(directory) == ["log-01", "log-03", "log-03.1"])
    #expect(Self.text(directory, "log-03.1") == "#6\nb3\n")
  }

  @Test func `what took a name over is not removed`() throws {
    let directory = TemporaryDirectory()
    let clock = Clock()
    let log = try Self.log(directory, LogRotation(seconds: 1, count: 1), name: "log-%S", clock: clock)
    Self.write("a\n", to: log)
    clock.set(1)
    Self.write("b\n", to: log)
    #expect(rename(directory.file("log-00"), directory.file("kept")) == 0)
    directory.write(Array("other".utf8), to: "log-00")
    log.finish()
    #expect(Self.text(directory, "log-00") == "other")
    #expect(LogFileTests.names(directory) == ["kept", "log-00", "log-01"])
  }

  @Test func `without a clock, the time of a file is that of its records`() throws {
    let directory = TemporaryDirectory()
    let log = try Self.log(directory, LogRotation(seconds: 10), clock: nil)
    let lines = [(3, "a"), (9, "b"), (10, "c"), (8, "late"), (19, "d"), (45, "e")].map { Self.line($0.0, $0.1) }
    Self.write(lines.joined(), to: log)
    log.finish()
    #expect(Self.text(directory, "log") == "#1\n" + lines[0] + lines[1])
    #expect(Self.text(directory, "log1") == "#2\n" + lines[2] + lines[3] + lines[4], "time that goes back ends no file")
    #expect(Self.text(directory, "log2") == "#3\n" + lines[5])
  }

  // MARK: - A file that is appended to

  @Test func `a file that is appended to is there at once, behind what was in it`() throws {
    let directory = TemporaryDirectory()
    directory.write(Array("old\ncut".utf8), to: "log")
    let log = try Self.log(directory, nil, appends: true)
    log.begin()
    Self.write("a\n", to: log)
    #expect(Self.text(directory, "log") == "old\ncut\n#1\na\n")
    log.finish()
    #expect(LogFileTests.names(directory) == ["log"])
  }

  @Test func `a renamed file is opened anew, and one that was not goes on`() throws {
    let directory = TemporaryDirectory()
    let log = try Self.log(directory, nil, appends: true)
    log.begin()
    Self.write("a\n", to: log)
    log.reopen()
    Self.write("b\n", to: log)
    #expect(rename(directory.file("log"), directory.file("log.1")) == 0)
    Self.write("c\n", to: log)
    log.reopen()
    Self.write("d\n", to: log)
    log.finish()
    #expect(Self.text(directory, "log.1") == "#1\na\nb\nc\n")
    #expect(Self.text(directory, "log") == "#2\nd\n")
    #expect(log.takeNews() == [])
  }

  @Test func `a file that somebody cuts goes on at its new end`() throws {
    let directory = TemporaryDirectory()
    let log = try Self.log(directory, nil, appends: true)
    Self.write("aaaa\n", to: log)
    #expect(truncate(directory.file("log"), 0) == 0)
    Self.write("b\n", to: log)
    log.finish()
    #expect(Self.text(directory, "log") == "b\n")
  }

  @Test func `where it cannot be opened anew, the open one goes on`() throws {
    let directory = TemporaryDirectory()
    let log = try Self.log(directory, nil, appends: true)
    Self.write("a\n", to: log)
    #expect(rename(directory.file("log"), directory.file("log.1")) == 0)
    #expect(mkdir(directory.file("log"), 0o700) == 0)
    log.reopen()
    Self.write("b\n", to: log)
    log.finish()
    #expect(Self.text(directory, "log.1") == "#1\na\nb\n")
    let sentence =
      "\(directory.file("log")): cannot write: Is a directory; the log goes on in the file that was open"
    #expect(log.takeNews().map(\.description) == [sentence])
  }

  @Test func `with files that follow one another, opening anew begins the next`() throws {
    let directory = TemporaryDirectory()
    let log = try Self.log(directory, LogRotation(bytes: 1000))
    log.reopen()
    Self.write("a\n", to: log)
    log.reopen()
    #expect(LogFileTests.names(directory) == ["log"])
    Self.write("b\n", to: log)
    log.finish()
    #expect(Self.text(directory, "log1") == "#2\nb\n")
  }

  @Test func `a log that is taken back leaves nothing`() throws {
    let directory = TemporaryDirectory()
    directory.write(Array("old".utf8), to: "old")
    try Self.log(directory, nil, appends: true).discard()
    try Self.log(directory, nil, name: "old", appends: true).discard()
    try Self.log(directory, LogRotation(bytes: 1)).discard()
    #expect(LogFileTests.names(directory) == ["old"])
    #expect(Self.text(directory, "old") == "old")
  }
}
