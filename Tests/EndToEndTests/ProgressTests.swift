import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The progress line is for a terminal on standard error, is gone at the end, and never comes into the log.
struct ProgressTests {
  /// Some megabytes.
  static let big: [UInt8] = {
    var talk = Conversation()
    talk.openWebSocket()
    for index in 0..<3000 { talk.server(WebSocketFrame.text("\(index) " + String(repeating: "x", count: 900))) }
    talk.close()
    return CaptureBuilder.pcap(talk.packets)
  }()

  /// The tool over a file, with a reader of the log that waits longer than the line does, from the first byte on.
  static func slowly(
    _ options: String, environment: [String: String] = [:], streams: RunningProcess.Streams = .errors, columns: Int = 80
  ) -> (screen: [UInt8], result: ProcessResult) {
    let directory = TemporaryDirectory()
    let path = directory.write(big, to: "a.pcap")
    let process = RunningProcess(
      [
        "/bin/sh", "-c", "\"$0\" \(options) \"$1\" | { dd bs=1 count=1 2>/dev/null; sleep 0.8; cat; }", BuiltTool.path,
        path,
      ],
      environment: environment, terminal: streams, columns: columns)
    let result = process.finish()
    #expect(result.status == 0)
    return (process.screen, result)
  }

  /// The lines that were shown and taken away again.
  static func lines(_ screen: [UInt8]) -> [String] {
    String(decoding: screen, as: UTF8.self).components(between: "\r\u{1b}[K").dropFirst().dropLast().filter {
      !$0.isEmpty
    }
  }

  @Test func `a file's line tells bytes, share, rate and time left`() throws {
    let (screen, result) = Self.slowly("")
    let lines = Self.lines(screen)
    #expect(!lines.isEmpty)
    let form = /[0-9.]+ [KM]?i?B of [0-9.]+ MiB \([0-9]+%\), [0-9.]+ [KM]?i?B\/s, [0-9]+:[0-9][0-9] left/
    for line in lines { #expect(line.wholeMatch(of: form) != nil, "\(line)") }
    // What is left is the summary.
    let rest = String(decoding: screen, as: UTF8.self).components(between: "\r\u{1b}[K").last ?? ""
    #expect(rest.contains("3000 messages"))
    #expect(!rest.contains("%") && rest.hasPrefix("wstap: "))
    TerminalBytes(screen).expectLastLineGone()
    #expect(!result.output.contains(0x1b) && !result.output.contains(0x0d))
    #expect(try Sample.records(result.output).ofType("message").count == 3000)
  }

  @Test func `the line is narrower than the terminal`() {
    for columns in [20, 40] {
      let lines = Self.lines(Self.slowly("", columns: columns).screen)
      #expect(!lines.isEmpty && lines.allSatisfy { $0.utf8.count < columns }, "\(lines)")
    }
  }

  @Test(arguments: [("--progress never", [:]), ("-q", [:]), ("", ["TERM": "dumb"])] as [(String, [String: String])])
  func `there is none where it is not wanted or would not be obeyed`(options: String, environment: [String: String]) {
    let (screen, _) = Self.slowly(options, environment: environment)
    #expect(!screen.contains(0x1b))
    #expect(!String(decoding: screen, as: UTF8.self).contains("%"))
  }

  @Test func `there is none where standard error is no terminal`() {
    let (_, result) = Self.slowly("--progress auto", streams: .output)
    #expect(!result.errors.contains(0x1b) && !result.errors.contains(0x0d))
    #expect(result.errorText.contains("3000 messages"))
  }

  @Test func `a stream's line tells bytes and rate, for nobody knows how much will come`() throws {
    let process = RunningProcess.tool(["-"], terminal: .errors)
    var sent = 0
    while sent < Self.big.count - 1000 {
      process.send(Array(Self.big[sent..<sent + 1000]))
      sent += 1000
      usleep(20_000)
      var isShown = false
      _ = process.wait { process in
        isShown = process.screen.contains(0x1b)
        return true
      }
      if isShown { break }
    }
    process.send(Array(Self.big[sent...]))
    process.closeInput()
    let result = process.finish()
    #expect(result.status == 0)
    #expect(try Sample.records(result.output).ofType("message").count == 3000)
    let lines = Self.lines(process.screen)
    #expect(!lines.isEmpty)
    for line in lines { #expect(line.wholeMatch(of: /[0-9.]+ [KM]?i?B, [0-9.]+ [KM]?i?B\/s/) != nil, "\(line)") }
    TerminalBytes(process.screen).expectLastLineGone()
  }
}

extension String {
  /// What stands between occurrences of `separator`.
  func components(between separator: String) -> [String] {
    var parts: [String] = []
    var part: [UInt8] = []
    var rest = Array(utf8)[...]
    let mark = Array(separator.utf8)
    while let byte = rest.first {
      if rest.starts(with: mark) {
        parts.append(String(decoding: part, as: UTF8.self))
        part = []
        rest = rest.dropFirst(mark.count)
      } else {
        part.append(byte)
        rest = rest.dropFirst()
      }
    }
    return parts + [String(decoding: part, as: UTF8.self)]
  }
}

extension TerminalBytes {
  /// Holds that each line that was opened without a line end was taken away.
  func expectLastLineGone(sourceLocation: SourceLocation = #_sourceLocation) {
    let parts = String(decoding: bytes, as: UTF8.self).components(between: "\r\u{1b}[K")
    for (index, part) in parts.enumerated() where index == parts.count - 1 || part.utf8.contains(0x0a) {
      #expect(part.utf8.last == 0x0a, sourceLocation: sourceLocation)
    }
    expectHarmless(allowsProgress: true, sourceLocation: sourceLocation)
  }
}
