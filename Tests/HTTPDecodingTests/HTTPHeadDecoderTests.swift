import HTTPDecoding
import NetworkTypes
import Testing

@Suite struct `Heads of requests` {
  @Test func `a handshake is read, and the cursor stands behind the empty line`() {
    let head = "GET /chat?x=1 HTTP/1.1\r\nHost: a.example\r\nUpgrade:websocket\r\nX-Empty:\r\n\r\n"
    verify(
      head + "\u{81}\u{80}abcd", HTTPRequestHead.self, framing: { _ in nil },
      is: [
        .head("GET /chat?x=1 1.1 | Host: a.example; Upgrade: websocket; X-Empty: ", upTo: head.utf8.count)
      ], end: "behindHead")
  }

  @Test func `bytes stay raw: case, UTF-8, Latin-1 and blanks within a value`() {
    verifyRequests(
      "get /\u{e9}\u{ff} HTTP/1.0\r\nhOsT: \t a  b\t \r\nX-\u{7e}: \u{80}\r\n\r\n",
      is: [.head("get /\u{e9}\u{ff} 1.0 | hOsT: a  b; X-~: \u{80}", upTo: 44), .end()])
  }

  @Test func `a line may have any length, and a control byte stand anywhere in it`() {
    func defects(_ value: [UInt8]) -> [HTTPDefect.Kind]? {
      var decoder = HTTPHeadDecoder<HTTPRequestHead>()
      var cursor = 0
      let wire = Array("GET / HTTP/1.1\r\nA:".utf8) + value + Array("\r\n\r\n".utf8)
      guard case .head(let head) = wire.withRawSpan({ decoder.next($0, &cursor) }), cursor == wire.count,
        head.fields.first(named: "a") == value
      else { return nil }
      return head.defects.map(\.kind)
    }
    for length in 1...40 {
      for place in 0..<length {
        for byte: UInt8 in [0x00, 0x01, 0x1f, 0x7f, 0x20, 0x21, 0x7e, 0x80, 0x8a, 0x9f, 0xff] {
          var value = [UInt8](repeating: 0x61, count: length)
          value[place] = byte
          if byte == 0x20, place == 0 || place == length - 1 { continue }
          #expect(defects(value) == (byte < 0x20 || byte == 0x7f ? [.controlByteInValue] : []), "\(byte) \(place)")
        }
      }
    }
  }

  @Test(
    arguments: [
      ("\r\n\r\nGET / HTTP/1.1\r\n\r\n", "GET / 1.1", [HTTPDefect.Kind.leadingEmptyLines]),
      ("\nGET / HTTP/1.1\r\n\r\n", "GET / 1.1", [.bareLF, .leadingEmptyLines]),
      ("GET / HTTP/1.1\nA: b\n\n", "GET / 1.1 | A: b", [.bareLF]),
      ("GET / HTTP/1.1\r\nA : b\r\n\r\n", "GET / 1.1 | A: b", [.blankBeforeColon]),
      ("GET / HTTP/1.1\r\nA\t:b\r\n\r\n", "GET / 1.1 | A: b", [.blankBeforeColon]),
      ("GET / HTTP/1.1\r\nA: b\r\n  c\r\n\td \r\n\r\n", "GET / 1.1 | A: b c d", [.obsoleteFolding]),
      ("GET / HTTP/1.1\r\nA:\r\n c\r\n\r\n", "GET / 1.1 | A: c", [.obsoleteFolding]),
      ("GET / HTTP/1.1\r\n A: b\r\n c\r\nD: e\r\n\r\n", "GET / 1.1 | D: e", [.blankBeforeFirstField]),
      ("GET / HTTP/1.1\r\nno colon\r\n x\r\nA: b\r\n\r\n", "GET / 1.1 | A: b", [.fieldWithoutColon, .obsoleteFolding]),
      ("GET / HTTP/1.1\r\n: b\r\n\r\n", "GET / 1.1 | : b", [.nameNotToken]),
      ("GET / HTTP/1.1\r\nA B: c\r\n\r\n", "GET / 1.1 | A B: c", [.nameNotToken]),
      ("GET / HTTP/1.1\r\nA(: c\r\n\r\n", "GET / 1.1 | A(: c", [.nameNotToken]),
      ("GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", "GET / 1.1 | A: b\rc", [.bareCR]),
      ("GET / HTTP/1.1\r\nA: b\r\r\n\r\n", "GET / 1.1 | A: b\r", [.bareCR]),
      ("GET / HTTP/1.1\r\nA: b\0c\u{7f}\r\n\r\n", "GET / 1.1 | A: b\0c\u{7f}", [.controlByteInValue]),
      ("GET / HTTP/1.1\r\nA\0: b\r\n\r\n", "GET / 1.1 | A\0: b", [.controlByteInValue, .nameNotToken]),
      ("GET /a b HTTP/1.1\r\n\r\n", "GET /a b 1.1", [.startLineNotThreeParts]),
      ("GET HTTP/1.1\r\n\r\n", "GET  1.1", [.startLineNotThreeParts]),
      ("GET  HTTP/1.1\r\n\r\n", "GET  1.1", [.startLineNotThreeParts]),
      ("GET  /  HTTP/1.1\r\n\r\n", "GET / 1.1", [.startLineNotThreeParts]),
      ("GET / HTTP/1.1 \r\n\r\n", "GET / 1.1", [.startLineNotThreeParts]),
      ("GET\t/ HTTP/1.1\r\n\r\n", "GET / 1.1", [.startLineNotThreeParts]),
      ("GET /\0 HTTP/1.1\r\n\r\n", "GET /\0 1.1", [.controlByteInValue]),
      ("GET http://a/\u{1} HTTP/1.1\r\n\r\n", "GET http://a/\u{1} 1.1", [.controlByteInValue]),
      ("GET / http/1.1\r\n\r\n", "GET / 1.1", [.malformedVersion]),
      ("GET / HTTP/1.10\r\n\r\n", "GET / 1.10", [.malformedVersion]),
      ("GET / HTTP/1\r\n\r\n", "GET / 1.0", [.malformedVersion]),
      ("GET / HTTP/1.\r\n\r\n", "GET / 1.0", [.malformedVersion]),
      ("PRI * HTTP/2.0\r\n\r\n", "PRI * 2.0", []),
      ("CONNECT a.example:443 HTTP/1.1\r\n\r\n", "CONNECT a.example:443 1.1", []),
      ("GET http://a.example/ HTTP/1.1\r\n\r\n", "GET http://a.example/ 1.1", []),
    ] as [(String, String, [HTTPDefect.Kind])])
  func `departures from the grammar are defects`(_ input: String, _ summary: String, _ defects: [HTTPDefect.Kind]) {
    verifyRequests(input, is: [.head(summary, defects: defects, upTo: input.unicodeScalars.count), .end()])
  }

  @Test(arguments: [
    "GET /\r\n", "GET / HTTPS/1.1\r\n", "GET / HTTP/1.1x\r\n", "GET / HTTP/a.b\r\n", "GET / HTTP/1111.1\r\n",
    "GET / HTTP/\r\n", "GET / HTTP/1.1\r\r\n", "G(T / HTTP/1.1\r\n", " GET / HTTP/1.1\r\n", "\rGET / HTTP/1.1\r\n",
    "POST /\0 HTTP/1.1\r\n", "PUT / \u{1}", "GET \u{1}/ HTTP/1.1\r\n", "\u{16}\u{3}\u{1}\u{2}", "USER anonymous\r\n",
    "INVITE sip:a@b SIP/2.0\r\n",
    "DESCRIBE rtsp://a/b RTSP/1.0\r\n", "HTTP/1.1 200 OK\r\n", "+OK HTTP/1.1\r\n", "\u{81}\u{5}hello", "{\"a\": 1}\r\n",
    String(repeating: "A", count: 40) + " / HTTP/1.1\r\n",
  ])
  func `what cannot be a request line is not HTTP`(_ input: String) {
    verifyRequests(input, is: [.failed(.notHTTP)], end: "failed(HTTPDecoding.HTTPFailure.notHTTP)")
  }

  @Test func `each kind of defect is listed once, with its first line's offset, and the head knows its length`() throws
  {
    let input = bytes("\r\nGET / HTTP/1.1\r\nA: 1\r\nB : 2\nC : 3\n\r\n!")
    var decoder = HTTPHeadDecoder<HTTPRequestHead>()
    var cursor = 0
    guard case .head(let head) = decoder.next(input.span.bytes, &cursor) else {
      Issue.record("no head")
      return
    }
    #expect(
      head.defects == [
        HTTPDefect(.leadingEmptyLines, at: 0), HTTPDefect(.bareLF, at: 24), HTTPDefect(.blankBeforeColon, at: 24),
      ])
    #expect(head.defects.contains(.bareLF))
    #expect(!head.defects.contains(.bareCR))
    #expect(head.byteCount == input.count - 1)
    #expect(cursor == input.count - 1)
    #expect(decoder.isAtStart)
  }

  @Test func `a head cut off at any byte is unfinished, and only empty lines are none`() {
    let input = bytes("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
    for count in input.indices {
      var decoder = HTTPHeadDecoder<HTTPRequestHead>()
      var cursor = 0
      let event = decoder.next(Array(input[..<count]).span.bytes, &cursor)
      #expect(event == .needMoreBytes)
      #expect(decoder.isAtStart == (count <= 2))
      #expect(decoder.byteCount == count)
    }
  }

  @Test func `the limits of bytes and of fields are exact`() {
    let head = "GET / HTTP/1.1\r\nA: b\r\nC: d\r\n\r\n"
    var limits = Limits()
    limits.httpHeadBytes = head.utf8.count
    limits.httpFields = 2
    verifyRequests(head, limits: limits, is: [.head("GET / 1.1 | A: b; C: d", upTo: head.utf8.count), .end()])
    limits.httpFields = 1
    verifyRequests(
      head, limits: limits, is: [.failed(.tooManyFields)], end: "failed(HTTPDecoding.HTTPFailure.tooManyFields)")
    limits = Limits()
    for size in 1..<head.utf8.count {
      limits.httpHeadBytes = size
      verifyRequests(
        head, limits: limits, is: [.failed(.headTooLarge)], end: "failed(HTTPDecoding.HTTPFailure.headTooLarge)")
    }
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\nA: ", "x", 1 << 20, HTTPFailure.headTooLarge),
    ("GET /", "x", 1 << 20, .headTooLarge),
    ("", "\r\n", 1 << 19, .headTooLarge),
    ("GET / HTTP/1.1\r\n", "a:b\r\n", 100_000, .tooManyFields),
    ("GET / HTTP/1.1\r\nA: b\r\n", " c\r\n", 100_000, .headTooLarge),
    ("GET / HTTP/1.1\r\n", "c\r\n", 100_000, .headTooLarge),
    ("", "\0", 1 << 20, .notHTTP),
  ])
  func `endless heads fail at the limits, whole and byte by byte`(
    _ start: String, _ piece: String, _ count: Int, _ failure: HTTPFailure
  ) {
    let input = bytes(start + String(repeating: piece, count: count))
    let framing = { (head: HTTPRequestHead) in BodyFraming.forRequest(head).framing }
    let whole = run([input[...]], HTTPRequestHead.self, limits: Limits(), framing: framing)
    #expect(whole.steps == [.failed(failure)])
    let single = run(
      input.indices.map { input[$0..<($0 + 1)] }, HTTPRequestHead.self, limits: Limits(), framing: framing)
    #expect(single == whole)
  }
}

@Suite struct `Heads of responses` {
  @Test(
    arguments: [
      ("HTTP/1.1 101 Switching Protocols\r\nA: b\r\n\r\n", "1.1 101 Switching Protocols | A: b", []),
      ("HTTP/1.1 204\r\n\r\n", "1.1 204 ", []),
      ("HTTP/1.1 204 \r\n\r\n", "1.1 204 ", []),
      ("HTTP/1.0 304 \u{e9}t\u{e9}\r\n\r\n", "1.0 304 \u{e9}t\u{e9}", []),
      ("HTTP/1.1  204 OK\r\n\r\n", "1.1 204 OK", [.startLineNotThreeParts]),
      ("HTTP/1.1\t204 OK\r\n\r\n", "1.1 204 OK", [.startLineNotThreeParts]),
      ("HTTP/1.1 204OK\r\n\r\n", "1.1 204 OK", [.startLineNotThreeParts]),
      ("http/1.1 204 OK\r\n\r\n", "1.1 204 OK", [.malformedVersion]),
      ("HTTP/2 204 \r\n\r\n", "2.0 204 ", [.malformedVersion]),
      ("HTTP/1.1 204 O\0K\r\n\r\n", "1.1 204 O\0K", [.controlByteInValue]),
      ("\r\nHTTP/1.1 204 OK\r\n\r\n", "1.1 204 OK", [.leadingEmptyLines]),
      ("HTTP/1.1 204 OK\nA: b\n\n", "1.1 204 OK | A: b", [.bareLF]),
    ] as [(String, String, [HTTPDefect.Kind])])
  func `status lines are read leniently`(_ input: String, _ summary: String, _ defects: [HTTPDefect.Kind]) {
    let head = Step.head(summary, defects: defects, upTo: input.unicodeScalars.count)
    if summary.hasPrefix("1.1 101") {
      verifyResponses(input, is: [head], end: "behindHead")
    } else {
      verifyResponses(input, is: [head, .end()])
    }
  }

  @Test(arguments: [
    "HTTP/1.1\r\n", "HTTP/1.1 \r\n", "HTTP/1.1 20\r\n", "HTTP/1.1 2000 OK\r\n", "HTTP/1.1 OK 200\r\n",
    "HTTP/x.1 200 OK\r\n", "HTTP/1.1 -20 OK\r\n", "HTTP/11111111111111111111.1 200 OK\r\n", "HTTP/ 200 OK\r\n",
  ])
  func `a line that only begins as a status line fails`(_ input: String) {
    verifyResponses(
      input, is: [.failed(.malformedStatusLine)], end: "failed(HTTPDecoding.HTTPFailure.malformedStatusLine)")
  }

  @Test(arguments: [
    "ICY 200 OK\r\n", "<html>", " HTTP/1.1 200 OK\r\n", "\u{81}\u{2}hi", "220 ftp\r\n", "GET / HTTP/1.1\r\n",
  ])
  func `anything else is not HTTP`(_ input: String) {
    verifyResponses(input, is: [.failed(.notHTTP)], end: "failed(HTTPDecoding.HTTPFailure.notHTTP)")
  }

  @Test func `interim statuses are the 1xx but 101`() {
    for (status, isInterim) in [(99, false), (100, true), (101, false), (103, true), (199, true), (200, false)] {
      let head = HTTPResponseHead(
        version: HTTPVersion(1, 1), status: status, reason: [], fields: HTTPFields())
      #expect(head.isInterim == isInterim)
    }
  }
}
