/// What is wrong with a value by a schema, or with a schema.
public struct SchemaFault: Error, Equatable, CustomStringConvertible {
  /// The place and what is wrong.
  public var description: String
  init(_ description: String) { self.description = description }
}

/// Holds values against a JSON Schema (draft 2020-12), of which it knows as much as the log's schema uses.
///
/// A schema with a keyword that it does not know is refused: what is not understood would otherwise pass unseen.
public struct SchemaValidator: Sendable {
  private static let annotations: Set<String> = [
    "$schema", "$id", "title", "description", "examples", "x-unit", "x-absent",
  ]

  private let schema: JSONValue
  private var definitions: [String: JSONValue] = [:]
  private var patterns: [String: SchemaPattern] = [:]

  /// A validator by the schema that `bytes` are.
  public init(_ bytes: [UInt8]) throws {
    schema = try StrictJSON.parse(bytes)
    for definition in schema["$defs"]?.members ?? [] {
      definitions["#/$defs/" + definition.name] = definition.value
    }
    try learn(schema, at: "#")
  }

  /// What is wrong with `value`, each with its place; nothing if it is as the schema says.
  public func faults(of value: JSONValue) -> [SchemaFault] {
    var faults: [SchemaFault] = []
    check(value, schema, at: "", &faults)
    return faults
  }

  // MARK: - Reading the schema

  /// Walks over all of a schema and refuses what is not understood.
  private mutating func learn(_ schema: JSONValue, at place: String) throws {
    if case .boolean = schema { return }
    guard let members = schema.members else { throw SchemaFault("\(place): a schema is an object or a boolean") }
    for (name, value) in members.map({ ($0.name, $0.value) }) {
      let inner = place + "/" + name
      func demand(_ isRight: Bool) throws {
        if !isRight { throw SchemaFault("\(inner): \(value.kind) is not what is known of this keyword") }
      }
      switch name {
      case _ where Self.annotations.contains(name): break
      case "type":
        let known: Set = ["object", "array", "string", "number", "integer", "boolean", "null"]
        let types = value.text.map { [$0] } ?? value.texts ?? []
        try demand(!types.isEmpty && known.isSuperset(of: types))
      case "const": break
      case "additionalProperties": try demand(value.boolean != nil)
      case "enum": try demand(value.elements.map { !$0.isEmpty } ?? false)
      case "required": try demand(value.texts != nil)
      case "minimum", "maximum": try demand(value.integer != nil)
      case "contentEncoding": try demand(value.text == "base64")
      case "pattern":
        try demand(value.text != nil)
        patterns[value.text ?? ""] = try SchemaPattern(value.text ?? "")
      case "dependentRequired":
        try demand(value.members.map { $0.allSatisfy { $0.value.texts != nil } } ?? false)
      case "$ref": try demand(value.text.map { definitions[$0] != nil } ?? false)
      case "not", "if", "then", "else", "items": try learn(value, at: inner)
      case "allOf", "anyOf", "oneOf":
        try demand(value.elements.map { !$0.isEmpty } ?? false)
        for (index, element) in (value.elements ?? []).enumerated() { try learn(element, at: "\(inner)/\(index)") }
      case "properties", "$defs":
        try demand(value.members != nil)
        for member in value.members ?? [] { try learn(member.value, at: inner + "/" + member.name) }
      default: throw SchemaFault("\(inner): a keyword that is not known here")
      }
    }
  }

  // MARK: - Holding values against it

  private func isValid(_ value: JSONValue, _ schema: JSONValue) -> Bool {
    var faults: [SchemaFault] = []
    check(value, schema, at: "", &faults)
    return faults.isEmpty
  }

  private func check(_ value: JSONValue, _ schema: JSONValue, at place: String, _ faults: inout [SchemaFault]) {
    if let answer = schema.boolean {
      if !answer { faults.append(SchemaFault("\(place): nothing may stand here")) }
      return
    }
    for keyword in schema.members ?? [] {
      switch keyword.name {
      case "$ref":
        check(value, definitions[keyword.value.text ?? ""] ?? .boolean(false), at: place, &faults)
      case "type":
        let types = keyword.value.texts ?? [keyword.value.text ?? ""]
        if !types.contains(where: value.isOf) {
          faults.append(SchemaFault("\(place): \(value.kind), not \(types.joined(separator: " or "))"))
        }
      case "const":
        if value != keyword.value { faults.append(SchemaFault("\(place): \(value) is not \(keyword.value)")) }
      case "enum":
        if !(keyword.value.elements ?? []).contains(value) {
          faults.append(SchemaFault("\(place): \(value) is none of those allowed"))
        }
      case "pattern", "contentEncoding", "minimum", "maximum":
        checkValue(value, keyword, at: place, &faults)
      case "items":
        for (index, element) in (value.elements ?? []).enumerated() {
          check(element, keyword.value, at: "\(place)[\(index)]", &faults)
        }
      case "properties", "required", "dependentRequired", "additionalProperties":
        checkMembers(value, keyword, schema, at: place, &faults)
      case "allOf":
        for choice in keyword.value.elements ?? [] { check(value, choice, at: place, &faults) }
      case "anyOf", "oneOf":
        let count = (keyword.value.elements ?? []).count { isValid(value, $0) }
        if count == 0 || (count > 1 && keyword.name == "oneOf") {
          faults.append(SchemaFault("\(place): \(count) of \(keyword.name) hold"))
        }
      case "not":
        if isValid(value, keyword.value) {
          faults.append(SchemaFault("\(place): is as it must not be: \(keyword.value)"))
        }
      case "if":
        let next = schema[isValid(value, keyword.value) ? "then" : "else"]
        if let next { check(value, next, at: place, &faults) }
      default: break
      }
    }
  }

  private func checkValue(
    _ value: JSONValue, _ keyword: JSONValue.Member, at place: String, _ faults: inout [SchemaFault]
  ) {
    let isRight: Bool =
      switch (keyword.name, value) {
      case ("pattern", .string(let text)): patterns[keyword.value.text ?? ""]?.matches(text) ?? false
      case ("contentEncoding", .string(let text)): text.utf8.count.isMultiple(of: 4)
      case ("minimum", .number(let digits)): (Int(digits) ?? .min) >= (keyword.value.integer ?? .max)
      case ("maximum", .number(let digits)): (Int(digits) ?? .max) <= (keyword.value.integer ?? .min)
      default: true
      }
    if !isRight { faults.append(SchemaFault("\(place): \(value) is against \(keyword.name) \(keyword.value)")) }
  }

  private func checkMembers(
    _ value: JSONValue, _ keyword: JSONValue.Member, _ schema: JSONValue, at place: String,
    _ faults: inout [SchemaFault]
  ) {
    guard let members = value.members else { return }
    let names = Set(members.map(\.name))
    func demand(_ wanted: [String], _ reason: String) {
      for name in wanted where !names.contains(name) { faults.append(SchemaFault("\(place): no \(name)\(reason)")) }
    }
    switch keyword.name {
    case "properties":
      for member in members {
        guard let inner = keyword.value[member.name] else { continue }
        check(member.value, inner, at: place + "/" + member.name, &faults)
      }
    case "required": demand(keyword.value.texts ?? [], "")
    case "dependentRequired":
      for entry in keyword.value.members ?? [] where names.contains(entry.name) {
        demand(entry.value.texts ?? [], " beside \(entry.name)")
      }
    default:
      guard keyword.value == .boolean(false) else { return }
      let known = Set((schema["properties"]?.members ?? []).map(\.name))
      for name in names.subtracting(known).sorted() { faults.append(SchemaFault("\(place): \(name) is not known")) }
    }
  }
}

extension JSONValue {
  /// The texts of an array that has nothing else.
  fileprivate var texts: [String]? {
    guard let elements, elements.allSatisfy({ $0.text != nil }) else { return nil }
    return elements.compactMap(\.text)
  }

  /// Whether this is a value of a type of JSON Schema; an integer is a number too.
  fileprivate func isOf(_ type: String) -> Bool {
    type == kind || (type == "integer" && integer != nil)
  }
}
