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
    // What a server has to refuse is accepted in them.
    "request-not-get": ["invalid-request-accepted"],
    "request-http-version-too-low": ["invalid-request-accepted"],
    "host-missing": ["invalid-request-accepted"],
    "host-duplicated": ["invalid-request-accepted"],
    "request-upgrade-missing": ["invalid-request-accepted"],
    "request-connection-not-upgrade": ["invalid-request-accepted"],
    "key-missing": ["invalid-request-accepted"],
    "key-duplicated": ["invalid-request-accepted"],
    "key-not-base64": ["invalid-request-accepted"],
    "key-not-16-bytes": ["invalid-request-accepted"],
    "version-missing": ["invalid-request-accepted"],
    "version-duplicated": ["invalid-request-accepted"],
    "version-malformed": ["invalid-request-accepted"],
    "version-not-13": ["invalid-request-accepted"],
    "extension-offer-malformed": ["invalid-request-accepted"],
    "invalid-request-accepted": ["request-connection-not-upgrade", "version-not-13"],
    "invalid-request-no-error-status": ["key-missing"],
    "version-refused-without-list": ["version-not-13"],
    "version-list-malformed": ["version-not-13"],
    "upgrade-required-without-upgrade": ["version-not-13"],
    // 777 is no number that a version can have.
    "http-after-refused-upgrade": ["version-malformed"],
    // The RFC's own example.
    "key-base64-not-canonical": ["key-well-known"],
    // The second origin is another one.
    "origin-duplicated": ["cross-origin-accepted"],
    "bad-response-accepted": ["accept-mismatch"],
    // An offer of which nothing is selected, and names of nobody's.
    "subprotocol-offer-malformed": [
      "invalid-request-accepted", "subprotocol-none-selected", "subprotocol-unregistered",
    ],
    "subprotocol-offer-duplicate": ["subprotocol-none-selected"],
    "subprotocol-case-mismatch": ["subprotocol-case-variant"],
    "subprotocol-unregistered": ["subprotocol-none-selected"],
    "subprotocol-case-variant": ["subprotocol-none-selected"],
    "token-in-subprotocol": ["subprotocol-none-selected", "subprotocol-unregistered"],
    "extension-param-quoted-invalid": ["deflate-window-bits-invalid"],
    "extension-rsv1-conflict": ["extension-unregistered"],
    "deflate-invalid-offer-accepted": ["deflate-window-bits-invalid"],
    "protocol-switched-to-other": ["response-upgrade-not-websocket"],
    // A window that the example makes small.
    "deflate-window-exceeded": ["deflate-window-small"],
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
    // Another host, or another port, than that of the origin and of the connection.
    "host-invalid": ["cross-origin-accepted", "host-port-mismatch"],
    "origin-malformed": ["cross-origin-accepted"],
    "request-upgrade-missing": ["upgrade-multiple-protocols"],
    "key-base64-not-canonical": ["key-well-known"],
    "version-malformed": ["invalid-request-accepted", "version-not-13"],
    "version-refused-without-list": ["version-not-13"],
    "version-list-malformed": ["version-not-13"],
    "upgrade-required-without-upgrade": ["version-not-13"],
    "invalid-request-no-error-status": ["key-missing"],
    "http-after-refused-upgrade": ["version-not-13"],
    "subprotocol-offer-malformed": ["subprotocol-none-selected", "subprotocol-unregistered"],
    "subprotocol-offer-duplicate": ["subprotocol-none-selected"],
    "subprotocol-response-malformed": ["subprotocol-none-selected"],
    "subprotocol-unregistered": ["subprotocol-none-selected"],
    "subprotocol-case-variant": ["subprotocol-none-selected"],
    "token-in-subprotocol": ["subprotocol-none-selected", "subprotocol-unregistered"],
    "deflate-invalid-offer-accepted": ["deflate-window-bits-invalid"],
    "deflate-window-exceeded": ["deflate-window-small"],
  ]
}
