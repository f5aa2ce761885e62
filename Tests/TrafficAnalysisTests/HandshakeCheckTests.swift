import HTTPDecoding
import NetworkTypes
import TestSupport
import Testing
import TrafficAnalysis
import WebSocketDecoding

/// The exceptions and the degrees of the checks of handshakes, beyond the two examples that the catalogue has of each.
@Suite struct `Checks of handshakes` {
  /// What a scene breaks: exactly these, `!` for a notice, `?` for a warning, nothing for an error.
  struct Case: Sendable, CustomTestStringConvertible {
    let scene: String
    let rules: [String]
    var testDescription: String { scene }

    init(_ scene: String, _ rules: String...) {
      self.scene = scene
      self.rules = rules
    }
  }

  /// The checks of handshakes that are on by default.
  static let checked: RuleSet = {
    var rules = RuleSet()
    for check in Check.all where check.isOnByDefault {
      switch check.layer {
      case .request, .response, .negotiation: rules.insert(check.rule)
      case .deflate where check.rule.rawValue < Rule.deflateRsv1OnControl.rawValue: rules.insert(check.rule)
      case .security where check.rule.rawValue < Rule.maskKeyZero.rawValue: rules.insert(check.rule)
      default: break
      }
    }
    rules.insert(.handshakeStalled)
    for rule in [.keyReused, .reconnectNoBackoff, .cleartextWebsocket, .badResponseAccepted] as [Rule] {
      rules.remove(rule)
    }
    return rules
  }()

  static func recording(_ scene: String) throws -> Recording {
    analyze(try Scene(scene).packets, rules: checked)
  }

  func verify(_ example: Case) throws {
    let told = try Self.recording(example.scene)
    let found = told.violations.map { violation in
      let mark =
        switch violation.severity {
        case .error: ""
        case .warning: "?"
        case .notice: "!"
        }
      return violation.rule.id + mark
    }
    #expect(found.sorted() == example.rules.sorted(), "\(example.scene)")
    for violation in told.violations {
      #expect(violation.detail.utf8.count <= 600, "\(violation.detail)")
      #expect(!violation.detail.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f })
    }
  }

  @Test(arguments: [
    Case("REQ get /chat HTTP/1.1", "request-not-get", "invalid-request-accepted"),
    Case("REQ GET HTTP://server.example.com/chat HTTP/1.1"),
    Case("REQ GET https://server.example.com:443/ HTTP/1.1"),
    Case("REQ GET http://user:pw@server.example.com/ HTTP/1.1", "credentials-in-url?"),
    Case("REQ GET wss://server.example.com/chat HTTP/1.1", "request-target-invalid"),
    Case("REQ GET * HTTP/1.1", "request-target-invalid"),
    Case("REQ GET server.example.com:80 HTTP/1.1", "request-target-invalid"),
    Case("REQ GET http:///chat HTTP/1.1", "request-target-invalid", "request-target-host-mismatch?"),
    Case("REQ GET /a b HTTP/1.1", "request-target-not-ascii?"),
    Case("REQ GET /a\u{1}b HTTP/1.1", "request-target-not-ascii?"),
    Case("REQ GET /a\rb HTTP/1.1", "request-target-not-ascii?", "request-malformed-http"),
    Case("REQ GET  /chat HTTP/1.1", "request-malformed-http"),
    Case("REQ GET /chat http/1.1", "request-malformed-http"),
    Case("REQ GET http://[2001:db8::1]/ HTTP/1.1 | REQ Host: [2001:DB8::1] | REQ -Origin"),
    Case(
      "REQ GET http://[2001:db8::1]/ HTTP/1.1 | REQ Host: [2001:db8::2] | REQ -Origin", "request-target-host-mismatch?"),
    Case("REQ GET http://server.example.com:81/ HTTP/1.1", "request-target-host-mismatch?"),
    Case("REQ Host: a_b.example | REQ -Origin"),
    Case("REQ Host: server.example.com: "),
    Case("REQ Host: ", "host-invalid?"),
    Case("REQ Host: a, b", "host-invalid?"),
    Case("REQ Host: a/b", "host-invalid?"),
    Case("REQ Host: user@a", "host-invalid?"),
    Case("REQ Host: a:8x", "host-invalid?"),
    Case("REQ Host: [::1", "host-invalid?"),
    Case("REQ Host: a\u{0}b", "host-invalid?"),
    Case("REQ +Host: server.example.com", "host-duplicated", "invalid-request-accepted"),
    Case("REQ +X-A: a\u{1}", "request-malformed-http"),
    Case("REQ +X-A: 1\r\n  2", "request-malformed-http"),
    Case("REQ +X-A: 1\nX-B: 2", "request-malformed-http!"),
    Case("REQ +X-A", "request-malformed-http"),
    Case("REQ +X(A): 1", "request-malformed-http"),
    Case("REQ +X-A: 1\rX-B: 2", "request-malformed-http"),
  ])
  func `the request as HTTP`(_ example: Case) throws { try verify(example) }

  @Test(arguments: [
    Case("REQ Upgrade: foo/2, WebSocket", "upgrade-multiple-protocols!"),
    Case("REQ Upgrade: foo/2 | REQ +Upgrade: websocket/13", "upgrade-multiple-protocols!"),
    Case("REQ Upgrade: websocket, WEBSOCKET"),
    Case("REQ Upgrade: xwebsocket", "request-upgrade-missing", "invalid-request-accepted"),
    Case("REQ Connection: upgrade-insecure", "request-connection-not-upgrade", "invalid-request-accepted"),
    Case("REQ Connection: x,UPGRADE , y"),
    Case("REQ Sec-WebSocket-Key: ", "key-not-base64", "invalid-request-accepted"),
    Case(
      "REQ Sec-WebSocket-Key: 6C4YFfWoQwLvrQvcyWb2Yg==, 6C4YFfWoQwLvrQvcyWb2Yg==", "key-not-base64",
      "invalid-request-accepted"),
    Case("REQ Sec-WebSocket-Key: 6C4YFfWoQwLvrQvcyWb2-_==", "key-not-base64", "invalid-request-accepted"),
    Case("REQ Sec-WebSocket-Key: 6C=YFfWoQwLvrQvcyWb2Yg==", "key-not-base64", "invalid-request-accepted"),
    Case("REQ Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "key-well-known?"),
    Case("REQ Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAAA", "key-not-16-bytes", "invalid-request-accepted"),
    Case(
      "RES Sec-WebSocket-Accept: 97fdyRnl00zJo8mFF383iIvn7V4= | REQ Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAQ== "
        + "| REQ +Sec-WebSocket-Key: 6C4YFfWoQwLvrQvcyWb2Yg==", "key-duplicated", "invalid-request-accepted"),
    Case("REQ Sec-WebSocket-Version: 8", "version-not-13?", "invalid-request-accepted!"),
    Case("REQ Sec-WebSocket-Version: 0", "version-not-13?", "invalid-request-accepted"),
    Case("REQ Sec-WebSocket-Version: 255", "version-not-13?", "invalid-request-accepted"),
    Case("REQ Sec-WebSocket-Version: 256", "version-malformed", "invalid-request-accepted"),
    Case("REQ Sec-WebSocket-Version: 13, 8", "version-malformed", "invalid-request-accepted"),
    Case("REQ Sec-WebSocket-Version: ", "version-malformed", "invalid-request-accepted"),
    Case("REQ -Origin | REQ User-Agent: Mozilla/5.0 (compatible; Bot/1.0)"),
    Case(
      "REQ -Origin | REQ Sec-WebSocket-Origin: http://server.example.com | REQ User-Agent: Mozilla/5.0 (X11) "
        + "Firefox/8.0"),
    Case("REQ Origin: ", "origin-malformed?"),
    Case("REQ Origin: http://server.example.com/", "origin-malformed?"),
    Case("REQ Origin: http://a.example http://b.example", "origin-malformed?"),
    Case("REQ Origin: chrome-extension://abcdefgh", "cross-origin-accepted!"),
    Case("REQ Origin: file://", "cross-origin-accepted!"),
    Case("REQ Origin: https://server.example.com"),
    Case("REQ Origin: https://server.example.com | REQ Host: server.example.com:443"),
    Case("REQ Origin: http://server.example.com:81", "cross-origin-accepted!"),
    Case("REQ Origin: http://evil.example | REQ +Cookie: id=1", "cross-origin-accepted?"),
    Case("REQ Origin: http://evil.example | RES HTTP/1.1 403 No | RES -Sec-WebSocket-Accept"),
    Case("REQ Origin: null | RES HTTP/1.1 403 No | RES -Sec-WebSocket-Accept"),
    Case(
      "REQ -Upgrade | REQ -Connection | REQ -Sec-WebSocket-Version", "request-upgrade-missing",
      "request-connection-not-upgrade", "invalid-request-accepted", "unsolicited-101"),
    Case("REQ Upgrade: h2c | REQ -Sec-WebSocket-Key | REQ -Sec-WebSocket-Version"),
  ])
  func `the request's own fields`(_ example: Case) throws { try verify(example) }

  @Test(arguments: [
    Case("RES HTTP/1.1 101"),
    Case("RES HTTP/1.1 101  "),
    Case("RES Connection: keep-alive, Upgrade"),
    Case("RES +Content-Length: 0", "response-101-has-body!"),
    Case("RES +Transfer-Encoding: chunked", "response-101-has-body?"),
    Case("RES +Upgrade: websocket", "response-upgrade-not-websocket?"),
    Case(
      "REQ Upgrade: h2c, websocket | RES Upgrade: h2c | RES -Sec-WebSocket-Accept", "protocol-switched-to-other!",
      "upgrade-multiple-protocols!"),
    Case(
      "RES Upgrade: h2c | RES -Sec-WebSocket-Accept", "protocol-switched-to-other?", "response-upgrade-not-websocket"),
    Case("RES +X-A: 1\nX-B: 2", "response-malformed-http!"),
    Case("RES +X-A", "response-malformed-http"),
    Case("RES Sec-WebSocket-Accept: ", "accept-malformed"),
    Case("RES Sec-WebSocket-Accept: 97FDyRnl00zJo8mFF383iIvn7V4=", "accept-mismatch"),
    Case("REQ -Sec-WebSocket-Key", "key-missing", "invalid-request-accepted"),
    Case(#"C request | S "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" | S response"#),
    Case(#"C request | S "hello\r\n""#, "response-malformed-http"),
    Case(#"C request | S "HTTP/1.1 ok\r\n\r\n""#, "response-malformed-http"),
    Case(#"C request | S "\r\nHTTP/1.1 404 No\r\n\r\n""#, "response-malformed-http"),
    Case(#"C request | S "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n" | S FIN"#),
    Case("C request | S RST", "handshake-unanswered?"),
    Case("C request | C RST"),
    Case("C request"),
    Case(#"C request | S "HTTP/1.1 " | S FIN"#),
    Case(
      #"REQ Sec-WebSocket-Version: 25 | C request | S "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n""#,
      "version-not-13?"),
    Case(
      #"REQ Sec-WebSocket-Version: 25 | REQ -Host | C request | S "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n""#,
      "version-not-13?", "host-missing"),
    Case(
      #"REQ -Host | C request | S "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n""#, "host-missing"),
    Case(
      #"C "GET / HTTP/1.1\r\nHost: a\r\n\r\n" | S "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" | S response | C FIN"#,
      "unsolicited-101"),
  ])
  func `the answer`(_ example: Case) throws { try verify(example) }

  @Test(arguments: [
    Case("REQ Sec-WebSocket-Protocol: mqtt,, wamp | RES +Sec-WebSocket-Protocol: mqtt", "subprotocol-offer-malformed?"),
    Case("REQ Sec-WebSocket-Protocol:  ", "subprotocol-offer-malformed", "invalid-request-accepted"),
    Case("REQ Sec-WebSocket-Protocol: mqtt, Mqtt | RES +Sec-WebSocket-Protocol: mqtt", "subprotocol-case-variant!"),
    Case("REQ Sec-WebSocket-Protocol: a+b.c-d | RES +Sec-WebSocket-Protocol: a+b.c-d"),
    Case("RES +Sec-WebSocket-Protocol: mqtt", "subprotocol-not-offered"),
    Case("RES +Sec-WebSocket-Protocol: a b", "subprotocol-response-malformed"),
    Case(
      "REQ Sec-WebSocket-Protocol: mqtt | RES +Sec-WebSocket-Protocol: mqtt | RES +Sec-WebSocket-Protocol: mqtt",
      "subprotocol-response-multiple"),
    Case("REQ Sec-WebSocket-Protocol: mqtt | RES HTTP/1.1 403 No | RES -Sec-WebSocket-Accept"),
    Case(
      "REQ Sec-WebSocket-Protocol: notificationchannel-netapi-rest.openmobilealliance.org, x | RES "
        + "+Sec-WebSocket-Protocol: x"),
    Case(
      "REQ Sec-WebSocket-Protocol: x, eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln | RES +Sec-WebSocket-Protocol: x",
      "token-in-subprotocol!"),
    Case(
      "REQ Sec-WebSocket-Protocol: x, 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b | RES +Sec-WebSocket-Protocol: x",
      "token-in-subprotocol!"),
    Case(
      "REQ Sec-WebSocket-Protocol: graphql-transport-ws-with-a-long-name-of-its-own, x | RES +Sec-WebSocket-Protocol: x"
    ),
    Case("REQ Sec-WebSocket-Extensions: permessage-deflate,,, permessage-deflate"),
    Case("REQ Sec-WebSocket-Extensions: ,", "extension-offer-malformed", "invalid-request-accepted"),
    Case("REQ Sec-WebSocket-Extensions: permessage-deflate;", "extension-offer-malformed", "invalid-request-accepted"),
    Case(
      #"REQ Sec-WebSocket-Extensions: permessage-deflate; a="x"#, "extension-offer-malformed",
      "invalid-request-accepted"),
    Case(
      #"REQ Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits="1,0""#,
      "extension-param-quoted-invalid", "deflate-window-bits-invalid"),
    Case(#"REQ Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits="1\0""#),
    Case("REQ Sec-WebSocket-Extensions: permessage-deflate | REQ +Sec-WebSocket-Extensions: bbf-usp-protocol"),
    Case(
      "REQ Sec-WebSocket-Extensions: permessage-deflate | RES +Sec-WebSocket-Extensions: Permessage-Deflate",
      "extension-not-offered?", "extension-unregistered!"),
    Case(
      "REQ Sec-WebSocket-Extensions: permessage-deflate, x | RES +Sec-WebSocket-Extensions: permessage-deflate, x",
      "extension-unregistered!", "extension-unregistered!"),
  ])
  func `subprotocols and extensions`(_ example: Case) throws { try verify(example) }

  @Test(
    arguments: [
      ("client_max_window_bits", "client_max_window_bits=8", []),
      ("client_max_window_bits=16", "", ["deflate-window-bits-invalid", "deflate-invalid-offer-accepted"]),
      ("server_max_window_bits", "", ["deflate-window-bits-missing", "deflate-invalid-offer-accepted"]),
      ("server_max_window_bits=10", "server_max_window_bits=9", []),
      ("server_max_window_bits=10", "server_max_window_bits=11", ["deflate-server-bits-not-honoured"]),
      ("", "server_max_window_bits=10; server_no_context_takeover; client_no_context_takeover", []),
      ("client_no_context_takeover", "", []),
      ("server_no_context_takeover", "", ["deflate-no-takeover-not-honoured"]),
      ("", "client_max_window_bits=10", ["deflate-client-bits-not-offered"]),
      ("", "server_max_window_bits=7", ["deflate-window-bits-invalid"]),
      ("", "Server_max_window_bits=10", ["deflate-param-unknown"]),
      ("", "server_no_context_takeover; server_no_context_takeover", ["deflate-param-duplicated"]),
      ("", "server_no_context_takeover=true", ["deflate-flag-has-value"]),
      ("client_max_window_bits", "client_max_window_bits", ["deflate-window-bits-missing"]),
      // It can only answer the second, which does not let it limit the client.
      (
        "client_max_window_bits; server_max_window_bits=9, permessage-deflate", "client_max_window_bits=10",
        ["deflate-client-bits-not-offered"]
      ),
      ("foo, permessage-deflate", "", ["deflate-param-unknown"]),
    ] as [(String, String, [String])])
  func `parameters of permessage-deflate`(_ offered: String, _ accepted: String, _ rules: [String]) throws {
    func element(_ parameters: String) -> String {
      "permessage-deflate" + (parameters.isEmpty ? "" : "; " + parameters)
    }
    let scene =
      "REQ Sec-WebSocket-Extensions: \(element(offered)) | RES +Sec-WebSocket-Extensions: \(element(accepted))"
    #expect(try Self.recording(scene).rules == rules.sorted(), "\(scene)")
  }

  @Test(arguments: [
    Case("connection 198.51.100.7 > 203.0.113.5:80 | REQ +Authorization: Basic YTpi", "cleartext-credentials?"),
    Case("connection 10.0.0.1 > 10.0.0.2:80 | REQ +Authorization: Basic YTpi"),
    Case("REQ GET /?token= HTTP/1.1"),
    Case("REQ GET /?auth=true HTTP/1.1"),
    Case("REQ GET /?EIO=4&transport=websocket&sid=abcdef HTTP/1.1"),
    Case("REQ GET /?x-api_key=abc HTTP/1.1", "credentials-in-url?"),
    Case("REQ GET /?ticket=abcdef HTTP/1.1", "credentials-in-url!"),
    Case("REQ GET /?a=eyJhbGciOiJIUzI1NiJ9.e30.x12345 HTTP/1.1", "credentials-in-url?"),
    Case("REQ +Content-Length: 00"),
    Case("REQ +Transfer-Encoding: chunked", "request-has-body?"),
    Case("REQ +Content-Length: 5 | C request | C 68656c6c6f | S response", "request-has-body?"),
    Case("REQ Connection: Upgrade, sec-websocket-KEY, host", "connection-lists-websocket-header?"),
    Case("REQ Connection: Upgrade, X-Cookie"),
    Case("C request | S response | C 8185 37fa213d 7f9f4d5158"),
    Case("C request | C 8185 37fa213d 529b53514e | C FIN"),
  ])
  func `what is of use to an attacker`(_ example: Case) throws { try verify(example) }

  static let refusal = #"S "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n""#

  @Test(arguments: [
    // A frame that was in flight, and none behind it.
    Case("C request | C 8185 37fa213d 7f9f4d5158 | \(refusal) | C FIN", "client-data-before-response"),
    // One that was, and one that was not.
    Case(
      "C request | C 8185 37fa213d 7f9f4d5158 | \(refusal) | C 8185 37fa213d 7f9f4d5158 | C FIN",
      "client-data-before-response", "frames-after-refused-upgrade?"),
    Case("C request | \(refusal) | C 8281 37fa213d 37"),
    Case("C request | \(refusal) | C 8281 37fa213d 37 | C 8280 00000000", "frames-after-refused-upgrade?"),
    Case("C request | \(refusal) | C 81 | C 85 | C 37fa21 | C 3d7f9f4d | C 5158", "frames-after-refused-upgrade?"),
    Case("C request | \(refusal) | C 8105 68656c6c6f"),
    Case("C request | \(refusal) | C 8882 37fa213d 3412"),
    Case(#"C request | \#(refusal) | C "GET /other HTTP/1.1\r\nHost: server.example.com\r\n\r\n""#),
    Case(
      #"REQ -Sec-WebSocket-Version | C request | \#(refusal) | C "GET /chat HTTP/1.1\r\nHost: other.example\r\n\r\n""#,
      "version-missing", "http-after-refused-upgrade!"),
    Case(
      #"REQ Sec-WebSocket-Version: 8 | C request | S "HTTP/1.1 426 No\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nContent-Length: 0\r\n\r\n" | C "GET /other HTTP/1.1\r\nHost: a\r\n\r\n""#,
      "version-not-13?"),
  ])
  func `what follows a refusal`(_ example: Case) throws { try verify(example) }

  @Test(arguments: [
    Case(#"handshake | C "GET / HTTP/1.1\r\nHost: a\r\n\r\n""#, "http-after-101"),
    Case("handshake | S 48 | S 545450 | S 2f312e | S 31", "http-after-101"),
    Case("handshake | C 53 | C 5348 | C 2d322e302d58", "not-websocket-after-101"),
    Case("handshake | C 160301 0100", "not-websocket-after-101"),
    Case("handshake | S 16 | S 0303", "not-websocket-after-101"),
    Case("handshake | S 8b80 00000000 | S 8b80 00000000", "not-websocket-after-101"),
    // One kind of fault is a bad client.
    Case("handshake | C 8100 | C 8100 | C 8100 | C 8100"),
    Case("handshake | S 8100 | S 8100 | S 8100 | S 8b80 00000000 | S 8b80 00000000"),
    Case("handshake | S 53 | S FIN"),
    Case("handshake | S 8800 | S ff{20}"),
    Case(
      "REQ Sec-WebSocket-Extensions: x | RES +Sec-WebSocket-Extensions: x | C 160301 0100", "extension-unregistered!",
      "extension-unregistered!"),
  ])
  func `what follows a 101`(_ example: Case) throws {
    let told = try Self.recording(example.scene)
    let expected = example.rules.map { $0.hasSuffix("!") ? String($0.dropLast()) : $0 }
    // A direction that begins in the middle of another protocol may be named so by the checks of frames too.
    #expect(told.rules == expected.sorted(), "\(example.scene)")
  }

  @Test func `another protocol behind a 101 is not read, and its bytes are counted`() throws {
    let told = try Self.recording("handshake | C 5353 | C 482d322e302d | C 58580d0a | S 81 02 6869 | C FIN | S FIN")
    #expect(told.frames.count == 1)
    let end = try #require(told.ends.first)
    #expect(end.client.unframedBytes == 12)
    #expect(end.client.frames == 0)
    #expect(end.server.messages == 1)
    #expect(told.violations.map(\.packet.number) == [10])
  }

  @Test func `what may become another protocol and does not is read as frames`() throws {
    // A fragment of permessage-deflate's first message, by a server that was slow: 0x47 0x45 is "GE".
    let told = try Self.recording(
      "REQ Sec-WebSocket-Extensions: permessage-deflate | RES +Sec-WebSocket-Extensions: permessage-deflate | S 48 | S "
        + "01 61 | S FIN")
    #expect(told.frames.map(\.header.payloadLength) == [1])
  }

  @Test(
    arguments: [
      ("C FIN | S FIN", ["request-malformed-http"], OpenRecord.Failure.noResponse),
      ("C RST", ["request-malformed-http"], .noResponse),
      // The server had enough of it.
      ("S FIN | C FIN", [], .noResponse),
      ("S RST", [], .noResponse),
      (#"S "HTTP/1.1 408 Slow\r\n\r\n" | S FIN | C FIN"#, [], .status),
      ("@20 | C FIN | S FIN", ["handshake-stalled", "request-malformed-http"], .noResponse),
    ] as [(String, [String], OpenRecord.Failure)])
  func `a head without an end is an attempt`(_ end: String, _ rules: [String], _ failure: OpenRecord.Failure) throws {
    let told = try Self.recording(#"C "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nSec-Web" | \#(end)"#)
    #expect(told.rules == rules.sorted(), "\(end)")
    #expect(told.opens.map(\.failure) == [failure])
    #expect(told.opens.first?.request?.fields.count == 2)
  }

  @Test func `a head that the capture cuts off is nothing`() throws {
    let told = try Self.recording(#"C "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n""#)
    #expect(told.story == [])
  }

  @Test func `a handshake of which Host and target have control bytes is decoded, and is told`() throws {
    let told = try Self.recording("REQ GET /a\u{0}b HTTP/1.1 | REQ Host: x\u{7f} | S 81 02 6869")
    #expect(told.opens.map(\.failure) == [nil])
    #expect(told.messages.count == 1)
    #expect(told.rules == ["host-invalid", "request-target-not-ascii"])
    #expect(told.violations.map(\.detail) == ["byte 0x0 at byte 2 of /a\\x00b", "Host: x\\x7f"])
  }

  @Test func `disorder makes neither early bytes nor pipelining`() {
    var talk = Conversation()
    talk.handshake()
    talk.client("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
    talk.server("HTTP/1.1 204 No Content\r\n\r\n")
    talk.client(HandshakeText.request())
    talk.server(HandshakeText.response())
    talk.client(WebSocketFrame.text("you", mask: exampleMask))
    talk.close()
    func rules(_ packets: [BuiltPacket]) -> [String] { analyze(packets, rules: Self.checked).rules }
    #expect(rules(talk.packets) == [])
    // SYN, SYN and ACK, ACK, request, answer, request, answer, frame.
    #expect(rules(talk.packets.moving(4, to: 5).retimed()) == [])
    #expect(rules(talk.packets.moving(6, to: 7).retimed()) == [])
  }

  @Test func `details name cookies, parameters and tokens, and hold none of their values`() throws {
    let scene =
      "connection 198.51.100.7 > 203.0.113.5:80 | REQ GET /a b?access_token=hunter2 HTTP/1.1 | REQ +Cookie: "
      + "id=hunter2; b=hunter2 | REQ +Authorization: Basic hunter2 | REQ Sec-WebSocket-Protocol: bearer.hunter2"
    let told = analyze(try Scene(scene).packets, rules: .everything)
    #expect(told.rules.contains("cleartext-credentials"))
    #expect(told.rules.contains("credentials-in-url"))
    #expect(told.rules.contains("token-in-subprotocol"))
    #expect(told.rules.contains("subprotocol-unregistered"))
    #expect(told.violations.allSatisfy { !$0.detail.contains("hunter2") })
    let details = told.violations.map(\.detail)
    #expect(details.contains("Cookie (id, b), Authorization"))
    #expect(details.contains("parameter access_token"))
  }

  @Test func `details are text, and not long, whatever the bytes are`() throws {
    let long = String(repeating: "é", count: 400)
    let told = try Self.recording("REQ Host: \(long) | REQ Origin: \u{7f}\u{202e}x")
    let details = told.violations.map(\.detail)
    #expect(details.contains { $0.hasPrefix("Host: ééé") && $0.hasSuffix("… and 720 bytes more") })
    #expect(details.contains("Origin: \\x7f\\xe2\\x80\\xaex"))
  }
}
