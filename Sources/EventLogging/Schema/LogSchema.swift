/// The catalogue of what the log holds: every record type, every field, what it says and when it is absent.
///
/// The JSON Schema that `wstap schema` prints and the tables of `docs/log-format.md` are made from it, and tests hold
/// what `NDJSONWriter` writes against it.
public enum LogSchema {
  /// The version of the log's format, which every record says in `v`.
  public static let version: Int = 1

  /// The largest integer that a double holds exactly, with all below it.
  public static let largestInteger: Int = 9_007_199_254_740_991

  /// The record types, in the order of the contract.
  public static let records: [RecordSchema] = [meta, open, message, frame, control, violation, end, stats]

  /// The objects that stand in several places.
  public static let objects: [ObjectSchema] = [headerField, directionCounts]

  /// The record type with this name.
  public static func record(_ type: String) -> RecordSchema? { records.first { $0.type == type } }

  /// A field of the catalogue that nothing writes yet, and why it stands here all the same.
  public struct NotYetMade: Sendable {
    /// The record type and the field, as in `RecordSchema.paths`.
    public let field: String
    /// Why nothing writes it.
    public let reason: String
  }

  /// The fields that are promised and that no version of this tool has written so far.
  ///
  /// A test fails for every other field of the catalogue that no record shows, and for one of these that a record does.
  public static let notYetMade: [NotYetMade] = [
    NotYetMade(field: "meta.shard", reason: "--shard is not an option yet")
  ]
}
