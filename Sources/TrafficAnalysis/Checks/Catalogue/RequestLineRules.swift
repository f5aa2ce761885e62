// What a handshake request is as HTTP: its line, its target, its Host.
extension Check {
  static let requestLine: [Check] = [
    Check(
      .requestMalformedHttp, "request-malformed-http", .request, .error, .must,
      "RFC 6455 §4.1 (1); RFC 9112 §2-5", by: .client, on: .wire,
      silentIf: [.lostBytes, .noRealEnd],
      "The request does not parse as an HTTP/1.1 request.",
      condition: """
        A candidate handshake (a request whose Upgrade list has the token websocket, or which carries any \
        Sec-WebSocket-* field) does not parse as an HTTP/1.1 request: start line is not three parts, a field \
        line has no colon, blank or a control byte before the colon, a field name is not a token, obsolete line \
        folding, bare CR, another control byte in a line, or a header block that is never ended by an empty \
        line.
        """,
      remarks: """
        Report the sub-reason. A bare LF line end may be accepted by recipients: notice, not error. Leading \
        empty lines before the start line are allowed. An unfinished header block counts only when the client \
        ended its stream by FIN or RST, and before the server did. A first line without a version is no HTTP/1.x \
        and not looked at. Control bytes in the target are request-target-not-ascii, those in Host host-invalid.
        """,
      breaks: "REQ Host : server.example.com",
      keeps: "handshake",
      tshark: .partly("http.bad_header_name, http.leading_crlf"),
      zeek: .partly(
        """
        weirds HTTP_obsolete_line_folding, bad_HTTP_request_with_version, lowercase_HTTP_keyword, bad_HTTP_version
        """),
      suricata: .partly(
        """
        http.request_field_missing_colon (2221002), request_header_invalid (2221013), \
        invalid_request_field_folding (2221016), request_line_invalid (2221044), method_delim_non_compliant \
        (2221030)
        """)),
    Check(
      .requestNotGet, "request-not-get", .request, .error, .must,
      "RFC 6455 §4.1 (2)", by: .client, on: .wire,
      "The request's method is not GET.",
      condition: """
        Method of a candidate handshake differs from GET (methods are case-sensitive, so get also fails).
        """,
      remarks: """
        Do not apply to HTTP/2 or HTTP/3, where the method is CONNECT. Do not apply to requests that only \
        ask for h2c or TLS upgrade.
        """,
      breaks: "REQ POST /chat HTTP/1.1",
      keeps: "REQ GET /chat HTTP/1.1",
      tshark: .no("http.request.method field only"),
      zeek: .no(),
      suricata: .no()),
    Check(
      .requestHttpVersionTooLow, "request-http-version-too-low", .request, .error, .must,
      "RFC 6455 §4.1 (2)", by: .client, on: .wire,
      "The request's HTTP version is below 1.1.",
      condition: "HTTP version on the request line of a candidate handshake is lower than 1.1.",
      remarks: """
        HTTP/1.0 is also what some old proxies write when they rewrite a request; still report, with the \
        version seen. Anything with major version 2 or 3 belongs to the http2 layer.
        """,
      breaks: "REQ GET /chat HTTP/1.0",
      keeps: "REQ GET /chat HTTP/1.1",
      tshark: .no("header is a filter field only, no expert info"),
      zeek: .no("weird HTTP_version_mismatch only if later messages differ"),
      suricata: .no()),
    Check(
      .requestTargetInvalid, "request-target-invalid", .request, .error, .must,
      "RFC 6455 §4.1 (3), §3", by: .client, on: .wire,
      "The request target is neither a path nor an http or https URI.",
      condition: """
        Request target is neither origin-form (starts with /) nor an absolute URI with scheme http or https; \
        covers ws:// and wss:// in the request line, asterisk-form, authority-form and an empty target.
        """,
      remarks: """
        Scheme compare is case-insensitive. Absolute http(s) form is legal and normal towards a proxy. Some \
        Python and Node clients do send wss:// targets: real traffic, still a violation.
        """,
      breaks: "REQ GET ws://server.example.com/chat HTTP/1.1",
      keeps: "REQ GET http://server.example.com/chat HTTP/1.1",
      tshark: .partly("newer sources have http.request.uri.invalid for malformed targets"),
      zeek: .no("weird missing_HTTP_uri only for an empty URI"),
      suricata: .no()),
    Check(
      .requestTargetFragment, "request-target-fragment", .request, .error, .mustNot,
      "RFC 6455 §3", by: .client, on: .wire,
      "The request target has a fragment, or a # that is not written as %23.",
      condition: "The raw request target has a # byte (a fragment, or a # that was not written as %23).",
      remarks: "Test the raw bytes before percent-decoding: %23 is right.",
      breaks: "REQ GET /chat#top HTTP/1.1",
      keeps: "REQ GET /chat%23top HTTP/1.1",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .requestTargetNotAscii, "request-target-not-ascii", .request, .warning, .must,
      "RFC 6455 §11.1.1, §11.1.2; RFC 3986", by: .client, on: .wire,
      "The request target has a blank, a control byte or a byte that is not ASCII.",
      condition: "The raw request target holds a byte outside 0x21-0x7E, i.e. it was not percent-encoded.",
      remarks: """
        Bytes >= 0x80 are common from sloppy clients and mostly tolerated, hence warning. Blanks inside the \
        target make the start line four parts: report this check, not request-malformed-http.
        """,
      breaks: "REQ GET /café HTTP/1.1",
      keeps: "REQ GET /caf%C3%A9 HTTP/1.1",
      tshark: .no(),
      zeek: .no("weirds cover bad percent escapes only (illegal_%_at_end_of_URI, unescaped_%_in_URI)"),
      suricata: .no("http.uri_delim_non_compliant (2221029) is about the delimiter")),
    Check(
      .requestTargetHostMismatch, "request-target-host-mismatch", .request, .warning, .must,
      "RFC 6455 §4.1 (3)(4); RFC 9112 §3.2.2", by: .client, on: .wire,
      "The authority of an absolute target is not that of Host.",
      condition: """
        Target is in absolute form and its authority differs from the Host field after lower-casing, \
        dropping user info and dropping the scheme's default port.
        """,
      remarks: """
        IPv6 literals need their brackets compared. A Host without port and a target with :80 (http) or :443 \
        (https) are equal.
        """,
      breaks: "REQ GET http://other.example.net/chat HTTP/1.1",
      keeps: "REQ GET http://SERVER.example.com:80/chat HTTP/1.1",
      tshark: .no(),
      zeek: .no(),
      suricata: .yes("http.host_header_ambiguous (sid 2221015)")),
    Check(
      .hostMissing, "host-missing", .request, .error, .must,
      "RFC 6455 §4.1 (4)", by: .client, on: .wire,
      "The request has no Host.",
      condition: "No Host field in a candidate handshake.",
      remarks: """
        Field names are case-insensitive. An empty Host value is host-invalid, not this. HTTP/2 uses \
        :authority.
        """,
      breaks: "REQ -Host",
      keeps: "REQ host: server.example.com",
      tshark: .no(),
      zeek: .no(),
      suricata: .yes("http.missing_host_header (sid 2221014)")),
    Check(
      .hostDuplicated, "host-duplicated", .request, .error, .mustNot,
      "RFC 9112 §3.2 (via RFC 6455 §4.1 (1))", by: .client, on: .wire,
      "The request has more than one Host.",
      condition: "More than one Host field line in the handshake, whatever the values.",
      remarks: """
        RFC 6455 itself does not name this; it follows from the rule that the handshake be valid HTTP. Equal \
        values are still an error.
        """,
      breaks: "REQ Host: server.example.com | REQ +Host: other.example.net",
      keeps: "handshake",
      tshark: .no(),
      zeek: .no(),
      suricata: .partly("http.request_header_repetition (sid 2221035) fires on any repeated request header")),
    Check(
      .hostInvalid, "host-invalid", .request, .warning, .must,
      "RFC 6455 §4.1 (4), §11.1.1; RFC 3986 §3.2.2", by: .client, on: .wire,
      "Host is empty, or no host with an optional port.",
      condition: """
        Host value is empty, has a byte outside printable ASCII, or is not host[:port] with an optional \
        decimal port (no path, comma or user info).
        """,
      remarks: """
        Underscore in host names is wrong by DNS but common: accept. IDN must appear as xn-- labels, so raw \
        UTF-8 is the sign to look for.
        """,
      breaks: "REQ Host: bücher.example",
      keeps: "REQ Host: xn--bcher-kva.example:8080",
      tshark: .no(),
      zeek: .no(),
      suricata: .partly("http.request_header_host_invalid (sid 2221028)")),
    Check(
      .hostPortMismatch, "host-port-mismatch", .request, .notice, .must,
      "RFC 6455 §4.1 (4)", by: .client, on: .heuristic, isOnByDefault: false,
      silentIf: [.otherLeg],
      "The port in Host is not the server's TCP port.",
      condition: """
        The port in Host (or its default when absent: 80 clear, 443 TLS) differs from the server's TCP port.
        """,
      remarks: """
        Port forwarding, NAT, reverse proxies and absolute-form requests to a forward proxy all make this \
        normal; keep off by default and never raise above notice. Targets in absolute form go to a proxy and are \
        not looked at.
        """,
      breaks: "connection 10.0.0.1 > 10.0.0.2:8080",
      keeps: """
        connection 10.0.0.1 > 10.0.0.2:8080 | REQ Host: server.example.com:8080 | REQ Origin: \
        http://server.example.com:8080
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no(
        """
        http.request_server_port_tcp_port_mismatch (sid 2221026) has a rule, but nothing in this source raises it
        """)),
    Check(
      .requestUpgradeMissing, "request-upgrade-missing", .request, .error, .must,
      "RFC 6455 §4.1 (5)", by: .client, on: .wire,
      "The request has fields of the handshake, and Upgrade does not name websocket.",
      condition: """
        The request has Sec-WebSocket-Key or Sec-WebSocket-Version but the joined list of all Upgrade fields \
        does not hold the token websocket (ASCII case-insensitive).
        """,
      remarks: """
        Upgrade is a list and may be split over several field lines; tokens may have a /version part. \
        WebSocket and WEBSOCKET are fine. Behind a hop that strips hop-by-hop fields the header vanishes: \
        this is then the proxy's fault, say so in the text.
        """,
      breaks: "REQ Upgrade: h2c",
      keeps: "REQ Upgrade: foo/2, WebSocket",
      tshark: .no("no upgrade seen, frames stay undissected"),
      zeek: .no(),
      suricata: .no()),
    Check(
      .requestConnectionNotUpgrade, "request-connection-not-upgrade", .request, .error, .must,
      "RFC 6455 §4.1 (6)", by: .client, on: .wire,
      "The request's Connection does not name upgrade.",
      condition: """
        No Connection field of the request holds the token upgrade (ASCII case-insensitive, list-valued, \
        several field lines joined).
        """,
      remarks: "`keep-alive, Upgrade` is what Firefox sends. Only whole tokens count, not substrings.",
      breaks: "REQ Connection: keep-alive",
      keeps: "REQ Connection: keep-alive | REQ +Connection: UPGRADE",
      tshark: .no("http.connection field only"),
      zeek: .no(),
      suricata: .no()),
  ]
}
