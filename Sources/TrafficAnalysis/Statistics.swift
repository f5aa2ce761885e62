/// Counts of what the analyzers found, over all connections of a worker.
final class Statistics {
  /// WebSockets opened or guessed.
  var webSockets = 0
  /// WebSockets whose end was not told yet.
  var openWebSockets = 0
  /// Handshakes that failed.
  var failedHandshakes = 0
  /// Connections that begin as TLS does.
  var tlsConnections = 0
  /// Connections that spoke HTTP/1.1, WebSockets among them.
  var httpConnections = 0
  /// Connections whose beginning is not in the capture.
  var lateConnections = 0
  /// What the WebSockets carried that have ended.
  private(set) var ended = RunTotals()

  /// Adds the counts of a WebSocket that has ended.
  func add(_ end: EndRecord) { ended.add(end) }

  /// Notes that a rule was broken.
  func noteViolation(of rule: Rule, _ severity: Rule.Severity) { ended.noteViolation(of: rule, severity) }
}
