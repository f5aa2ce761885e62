// The fields of a handshake request that WebSocket defines, and Origin.
extension Check {
  static let requestFields: [Check] = [
    Check(
      .keyMissing, "key-missing", .request, .error, .must,
      "RFC 6455 §4.1 (7)", by: .client, on: .wire,
      "The request has no Sec-WebSocket-Key.",
      condition: "Upgrade names websocket and there is no Sec-WebSocket-Key field.",
      remarks: """
        Not for HTTP/2 and HTTP/3. Not when Key1/Key2 of the 2010 drafts are there (legacy-hixie-handshake).
        """,
      breaks: "REQ -Sec-WebSocket-Key",
      keeps: "handshake",
      tshark: .no(),
      zeek: .yes("weird websocket_missing_key_header (only once a 101 came)"),
      suricata: .no()),
    Check(
      .keyDuplicated, "key-duplicated", .request, .error, .mustNot,
      "RFC 6455 §11.3.1", by: .client, on: .wire,
      "The request has more than one Sec-WebSocket-Key.",
      condition: "Two or more Sec-WebSocket-Key field lines in one request.",
      remarks: """
        Also when both values are equal. A comma inside one value is key-not-base64. For accept-mismatch try \
        every key before reporting.
        """,
      breaks: "REQ +Sec-WebSocket-Key: 6C4YFfWoQwLvrQvcyWb2Yg==",
      keeps: "handshake",
      tshark: .no(),
      zeek: .yes("weird websocket_multiple_key_headers"),
      suricata: .partly("http.request_header_repetition (sid 2221035) fires on any repeated request header")),
    Check(
      .keyNotBase64, "key-not-base64", .request, .error, .must,
      "RFC 6455 §4.1 (7), §4.3", by: .client, on: .wire,
      "Sec-WebSocket-Key is empty or no base64.",
      condition: """
        Key value, without surrounding blanks, is empty or not base64 of RFC 4648 §4: alphabet A-Z a-z 0-9 + \
        /, length a multiple of 4, padding only at the end.
        """,
      remarks: """
        URL-safe alphabet (- _) and missing padding are the usual faults. Server need not decode the key, so \
        handshakes still succeed.
        """,
      breaks: "REQ Sec-WebSocket-Key: 6C4YFfWoQwLvrQvcyWb2Yg",
      keeps: "REQ Sec-WebSocket-Key:    6C4YFfWoQwLvrQvcyWb2Yg==  ",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .keyNot16Bytes, "key-not-16-bytes", .request, .error, .must,
      "RFC 6455 §4.1 (7), §4.2.1 (5)", by: .client, on: .wire,
      "Sec-WebSocket-Key is base64 of other than 16 bytes.",
      condition: "Key is good base64 but decodes to a length other than 16 bytes.",
      remarks: "Only when key-not-base64 did not fire.",
      breaks: "REQ Sec-WebSocket-Key: MDEyMzQ1Njc4OQ==",
      keeps: "handshake",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .keyBase64NotCanonical, "key-base64-not-canonical", .request, .notice, .advisory,
      "RFC 4648 §3.5", by: .client, on: .wire, isOnByDefault: false,
      "Sec-WebSocket-Key has bits behind its 16 bytes that are not zero.",
      condition: """
        Key decodes to 16 bytes but encoding those bytes again gives another string (the four unused low \
        bits of the last symbol are not zero).
        """,
      remarks: """
        Not a fault under RFC 6455: its own example AQIDBAUGBwgJCgsMDQ4PEC== is of this kind. Useful only as \
        a client fingerprint.
        """,
      breaks: "REQ Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC==",
      keeps: "REQ Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .keyReused, "key-reused", .request, .warning, .must,
      "RFC 6455 §4.1 (7)", by: .client, on: .heuristic,
      silentIf: [.otherLeg],
      "Another connection's handshake had the same Sec-WebSocket-Key.",
      condition: """
        The same decoded key is used in handshakes of two or more different TCP connections (keep a bounded \
        table of recent keys).
        """,
      remarks: """
        The same handshake seen on both legs of a proxy or twice in a mirror is not reuse: ignore when the \
        other leg overlaps in time and has the same target, Host and key. A repeat on the same connection \
        after 401/3xx is not a new connection. Retransmissions are one request.
        """,
      breaks: "C FIN | S FIN | @60 | connection | REQ Sec-WebSocket-Key: 6C4YFfWoQwLvrQvcyWb2Yg==",
      keeps: """
        handshake | @0.002 | connection 10.0.0.2 > 10.0.0.3:80 | REQ Sec-WebSocket-Key: \
        6C4YFfWoQwLvrQvcyWb2Yg==
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .keyWellKnown, "key-well-known", .request, .warning, .must,
      "RFC 6455 §4.1 (7)", by: .client, on: .heuristic,
      "Sec-WebSocket-Key is a published constant.",
      condition: """
        Key is a published constant: the RFC sample nonce, all-zero bytes, or the examples of RFC 6455 §4.1 and \
        of many descriptions of WebSocket.
        """,
      remarks: """
        It proves that the nonce was not random, not that the peer is hostile: many test clients and scanners do this.
        """,
      breaks: "REQ Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      keeps: "handshake",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .versionMissing, "version-missing", .request, .error, .must,
      "RFC 6455 §4.1 (9)", by: .client, on: .wire,
      "The request has no Sec-WebSocket-Version.",
      condition: "Upgrade names websocket and there is no Sec-WebSocket-Version field.",
      remarks: "Required over HTTP/2 too (RFC 8441 keeps this field).",
      breaks: "REQ -Sec-WebSocket-Version",
      keeps: "handshake",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .versionDuplicated, "version-duplicated", .request, .error, .mustNot,
      "RFC 6455 §11.3.5", by: .client, on: .wire,
      "The request has more than one Sec-WebSocket-Version.",
      condition: "Two or more Sec-WebSocket-Version field lines in one request.",
      remarks: "In responses the field may repeat: apply to requests only.",
      breaks: "REQ +Sec-WebSocket-Version: 8",
      keeps: "handshake",
      tshark: .no(),
      zeek: .no(),
      suricata: .partly("http.request_header_repetition (sid 2221035) fires on any repeated request header")),
    Check(
      .versionMalformed, "version-malformed", .request, .error, .must,
      "RFC 6455 §4.3", by: .client, on: .wire,
      "Sec-WebSocket-Version is not one number from 0 to 255.",
      condition: """
        Version value of the request is not one decimal number 0-255 without leading zero (a list such as \
        `13, 8` also fails).
        """,
      remarks: "ABNF rule, no key word sentence of its own; a server has to refuse (4.2.1).",
      breaks: "REQ Sec-WebSocket-Version: 013",
      keeps: "REQ Sec-WebSocket-Version: 8",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .versionNot13, "version-not-13", .request, .warning, .must,
      "RFC 6455 §4.1 (9); IANA version registry", by: .client, on: .wire,
      "Sec-WebSocket-Version is not 13.",
      condition: """
        Version is well formed but not 13. Give the registry status: 0-8 interim drafts, 9-12 reserved and never \
        valid, above 13 unassigned.
        """,
      remarks: """
        A client may ask for another version first and fall back to 13 when the server lists it. With 7 or 8 \
        (draft hybi) framing is close to 13 and the origin field is Sec-WebSocket-Origin; with 0-6 the framing \
        differs, so switch all frame checks off. Odd values are used to force a refused upgrade \
        (frames-after-refused-upgrade); those above 255 are version-malformed.
        """,
      breaks: "REQ Sec-WebSocket-Version: 12",
      keeps: "REQ Sec-WebSocket-Version: 13",
      tshark: .no("http.sec_websocket_version field only"),
      zeek: .no(),
      suricata: .no()),
    Check(
      .originMissing, "origin-missing", .request, .notice, .must,
      "RFC 6455 §4.1 (8), §10.2", by: .client, on: .heuristic,
      "A browser's request has no Origin.",
      condition: """
        No Origin field although the User-Agent has the usual browser shape (Mozilla/5.0 (...) plus a \
        browser token).
        """,
      remarks: """
        The rule binds browsers only; native clients may leave Origin out and may also copy a browser \
        User-Agent. Draft 8 uses Sec-WebSocket-Origin. A proxy that strips Origin defeats cross-site checks.
        """,
      breaks: "REQ -Origin | REQ User-Agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0",
      keeps: "REQ -Origin | REQ User-Agent: curl/8.5.0",
      tshark: .no(),
      zeek: .no("http.log has an origin column, no check"),
      suricata: .no()),
    Check(
      .originMalformed, "origin-malformed", .request, .warning, .must,
      "RFC 6455 §4.1 (8); RFC 6454 §7", by: .client, on: .wire,
      "Origin is neither null nor one scheme, host and port.",
      condition: """
        Origin is neither the word null nor scheme://host[:port] without path, query, fragment or trailing slash.
        """,
      remarks: """
        Any scheme is possible (chrome-extension://), and file:// without a host is what some browsers send for \
        local files (RFC 6454 §4). RFC 6454 allows a blank-separated list in general, but here the value is one \
        serialized origin.
        """,
      breaks: "REQ Origin: http://server.example.com/app/",
      keeps: "REQ Origin: https://server.example.com:8443",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .originDuplicated, "origin-duplicated", .request, .warning, .mustNot,
      "RFC 6454 §7.3; RFC 6455 §4.1 (8)", by: .client, on: .wire,
      "The request has more than one Origin.",
      condition: "More than one Origin field line in the handshake.",
      remarks: """
        Servers that read the first and proxies that read the last can be played against each other.
        """,
      breaks: "REQ +Origin: http://evil.example",
      keeps: "handshake",
      tshark: .no(),
      zeek: .no(),
      suricata: .partly("http.request_header_repetition (sid 2221035) fires on any repeated request header")),
  ]
}
