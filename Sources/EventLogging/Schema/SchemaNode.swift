/// A JSON value of the schema, with the members of objects in their order.
indirect enum SchemaNode {
  case string(String)
  case integer(Int)
  case boolean(Bool)
  case array([SchemaNode])
  case object([Member])

  /// A name and its value; a tuple in its place sends the compiler (6.3) in circles.
  struct Member {
    let name: String
    let value: SchemaNode

    init(_ name: String, _ value: SchemaNode) {
      self.name = name
      self.value = value
    }
  }

  /// An array of strings.
  init(_ texts: [String]) { self = .array(texts.map(SchemaNode.string)) }

  /// An object with members behind those of this one.
  func adding(_ members: [Member]) -> SchemaNode {
    guard case .object(let own) = self else { return self }
    return .object(own + members)
  }

  /// Writes the value over several lines, indented by two blanks a level.
  func write(to json: JSONWriter, depth: Int = 0) {
    switch self {
    case .string(let text): json.string(text)
    case .integer(let value): json.integer(value)
    case .boolean(let value): json.boolean(value)
    case .array(let elements):
      Self.writeList("[", "]", elements, to: json, depth) { $0.write(to: json, depth: depth + 1) }
    case .object(let members):
      Self.writeList("{", "}", members, to: json, depth) { member in
        json.string(member.name)
        json.raw(": ")
        member.value.write(to: json, depth: depth + 1)
      }
    }
  }

  private static func writeList<Element>(
    _ opening: StaticString, _ closing: StaticString, _ elements: [Element], to json: JSONWriter, _ depth: Int,
    _ write: (Element) -> Void
  ) {
    json.raw(opening)
    for (index, element) in elements.enumerated() {
      if index > 0 { json.raw(",") }
      breakLine(json, depth + 1)
      write(element)
    }
    if !elements.isEmpty { breakLine(json, depth) }
    json.raw(closing)
  }

  private static func breakLine(_ json: JSONWriter, _ depth: Int) {
    json.raw("\n")
    for _ in 0..<depth { json.raw("  ") }
  }
}

extension SchemaNode: ExpressibleByStringLiteral {
  init(stringLiteral value: String) { self = .string(value) }
}

extension SchemaNode: ExpressibleByIntegerLiteral {
  init(integerLiteral value: Int) { self = .integer(value) }
}

extension SchemaNode: ExpressibleByBooleanLiteral {
  init(booleanLiteral value: Bool) { self = .boolean(value) }
}

extension SchemaNode: ExpressibleByArrayLiteral {
  init(arrayLiteral elements: SchemaNode...) { self = .array(elements) }
}

extension SchemaNode: ExpressibleByDictionaryLiteral {
  init(dictionaryLiteral elements: (String, SchemaNode)...) { self = .object(elements.map { Member($0, $1) }) }
}
