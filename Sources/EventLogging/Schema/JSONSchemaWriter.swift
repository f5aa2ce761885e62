/// Writes the catalogue as a JSON Schema (draft 2020-12) of one line of the log.
///
/// A record is told by its `type`. In the ordinary form anything may be added: unknown fields, record types and words of
/// an open list pass. In the strict form they do not, so that what is written and what is described are the same.
public struct JSONSchemaWriter {
  private let isStrict: Bool

  /// A writer of the ordinary or the strict form.
  public init(isStrict: Bool) { self.isStrict = isStrict }

  /// The schema as JSON text, with a line break at its end.
  public var text: [UInt8] {
    let json = JSONWriter(capacity: 128 << 10)
    schema.write(to: json)
    json.raw("\n")
    return json.bytes
  }

  private var schema: SchemaNode {
    let choices = LogSchema.records.map { record -> SchemaNode in
      [
        "if": ["properties": ["type": ["const": .string(record.type)]], "required": ["type"]],
        "then": Self.reference(record.type),
      ]
    }
    var definitions = LogSchema.records.map { SchemaNode.Member($0.type, self.record($0)) }
    for object in LogSchema.objects {
      if let name = object.name { definitions.append(.init(name, self.object(object))) }
    }
    let common = LogSchema.everyRecord
    return [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": .string("urn:wstap:log:\(LogSchema.version)\(isStrict ? ":strict" : "")"),
      "title": "wstap log record",
      "description": .string(
        "One line of the log that wstap writes. "
          + (isStrict
            ? "The strict form: fields, record types and words that it does not name are faults."
            : "Later versions add fields, record types and words to open lists, which this form lets pass.")),
      "type": "object",
      "properties": .object(
        common.fields.map { field in
          let isOpen = field.name == "type" && !isStrict
          return .init(field.name, isOpen ? described(["type": "string"], field) : self.field(field))
        }),
      "required": SchemaNode(common.required),
      "allOf": .array(choices),
      "$defs": .object(definitions),
    ]
  }

  private static func reference(_ name: String) -> SchemaNode { ["$ref": .string("#/$defs/" + name)] }

  private func record(_ record: RecordSchema) -> SchemaNode {
    object(record.whole, meaning: record.meaning, type: record.type)
  }

  private func object(_ object: ObjectSchema, meaning: String? = nil, type: String? = nil) -> SchemaNode {
    var members: [SchemaNode.Member] = []
    if let meaning { members.append(.init("description", .string(meaning))) }
    members.append(.init("type", "object"))
    let properties = object.fields.map { field in
      if field.name == "type", let type { return SchemaNode.Member(field.name, ["const": .string(type)]) }
      return SchemaNode.Member(field.name, self.field(field))
    }
    members.append(.init("properties", .object(properties)))
    members.append(.init("required", SchemaNode(object.required)))
    members += rules(object.rules)
    if isStrict { members.append(.init("additionalProperties", false)) }
    return .object(members)
  }

  // MARK: - Fields

  private func field(_ field: FieldSchema) -> SchemaNode { described(type(field.type), field) }

  /// The schema of a field's values with what people want to know of it.
  private func described(_ type: SchemaNode, _ field: FieldSchema) -> SchemaNode {
    var members: [SchemaNode.Member] = [.init("description", .string(field.meaning))]
    if let unit = field.unit { members.append(.init("x-unit", .string(unit))) }
    if let absence = field.absence { members.append(.init("x-absent", .string(absence))) }
    return type.adding(members)
  }

  private func type(_ type: FieldType) -> SchemaNode {
    switch type {
    case .version(let number): ["type": "integer", "const": .integer(number)]
    case .text: ["type": "string"]
    case .form(let pattern): ["type": "string", "pattern": .string(pattern)]
    case .base64: ["type": "string", "contentEncoding": "base64", "pattern": "^[A-Za-z0-9+/]*={0,2}$"]
    case .word(let words): ["type": "string", "enum": SchemaNode(words)]
    case .openWord(let words): ["type": "string", isStrict ? "enum" : "examples": SchemaNode(words)]
    case .integer(let range):
      ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
    case .boolean: ["type": "boolean"]
    case .array(let element): ["type": "array", "items": self.type(element)]
    case .object(let object): object.name.map(Self.reference) ?? self.object(object)
    case .payload: ["type": ["object", "array", "string", "number", "boolean"]]
    }
  }

  // MARK: - Rules between fields

  private func rules(_ rules: [ObjectSchema.Rule]) -> [SchemaNode.Member] {
    var conditions: [SchemaNode] = []
    var dependencies: [SchemaNode.Member] = []
    for rule in rules {
      switch rule {
      case .requires(let name, let others): dependencies.append(.init(name, SchemaNode(others)))
      default: conditions.append(condition(rule))
      }
    }
    return (dependencies.isEmpty ? [] : [.init("dependentRequired", .object(dependencies))])
      + (conditions.isEmpty ? [] : [.init("allOf", .array(conditions))])
  }

  private func condition(_ rule: ObjectSchema.Rule) -> SchemaNode {
    switch rule {
    case .requires(let name, let others): ["dependentRequired": Self.member(name, SchemaNode(others))]
    case .exactlyOne(let names): ["oneOf": .array(names.map { Self.has([$0]) })]
    case .atMostOne(let names):
      ["not": Self.anyOf(Self.pairs(names))]
    case .excludes(let name, let others): ["not": Self.anyOf(others.map { [name, $0] })]
    case .whereWord(let name, let word, let there, let absent):
      [
        "if": ["properties": Self.member(name, ["const": .string(word)]), "required": SchemaNode([name])],
        "then": Self.has(there).adding(absent.isEmpty ? [] : [.init("not", Self.anyOf(absent.map { [$0] }))]),
      ]
    case .falseHas(let name, let others):
      [
        "if": ["properties": Self.member(name, ["const": true]), "required": SchemaNode([name])],
        "then": ["not": Self.anyOf(others.map { [$0] })],
        "else": Self.has(others),
      ]
    }
  }

  private static func member(_ name: String, _ value: SchemaNode) -> SchemaNode {
    .object([SchemaNode.Member(name, value)])
  }

  private static func has(_ names: [String]) -> SchemaNode { names.isEmpty ? [:] : ["required": SchemaNode(names)] }

  private static func anyOf(_ groups: [[String]]) -> SchemaNode { ["anyOf": .array(groups.map(has))] }

  private static func pairs(_ names: [String]) -> [[String]] {
    names.indices.flatMap { first in names[(first + 1)...].map { [names[first], $0] } }
  }
}
