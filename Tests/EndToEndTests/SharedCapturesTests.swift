import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Captures of other projects, where they stand beside this one or where WSTAP_SHARED_CAPTURES says.
struct SharedCapturesTests {
  static let root: String = {
    if let named = getenv("WSTAP_SHARED_CAPTURES") { return String(cString: named) }
    return ProjectFiles.root + "/../shared/captures"
  }()

  /// A capture, and what the list of captures says of it.
  struct Capture: Sendable, CustomTestStringConvertible {
    var path: String
    var category: String
    var testDescription: String { path }
  }

  /// The captures of `real/`, which MANIFEST.tsv lists, and of `truth/`, which CASES.tsv or the folders do.
  static let captures: [Capture] = {
    guard let manifest = readFile(root + "/real/MANIFEST.tsv") else {
      print("skipped: no captures of other projects at \(root)")
      return []
    }
    var found: [Capture] = []
    for line in String(decoding: manifest, as: UTF8.self).split(separator: "\n").dropFirst() {
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard columns.count > 5 else { continue }
      found.append(Capture(path: "real/" + columns[0], category: String(columns[5])))
    }
    return found + below("truth").map { Capture(path: $0, category: "truth") }
  }()

  /// The captures in a folder and those inside it.
  private static func below(_ folder: String) -> [String] {
    guard let stream = opendir(root + "/" + folder) else { return [] }
    defer { closedir(stream) }
    var found: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name.hasPrefix(".") { continue }
      let path = folder + "/" + name
      if [".pcap", ".pcapng", ".gz"].contains(where: { path.hasSuffix($0) }) { found.append(path) }
      found += below(path)
    }
    return found.sorted()
  }

  @Test(arguments: captures)
  func `a capture is read to its end, and what is no WebSocket is not called one`(capture: Capture) throws {
    let result = BuiltTool.run(["--frames", "--max-payload", "100", Self.root + "/" + capture.path])
    #expect(result.signal == nil && !result.isTimedOut)
    #expect([0, 1, 2].contains(result.status))
    #expect(!result.errors.isEmpty)
    let records = try Sample.records(result.output)
    #expect(records.types.first == "meta")
    #expect(records.types.last == "stats")
    LogRules.check(records)
    if capture.category != "websocket", capture.category != "truth" {
      #expect(!records.ofType("open").contains { $0["how"]?.text == "midstream" })
    }
    guard capture.category == "other" else { return }
    // Only a handshake makes a WebSocket, and it names the protocol.
    let shaken = Set(
      records.ofType("open").filter { $0["ok"]?.boolean == true && $0["how"]?.text == "handshake" }
        .compactMap { $0["status"]?.integer == 101 ? $0["conn"]?.text : nil })
    for record in records where ["message", "frame", "control", "violation", "end"].contains(record["type"]?.text) {
      #expect(shaken.contains(record["conn"]?.text ?? ""), "\(record)")
    }
    for record in records.ofType("open") where record["ok"]?.boolean == true {
      #expect(shaken.contains(record["conn"]?.text ?? ""), "\(record)")
    }
  }
}
