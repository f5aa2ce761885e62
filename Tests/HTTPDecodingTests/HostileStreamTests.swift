import HTTPDecoding
import NetworkTypes
import Testing

@Suite struct `Hostile streams` {
  static let requests: @Sendable (HTTPRequestHead) -> BodyFraming? = { (head: HTTPRequestHead) -> BodyFraming? in
    BodyFraming.forRequest(head).framing
  }
  static let responses: @Sendable (HTTPResponseHead) -> BodyFraming? = { (head: HTTPResponseHead) -> BodyFraming? in
    head.status == 101 ? nil : BodyFraming.forResponse(head, requestMethod: nil).framing
  }

  static let valid = bytes(
    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcPUT /b HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
      + "4;x=y\r\nabcd\r\n10\r\n0123456789abcdef\r\n0\r\nT: u\r\n\r\nGET /c HTTP/1.0\r\nX: 1,\r\n \"2\"\r\n\r\n")
  static let validResponse = bytes(
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
      + "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\noopsHTTP/1.0 200\r\n\r\nrest")

  /// The input in pieces of random sizes.
  static func pieces(_ input: [UInt8], _ course: inout Course) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var rest = input[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 1...20, using: &course))
      pieces.append(piece)
      rest = rest.dropFirst(piece.count)
    }
    return pieces
  }

  @Test func `random bytes, flips, cuts and insertions give the same in any cuts`() {
    var course = Course(state: 7)
    for turn in 0..<1500 {
      var input = turn % 2 == 0 ? Self.valid : Self.validResponse
      for _ in 0..<Int.random(in: 1...4, using: &course) {
        let place = Int.random(in: 0..<input.count, using: &course)
        switch Int.random(in: 0..<5, using: &course) {
        case 0: input[place] = UInt8.random(in: 0...255, using: &course)
        case 1: input[place] ^= 1 << UInt8.random(in: 0..<8, using: &course)
        case 2: input.remove(at: place)
        case 3: input.insert(contentsOf: Array("\r\n\r\n 0\0:".utf8).shuffled(using: &course).prefix(2), at: place)
        default: input.removeSubrange(place..<min(input.count, place + 5))
        }
        if input.isEmpty { input = [0] }
      }
      let cuts = Self.pieces(input, &course)
      if turn % 2 == 0 {
        let whole = run([input[...]], HTTPRequestHead.self, limits: Limits(), framing: Self.requests)
        #expect(run(cuts, HTTPRequestHead.self, limits: Limits(), framing: Self.requests) == whole)
      } else {
        let whole = run([input[...]], HTTPResponseHead.self, limits: Limits(), framing: Self.responses)
        #expect(run(cuts, HTTPResponseHead.self, limits: Limits(), framing: Self.responses) == whole)
      }
    }
  }

  @Test func `random bytes behind a start line and a chunk size do no harm`() {
    var course = Course(state: 9)
    for _ in 0..<500 {
      let noise = (0..<200).map { _ in UInt8.random(in: 0...255, using: &course) }
      for start in [
        "", "GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n",
      ] {
        let input = bytes(start) + noise
        let whole = run([input[...]], HTTPRequestHead.self, limits: Limits(), framing: Self.requests)
        let cuts = Self.pieces(input, &course)
        #expect(run(cuts, HTTPRequestHead.self, limits: Limits(), framing: Self.requests) == whole)
      }
    }
  }

  @Test func `cut off at any byte, a stream ends somewhere without a failure`() {
    for count in 0...Self.valid.count {
      let outcome = run([Self.valid[..<count]], HTTPRequestHead.self, limits: Limits(), framing: Self.requests)
      #expect(!outcome.end.hasPrefix("failed"), "\(count)")
    }
    for count in 0...Self.validResponse.count {
      let outcome = run(
        [Self.validResponse[..<count]], HTTPResponseHead.self, limits: Limits(), framing: Self.responses)
      #expect(!outcome.end.hasPrefix("failed"), "\(count)")
    }
  }

  @Test func `lost bytes of any number at any place trap nowhere`() {
    for count in 0...Self.valid.count {
      for lost: UInt64 in [1, 3, 16, 1 << 63, .max] {
        var decoder = HTTPRequestDecoder()
        let input = Array(Self.valid[..<count])
        var cursor = 0
        var isGoing = true
        while isGoing {
          switch decoder.next(input.span.bytes, &cursor) {
          case .needMoreBytes, .failed: isGoing = false
          case .head(let head): decoder.beginBody(BodyFraming.forRequest(head).framing)
          case .body, .messageEnd: break
          }
        }
        if decoder.skip(lost) { _ = decoder.next(input.span.bytes, &cursor) }
        decoder.finish()
      }
    }
  }

  @Test func `the largest Content-Length is a body that never ends`() {
    let head = "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n"
    verifyRequests(
      head + "abc",
      is: [.head("POST / 1.1 | Content-Length: 99999999999999999999", upTo: head.utf8.count), .body("abc")],
      end: "insideBody(missing: 18446744073709551612)")
  }
}
