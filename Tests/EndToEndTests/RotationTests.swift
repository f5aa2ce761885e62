import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// `-C`, `-G` and `-W`: the log in files that follow one another, each of them whole.
struct RotationTests {
  /// 600 messages of about 1,000 bytes, half a second apart, from 2023-11-14T22:13:20Z on.
  static let file: [UInt8] = {
    var talk = Conversation()
    talk.openWebSocket()
    for index in 0..<600 {
      talk.server(WebSocketFrame.text("\(index) " + String(repeating: "x", count: 500 + index * 7 % 1000)))
      talk.wait(nanoseconds: 500_000_000)
    }
    talk.close()
    return CaptureBuilder.pcap(talk.packets)
  }()

  /// The files of a log by their names, in the order of their `part`, and whether each is one: whole lines, with a
  /// `meta` first and nowhere else.
  static func parts(
    _ directory: TemporaryDirectory, _ prefix: String = "log", sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [(name: String, size: Int, records: [JSONValue])] {
    var parts: [(name: String, size: Int, records: [JSONValue])] = []
    for name in LogDirectory.names(directory) where name.hasPrefix(prefix) {
      let bytes = try #require(readFile(directory.file(name)), sourceLocation: sourceLocation)
      let records = try Sample.records(bytes)
      LogCheck.expectValid(records, sourceLocation: sourceLocation)
      #expect(records.types.first == "meta", "\(name)", sourceLocation: sourceLocation)
      #expect(!records.types.dropFirst().contains("meta"), "\(name)", sourceLocation: sourceLocation)
      parts.append((name, bytes.count, records))
    }
    return parts.sorted { ($0.records[0]["part"]?.integer ?? 0) < ($1.records[0]["part"]?.integer ?? 0) }
  }

  /// A record without what differs from run to run.
  static func stable(_ record: JSONValue) -> String { "\((record.members ?? []).filter { $0.name != "mem_bytes" })" }

  @Test func `a log that fits into one file is one`() throws {
    let directory = TemporaryDirectory()
    let capture = directory.write(Self.file, to: "a.pcap")
    let whole = try Sample.records(BuiltTool.run(["-q", capture]).output)
    let result = BuiltTool.run(["-q", "-C", "1", "-o", directory.file("log"), capture])
    #expect(result.status == 0 && result.errors == [])
    #expect(LogDirectory.names(directory) == ["a.pcap", "log"], "600 kB fit in a megabyte")
    let parts = try Self.parts(directory)
    #expect(parts[0].records.dropFirst().map(Self.stable) == whole.dropFirst().map(Self.stable))
    #expect(parts[0].records[0]["part"]?.integer == 1 && whole[0]["part"] == nil)
    #expect(parts[0].records[0]["ts"]?.text == parts[0].records[1]["ts"]?.text)
  }

  @Test func `by size, a file has at most so many bytes, and little less`() throws {
    let directory = TemporaryDirectory()
    var talk = Conversation()
    talk.openWebSocket()
    for index in 0..<3000 { talk.server(WebSocketFrame.text("\(index) " + String(repeating: "x", count: 900))) }
    talk.close()
    let capture = directory.write(CaptureBuilder.pcap(talk.packets), to: "a.pcap")
    let whole = try Sample.records(BuiltTool.run(["-q", capture]).output)
    let result = BuiltTool.run(["-q", "-C", "1", "-o", directory.file("log"), capture])
    #expect(result.status == 0 && result.errors == [])
    let parts = try Self.parts(directory)
    #expect(parts.map(\.name) == ["log", "log1", "log2", "log3"])
    #expect(parts.map { $0.records[0]["part"]?.integer } == [1, 2, 3, 4])
    for part in parts.dropLast() { #expect(part.size <= 1_000_000 && part.size > 998_000, "\(part.name)") }
    #expect(parts.flatMap { $0.records.dropFirst() }.map(Self.stable) == whole.dropFirst().map(Self.stable))
    // Each begins with the time of its first record.
    for part in parts { #expect(part.records[0]["ts"]?.text == part.records[1]["ts"]?.text) }
    #expect(parts[0].records[0]["inputs"] == parts[3].records[0]["inputs"])
  }

  @Test func `by time, files of captures go by the times of their records`() throws {
    let directory = TemporaryDirectory()
    let capture = directory.write(Self.file, to: "a.pcap")
    let whole = try Sample.records(BuiltTool.run(["-q", capture]).output)
    let result = TestSupport.run(
      [BuiltTool.path, "-q", "-G", "60", "-o", directory.file("log-%H%M%S"), capture], environment: ["TZ": "UTC-3"])
    #expect(result.status == 0 && result.errors == [])
    let parts = try Self.parts(directory)
    let all = parts.flatMap { $0.records.dropFirst() }
    #expect(all.map(Self.stable) == whole.dropFirst().map(Self.stable))
    #expect(parts.count >= 5)
    for part in parts {
      let minutes = Set(part.records.compactMap { ($0["epoch_us"]?.integer).map { $0 / 60_000_000 } })
      #expect(minutes.count == 1, "\(part.name)")
    }
    // Three hours ahead of UTC; the first is called by its first record, the others by their minute.
    let time = try #require(whole.first?["ts"]?.text).dropFirst(11).prefix(8)
    let hour = (try #require(Int(time.prefix(2))) + 3) % 24
    let clock = (hour < 10 ? "0\(hour)" : "\(hour)") + time.dropFirst(2).filter { $0 != ":" }
    #expect(parts[0].name == "log-\(clock)")
    for part in parts.dropFirst() { #expect(part.name.hasSuffix("00")) }
  }

  @Test func `only the newest files stay`() throws {
    let directory = TemporaryDirectory()
    let capture = directory.write(Self.file, to: "a.pcap")
    directory.write(Array("somebody else's".utf8), to: "log-old")
    let timed = BuiltTool.run(["-q", "-G", "60", "-W", "2", "-o", directory.file("log-%M"), capture])
    #expect(timed.status == 0)
    #expect(LogDirectory.names(directory).count == 4)
    #expect(readFile(directory.file("log-old")) == Array("somebody else's".utf8))
    let ring = BuiltTool.run(["-q", "-G", "60", "-W", "3", "-o", directory.file("ring"), capture])
    #expect(ring.status == 0)
    let parts = try Self.parts(directory, "ring")
    #expect(Set(parts.map(\.name)) == ["ring0", "ring1", "ring2"])
    let numbers = parts.compactMap { $0.records[0]["part"]?.integer }
    #expect(numbers.count == 3 && numbers[2] - numbers[0] == 2, "\(numbers)")
    #expect(parts.last?.records.last?["final"]?.boolean == true)
  }

  @Test func `a run that is killed leaves whole files, and a part that is not called so`() throws {
    let directory = TemporaryDirectory()
    let process = RunningProcess.tool(["-q", "-C", "1", "-o", directory.file("log"), "-"])
    process.send(SignalTests.beginning)
    let hasBegun = process.wait { _ in
      LogDirectory.names(directory).contains { (readFile(directory.file($0)) ?? []).count > 100 }
    }
    #expect(hasBegun)
    process.signal(SIGKILL)
    #expect(process.finish().signal == SIGKILL)
    let names = LogDirectory.names(directory)
    #expect(names.count == 1 && names[0].hasSuffix(".part"))
  }

  @Test func `SIGHUP begins the next file`() throws {
    let directory = TemporaryDirectory()
    let process = RunningProcess.tool(["-q", "-C", "1", "-o", directory.file("log"), "-"])
    process.send(SignalTests.beginning)
    let hasBegun = process.wait { _ in
      LogDirectory.names(directory).contains {
        String(decoding: readFile(directory.file($0)) ?? [], as: UTF8.self).contains("\"first\"")
      }
    }
    #expect(hasBegun)
    process.signal(SIGHUP)
    #expect(process.wait { _ in LogDirectory.names(directory) == ["log"] })
    process.send(SignalTests.rest)
    process.closeInput()
    #expect(process.finish().status == 0)
    let parts = try Self.parts(directory)
    #expect(parts.map(\.name) == ["log", "log1"])
    #expect(
      parts.map { $0.records.types } == [
        ["meta", "open", "message"], ["meta", "message", "violation", "end", "stats"],
      ])
  }

  @Test func `the text format goes from file to file, too`() throws {
    let directory = TemporaryDirectory()
    var talk = Conversation()
    talk.openWebSocket()
    for index in 0..<30_000 { talk.server(WebSocketFrame.text("\(index)")) }
    talk.close()
    let capture = directory.write(CaptureBuilder.pcap(talk.packets), to: "a.pcap")
    let result = BuiltTool.run(["-q", "--format", "text", "-C", "1", "-o", directory.file("log"), capture])
    #expect(result.status == 0)
    let names = LogDirectory.names(directory).filter { $0 != "a.pcap" }
    #expect(names.count > 1)
    for name in names {
      let text = String(decoding: try #require(readFile(directory.file(name))), as: UTF8.self)
      #expect(text.hasPrefix("wstap 0.") && text.hasSuffix("\n") && text.utf8.count <= 1_000_000)
    }
  }

  @Test func `options that do not fit are refused with a sentence`() {
    let directory = TemporaryDirectory()
    let capture = directory.write(Sample.file, to: "a.pcap")
    let log = directory.file("log")
    directory.write(Sample.file, to: "ring0")
    let cases: [([String], String)] = [
      (["-C", "1"], "-C is for a log in files: name one with -o."),
      (["-G", "1", "-o", "-"], "-G is for a log in files: name one with -o."),
      (["-W", "1"], "-W is for a log in files: name one with -o."),
      (["-W", "1", "-o", log], "-W keeps so many of the files that -C or -G make: name one of those, too."),
      (["-C", "0", "-o", log], "-C takes 1 to 1000000000 megabytes, not 0."),
      (["-C", "-1", "-o", log], "-C takes 1 to 1000000000 megabytes, not -1."),
      (["-G", "0", "-o", log], "-G takes 1 to 1000000000 seconds, not 0."),
      (["-C", "1", "-W", "0", "-o", log], "-W takes 1 to 100000 files, not 0."),
      (["-C", "1", "-o", "/dev/null"], "-C makes one file after the other, and /dev/null is no plain file."),
      (
        ["-C", "1", "-o", directory.path],
        "-C makes one file after the other, and \(directory.path) is no plain file."
      ),
      (
        ["-G", "1", "-o", "%Y/log"],
        "-G takes conversions (%) in the name of the file only, not in that of its directory."
      ),
      (["-G", "1", "-o", "log%D"], "-o log%D gives no file name: its conversions (%) come to nothing, or to a slash."),
      (
        ["-G", "1", "--format", "text", "-o", log],
        "-G goes by the times of records where capture files are read: --format text has none."
      ),
      (["--on-write-error", "wait"], "--on-write-error is end or drop, not 'wait'."),
      (["--metrics-file", "-"], "--metrics-file takes a plain file, which is replaced each time."),
      (["--metrics-file", "/dev/null"], "--metrics-file takes a plain file, which is replaced each time."),
      (
        ["--metrics-file", log, "-o", log],
        "--metrics-file \(log) would overwrite \(log), which is the log or an input."
      ),
    ]
    for (arguments, sentence) in cases {
      let result = BuiltTool.run(arguments + [capture])
      #expect(result.status == 64, "\(arguments)")
      #expect(result.errorText.hasPrefix("Error: \(sentence)\n"), "\(arguments): \(result.errorText)")
    }
    let ring = BuiltTool.run(["-C", "1", "-W", "2", "-o", directory.file("ring"), directory.file("ring0")])
    #expect(ring.status == 64)
    let words = "Error: -o \(directory.file("ring")) with -W would overwrite the input \(directory.file("ring0"))."
    #expect(ring.errorText.hasPrefix(words))
    let nowhere = BuiltTool.run(["-C", "1", "-o", "/nowhere/at/all", capture])
    #expect(nowhere.status == 1)
    #expect(nowhere.errorText == "wstap: /nowhere/at: cannot write: No such file or directory\n")
    #expect(LogDirectory.names(directory) == ["a.pcap", "ring0"])
  }
}
