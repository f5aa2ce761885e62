/// Records of a run up to now, those of WebSockets that are still open among them.
public struct RecordCounts: Sendable {
  /// Messages, complete or given up.
  public var messages = 0
  /// Pings, pongs and Closes.
  public var controls = 0
  /// First violations of a check on a connection in a direction, by severity.
  public var violations: [Rule.Severity: Int] = [:]

  /// None.
  public init() {}

  /// Adds the counts of others.
  public mutating func add(_ other: RecordCounts) {
    messages += other.messages
    controls += other.controls
    violations.merge(other.violations, uniquingKeysWith: +)
  }
}
