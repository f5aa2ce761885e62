import EventLogging
import TestSupport
import Testing
import TrafficAnalysis

/// The catalogue is whole, and is what the pages say.
struct SchemaCatalogueTests {
  @Test func `every record type that may be chosen is described, in the same order`() {
    #expect(LogSchema.records.map(\.type) == LogOptions.RecordTypes.byName.map(\.name))
  }

  @Test func `no name stands twice in an object`() {
    for record in LogSchema.records {
      #expect(Set(record.paths).count == record.paths.count, "\(record.type)")
    }
  }

  @Test func `a name has one type in all records, as the contract says`() {
    var types: [String: String] = [:]
    func note(_ object: ObjectSchema) {
      for field in object.fields {
        let type = field.type.object == nil ? field.type.name : "\(field.type.object?.fields.map(\.name) ?? [])"
        let known = types.updateValue(type, forKey: field.name)
        #expect(known == nil || known == type, "\(field.name): \(type) and \(known ?? "")")
        if let inner = field.type.object { note(inner) }
      }
    }
    LogSchema.records.forEach { note($0.whole) }
    #expect(types.count > 80)
  }

  @Test func `units stand at numbers, and names ending in _us are µs`() {
    for field in LogSchema.records.flatMap(\.whole.fields) {
      if field.unit != nil { #expect(field.type.name == "integer", "\(field.name)") }
      if field.name.hasSuffix("_us") { #expect(field.unit == "µs", "\(field.name)") }
    }
  }

  @Test func `every word that a field may be stands in its meaning`() {
    for field in LogSchema.records.flatMap(\.own.fields) where field.name != "rule" && field.name != "rules" {
      for word in field.type.words { #expect(field.meaning.contains("`\(word)`"), "\(field.name): \(word)") }
    }
  }

  @Test func `the rules between fields name fields that there are`() {
    for object in LogSchema.records.map(\.whole) + LogSchema.objects {
      let names = Set(object.fields.map(\.name))
      for rule in object.rules {
        let named: [String] =
          switch rule {
          case .atMostOne(let all), .exactlyOne(let all): all
          case .requires(let name, let others), .excludes(let name, let others), .falseHas(let name, let others):
            [name] + others
          case .whereWord(let name, _, let there, let absent): [name] + there + absent
          }
        #expect(names.isSuperset(of: named), "\(rule)")
      }
    }
  }

  @Test func `what is not made yet is in the catalogue, may be absent, and has a reason`() {
    for entry in LogSchema.notYetMade {
      let parts = entry.field.split(separator: ".", maxSplits: 1).map(String.init)
      #expect(LogSchema.record(parts[0])?.paths.contains(parts[1]) == true, "\(entry.field)")
      #expect(LogSchema.record(parts[0])?.whole.required.contains(parts[1]) == false, "\(entry.field)")
      #expect(!entry.reason.isEmpty)
    }
  }

  @Test func `every check of the catalogue stands on the page of checks`() throws {
    let page = try ProjectFiles.text(of: "docs/checks.md")
    for check in Check.all { #expect(page.contains("`\(check.id)`"), "\(check.id) is not in docs/checks.md") }
  }
}
