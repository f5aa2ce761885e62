// Handshakes that are of use to an attacker.
extension Check {
  static let handshakeSecurity: [Check] = [
    Check(
      .crossOriginAccepted, "cross-origin-accepted", .security, .notice, .advisory,
      "RFC 6455 §10.2 (cross-site WebSocket hijacking)", by: .server, on: .bothDirections,
      silentIf: [.oneSided],
      "The server accepts a request of another origin.",
      condition: """
        101 for a request whose Origin host[:port] differs from Host. Raise to warning when the request also \
        has a Cookie or Authorization field.
        """,
      remarks: """
        Many services are meant to be used from other sites; needs a site allow list to be useful. Compare \
        host and effective port, not scheme, when TLS ended before the tap.
        """,
      breaks: "REQ Origin: https://evil.example",
      keeps: "REQ Origin: http://server.example.com",
      tshark: .no(),
      zeek: .no("origin and host are in http.log"),
      suricata: .no()),
    Check(
      .originNullAccepted, "origin-null-accepted", .security, .notice, .advisory,
      "RFC 6455 §10.2", by: .server, on: .bothDirections,
      silentIf: [.oneSided],
      "The server accepts a request of the origin null.",
      condition: "101 for a request with Origin: null (sandboxed frame, file: page, redirect).",
      remarks: "Desktop wrappers and mobile web views send null by design.",
      breaks: "REQ Origin: null",
      keeps: "handshake",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .cleartextWebsocket, "cleartext-websocket", .security, .notice, .should,
      "RFC 6455 §10.6", by: nil, on: .wire,
      "The WebSocket is not encrypted.",
      condition: "An established WebSocket over TCP without TLS.",
      remarks: """
        Behind a TLS terminator, on loopback and inside private networks this is normal: report once per \
        server, off for private and loopback addresses by default.
        """,
      breaks: "connection 198.51.100.7 > 203.0.113.5:80",
      keeps: "handshake",
      tshark: .partly("http.tls_port when clear text runs on port 443"),
      zeek: .no(),
      suricata: .no()),
    Check(
      .cleartextCredentials, "cleartext-credentials", .security, .warning, .advisory,
      "RFC 6455 §10.5, §10.6", by: .client, on: .wire,
      "The request has credentials and is not encrypted.",
      condition: """
        A handshake in clear text carries Cookie, Authorization or Proxy-Authorization (log the field name and \
        cookie names, never the value).
        """,
      remarks: """
        Not where the server's address is private, loopback or link-local, as for cleartext-websocket. Decrypted \
        TLS does not count.
        """,
      breaks: "connection 198.51.100.7 > 203.0.113.5:80 | REQ +Cookie: session=abc",
      keeps: "connection 198.51.100.7 > 203.0.113.5:80",
      tshark: .no(),
      zeek: .no("http.log username/password for basic auth"),
      suricata: .no()),
    Check(
      .credentialsInUrl, "credentials-in-url", .security, .warning, .advisory,
      "advisory (OWASP)", by: .client, on: .heuristic,
      "The request target holds a secret.",
      condition: """
        Query has a parameter such as token, access_token, auth, api_key, jwt, password, session, or the \
        absolute target has user info. Log the parameter name only.
        """,
      remarks: """
        Browsers cannot set headers on WebSocket, so one-time tickets in the query are common and less bad: a \
        notice. A JWT counts under any name; values such as true and 0 do not.
        """,
      breaks: "REQ GET /chat?access_token=abc123 HTTP/1.1",
      keeps: "REQ GET /chat?room=12 HTTP/1.1",
      tshark: .no("http.request.uri.query.parameter field"),
      zeek: .no("uri in http.log"),
      suricata: .no()),
    Check(
      .tokenInSubprotocol, "token-in-subprotocol", .security, .notice, .advisory,
      "advisory", by: .client, on: .heuristic,
      "An offered subprotocol looks like a secret.",
      condition: """
        An element of Sec-WebSocket-Protocol looks like a secret: JWT shape (eyJ...), base64url.bearer.*, \
        bearer prefix, or 32 or more high-entropy characters.
        """,
      remarks: """
        Kubernetes does this by design. Never log the value. It is echoed in the response if selected.
        """,
      breaks: "REQ Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.ZXlKaGJHY2k",
      keeps: "REQ Sec-WebSocket-Protocol: v4.channel.k8s.io",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .requestHasBody, "request-has-body", .security, .warning, .advisory,
      "advisory (RFC 9110 §7.8, §9.3.1)", by: .client, on: .wire,
      "The request announces a body, which may be taken for frames or another request.",
      condition: "A candidate handshake announces a body: Content-Length above 0 or any Transfer-Encoding.",
      remarks: """
        HTTP allows the body to be sent before switching. The danger is a server or proxy that switches \
        without reading it, so the body is taken as frames or as a second request. Body bytes are not \
        client-data-before-response.
        """,
      breaks: "REQ +Content-Length: 5",
      keeps: "REQ +Content-Length: 0",
      tshark: .partly("http.te_and_length when both fields are there"),
      zeek: .no(),
      suricata: .no("no shipped rule")),
    Check(
      .upgradePipelined, "upgrade-pipelined", .security, .warning, .advisory,
      "advisory", by: .client, on: .bothDirections,
      silentIf: [.oneSided, .noOrder],
      "The request was sent before an earlier one was answered.",
      condition: """
        The upgrade request was sent while an earlier request on the same connection had no complete \
        response yet.
        """,
      remarks: "Proxies and servers mix up who owns the stream. Normal clients use a fresh connection.",
      breaks: """
        C "GET /a HTTP/1.1\\r\\nHost: server.example.com\\r\\n\\r\\n" | C request | S "HTTP/1.1 200 \
        OK\\r\\nContent-Length: 0\\r\\n\\r\\n" | S response
        """,
      keeps: """
        C "GET /a HTTP/1.1\\r\\nHost: server.example.com\\r\\n\\r\\n" | S "HTTP/1.1 200 \
        OK\\r\\nContent-Length: 0\\r\\n\\r\\n" | C request | S response
        """,
      tshark: .no(),
      zeek: .no("such an upgrade is silently not followed"),
      suricata: .no()),
    Check(
      .upgradeMultipleProtocols, "upgrade-multiple-protocols", .security, .notice, .advisory,
      "advisory", by: .client, on: .wire,
      "The request's Upgrade names other protocols too.",
      condition: "The Upgrade list of a websocket request has further tokens (for example h2c).",
      remarks: "Legal; h2c next to websocket is used for request smuggling past proxies.",
      breaks: "REQ Upgrade: h2c, websocket",
      keeps: "REQ Upgrade: websocket",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .connectionListsWebsocketHeader, "connection-lists-websocket-header", .security, .warning, .advisory,
      "advisory (RFC 9110 §7.6.1)", by: .client, on: .wire,
      "The request's Connection makes a proxy drop a field of the handshake.",
      condition: """
        The request's Connection list names an end-to-end field: Sec-WebSocket-*, Host, Origin, Cookie, \
        Authorization.
        """,
      remarks: "Makes a proxy drop that field (for example strips Origin to get past a check).",
      breaks: "REQ Connection: Upgrade, Origin",
      keeps: "REQ Connection: Upgrade, keep-alive",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .framesAfterRefusedUpgrade, "frames-after-refused-upgrade", .security, .warning, .advisory,
      "advisory (WebSocket smuggling)", by: .client, on: .bothDirections,
      silentIf: [.lostBytes, .oneSided, .noOrder],
      "The client sends frames although the upgrade was refused.",
      condition: """
        The answer to the handshake was not 101, and the client goes on with bytes that parse as WebSocket \
        frames (valid opcode, mask bit, at least two frames or one with printable content).
        """,
      remarks: """
        Points to a proxy that believes the tunnel is open although the backend refused. One frame in flight \
        with an early refusal is chance: use ACK numbers.
        """,
      breaks: """
        RES HTTP/1.1 400 Bad Request | RES -Sec-WebSocket-Accept | RES -Upgrade | C 8185 37fa213d 7f9f4d5158
        """,
      keeps: "RES HTTP/1.1 400 Bad Request | RES -Sec-WebSocket-Accept | RES -Upgrade | C FIN",
      tshark: .no(),
      zeek: .partly("weird bad_HTTP_request and violation 'not a http request line', only once an LF byte occurs"),
      suricata: .partly("http.request_body_unexpected (sid 2221045)")),
    Check(
      .httpAfterRefusedUpgrade, "http-after-refused-upgrade", .security, .notice, .advisory,
      "advisory (WebSocket smuggling)", by: .client, on: .heuristic,
      silentIf: [.oneSided],
      "Other requests follow an upgrade that had to be refused.",
      condition: """
        Handshake with an unassigned or reserved version (or another must-fail fault) was refused, and \
        further HTTP requests for other targets or another Host follow on the same connection.
        """,
      remarks: """
        Keep-alive reuse after a refused upgrade is legal, so the bad version is the telling part. Known \
        trick: 426 answer, careless proxy tunnels, later requests skip its access rules.
        """,
      breaks: """
        REQ Sec-WebSocket-Version: 777 | C request | S "HTTP/1.1 426 Upgrade Required\\r\\nUpgrade: \
        websocket\\r\\nSec-WebSocket-Version: 13\\r\\nContent-Length: 0\\r\\n\\r\\n" | C "GET /internal/flag \
        HTTP/1.1\\r\\nHost: server.example.com\\r\\n\\r\\n"
        """,
      keeps: """
        REQ Sec-WebSocket-Version: 25 | C request | S "HTTP/1.1 400 Bad Request\\r\\nSec-WebSocket-Version: \
        13, 8\\r\\nContent-Length: 0\\r\\n\\r\\n" | REQ Sec-WebSocket-Version: 13 | C request | S response
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .httpAfter101, "http-after-101", .security, .error, .advisory,
      "advisory", by: nil, on: .wire,
      silentIf: [.lostBytes, .unknownExtension, .otherVersion],
      "HTTP goes on behind the 101.",
      condition: """
        The first bytes after the 101 head are an HTTP status line (server) or an HTTP request line (client).
        """,
      remarks: """
        Seen when a backend is tricked into returning 101 (SSRF health check) and HTTP goes on. h2c (PRI * \
        HTTP/2.0) after Upgrade: h2c is another matter. The direction is not read on: its bytes count as \
        unframed.
        """,
      breaks: "S 485454502f312e3120323030204f4b0d0a0d0a",
      keeps: "S 81 0f 485454502f312e3120323030204f4b",
      tshark: .no(),
      zeek: .partly("inner HTTP may be found by DPD"),
      suricata: .partly("applayer_unexpected_protocol (sid 2260005) when HTTP is detected again")),
    Check(
      .notWebsocketAfter101, "not-websocket-after-101", .security, .error, .advisory,
      "advisory (RFC 6455 §5.2)", by: nil, on: .heuristic,
      silentIf: [.lostBytes, .unknownExtension, .otherVersion],
      "What follows the 101 is no WebSocket.",
      condition: """
        After a good handshake the first bytes of a direction do not look like frames: known banners (SSH-2.0-, \
        TLS record 16 03) or three structural faults (reserved opcode, wrong mask bit, impossible length), of \
        two kinds or more, within the first 3 frames.
        """,
      remarks: """
        An unknown extension could change framing: silent then. A client that merely never masks is a bad \
        client, hence the two kinds. Report once and stop decoding: the rest of the direction counts as \
        unframed.
        """,
      breaks: "C 5353482d322e302d4f70656e5353480d0a",
      keeps: "C 828a 37fa213d 64a9691005d411104ff0",
      tshark: .no(),
      zeek: .partly("analyzer violation only when the low nibble of the first byte is 0"),
      suricata: .partly("probing parser refuses RSV2/RSV3")),
    Check(
      .protocolSwitchedToOther, "protocol-switched-to-other", .security, .warning, .advisory,
      "advisory (RFC 9110 §7.8)", by: .server, on: .wire,
      "The 101 names another protocol.",
      condition: "Client asked for websocket and the 101 names another protocol only.",
      remarks: "Legal if the client listed that protocol as well: then notice.",
      breaks: "RES Upgrade: h2c",
      keeps: "handshake",
      tshark: .no(),
      zeek: .no("event http_connection_upgrade"),
      suricata: .no("h2c and websocket are followed, others stay a tunnel")),
  ]
}
