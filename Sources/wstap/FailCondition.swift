internal import EventLogging
internal import TrafficAnalysis

/// What makes the exit status 3 (`--fail-on`).
struct FailCondition {
  /// The mildest severity that does, if any does.
  private(set) var severity: Rule.Severity?
  /// Whether a failed handshake does.
  private(set) var countsFailedHandshakes = false

  private static let failedHandshake = "failed-handshake"

  /// The conditions of a list with commas; `nil` has none.
  init(_ list: String?) throws {
    guard let list else { return }
    let severities = Rule.Severity.allCases.map(\.rawValue)
    for word in try Choice.list(list, "--fail-on", among: severities + [Self.failedHandshake]) {
      if let named = Rule.Severity(rawValue: word) {
        severity = min(severity ?? named, named)
      } else {
        countsFailedHandshakes = true
      }
    }
  }

  /// Whether there is any condition.
  var isEmpty: Bool { severity == nil && !countsFailedHandshakes }

  /// Whether what was found among the selected records fails the run.
  func isMet(by tally: SelectingSink.Tally) -> Bool {
    if countsFailedHandshakes, tally.failedHandshakes > 0 { return true }
    guard let severity, let gravest = tally.gravest else { return false }
    return gravest >= severity
  }
}
