/// A type of record.
public struct RecordSchema: Sendable {
  /// Its `type` in the log.
  public let type: String
  /// What it says, in a sentence.
  public let meaning: String
  /// Whether it belongs to a connection, and so has the fields of one.
  public let isOfConnection: Bool
  /// Its own fields, beside those that it has in common with others.
  public let own: ObjectSchema

  /// A record type.
  init(_ type: String, _ meaning: String, isOfConnection: Bool = true, _ own: ObjectSchema) {
    self.type = type
    self.meaning = meaning
    self.isOfConnection = isOfConnection
    self.own = own
  }

  /// All that a record of this type has.
  public var whole: ObjectSchema {
    let common = LogSchema.everyRecord.describedFields
    let connection = isOfConnection ? LogSchema.connection.describedFields : []
    return ObjectSchema(
      common + connection + own.describedFields, rules: own.ownRules)
  }

  /// The names of all fields, those inside objects behind a point and those inside arrays behind `[]`.
  public var paths: [String] { Self.paths(of: whole, under: "") }

  private static func paths(of object: ObjectSchema, under prefix: String) -> [String] {
    object.fields.flatMap { field -> [String] in
      let path = prefix + field.name
      guard let inner = field.type.object else { return [path] }
      if case .array = field.type { return [path] + paths(of: inner, under: path + "[].") }
      return [path] + paths(of: inner, under: path + ".")
    }
  }
}
