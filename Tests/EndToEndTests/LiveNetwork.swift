import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Two network namespaces with a link between them, and real peers in them (`scripts/live-peers`).
final class LiveNetwork {
  /// Which end of the link.
  enum End: String {
    case client
    case server
  }

  static let script = ProjectFiles.absolute("scripts/live-peers")

  /// Why live capture cannot be tested here; `nil` if it can.
  static let obstacle: String? = {
    let check = TestSupport.run([script, "check"], timeoutSeconds: 300)
    guard check.status != 0 else { return nil }
    let words = check.outputText.split(separator: "\n").first.map(String.init)
    return words ?? "scripts/live-peers check: \(check.errorText.prefix(200))"
  }()

  static var isAvailable: Bool { obstacle == nil }
  static var skipping: Comment { "live capture is not tested here: \(obstacle ?? "")" }

  let json: String
  private let description: JSONValue
  private let process: RunningProcess

  init(isImpaired: Bool = false) throws {
    process = RunningProcess([Self.script, "network"] + (isImpaired ? ["--impaired"] : []))
    guard process.wait(seconds: 60, until: { $0.output.last == 0x0a }) else {
      throw Failure(what: "no network", words: String(decoding: process.errors, as: UTF8.self))
    }
    json = String(decoding: process.output.dropLast(), as: UTF8.self)
    description = try StrictJSON.parse(Array(process.output.dropLast()))
  }

  deinit {
    process.closeInput()
    _ = process.finish(seconds: 60)
  }

  struct Failure: Error, CustomStringConvertible {
    let what: String
    let words: String
    var description: String { "\(what): \(words)" }
  }

  /// The interface at an end.
  func interface(_ end: End) -> String { description["\(end)_if"]?.text ?? "" }

  /// What makes a delay and loss, if anything does.
  var impairment: String { description["impaired_by"]?.text ?? "" }

  /// A command in an end's namespace.
  func command(_ end: End, _ arguments: [String]) -> [String] {
    ["ip", "netns", "exec", description["\(end)_ns"]?.text ?? ""] + arguments
  }

  /// Runs a command in an end's namespace.
  func run(_ end: End, _ arguments: [String]) -> ProcessResult {
    TestSupport.run(command(end, arguments))
  }

  /// The tool at an end, when it captures: its log has begun.
  func tool(_ end: End, _ arguments: [String], log: String? = nil) throws -> RunningProcess {
    let process = RunningProcess(command(end, [BuiltTool.path] + arguments))
    let hasBegun = process.wait(seconds: 60) { process in
      guard let log else { return process.output.contains(0x0a) }
      guard let slash = log.lastIndex(of: "/") else { return false }
      // Until it is complete, the log has a longer name.
      return LogDirectory.names(inPath: String(log[..<slash])).contains { name in
        (readFile("\(log[..<slash])/\(name)") ?? []).contains(0x0a)
      }
    }
    guard hasBegun else {
      throw Failure(what: "wstap does not capture", words: String(decoding: process.errors, as: UTF8.self))
    }
    return process
  }

  /// The arguments for peers that talk.
  func talking(truth: String, connections: Int, messages: Int, holds: Bool = false) -> [String] {
    [Self.script, "talk", json, "--truth", truth, "--connections", "\(connections)", "--messages", "\(messages)"]
      + (holds ? ["--hold"] : [])
  }
}

/// What the peers say that they sent, and what the log says.
struct LiveStory: Equatable {
  /// A direction of a connection.
  struct Stream: Hashable, Comparable, CustomStringConvertible {
    let clientPort: Int
    let serverPort: Int
    let dir: String
    var description: String { "\(clientPort)-\(serverPort) \(dir)" }
    static func < (left: Stream, right: Stream) -> Bool { left.description < right.description }
  }

  /// What was sent, in order: the kind, and the payload as the log has it.
  var sent: [Stream: [String]] = [:]

  /// The peers' own words.
  init(truth: [UInt8]) throws {
    for line in truth.split(separator: 0x0a) {
      let entry = try StrictJSON.parse(Array(line))
      let ports = entry["ports"]?.elements?.compactMap(\.integer) ?? []
      guard ports.count == 2, let dir = entry["dir"]?.text else { continue }
      sent[Stream(clientPort: ports[0], serverPort: ports[1], dir: dir), default: []].append(Self.item(entry))
    }
  }

  /// The messages and pings of a log.
  init(log: [JSONValue]) {
    for record in log {
      guard ["message", "control"].contains(record["type"]?.text), record["op"]?.text != "pong",
        record["op"]?.text != "close", let client = record["client_port"]?.integer,
        let server = record["server_port"]?.integer, let dir = record["dir"]?.text
      else { continue }
      sent[Stream(clientPort: client, serverPort: server, dir: dir), default: []].append(Self.item(record))
    }
  }

  var count: Int { sent.values.reduce(0) { $0 + $1.count } }

  private static func item(_ value: JSONValue) -> String {
    "\(value["op"]?.text ?? "?") \(value["text"].map { "text \($0.text ?? "")" } ?? "b64 \(value["b64"]?.text ?? "?")")"
  }

  /// Where two differ, for people.
  func difference(from other: LiveStory) -> String {
    let streams = Set(sent.keys).union(other.sent.keys).sorted()
    let differing = streams.filter { sent[$0] != other.sent[$0] }
    return differing.prefix(5).map { stream in
      let (one, two) = (sent[stream] ?? [], other.sent[stream] ?? [])
      let place = zip(one, two).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(one.count, two.count)
      return "\(stream): \(one.count) and \(two.count), first at \(place)"
    }.joined(separator: "; ") + " (\(differing.count) of \(streams.count) differ)"
  }
}
