internal import HTTPDecoding
internal import NetworkTypes

/// The checks of a handshake that look at other connections too.
extension HandshakeChecks {
  /// Holds the handshake against those before it.
  mutating func checkAcrossConnections(asked: Timestamp, answered: Timestamp) {
    let across = context.acrossConnections
    let client = identity.client.address
    if let request = exchange.request {
      for key in Self.different(request.fields.all(named: "Sec-WebSocket-Key"))
      where !key.isEmpty && across.isReused(key: key, by: identity, at: asked) {
        fire(.keyReused, "another connection asked with the same key")
      }
      let requester = exchange.requester(identity)
      if let found = across.noteAsked(by: requester, at: asked) {
        fire(.reconnectNoBackoff, found.description)
      }
      if exchange.response != nil, across.isSimultaneous(identity, asked: asked, answered: answered) {
        fire(.simultaneousConnecting, "an earlier handshake to the same server was unanswered")
      }
      if let response = exchange.response, response.status != 101 {
        if let found = across.noteEnd(of: requester, isAbnormal: true, at: answered) {
          fire(.reconnectNoBackoff, found.description)
        }
        if across.areTooMany(failuresOf: client, at: answered) {
          fire(.handshakeFailuresRepeated, "the 10th within 60 s, status \(response.status)")
        }
      }
    }
    if exchange.switchesToWebSocket, !identity.server.address.isInternal,
      across.isNew(clearServer: identity.server)
    {
      let server = identity.server.address
      fire(.cleartextWebsocket, "the server \(server) is asked without TLS")
    }
  }

  /// The values without those that stand there twice, in an order that does not depend on that of the fields.
  private static func different(_ values: [[UInt8]]) -> [[UInt8]] {
    values.count < 2 ? values : Set(values).sorted { $0.lexicographicallyPrecedes($1) }
  }
}

extension AcrossConnections.Reconnection {
  /// The sentence for the log.
  var description: String {
    let tenths = interval / 100_000_000
    return "\(count) times in a row within \(tenths / 10).\(tenths % 10) s of an abnormal end"
  }
}

extension HandshakeExchange {
  /// Who asks whom for what.
  func requester(_ identity: ConnectionIdentity) -> AcrossConnections.Requester {
    AcrossConnections.Requester(
      client: identity.client.address, host: identity.host, path: identity.path,
      userAgent: request?.fields.first(named: "User-Agent"))
  }
}
