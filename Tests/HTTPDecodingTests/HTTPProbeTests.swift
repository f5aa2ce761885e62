import HTTPDecoding
import Testing

@Suite struct `The probe` {
  static func verdict(_ input: ArraySlice<UInt8>) -> HTTPProbe.Verdict {
    HTTPProbe.verdict(prefix: Array(input).span.bytes)
  }

  /// Expects `needMore` for each shorter beginning until the verdict, which then stays.
  static func expect(
    _ input: String, _ verdict: HTTPProbe.Verdict, after count: Int? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let input = bytes(input)
    #expect(Self.verdict(input[...]) == verdict, sourceLocation: sourceLocation)
    let first = input.indices.first { Self.verdict(input[...$0]) != .needMore }.map { $0 + 1 }
    if let count { #expect(first == count, sourceLocation: sourceLocation) }
    for length in (first ?? input.count)..<max(input.count, first ?? 0) {
      #expect(Self.verdict(input[...length]) == verdict, sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\n", 5), ("GET http://a/ HTTP/1.1\r\n", 5), ("OPTIONS * HTTP/1.1\r\n", 9),
    ("CONNECT a:443 HTTP/1.1\r\n", 9), ("CONNECT [::1]:443 HTTP/1.1\r\n", 9), ("get / HTTP/1.1\r\n", 5),
    ("M-SEARCH * HTTP/1.1\r\n", 10), ("H / HTTP/1.1\r\n", 3), ("HTTP / HTTP/1.1\r\n", 6), ("GET  /", 5), ("GET\t/", 5),
    ("\r\nGET / HTTP/1.1\r\n", 7), ("\r\n\r\n\r\n\r\nGET /", 13), ("\n\nGET / HTTP/1.1\r\n", 7),
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF / HTTP/1.1\r\n", 34), ("PRI * HTTP/2.0\r\n", 5),
  ])
  func `knows requests as soon as the target begins`(_ input: String, _ count: Int) {
    Self.expect(input, .request, after: count)
  }

  @Test(arguments: [("HTTP/1.1 200 OK\r\n", 7), ("HTTP/1.0 404 Not Found\r\n", 7), ("\r\nHTTP/1.1 200 OK\r\n", 9)])
  func `knows responses`(_ input: String, _ count: Int) {
    Self.expect(input, .response, after: count)
  }

  @Test(arguments: [
    "", "\r", "\n", "\r\n", "\r\n\r\n\r\n\r\n", "G", "GET", "GET ", "HTTP", "HTTP/1", "\r\nH",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF",
  ])
  func `waits while it is not clear`(_ input: String) {
    Self.expect(input, .needMore)
  }

  @Test(
    arguments: [
      ("\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}", 1),  // TLS ClientHello
      ("\u{80}\u{2e}\u{1}\u{3}\u{1}", 1),  // SSL 2 ClientHello
      ("SSH-2.0-OpenSSH_9.6\r\n", 20),
      ("220 mail.example.com ESMTP\r\n", 1),  // SMTP, FTP
      ("+OK POP3 ready\r\n", 1), ("* OK IMAP4rev1\r\n", 1), ("-ERR unknown\r\n", 1),
      ("EHLO\r\n", 5), ("QUIT\r\n", 5), ("stats\r\n", 6),
      ("*3\r\n$3\r\nSET\r\n", 1), ("PING\r\n", 5), ("$-1\r\n", 1), (":1000\r\n", 1),  // Redis
      ("\u{5}\u{1}\0", 1), ("\u{4}\u{1}\0\u{50}", 1),  // SOCKS
      ("\r\n\r\n\0\r\nQUIT\n", 5),  // PROXY protocol 2
      ("\u{13}BitTorrent protocol", 1), ("\u{10}\u{e}\0\u{4}MQTT\u{4}", 1), ("AMQP\0\0\u{9}\u{1}", 5),
      ("\0\0\0\u{8}\u{4}\u{d2}\u{16}\u{2f}", 1),  // PostgreSQL SSLRequest
      ("J\0\0\0\u{a}8.0.36\0", 2),  // MySQL greeting
      ("\u{3}\0\0\u{13}\u{e}\u{e0}", 1),  // RDP
      ("RFB 003.008\n", nil), ("\0\0\0\u{85}\u{ff}SMB", 1), ("\u{30}\u{c}\u{2}\u{1}", 1),  // VNC (below), SMB, LDAP
      ("\u{ff}\u{fd}\u{18}", 1),  // Telnet
      ("<?xml version='1.0'?><stream:stream", 1), ("{\"jsonrpc\": \"2.0\"}", 1), ("#!/bin/sh", 1), ("/ HTTP/1.1", 1),
      ("\u{82}\u{85}abcdhello", 1), ("\u{81}\u{5}hello", 1),  // WebSocket frames
      ("G\u{c3}\u{89}T / HTTP/1.1", 2), ("GET\0/ HTTP/1.1", 4), ("GET \u{80}\u{81}", 5), ("GET \r\n", 5), ("GET \0", 5),
      ("HTTP/2 200\r\n", 6), ("HTTP/1,1", 7), ("http/1.1 200 OK\r\n", 5), ("HTTP\r\n", 5),
      ("\rGET / HTTP/1.1", 2), ("\r\n GET /", 3), (" GET / HTTP/1.1", 1), ("\r\n\r\n\r\n\r\n\r\nGET /", 9),
      ("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1\r\n", 33), ("@RSYNCD: 31.0\n", 1),
      ("-----BEGIN", 1), ("~~~ x", 1), ("LIST\t\r\n", 6), ("A \u{1}\u{2}\u{3}", 3),
    ] as [(String, Int?)])
  func `knows other protocols at once`(_ input: String, _ count: Int?) {
    // VNC's greeting is a word and a space, which only its line's end tells from a request.
    Self.expect(input, count == nil ? .request : .no, after: count)
  }

  @Test(arguments: [
    "EHLO mail.example.com\r\n", "USER anonymous\r\n", "INVITE sip:bob@example.com SIP/2.0\r\n",
    "OPTIONS rtsp://example.com/media.mp4 RTSP/1.0\r\n", "a001 LOGIN user pass\r\n", "NICK someone\r\n",
    "set key 0 0 5\r\nvalue\r\n", "get key\r\n", "INFO {\"server_id\":\"X\"}\r\n", "CONNECT {\"verbose\":false}\r\n",
    "RFB 003.008\n", "PROXY TCP4 192.0.2.1 192.0.2.2 5000 80\r\n", "PASS secret\r\n", "MAIL FROM:<a@b>\r\n",
    "A x\u{1}\u{2}\u{3}", "GET /index.html\r\n",
  ])
  func `what only looks like a request is refused by the head decoder before its line is over`(_ input: String) {
    Self.expect(input, .request)
    verifyRequests(
      input + String(repeating: "x", count: 50), is: [.failed(.notHTTP)],
      end: "failed(HTTPDecoding.HTTPFailure.notHTTP)")
  }

  @Test func `needs 42 bytes at most, whatever they are`() {
    var course = Course(state: 1)
    for _ in 0..<20_000 {
      // Bytes that methods and line ends are made of, mostly, so that the verdict is put off.
      let input = (0..<42).map { _ in
        course.next() % 16 == 0
          ? UInt8.random(in: 0...255, using: &course) : Array("GETHP/1.\r\n aZ-".utf8).randomElement(using: &course)!
      }
      #expect(Self.verdict(input[...]) != .needMore)
    }
  }
}
