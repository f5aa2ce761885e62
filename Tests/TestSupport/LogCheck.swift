import EventLogging
import Testing

/// Holds every log that tests make against the strict schema of the log.
///
/// `BuiltTool` calls it for all that the tool writes, so that a test need not.
public enum LogCheck {
  /// The strict schema as the tool prints it.
  public static let strict: SchemaValidator = {
    do { return try SchemaValidator(JSONSchemaWriter(isStrict: true).text) } catch { fatalError("\(error)") }
  }()

  /// How each line of a log begins.
  static let beginning = Array(#"{"v":"#.utf8)

  /// Records an issue for each of the first lines that are not as the strict schema says.
  ///
  /// What does not begin as a log does is none. A last line without an end is left out: a full disk or a reader who
  /// has gone may cut it.
  public static func expectValid(_ log: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
    guard log.starts(with: beginning) else { return }
    var records: [JSONValue] = []
    for line in log[...(log.lastIndex(of: 0x0a) ?? log.startIndex)].split(separator: 0x0a) {
      do {
        records.append(try StrictJSON.parse(Array(line)))
      } catch {
        Issue.record("\(error) in \(String(decoding: line.prefix(400), as: UTF8.self))", sourceLocation: sourceLocation)
        return
      }
    }
    expectValid(records, sourceLocation: sourceLocation)
  }

  /// Records an issue for each of the first records that are not as the strict schema says.
  public static func expectValid(_ records: [JSONValue], sourceLocation: SourceLocation = #_sourceLocation) {
    var complaints = 0
    for record in records where complaints < 10 {
      let faults = strict.faults(of: record)
      guard !faults.isEmpty else { continue }
      complaints += 1
      Issue.record("\(faults) in \("\(record)".prefix(1000))", sourceLocation: sourceLocation)
    }
  }
}
