// The answer to a handshake request.
extension Check {
  static let response: [Check] = [
    Check(
      .responseMalformedHttp, "response-malformed-http", .response, .error, .must,
      "RFC 6455 §4.2.2 (5); RFC 9112 §4", by: .server, on: .wire,
      silentIf: [.lostBytes],
      "The answer does not parse as an HTTP/1.1 response.",
      condition: """
        The answer to a candidate handshake does not parse as an HTTP response: bad status line, field line \
        without colon, blank before the colon, non-token name, obsolete line folding, bare CR, another control \
        byte in a line, or bytes before the status line.
        """,
      remarks: """
        A bare LF line end is a notice. An empty reason phrase is allowed, with or without the blank before it. \
        Interim 100/103 responses may precede the real one: skip them.
        """,
      breaks: "RES HTTP/1.1 101 Switching Protocols | RES Upgrade : websocket",
      keeps: "RES HTTP/1.1 101 ",
      tshark: .partly("http.bad_header_name, http.response.code.invalid (newer)"),
      zeek: .partly("bad_HTTP_reply, HTTP_reply_code_missing"),
      suricata: .partly("http.response_field_missing_colon (2221020), invalid_response_field_folding (2221017)")),
    Check(
      .responseHttpVersionTooLow, "response-http-version-too-low", .response, .warning, .must,
      "RFC 6455 §4.2.2 (5), §11.1.1; RFC 9110 §7.8", by: .server, on: .wire,
      "The 101's HTTP version is below 1.1.",
      condition: "A 101 is sent with an HTTP version below 1.1.",
      remarks: "Declared indirectly (interoperability note and HTTP Upgrade rules), so only warning.",
      breaks: "RES HTTP/1.0 101 Switching Protocols",
      keeps: "handshake",
      tshark: .no(),
      zeek: .no("HTTP_version_mismatch if the request said 1.1"),
      suricata: .no()),
    Check(
      .responseUpgradeMissing, "response-upgrade-missing", .response, .error, .must,
      "RFC 6455 §4.2.2 (5.2), §4.1", by: .server, on: .wire,
      "The 101 has no Upgrade.",
      condition: "101 response to a websocket request without any Upgrade field.",
      remarks: "Hop-by-hop field: a proxy between server and tap may have removed it.",
      breaks: "RES -Upgrade",
      keeps: "RES upgrade: WebSocket",
      tshark: .no("WebSocket dissector is not started"),
      zeek: .partly(
        """
        101 not taken as an upgrade; later frame bytes raise bad_HTTP_request or bad_HTTP_reply, only once \
        an LF byte occurs
        """),
      suricata: .no("flow stays in tunnel mode, no event")),
    Check(
      .responseUpgradeNotWebsocket, "response-upgrade-not-websocket", .response, .error, .must,
      "RFC 6455 §4.2.2 (5.2), §4.1", by: .server, on: .wire,
      "The 101's Upgrade is not just websocket.",
      condition: """
        101 response whose Upgrade value, as one string, is not an ASCII case-insensitive match of websocket \
        (another protocol, a list, or several Upgrade fields).
        """,
      remarks: """
        Unlike in the request, the response value is compared whole: `websocket, foo` fails at a strict client. \
        A warning where websocket is in the list. Silent where the client listed all that the answer names: see \
        protocol-switched-to-other.
        """,
      breaks: "RES Upgrade: websocket, foo",
      keeps: "RES Upgrade: WEBSOCKET",
      tshark: .no("WebSocket dissector is not started"),
      zeek: .no("event http_connection_upgrade names the protocol"),
      suricata: .no("only exact websocket or h2c switch the parser")),
    Check(
      .responseConnectionNotUpgrade, "response-connection-not-upgrade", .response, .error, .must,
      "RFC 6455 §4.2.2 (5.3), §4.1", by: .server, on: .wire,
      "The 101's Connection does not name upgrade.",
      condition: """
        101 response with no Connection token upgrade (case-insensitive list over all field lines).
        """,
      remarks: """
        Zeek looks at the first token only: a list such as `keep-alive, Upgrade` is legal and must pass.
        """,
      breaks: "RES Connection: keep-alive",
      keeps: "RES Connection: keep-alive, upgrade",
      tshark: .no("(confirmed; dissector starts anyway)"),
      zeek: .partly(
        """
        101 not taken as an upgrade; later frame bytes raise bad_HTTP_request or bad_HTTP_reply, only once \
        an LF byte occurs
        """),
      suricata: .no()),
    Check(
      .acceptMissing, "accept-missing", .response, .error, .must,
      "RFC 6455 §4.2.2 (5.4), §4.1", by: .server, on: .wire,
      "The 101 has no Sec-WebSocket-Accept.",
      condition: "101 that switches to websocket without Sec-WebSocket-Accept.",
      remarks: "Not for HTTP/2 and HTTP/3. Not for draft hixie.",
      breaks: "RES -Sec-WebSocket-Accept",
      keeps: "handshake",
      tshark: .no(),
      zeek: .yes("weird websocket_missing_accept_header"),
      suricata: .no()),
    Check(
      .acceptDuplicated, "accept-duplicated", .response, .error, .mustNot,
      "RFC 6455 §11.3.3", by: .server, on: .wire,
      "The answer has more than one Sec-WebSocket-Accept.",
      condition: "Two or more Sec-WebSocket-Accept field lines in one response.",
      remarks: "Equal values are still an error.",
      breaks: "RES +Sec-WebSocket-Accept: 97fdyRnl00zJo8mFF383iIvn7V4=",
      keeps: "handshake",
      tshark: .no(),
      zeek: .yes("weird websocket_multiple_accept_headers"),
      suricata: .partly("http.response_header_repetition (sid 2221036) fires on any repeated response header")),
    Check(
      .acceptMalformed, "accept-malformed", .response, .error, .must,
      "RFC 6455 §4.2.2 (5.4), §4.3", by: .server, on: .wire,
      "Sec-WebSocket-Accept is not base64 of 20 bytes.",
      condition: """
        Accept value, without surrounding blanks, is not base64 of exactly 20 bytes. Can be judged from the \
        server direction alone.
        """,
      remarks: "Instead of accept-mismatch: what is no accept at all is not compared.",
      breaks: "RES Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo",
      keeps: "handshake",
      tshark: .no(),
      zeek: .partly("any wrong value is websocket_wrong_accept_header"),
      suricata: .no()),
    Check(
      .acceptMismatch, "accept-mismatch", .response, .error, .must,
      "RFC 6455 §4.2.2 (5.4), §4.1", by: .server, on: .bothDirections,
      silentIf: [.oneSided],
      "Sec-WebSocket-Accept does not belong to the request's key.",
      condition: """
        Accept value (outer blanks ignored) differs from base64(SHA-1(key || \
        258EAFA5-E914-47DA-95CA-C5AB0DC85B11)), where key is the field value as sent, outer blanks removed, \
        not decoded.
        """,
      remarks: """
        Base64 is case-sensitive: compare exactly. Pair the response with the right request on a kept-alive \
        connection. With several keys accept a match for any. Skip when the key is missing or the request \
        was not captured.
        """,
      breaks: "RES Sec-WebSocket-Accept: AAAAAMBiTxaQ9kYGzzhZRbK+xOo=",
      keeps: "RES Sec-WebSocket-Accept:   97fdyRnl00zJo8mFF383iIvn7V4= ",
      tshark: .no(),
      zeek: .yes("weird websocket_wrong_accept_header (expected=..., found=...)"),
      suricata: .no()),
    Check(
      .acceptWithout101, "accept-without-101", .response, .warning, .must,
      "RFC 6455 §4.2.2 (5.1)", by: .server, on: .wire,
      "An answer other than 101 has a Sec-WebSocket-Accept.",
      condition: "A response with a status other than 101 carries Sec-WebSocket-Accept.",
      remarks: "Over HTTP/2 a gateway may leak the field next to 200: use h2-key-or-accept-present there.",
      breaks: "RES HTTP/1.1 200 OK",
      keeps: "RES HTTP/1.1 403 Forbidden | RES -Sec-WebSocket-Accept | RES -Upgrade | RES -Connection",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .unsolicited101, "unsolicited-101", .response, .error, .mustNot,
      "RFC 9110 §7.8, §15.2.2; RFC 6455 §4.2", by: .server, on: .bothDirections,
      silentIf: [.oneSided],
      "A 101 answers a request that asked for no upgrade.",
      condition: """
        A 101 response answers a request that had no Upgrade field, or there is no outstanding request at \
        all.
        """,
      remarks: """
        Needs the request: never report when the client direction is missing or has a gap. Do not confuse \
        with pipelining, pair by order.
        """,
      breaks: "REQ -Upgrade | REQ -Connection | REQ -Sec-WebSocket-Key | REQ -Sec-WebSocket-Version",
      keeps: "handshake",
      tshark: .no("(confirmed; frames not dissected)"),
      zeek: .partly(
        """
        weird websocket_established_unexpected when no Sec-WebSocket header was seen; without a request \
        nothing
        """),
      suricata: .partly("http.unable_to_match_response_to_request (2221010) when no request")),
    Check(
      .response101HasBody, "response-101-has-body", .response, .warning, .mustNot,
      "RFC 9110 §8.6, §15.2; RFC 9112 §6.1", by: .server, on: .wire,
      "The 101 announces a body.",
      condition: "A 101 response carries Content-Length or Transfer-Encoding.",
      remarks: """
        HTTP rule, not an RFC 6455 sentence. Content-Length: 0 is sent by a few embedded servers: report as \
        notice. Bytes after the header are WebSocket data whatever the field says.
        """,
      breaks: "RES +Content-Length: 5",
      keeps: "handshake",
      tshark: .no(),
      zeek: .no(),
      suricata: .partly("decoder event http.switching_proto_with_content_length, no rule shipped")),
    Check(
      .versionIn101, "version-in-101", .response, .notice, .advisory,
      "RFC 6455 §11.3.5", by: .server, on: .wire, isOnByDefault: false,
      "The 101 has a Sec-WebSocket-Version.",
      condition: "A successful 101 carries Sec-WebSocket-Version.",
      remarks: """
        The text describes the response field for version errors only; harmless and quite common, so off by \
        default.
        """,
      breaks: "RES +Sec-WebSocket-Version: 13",
      keeps: "handshake",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .versionRefusedWithoutList, "version-refused-without-list", .response, .warning, .must,
      "RFC 6455 §4.2.2 (4), §4.4", by: .server, on: .bothDirections,
      silentIf: [.oneSided],
      "The version is refused, and the answer does not say which ones the server speaks.",
      condition: """
        Request version is not 13, the answer is 400 or 426, and the answer has no Sec-WebSocket-Version field.
        """,
      remarks: """
        Other refusals (401, 403, 404, 5xx, 3xx) may have another cause: do not report; so may a 400 to a \
        request with another fault. The field may repeat and is list-valued.
        """,
      breaks: """
        REQ Sec-WebSocket-Version: 25 | RES HTTP/1.1 426 Upgrade Required | RES Upgrade: websocket | RES \
        -Sec-WebSocket-Accept
        """,
      keeps: """
        REQ Sec-WebSocket-Version: 25 | RES HTTP/1.1 400 Bad Request | RES -Sec-WebSocket-Accept | RES \
        +Sec-WebSocket-Version: 13 | RES +Sec-WebSocket-Version: 8, 7
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .versionListMalformed, "version-list-malformed", .response, .notice, .must,
      "RFC 6455 §4.3", by: .server, on: .wire,
      "The answer's Sec-WebSocket-Version is no list of numbers from 0 to 255.",
      condition: """
        A response Sec-WebSocket-Version field is not a comma list of numbers 0-255 without leading zeros.
        """,
      remarks: "Several field lines join into one list.",
      breaks: """
        REQ Sec-WebSocket-Version: 25 | RES HTTP/1.1 400 Bad Request | RES -Sec-WebSocket-Accept | RES \
        +Sec-WebSocket-Version: v13
        """,
      keeps: """
        REQ Sec-WebSocket-Version: 25 | RES HTTP/1.1 400 Bad Request | RES -Sec-WebSocket-Accept | RES \
        +Sec-WebSocket-Version: 13, 8, 7
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .upgradeRequiredWithoutUpgrade, "upgrade-required-without-upgrade", .response, .notice, .must,
      "RFC 9110 §15.5.22", by: .server, on: .wire,
      "A 426 has no Upgrade.",
      condition: "A 426 response to a websocket request has no Upgrade field.",
      remarks: "HTTP rule.",
      breaks: """
        REQ Sec-WebSocket-Version: 25 | RES HTTP/1.1 426 Upgrade Required | RES -Upgrade | RES \
        -Sec-WebSocket-Accept | RES +Sec-WebSocket-Version: 13
        """,
      keeps: """
        REQ Sec-WebSocket-Version: 25 | RES HTTP/1.1 426 Upgrade Required | RES -Sec-WebSocket-Accept | RES \
        +Sec-WebSocket-Version: 13
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .invalidRequestAccepted, "invalid-request-accepted", .response, .error, .must,
      "RFC 6455 §4.2.1, §4.2.2", by: .server, on: .bothDirections,
      silentIf: [.lostBytes, .oneSided],
      "The server accepts a request that it has to refuse.",
      condition: """
        Server answered 101 although the request broke a rule that makes it stop: not GET, version below \
        1.1, no or double Host, no websocket token, no upgrade token, key missing/double/not 16 bytes, \
        version missing/double/not 13, malformed subprotocol or extension list. List the broken rules in the \
        log.
        """,
      remarks: """
        The request must be complete in the capture. A draft version 7 or 8 that the server really speaks is \
        not 13 but also not an attack: lower to notice. Headers may have been stripped between server and \
        tap.
        """,
      breaks: "REQ -Connection | REQ Sec-WebSocket-Version: 7",
      keeps: "handshake",
      tshark: .no(),
      zeek: .partly("weirds for the key only"),
      suricata: .no()),
    Check(
      .invalidRequestNoErrorStatus, "invalid-request-no-error-status", .response, .notice, .should,
      "RFC 6455 §10.7, §4.2.1", by: .server, on: .bothDirections,
      silentIf: [.oneSided],
      "The server answers a request that it has to refuse with 2xx.",
      condition: """
        The request broke a must-stop rule and the answer is 2xx, or the server closed without any answer \
        (then see handshake-unanswered).
        """,
      remarks: "3xx and 401 come from earlier steps and are fine.",
      breaks: """
        REQ -Sec-WebSocket-Key | RES HTTP/1.1 200 OK | RES -Upgrade | RES -Connection | RES \
        -Sec-WebSocket-Accept
        """,
      keeps: """
        REQ -Sec-WebSocket-Key | RES HTTP/1.1 400 Bad Request | RES -Upgrade | RES -Connection | RES \
        -Sec-WebSocket-Accept
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .handshakeUnanswered, "handshake-unanswered", .response, .warning, .must,
      "RFC 6455 §4.2.1, §4.2.2 (4)", by: .server, on: .bothDirections,
      silentIf: [.oneSided, .noRealEnd],
      "The server ends the connection without an answer.",
      condition: """
        A complete handshake request was acknowledged by TCP and the server then sent FIN or RST, as the first \
        to end, without one byte of HTTP response.
        """,
      remarks: """
        A middlebox may inject the RST (check TTL if available); a client that closed first proves nothing; end \
        of capture proves nothing.
        """,
      breaks: "C request | S FIN",
      keeps: "C request | C FIN | S FIN",
      tshark: .no(),
      zeek: .no("conn.log state only"),
      suricata: .no()),
    Check(
      .badResponseAccepted, "bad-response-accepted", .response, .error, .must,
      "RFC 6455 §4.1, §9, §9.1; RFC 7692 §5, §7", by: .client, on: .bothDirections,
      silentIf: [.lostBytes, .oneSided, .noOrder],
      "The client goes on after an answer for which it has to fail the connection.",
      condition: """
        The 101 response has a fault that makes the client fail the connection (Upgrade, Connection, Accept, \
        subprotocol, extension or permessage-deflate rules), and the client nevertheless sends a data, ping \
        or pong frame afterwards.
        """,
      remarks: """
        A lone Close frame or a TCP close is the right reaction. Allow one round trip: frames already in \
        flight before the response arrived are client-data-before-response.
        """,
      breaks: "RES Sec-WebSocket-Accept: AAAAAMBiTxaQ9kYGzzhZRbK+xOo= | C 8185 37fa213d 7f9f4d5158",
      keeps: "RES Sec-WebSocket-Accept: AAAAAMBiTxaQ9kYGzzhZRbK+xOo= | C FIN",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
  ]
}
