/// What fires besides the check itself in the examples of the catalogue, rightly: most examples leave something undone.
enum CheckCompany {
  /// In the example that breaks the check.
  static let breaking: [String: [String]] = [
    // A connection that is ended without a Close.
    "frame-truncated": ["closed-without-close-frame"],
    "ping-unanswered": ["closed-without-close-frame"],
    "key-reused": ["closed-without-close-frame"],
    "reconnect-no-backoff": ["closed-without-close-frame"],
    // The fault that is not answered.
    "violation-not-failed": ["frame-client-unmasked"],
    // The rest of the message that was given up.
    "message-interleaved": ["continuation-without-start"],
    // A server in the open.
    "cleartext-credentials": ["cleartext-websocket"],
    // A key of zero is what shows the request, which is also the payload.
    "masked-bytes-look-like-http": ["mask-key-zero", "tunnel-in-payload"],
    "pong-flood": ["pong-unsolicited"],
    // A diagnosis of a message that does not inflate, or leaves the receiver inside a block.
    "deflate-fragment-tail-removed": ["deflate-inflate-failed"],
    "deflate-tail-not-removed": ["deflate-inflate-failed"],
    // They come at like intervals.
    "handshake-failures-repeated": ["reconnect-no-backoff"],
  ]

  /// In the example that keeps it.
  static let keeping: [String: [String]] = [
    "reconnect-no-backoff": ["closed-without-close-frame"],
    "bad-response-accepted": ["accept-mismatch", "closed-without-close-frame"],
    "frame-opcode-reserved-control": ["pong-unsolicited"],
    "ping-unanswered": ["closed-without-close-frame"],
    "violation-not-failed": ["frame-client-unmasked"],
    "cleartext-credentials": ["cleartext-websocket"],
    "not-websocket-after-101": ["tunnel-in-payload"],
    "masked-bytes-look-like-http": ["tunnel-in-payload"],
    "pong-flood": ["pong-unsolicited"],
  ]
}
