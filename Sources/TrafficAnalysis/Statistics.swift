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
}
