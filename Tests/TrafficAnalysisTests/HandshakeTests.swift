import HTTPDecoding
import NetworkTypes
import TestSupport
import Testing

@testable import TrafficAnalysis

/// The handshake is found wherever it stands in an HTTP/1.1 connection.
struct HandshakeTests {
  static let request = HandshakeText.request()
  static let accepted = HandshakeText.response()
  static let hello = "s2c text \"Hello\""

  /// Reads a conversation that exchanges `parts`, "> " for the client and "< " for the server, then a handshake.
  static func story(_ parts: [String], segmentBytes: Int? = nil) -> [String] {
    var talk = Conversation()
    talk.handshake()
    func send(_ talk: inout Conversation, _ side: Conversation.Side, _ text: String) {
      talk.send(from: side, Array(text.utf8), segmentBytes: segmentBytes)
    }
    for part in parts {
      send(&talk, part.hasPrefix(">") ? .client : .server, String(part.dropFirst(2)))
    }
    send(&talk, .client, request)
    send(&talk, .server, accepted)
    talk.send(from: .server, WebSocketFrame.text("Hello"), segmentBytes: segmentBytes)
    talk.close()
    return analyze(talk).story
  }

  @Test(arguments: [
    ["> GET / HTTP/1.1\r\nHost: a\r\n\r\n", "< HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12345"],
    ["> GET / HTTP/1.1\r\n\r\n", "< HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"],
    [
      "> GET / HTTP/1.1\r\n\r\n",
      "< HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n11\r\nHTTP/1.1 101 no\r\n\r\n0\r\nT: u\r\n\r\n",
    ],
    ["> HEAD / HTTP/1.1\r\n\r\n", "< HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"],
    ["> HEAD / HTTP/1.1\r\n\r\n", "< HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["> GET / HTTP/1.1\r\n\r\n", "< HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n"],
    ["> GET / HTTP/1.1\r\n\r\n", "< HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n"],
    [
      "> POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n", "< HTTP/1.1 100 Continue\r\n\r\n",
      "> abc",
      "< HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\n1",
    ],
    [
      "> POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nGET\r\n0\r\n\r\n",
      "< HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    ],
    [
      "> GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nHEAD /3 HTTP/1.1\r\n\r\n",
      "< HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\n22HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n",
    ],
    ["> \r\nGET / HTTP/1.1\r\n\r\n", "< HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx"],
  ])
  func `a handshake follows other requests on the connection`(before: [String]) {
    let expected = ["open", Self.hello, "end: fin"]
    #expect(Self.story(before) == expected)
    #expect(Self.story(before, segmentBytes: 1) == expected, "byte by byte")
    #expect(Self.story(before, segmentBytes: 13) == expected, "in segments of 13 bytes")
  }

  @Test func `a handshake that is pipelined behind another request is paired with its own answer`() {
    var talk = Conversation()
    talk.handshake()
    talk.client("GET / HTTP/1.1\r\n\r\n" + Self.request)
    talk.server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + Self.accepted)
    talk.server(WebSocketFrame.text("Hello"))
    talk.close()
    #expect(analyze(talk).story == ["open", Self.hello, "end: fin"])
  }

  @Test func `a refusal and what comes of it are told apart on one connection`() {
    var talk = Conversation()
    talk.handshake()
    talk.client(Self.request)
    talk.server("HTTP/1.1 401 Unauthorized\r\nContent-Length: 6\r\n\r\ndenied")
    talk.client(HandshakeText.request("Authorization: Basic YTpi"))
    talk.server(Self.accepted)
    talk.server(WebSocketFrame.text("Hello"))
    talk.close()
    let told = analyze(talk)
    #expect(told.story == ["refused: status", "open", Self.hello, "end: fin"])
    #expect(told.opens.map(\.response?.status) == [401, 101])
    #expect(Set(told.opens.map(\.connection.name)).count == 1)
    #expect(told.stats.last?.failedHandshakes == 1)
    #expect(told.stats.last?.webSockets == 1)
    #expect(told.stats.last?.openWebSockets == 0)
  }

  @Test func `the target's authority is the host where no Host field is`() {
    var talk = Conversation()
    talk.handshake()
    let fields = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: \(HandshakeText.key)"]
    talk.client(HandshakeText.head("GET http://chat.example:8080/a?b HTTP/1.1", fields))
    talk.server(Self.accepted)
    let told = analyze(talk)
    #expect(told.opens.map { $0.connection.host.map { String(decoding: $0, as: UTF8.self) } } == ["chat.example:8080"])
    #expect(
      told.opens.map { $0.connection.path.map { String(decoding: $0, as: UTF8.self) } }
        == ["http://chat.example:8080/a?b"])
  }

  @Test func `field names are known in any case, and tokens among others`() {
    var talk = Conversation()
    talk.handshake()
    talk.client(
      HandshakeText.head(
        "GET / HTTP/1.1",
        [
          "hOST: a", "UPGRADE: foo/2, WebSocket", "connection:keep-alive,UPGRADE",
          "SEC-WEBSOCKET-KEY:   \(HandshakeText.key)\t ", "sec-websocket-VERSION: 13",
        ]))
    talk.server(
      HandshakeText.head(
        "HTTP/1.1 101 ",
        ["uPgRaDe: WEBSOCKET", "CONNECTION: upgrade", "sec-websocket-accept:  \(HandshakeText.accept) "]))
    talk.server(WebSocketFrame.text("Hello"))
    talk.close()
    let told = analyze(talk)
    #expect(told.story == ["open", Self.hello, "end: fin"])
    #expect(told.opens.first?.isAcceptRight == true)
    #expect(told.rules == [])
  }

  @Test func `frames in the segment of the answer and early behind the request are read`() {
    var talk = Conversation()
    talk.handshake()
    talk.client(Array(Self.request.utf8) + WebSocketFrame.text("early", mask: exampleMask))
    talk.client(WebSocketFrame.text("earlier than the answer", mask: 0x0102_0304))
    talk.server(Array(Self.accepted.utf8) + WebSocketFrame.text("Hello") + [0x81])
    talk.server([0x02, 0x68, 0x69])
    talk.close()
    let told = analyze(talk)
    let expected = [
      "s2c text \"Hello\"", "c2s text \"early\"", "c2s text \"earlier than the answer\"", "s2c text \"hi\"",
    ]
    #expect(told.story.first == "open")
    #expect(told.talk.sorted() == expected.sorted())
    // Bytes that waited for the answer take the packet that released them.
    #expect(told.messages.filter { $0.record.sender == .client }.allSatisfy { $0.record.packet.number == 6 })
  }

  @Test func `an answer that the capture shows before its request waits for it`() {
    var talk = Conversation()
    talk.openWebSocket()
    talk.server(WebSocketFrame.text("Hello"))
    talk.client(WebSocketFrame.text("you", mask: exampleMask))
    talk.close()
    // SYN, SYN and ACK, ACK, request, answer, ...
    let told = analyze(talk.packets.moving(4, to: 3).retimed())
    #expect(told.story == ["open", Self.hello, "c2s text \"you\"", "end: fin"])
    #expect(told.opens.first?.request != nil)
    #expect(told.opens.first?.isAcceptRight == true)
  }

  @Test
  func `an answer that the capture shows before its request, with a wrong accept, breaks the rule at its own place`() {
    var talk = Conversation()
    talk.handshake()
    talk.client("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
    let before = "HTTP/1.1 204 No Content\r\n\r\n"
    talk.server(before)
    talk.client(Self.request)
    talk.server(HandshakeText.response(accept: "AAAAAMBiTxaQ9kYGzzhZRbK+xOo="))
    let inOrder = analyze(talk.packets)
    let reversed = analyze(talk.packets.moving(6, to: 5).retimed())
    #expect(inOrder.rules == ["accept-mismatch"])
    #expect(reversed.rules == ["accept-mismatch"])
    #expect(inOrder.violations.map(\.offset) == [before.utf8.count])
    #expect(reversed.violations.map(\.offset) == [before.utf8.count])
  }

  @Test func `an answer before its request does not make the request frames, without the SYNs too`() {
    var talk = Conversation()
    talk.openWebSocket()
    talk.server(WebSocketFrame.text("Hello"))
    talk.client(WebSocketFrame.text("you", mask: exampleMask))
    talk.close()
    let told = analyze(Array(talk.packets[3...]).moving(1, to: 0).retimed())
    #expect(told.rules == [])
    // Where the client's frames begin need not be found, but nothing may be told that was not there.
    #expect(told.story.filter { $0 != "c2s text \"you\"" } == ["open", Self.hello, "end: fin"])
  }

  @Test func `a request that is never answered is an attempt without response`() {
    var talk = Conversation()
    talk.handshake()
    talk.client(Self.request)
    let told = analyze(talk)
    #expect(told.story == ["refused: no_response"])
    talk.client(WebSocketFrame.text("anyone?", mask: exampleMask))
    talk.rst(from: .server)
    #expect(analyze(talk).story == ["refused: no_response"])
  }

  @Test func `a connection whose request was lost is found by its answer`() {
    var talk = Conversation()
    talk.handshake()
    talk.lose(from: .client, Array(Self.request.utf8))
    talk.server(Self.accepted)
    talk.server(WebSocketFrame.text("Hello"))
    talk.client(WebSocketFrame.text("you", mask: exampleMask))
    talk.close()
    let told = analyze(talk)
    #expect(told.story.contains("open"))
    #expect(told.talk.contains(Self.hello))
    #expect(told.opens.first?.isIncomplete == true)
  }

  @Test func `the server's side alone tells its messages, with and without the SYN's answer`() {
    var talk = Conversation()
    talk.openWebSocket()
    talk.server(WebSocketFrame.text("Hello"))
    talk.client(WebSocketFrame.text("you", mask: exampleMask))
    talk.close()
    // 1 SYN and ACK, 4 answer, 5 frame, 8 FIN.
    let side = [1, 4, 5, 8].map { talk.packets[$0] }
    #expect(analyze(side).talk == [Self.hello])
    #expect(analyze(Array(side[1...])).talk == [Self.hello])
  }

  @Test(arguments: [
    (HandshakeText.head("HTTP/1.1 101 Switching Protocols", ["Upgrade: h2c", "Connection: Upgrade"]), "not_upgraded"),
    ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "status"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "status"),
    ("HTTP/1.1 301 Moved\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", "status"),
  ])
  func `bytes behind an answer that opens no WebSocket are no frames`(answer: String, why: String) {
    var talk = Conversation()
    talk.handshake()
    talk.client(Self.request)
    talk.server(answer)
    talk.server(WebSocketFrame.text("Hello"))
    talk.client(WebSocketFrame.text("you", mask: exampleMask))
    talk.close()
    let told = analyze(talk)
    #expect(told.story == ["refused: \(why)"])
    #expect(told.frames.isEmpty)
    #expect(told.stats.last?.webSockets == 0)
  }

  @Test func `another protocol that is switched to is no WebSocket`() {
    var talk = Conversation()
    talk.handshake()
    talk.client("GET / HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n")
    talk.server("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
    talk.server(WebSocketFrame.text("Hello"))
    talk.close()
    #expect(analyze(talk).story == [])
  }

  @Test func `the handshake of the 2010 drafts is named, and its frames are not read`() {
    var talk = Conversation()
    talk.handshake()
    talk.client(
      HandshakeText.head(
        "GET /demo HTTP/1.1",
        [
          "Host: example.com", "Connection: Upgrade", "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00",
          "Upgrade: WebSocket", "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5", "Origin: http://example.com",
        ]) + "^n:ds[4U")
    talk.server(
      HandshakeText.head(
        "HTTP/1.1 101 WebSocket Protocol Handshake",
        ["Upgrade: WebSocket", "Connection: Upgrade", "Sec-WebSocket-Origin: http://example.com"]) + "8jKS'y:G*Co,Wxa-")
    talk.server([0x00, 0x48, 0x69, 0xff])
    talk.close()
    let told = analyze(talk)
    #expect(told.story == ["refused: no_accept"])
    #expect(told.frames.isEmpty)
  }

  @Test func `a wrong accept and a missing one fail the attempt, and the frames are read all the same`() {
    for (accept, why) in [("AAAAAMBiTxaQ9kYGzzhZRbK+xOo=", "bad_accept"), (nil, "no_accept")] {
      var talk = Conversation()
      talk.handshake()
      talk.client(Self.request)
      talk.server(HandshakeText.response(accept: accept))
      talk.server(WebSocketFrame.text("Hello"))
      talk.close()
      let told = analyze(talk)
      let rule = accept == nil ? "accept-missing" : "accept-mismatch"
      #expect(told.story == ["refused: \(why)", "s2c breaks \(rule)", Self.hello, "end: fin"])
      #expect(told.stats.last?.failedHandshakes == 1)
    }
  }

  @Test func `the open record knows the times and the agreement`() throws {
    let told = socket(
      request: [
        "Sec-WebSocket-Protocol: a, b", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
      ],
      response: [
        "Sec-WebSocket-Protocol: b",
        "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_max_window_bits=10",
      ]
    ) { _ in }
    let open = try #require(told.opens.first)
    // A packet a millisecond: SYN, SYN and ACK, ACK; request, answer.
    #expect(open.tcpRoundTripMicroseconds == 2000)
    #expect(open.waitMicroseconds == 1000)
    #expect(open.packet.number == 5)
    let agreed = OpenRecord.Deflate(clientBits: 10, serverBits: 15, clientResets: false, serverResets: true)
    #expect(open.deflate == agreed)
    #expect(open.discovery == .handshake)
    #expect(!open.isIncomplete)
  }
}
