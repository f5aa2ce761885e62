import TestSupport
import Testing

@testable import EventLogging

/// What is written and what is described are the same.
struct JSONSchemaWriterTests {
  static let ordinary = Result { try SchemaValidator(JSONSchemaWriter(isStrict: false).text) }

  @Test(arguments: [false, true])
  func `the schema is JSON, names its draft, and a line break ends it`(isStrict: Bool) throws {
    let text = JSONSchemaWriter(isStrict: isStrict).text
    #expect(text.last == 0x0a)
    let schema = try StrictJSON.parse(text)
    #expect(schema["$schema"]?.text == "https://json-schema.org/draft/2020-12/schema")
    #expect(schema["$id"]?.text == (isStrict ? "urn:wstap:log:1:strict" : "urn:wstap:log:1"))
    _ = try SchemaValidator(text)
  }

  @Test func `every field and word of the catalogue is written, and nothing that it does not have`() throws {
    let records = try CompleteRecords.lines()
    let notYetMade = Set(LogSchema.notYetMade.map(\.field))
    for schema in LogSchema.records {
      let lines = records.filter { $0["type"]?.text == schema.type }
      let written = lines.reduce(into: Set<String>()) { $0.formUnion($1.paths()) }
      let described = Set(schema.paths)
      #expect(written.subtracting(described).sorted() == [], "written in \(schema.type), and not in the catalogue")
      let missing = described.subtracting(written).filter { !notYetMade.contains("\(schema.type).\($0)") }
      #expect(missing.sorted() == [], "in the catalogue, and in no \(schema.type)")
      let made = written.filter { notYetMade.contains("\(schema.type).\($0)") }
      #expect(made.sorted() == [], "written in \(schema.type), and said not to be made yet")
      for field in schema.whole.fields where field.type.object == nil && field.name != "type" {
        let seen = Set(lines.compactMap { $0[field.name]?.text })
        #expect(field.type.words.filter { !seen.contains($0) } == [], "words of \(schema.type).\(field.name)")
      }
    }
  }

  @Test func `what holds in the strict schema holds in the ordinary one`() throws {
    for record in try CompleteRecords.lines() { #expect(try Self.ordinary.get().faults(of: record) == []) }
  }

  // MARK: - What is wrong is found

  /// Lines of each record type as they are written, by type.
  static let examples = Result {
    Dictionary(grouping: try CompleteRecords.lines()) { $0["type"]?.text ?? "" }
  }

  /// The faults of a record of a type after a change to its members, by the strict and by the ordinary schema.
  static func faults(
    _ type: String, _ index: Int = 0, _ change: (inout [JSONValue.Member]) -> Void
  ) throws -> (strict: [SchemaFault], ordinary: [SchemaFault]) {
    let record = try #require(try examples.get()[type])[index]
    #expect(LogCheck.strict.faults(of: record) == [])
    var members = record.members ?? []
    change(&members)
    let changed = JSONValue.object(members)
    #expect(changed != record, "nothing was changed")
    return (LogCheck.strict.faults(of: changed), try ordinary.get().faults(of: changed))
  }

  @Test(arguments: LogSchema.records.map(\.type))
  func `every field that is always there is missed`(type: String) throws {
    for name in try #require(LogSchema.record(type)).whole.required where name != "type" {
      let found = try Self.faults(type) { $0.removeAll { $0.name == name } }
      #expect(!found.strict.isEmpty && !found.ordinary.isEmpty, "\(name)")
    }
    let found = try Self.faults(type) { $0.removeAll { $0.name == "type" } }
    #expect(!found.strict.isEmpty && !found.ordinary.isEmpty)
  }

  @Test(arguments: LogSchema.records.map(\.type))
  func `every field refuses a value of another type, and null`(type: String) throws {
    var seen: Set<String> = []
    for record in try #require(try Self.examples.get()[type]) {
      for member in record.members ?? [] where seen.insert(member.name).inserted {
        let others: [JSONValue] = [
          .null, .boolean(true), .number("-1"), .string("\u{1}"), .array([.null]), .object([]),
        ].filter { other in
          // A payload that is JSON may be anything but null.
          member.name == "json" ? other == .null : other.kind != member.value.kind || other == .number("-1")
        }
        for other in others where !(member.name == "epoch_us" && other == .number("-1")) {
          var members = record.members ?? []
          Self.replace(&members, member.name) { _ in other }
          let changed = JSONValue.object(members)
          #expect(!LogCheck.strict.faults(of: changed).isEmpty, "\(member.name): \(other)")
          #expect(
            try !Self.ordinary.get().faults(of: changed).isEmpty || member.name == "type", "\(member.name): \(other)")
        }
      }
    }
  }

  private static func replace(_ members: inout [JSONValue.Member], _ name: String, _ change: (JSONValue) -> JSONValue) {
    for index in members.indices where members[index].name == name {
      members[index].value = change(members[index].value)
    }
  }

  @Test func `only the strict schema refuses what it does not know`() throws {
    let other = JSONValue.Member(name: "other", value: .number("1"))
    for type in LogSchema.records.map(\.type) {
      let found = try Self.faults(type) { $0.append(other) }
      #expect(found.strict.map(\.description) == [": other is not known"])
      #expect(found.ordinary.isEmpty)
    }
    for (type, name) in [("open", "deflate"), ("end", "c2s")] {
      let found = try Self.faults(type) { members in
        Self.replace(&members, name) { .object(($0.members ?? []) + [other]) }
      }
      #expect(found.strict.map(\.description) == ["/\(name): other is not known"])
      #expect(found.ordinary.isEmpty)
    }
    for (type, name) in [("meta", "type"), ("violation", "rule"), ("end", "cause"), ("open", "how")] {
      let found = try Self.faults(type) { members in Self.replace(&members, name) { _ in .string("other") } }
      #expect(!found.strict.isEmpty, "\(name)")
      #expect(found.ordinary.isEmpty, "\(name)")
    }
    for (type, name) in [("message", "dir"), ("message", "op"), ("frame", "op"), ("violation", "severity")] {
      let found = try Self.faults(type) { members in Self.replace(&members, name) { _ in .string("other") } }
      #expect(!found.ordinary.isEmpty, "\(name)")
    }
  }

  @Test(arguments: [
    ("message", #""b64":"YQ==""#), ("message", #""json":1"#), ("message", #""undecoded":"context_lost""#),
    ("message", #""utf8_error_at":0"#), ("control", #""b64":"YQ==""#), ("control", #""close_code":1000"#),
    ("control", #""rtt_us":1"#), ("open", #""fail":"status""#), ("open", #""host_b64":"YQ==""#),
  ])
  func `two forms of one thing, or what does not belong together, is refused`(type: String, member: String) throws {
    let added = try #require(try StrictJSON.parse(Array("{\(member)}".utf8)).members)
    let found = try Self.faults(type) { $0 += added }
    #expect(!found.strict.isEmpty && !found.ordinary.isEmpty)
  }

  @Test(arguments: [
    ("ts", #""2023-11-14T22:13:20.123456Z""#), ("ts", #""2023-11-14T22:13:20.123456789+00:00""#), ("v", "2"),
    ("conn", #""abcdefghijkl1""#), ("conn", #""abcdefghijkl""#), ("client_port", "65536"), ("pkt", "0"),
    ("file", "-1"), ("len", #""5""#), ("epoch_us", "-9007199254740991.5"),
  ])
  func `a value of the wrong form is refused`(name: String, value: String) throws {
    // The parser refuses a fraction by itself; the schema has to as well.
    let wrong = try value.contains(".5") ? JSONValue.number(value) : StrictJSON.parse(Array(value.utf8))
    let found = try Self.faults("message") { members in Self.replace(&members, name) { _ in wrong } }
    #expect(!found.strict.isEmpty && !found.ordinary.isEmpty)
  }
}
