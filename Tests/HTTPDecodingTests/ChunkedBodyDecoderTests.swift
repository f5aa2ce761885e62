import HTTPDecoding
import NetworkTypes
import Testing

@Suite struct `Chunked bodies` {
  static let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
  static let headStep = Step.head("POST / 1.1 | Transfer-Encoding: chunked", upTo: head.utf8.count)

  static func verify(
    _ body: String, limits: Limits = Limits(), _ steps: [Step], end: HTTPEnd = "betweenMessages",
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    verifyRequests(head + body, limits: limits, is: [headStep] + steps, end: end, sourceLocation: sourceLocation)
  }

  @Test(
    arguments: [
      ("0\r\n\r\n", [Step.end()]),
      ("5\r\nhello\r\n0\r\n\r\n", [.body("hello"), .end()]),
      ("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", [.body("hello world"), .end()]),
      ("a\r\n0123456789\r\nA\r\n0123456789\r\n00\r\n\r\n", [.body("01234567890123456789"), .end()]),
      ("5;x=y\r\nhello\r\n0;z=\"a;b\"\r\n\r\n", [.body("hello"), .end()]),
      ("5 ; x\r\nhello\r\n0\t\r\n\r\n", [.body("hello"), .end()]),
      ("0005   \r\nhello\r\n0\r\n\r\n", [.body("hello"), .end()]),
      ("00000000000000000000005\r\nhello\r\n0\r\n\r\n", [.body("hello"), .end()]),
      ("5\nhello\n0\n\n", [.body("hello"), .end()]),
      ("4\r\n\r\n\r\n\r\n0\r\n\r\n", [.body("\r\n\r\n"), .end()]),
      ("0\r\nA: b\r\nC: d\r\n\r\n", [.end(trailers: "A: b; C: d")]),
      ("1\r\nx\r\n0\r\nA: b\r\n c\r\nbad\r\n\r\n", [.body("x"), .end(trailers: "A: b c")]),
    ] as [(String, [Step])])
  func `are read to the end of the trailers`(_ body: String, _ steps: [Step]) {
    Self.verify(body, steps)
    let next = "GET / HTTP/1.1\r\n\r\n"
    let end = Self.head.utf8.count + body.utf8.count + next.utf8.count
    Self.verify(body + next, steps + [.head("GET / 1.1", upTo: end), .end()])
  }

  @Test(
    arguments: [
      ("\r\n", [], HTTPFailure.malformedChunkSize),
      (";x\r\n", [], .malformedChunkSize),
      ("g\r\n", [], .malformedChunkSize),
      (" 5\r\nhello", [], .malformedChunkSize),
      ("+5\r\nhello", [], .malformedChunkSize),
      ("-5\r\nhello", [], .malformedChunkSize),
      ("0x5\r\nhello", [], .malformedChunkSize),
      ("5 5\r\nhello", [], .malformedChunkSize),
      ("5\rhello", [], .malformedChunkSize),
      ("5\0\r\nhello", [], .malformedChunkSize),
      ("10000000000000000\r\n", [], .chunkSizeTooLarge),
      ("fffffffffffffffff\r\n", [], .chunkSizeTooLarge),
      ("5\r\nhello0\r\n\r\n", [.body("hello")], .malformedChunkEnd),
      ("5\r\nhello\r0\r\n", [.body("hello")], .malformedChunkEnd),
      ("5\r\nhello\r\rx", [.body("hello")], .malformedChunkEnd),
      ("3\r\nhello\r\n0\r\n\r\n", [.body("hel")], .malformedChunkEnd),
    ] as [(String, [Step], HTTPFailure)])
  func `fail where the framing is broken`(_ body: String, _ steps: [Step], _ failure: HTTPFailure) {
    Self.verify(body, steps + [.failed(failure)], end: "failed(HTTPDecoding.HTTPFailure.\(failure))")
  }

  @Test(arguments: [
    "", "0", "0\r", "0\r\n", "0\r\n\r", "0\r\nA: b\r\n", "3;x=", "ffffffffffffffff\r\n", "FFFFFFFFFFFFFFFF;x\r\n",
  ])
  func `can end anywhere`(_ body: String) {
    Self.verify(body, [], end: "insideChunkedBody")
  }

  @Test func `the largest size is only a very long chunk`() {
    Self.verify("ffffffffffffffff\r\nhello\r\n0\r\n\r\n", [.body("hello\r\n0\r\n\r\n")], end: "insideChunkedBody")
  }

  @Test func `the limits hold for size lines and trailers`() {
    var limits = Limits()
    limits.httpChunkLineBytes = 6
    Self.verify("1;xy\r\na\r\n0\r\n\r\n", limits: limits, [.body("a"), .end()])
    Self.verify(
      "1;xyz\r\na\r\n", limits: limits, [.failed(.chunkLineTooLong)],
      end: "failed(HTTPDecoding.HTTPFailure.chunkLineTooLong)")
    Self.verify(
      "00000001\r\na\r\n", limits: limits, [.failed(.chunkLineTooLong)],
      end: "failed(HTTPDecoding.HTTPFailure.chunkLineTooLong)")
    limits = Limits()
    limits.httpFields = 1
    Self.verify("0\r\nA: b\r\n\r\n", limits: limits, [.end(trailers: "A: b")])
    Self.verify(
      "0\r\nA: b\r\nC: d\r\n\r\n", limits: limits, [.failed(.tooManyFields)],
      end: "failed(HTTPDecoding.HTTPFailure.tooManyFields)")
    limits = Limits()
    limits.httpHeadBytes = 60
    Self.verify(
      "0\r\nA: " + String(repeating: "b", count: 60), limits: limits, [.failed(.headTooLarge)],
      end: "failed(HTTPDecoding.HTTPFailure.headTooLarge)")
  }

  @Test func `defects of trailers are told`() {
    let input = bytes("0\r\nA : b\n\r\n")
    var decoder = ChunkedBodyDecoder()
    var cursor = 0
    expectEqual(
      decoder.next(input.span.bytes, &cursor),
      .end(trailers: HTTPFields([HTTPField(name: bytes("A"), value: bytes("b"))])))
    #expect(decoder.defects == [HTTPDefect(.bareLF, at: 0), HTTPDefect(.blankBeforeColon, at: 0)])
    #expect(decoder.state == .finished)
    #expect(cursor == input.count)
  }

  @Test func `lost bytes are passed over within a chunk's data alone`() {
    let input = bytes("a;x\r\n0123456789\r\n0\r\nT: u\r\n\r\n")
    let dataStart = 5
    let dataEnd = 15
    for position in 0...input.count {
      for count in 0...12 {
        var decoder = ChunkedBodyDecoder()
        var cursor = 0
        let piece = Array(input[..<position])
        var event = decoder.next(piece.span.bytes, &cursor)
        while case .data = event { event = decoder.next(piece.span.bytes, &cursor) }
        let isInside = position >= dataStart && position < dataEnd && position + count <= dataEnd
        expectEqual(decoder.skip(UInt64(count)), (count == 0 || isInside))
        if isInside {
          cursor = 0
          let rest = Array(input[(position + count)...])
          event = decoder.next(rest.span.bytes, &cursor)
          if position + count < dataEnd {
            #expect(event == .data(0..<(dataEnd - position - count)))
            event = decoder.next(rest.span.bytes, &cursor)
          }
          #expect(event == .end(trailers: HTTPFields([HTTPField(name: bytes("T"), value: bytes("u"))])))
        } else if count > 0, position < input.count {
          #expect(decoder.state == .failed(.bytesLost))
        }
      }
    }
  }
}
