import NetworkTypes
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

/// While nothing can be written, a log ends or drops whole lines, and what is in its files is whole lines.
///
/// A limit on the size of files stands for a full disk: what fits is written, and the rest is an error. It holds for a
/// process, so that each of these tests has one of its own.
struct LogOutageTests {
  /// Sets the size that files of this process may have; 0 is none.
  static func limitFiles(to bytes: Int) {
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit()
    #if canImport(Glibc)
      getrlimit(__rlimit_resource_t(1), &limit)
    #else
      getrlimit(RLIMIT_FSIZE, &limit)
    #endif
    limit.rlim_cur = bytes == 0 ? limit.rlim_max : rlim_t(bytes)
    #if canImport(Glibc)
      setrlimit(__rlimit_resource_t(1), &limit)
    #else
      setrlimit(RLIMIT_FSIZE, &limit)
    #endif
  }

  @Test func `the first failure ends a log, with whole lines in its file`() async {
    await #expect(processExitsWith: .success) {
      let directory = TemporaryDirectory()
      let log = try RunLogTests.log(directory, nil, appends: true)
      log.begin()
      LogOutageTests.limitFiles(to: 12)
      RunLogTests.write("aaa\nbbb\nccc\n", to: log)
      RunLogTests.write("d\n", to: log)
      log.finish()
      LogOutageTests.limitFiles(to: 0)
      #expect(RunLogTests.text(directory, "log") == "#1\naaa\nbbb\n")
      #expect(log.failure?.description == "\(directory.file("log")): cannot write: File too large")
      #expect(log.droppedLines == nil && log.takeNews() == [])
    }
  }

  @Test func `a log that may drop lines counts them, and goes on when it can`() async {
    await #expect(processExitsWith: .success) {
      let directory = TemporaryDirectory()
      let log = try RunLogTests.log(directory, nil, appends: true, drops: true)
      log.begin()
      log.tick(0)
      LogOutageTests.limitFiles(to: 12)
      RunLogTests.write("aaa\nbbb\nccc\nddd\n", to: log)
      RunLogTests.write("eee\n", to: log)
      #expect(log.failure == nil && log.droppedLines == 3)
      #expect(
        log.takeNews().map(\.description) == [
          "\(directory.file("log")): cannot write: File too large; records are dropped until it works again"
        ])
      // It is tried once a second.
      log.tick(1)
      LogOutageTests.limitFiles(to: 0)
      RunLogTests.write("fff\n", to: log)
      #expect(log.droppedLines == 4 && RunLogTests.text(directory, "log") == "#1\naaa\nbbb\n")
      log.tick(1_000_000_001)
      RunLogTests.write("ggg\n", to: log)
      RunLogTests.write("hhh\n", to: log)
      #expect(log.droppedLines == 4)
      #expect(
        log.takeNews().map(\.description) == [
          "\(directory.file("log")): can be written again; 4 records were dropped"
        ])
      log.finish()
      #expect(RunLogTests.text(directory, "log") == "#1\naaa\nbbb\nggg\nhhh\n")
      #expect(log.takeNews() == [])
    }
  }

  @Test func `an outage that lasts to the end is told there`() async {
    await #expect(processExitsWith: .success) {
      let directory = TemporaryDirectory()
      let log = try RunLogTests.log(directory, nil, appends: true, drops: true)
      log.begin()
      LogOutageTests.limitFiles(to: 3)
      RunLogTests.write("aaa\n", to: log)
      _ = log.takeNews()
      log.finish()
      #expect(
        log.takeNews().map(\.description) == [
          "\(directory.file("log")): could not be written any more; 1 record was dropped"
        ])
      LogOutageTests.limitFiles(to: 0)
      #expect(RunLogTests.text(directory, "log") == "#1\n")
    }
  }

  @Test func `files that follow one another go on behind an outage`() async {
    await #expect(processExitsWith: .success) {
      let directory = TemporaryDirectory()
      let log = try RunLogTests.log(directory, LogRotation(bytes: 15), drops: true)
      RunLogTests.write("aaa\n", to: log)
      LogOutageTests.limitFiles(to: 9)
      RunLogTests.write("bbb\nccc\nddd\neee\n", to: log)
      #expect(log.droppedLines == 4)
      log.tick(0)
      log.tick(1_000_000_000)
      LogOutageTests.limitFiles(to: 0)
      RunLogTests.write("fff\nggg\nhhh\n", to: log)
      log.finish()
      #expect(RunLogTests.text(directory, "log") == "#1\naaa\nfff\nggg\n")
      #expect(RunLogTests.text(directory, "log1") == "#2\nhhh\n")
      #expect(log.droppedLines == 4)
      #expect(LogFileTests.names(directory) == ["log", "log1"])
    }
  }

  @Test func `a directory that has gone is an outage, too, and its first line comes when it is back`() throws {
    let directory = TemporaryDirectory()
    let inner = directory.file("inner")
    #expect(mkdir(inner, 0o700) == 0)
    let settings = RunLog.Settings(
      file: FileName("\(inner)/log"), rotation: LogRotation(bytes: 100), dropsOnError: true)
    let log = try RunLog(settings, clock: { .epoch }, header: RunLogTests.header)
    #expect(rmdir(inner) == 0)
    RunLogTests.write("a\nb\n", to: log)
    #expect(log.droppedLines == 2 && log.failure == nil)
    #expect(mkdir(inner, 0o700) == 0)
    log.tick(0)
    log.tick(1_000_000_000)
    RunLogTests.write("c\n", to: log)
    log.finish()
    #expect(RunLogTests.text(directory, "inner/log") == "#1\nc\n")
  }

  @Test func `a directory that is not there is told before anything is read`() {
    #expect {
      _ = try RunLog(
        RunLog.Settings(file: "/nowhere/at/all/log", rotation: LogRotation(bytes: 1)), clock: nil,
        header: RunLogTests.header)
    } throws: { error in
      "\(error)" == "/nowhere/at/all: cannot write: No such file or directory"
    }
  }

  @Test func `a device that is full is an outage, and a line that it has begun is completed`() throws {
    guard access("/dev/full", W_OK) == 0 else {
      print("skipped: no /dev/full here")
      return
    }
    let settings = RunLog.Settings(file: "/dev/full", dropsOnError: true)
    let log = try RunLog(settings, clock: nil, header: RunLogTests.header)
    RunLogTests.write("a\nb\n", to: log)
    log.finish()
    #expect(log.droppedLines == 2 && log.failure == nil && !log.hasHeader)
  }

  @Test func `a reader who has gone ends a log that may drop lines`() throws {
    signal(SIGPIPE, SIG_IGN)
    let directory = TemporaryDirectory()
    let path = directory.file("fifo")
    #expect(mkfifo(path, 0o600) == 0)
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    let log = try RunLogTests.log(directory, nil, name: "fifo", appends: true, drops: true)
    RunLogTests.write("a\n", to: log)
    #expect(log.failure == nil && !log.hasHeader)
    close(reader)
    log.tick(0)
    #expect(log.failure == .readerGone && log.droppedLines == 0)
  }
}
