// How a client behaves around its handshakes.
extension Check {
  static let requestConduct: [Check] = [
    Check(
      .clientDataBeforeResponse, "client-data-before-response", .request, .error, .must,
      "RFC 6455 §4.1", by: .client, on: .bothDirections,
      silentIf: [.lostBytes, .oneSided, .noOrder],
      "The client sends bytes behind its request before the answer.",
      condition: """
        Bytes from the client after the end of its handshake request were sent before the server's complete \
        response head: their packet time is earlier than the first response byte and their ACK number does \
        not cover any response byte.
        """,
      remarks: """
        A body announced by Content-Length or Transfer-Encoding is request-has-body, not this. A TLS or \
        half-captured stream cannot be judged. Equal time stamps, reordered mirror ports: need the ACK rule, \
        not time alone. TCP keep-alive probes repeat one old byte: use reassembled bytes. On HTTP/2 the same \
        rule applies to DATA before the 2xx HEADERS.
        """,
      breaks: "C request | C 8185 37fa213d 529b53514e | S response",
      keeps: "C request | S response | C 8185 37fa213d 7f9f4d5158",
      tshark: .no(),
      zeek: .partly("weird bad_HTTP_request and violation 'not a http request line', only once an LF byte occurs"),
      suricata: .partly("http.request_body_unexpected (sid 2221045)")),
    Check(
      .simultaneousConnecting, "simultaneous-connecting", .request, .notice, .must,
      "RFC 6455 §4.1 (step 2)", by: .client, on: .heuristic, isOnByDefault: false,
      silentIf: [.oneSided, .otherLeg, .noOrder],
      "A second handshake begins while one to the same server is unanswered.",
      condition: """
        From one client address to one server address and port, a second handshake request starts while an \
        earlier one is still without response.
        """,
      remarks: """
        The rule is per client program; one address may be NAT, a proxy or several browsers. Browsers do \
        keep it per address, so it is mostly a hint at scripts. Off by default.
        """,
      breaks: "C request | @0.005 | connection | C request | @0.035 | on 1 | S response | on 2 | S response",
      keeps: "C request | @0.04 | S response | @0.001 | connection | handshake",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .legacyHixieHandshake, "legacy-hixie-handshake", .request, .notice, .advisory,
      "draft hixie-76 / hybi-00 (not in RFC 6455)", by: .client, on: .wire,
      "The request is one of the 2010 drafts: nothing else is checked.",
      condition: """
        Request has Sec-WebSocket-Key1 and Sec-WebSocket-Key2 (plus 8 body bytes): the 2010 draft protocol. \
        All other checks are off for this connection.
        """,
      remarks: """
        Frames are then 0x00 ... 0xFF delimited; feeding them to the RFC 6455 decoder gives nonsense.
        """,
      breaks: """
        REQ -Sec-WebSocket-Key | REQ -Sec-WebSocket-Version | REQ +Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5 \
        | REQ +Sec-WebSocket-Key2: 12998 5 Y3 1  .P00
        """,
      keeps: "handshake",
      tshark: .no(),
      zeek: .partly("weird websocket_missing_key_header if a 101 follows"),
      suricata: .no()),
    Check(
      .reconnectNoBackoff, "reconnect-no-backoff", .request, .notice, .should,
      "RFC 6455 §7.2.3", by: .client, on: .heuristic,
      silentIf: [.oneSided, .otherLeg],
      "After abnormal ends the client reconnects at once, again and again.",
      condition: """
        After an abnormal end (no Close frames, RST, or a refused handshake) the same client, target and \
        Host reconnects at least 5 times with intervals that neither grow nor vary (for example all under 1 \
        s, spread below 10 %).
        """,
      remarks: """
        One address may hide many clients: key on address + target + User-Agent. A first retry within 5 s is \
        fine. Off for 1012/1013 closes that ask for a retry.
        """,
      breaks: "[handshake | S RST | @0.1 | connection] *6",
      keeps: """
        handshake | S RST | @1.3 | connection | handshake | S RST | @3.1 | connection | handshake | S RST | \
        @6.8 | connection | handshake | S RST | @14.9 | connection | handshake | S RST | @31.7 | connection
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
  ]
}
