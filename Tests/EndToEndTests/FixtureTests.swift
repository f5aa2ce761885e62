import TestSupport
import Testing

/// The built tool over the captures in `fixtures/`.
struct FixtureTests {
  /// The captures' paths.
  static let captures = ((try? ProjectFiles.files(under: "fixtures")) ?? []).filter { path in
    [".pcap", ".pcapng", ".gz", ".zst", ".lz4"].contains { path.hasSuffix($0) }
  }

  @Test func `the captures are found`() {
    #expect(Self.captures.count >= 50)
  }

  @Test func `every capture tells what its maker knows of it`() {
    guard run(["python3", "--version"]).status == 0 else {
      print("skipped: scripts/check-fixtures needs python3, which is not here")
      return
    }
    let result = run(
      ["python3", ProjectFiles.absolute("scripts/check-fixtures"), "--wstap", "'\(BuiltTool.path)'"],
      timeoutSeconds: 300)
    #expect(result.status == 0, "\(result.outputText)\(result.errorText)")
  }

  @Test(arguments: captures)
  func `every line of a log is strict JSON, in the order that the contract says`(path: String) throws {
    let result = BuiltTool.run(["--frames", "--headers", "all", ProjectFiles.absolute(path)])
    #expect(result.signal == nil)
    #expect([0, 1, 2].contains(result.status))
    let records = try Sample.records(result.output)
    #expect(records.first?["type"]?.text == "meta")
    #expect(records.last?["type"]?.text == "stats")
    #expect(records.types.filter { $0 == "meta" || $0 == "stats" }.count == 2)
    LogRules.check(records)
  }

  @Test(arguments: captures)
  func `two runs write the same bytes but for the memory they took`(path: String) throws {
    func log() throws -> [[JSONValue.Member]] {
      let result = BuiltTool.run(["--frames", "--headers", "safe", ProjectFiles.absolute(path)])
      return try Sample.records(result.output).map { record in
        (record.members ?? []).filter { $0.name != "mem_bytes" }
      }
    }
    #expect(try log() == log())
  }

  @Test func `a name has one type in all records of all captures`() throws {
    var kinds: [String: String] = [:]
    for path in Self.captures {
      let log = BuiltTool.run(["--frames", "--headers", "all", ProjectFiles.absolute(path)]).output
      for record in try Sample.records(log) { LogRules.noteKinds(of: record, in: &kinds, "\(path)") }
    }
    #expect(kinds["conn"] == "string")
    #expect(kinds["pkt"] == "number")
  }
}

/// What is true of every log.
enum LogRules {
  /// Records in their capture's order, with the common fields where they belong.
  static func check(_ records: [JSONValue], sourceLocation: SourceLocation = #_sourceLocation) {
    var lastPacket = 0
    var opened: Set<String> = []
    var ended: Set<String> = []
    for record in records {
      #expect(record["v"]?.integer == 1, sourceLocation: sourceLocation)
      let time = record["ts"]?.text ?? ""
      #expect(time.utf8.count == 30 && time.hasSuffix("Z"), "\(time)", sourceLocation: sourceLocation)
      #expect(record["epoch_us"]?.integer != nil, sourceLocation: sourceLocation)
      let type = record["type"]?.text ?? ""
      guard type != "meta", type != "stats" else { continue }
      let packet = record["pkt"]?.integer ?? 0
      #expect(
        packet >= lastPacket && packet > 0, "packet \(packet) behind \(lastPacket)", sourceLocation: sourceLocation)
      lastPacket = packet
      let name = record["conn"]?.text ?? ""
      let isBase32 =
        name.utf8.count == 13 && name.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz234567".utf8.contains($0) }
      #expect(isBase32, "\(name)", sourceLocation: sourceLocation)
      for field in ["client_ip", "server_ip"] { #expect(record[field]?.text != nil, sourceLocation: sourceLocation) }
      for field in ["client_port", "server_port"] {
        #expect((0...65535).contains(record[field]?.integer ?? -1), sourceLocation: sourceLocation)
      }
      if type == "open" {
        opened.insert(name)
      } else {
        #expect(opened.contains(name), "\(type) before open", sourceLocation: sourceLocation)
      }
      #expect(!ended.contains(name) || type == "open", "\(type) behind end", sourceLocation: sourceLocation)
      if type == "end" { ended.insert(name) }
      if ["message", "control", "frame"].contains(type) {
        for flag in ["truncated", "incomplete", "snapped"] {
          #expect(record[flag]?.boolean != nil, sourceLocation: sourceLocation)
        }
        #expect(["c2s", "s2c"].contains(record["dir"]?.text ?? ""), sourceLocation: sourceLocation)
      }
      if type == "message" {
        let forms = [record["text"], record["b64"], record["json"], record["undecoded"]].filter { $0 != nil }
        #expect(forms.count == 1, sourceLocation: sourceLocation)
      }
    }
  }

  /// Notes the kind of each name in `value`, and complains of one that has another elsewhere.
  static func noteKinds(
    of value: JSONValue, in kinds: inout [String: String], _ place: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for member in value.members ?? [] where member.name != "json" {
      let known = kinds[member.name]
      #expect(
        known == nil || known == member.value.kind, "\(place): \(member.name) is \(member.value.kind)",
        sourceLocation: sourceLocation)
      kinds[member.name] = member.value.kind
      noteKinds(of: member.value, in: &kinds, place, sourceLocation: sourceLocation)
      for element in member.value.elements ?? [] {
        noteKinds(of: element, in: &kinds, place, sourceLocation: sourceLocation)
      }
    }
  }
}
