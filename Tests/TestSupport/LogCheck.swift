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
    var complaints = 0
    for line in log[...(log.lastIndex(of: 0x0a) ?? log.startIndex)].split(separator: 0x0a) {
      for fault in faults(inLine: Array(line)) {
        Issue.record("\(fault) in \(String(decoding: line.prefix(400), as: UTF8.self))", sourceLocation: sourceLocation)
        complaints += 1
      }
      if complaints > 10 { return }
    }
  }

  private static func faults(inLine line: [UInt8]) -> [String] {
    do {
      return strict.faults(of: try StrictJSON.parse(line)).map(\.description)
    } catch {
      return [error.description]
    }
  }
}
