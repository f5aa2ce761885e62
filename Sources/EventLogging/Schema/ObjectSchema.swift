/// The fields of a record or of an object inside one, and what holds between them.
public struct ObjectSchema: Sendable {
  /// What holds between the fields of one object.
  public enum Rule: Sendable {
    /// One of these fields at most.
    case atMostOne([String])
    /// One of these fields, and only one.
    case exactlyOne([String])
    /// Where the field is, the others are too.
    case requires(String, [String])
    /// Where the field is, none of the others is.
    case excludes(String, [String])
    /// Where the field has this word, these fields are there and those are not.
    case whereWord(String, is: String, has: [String], hasNot: [String])
    /// Where the field is true, none of these is; where it is false, all of them are.
    case falseHas(String, [String])
  }

  /// The name under which the schema and its page describe an object that stands in several places.
  public let name: String?
  /// The fields as they are described, without those for values that are not UTF-8.
  public let describedFields: [FieldSchema]
  /// The rules that were given.
  let ownRules: [Rule]

  /// An object of these fields.
  init(name: String? = nil, _ fields: [FieldSchema], rules: [Rule] = []) {
    self.name = name
    describedFields = fields
    ownRules = rules
  }

  /// All fields that may be there.
  public var fields: [FieldSchema] {
    describedFields.flatMap { field in [field] + (field.base64Field.map { [$0] } ?? []) }
  }

  /// What holds between the fields; a value stands in one form only.
  public var rules: [Rule] {
    let forms = describedFields.filter { $0.base64Form == .instead }.map { field in
      let both = [field.name, field.name + "_b64"]
      return field.absence == nil ? Rule.exactlyOne(both) : .atMostOne(both)
    }
    return forms + ownRules
  }

  /// The names of the fields that are always there.
  public var required: [String] {
    describedFields.filter { $0.absence == nil && $0.base64Form != .instead }.map(\.name)
  }
}
