import HTTPDecoding
import NetworkTypes
import Testing

@Suite struct `A stream of messages` {
  @Test func `requests follow each other, with and without bodies`() {
    let first = "GET /1 HTTP/1.1\r\n\r\n"
    let second = "POST /2 HTTP/1.1\r\nContent-Length: 5\r\n\r\n"
    let third = "POST /3 HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
    let fourth = "GET /4 HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"
    let input = first + second + "GET /" + third + fourth
    let counts = [first, second, third, fourth].map(\.utf8.count)
    verifyRequests(
      input,
      is: [
        .head("GET /1 1.1", upTo: counts[0]), .end(),
        .head("POST /2 1.1 | Content-Length: 5", upTo: counts[0] + counts[1]), .body("GET /"), .end(),
        .head("POST /3 1.1 | Content-Length: 0", upTo: counts[0] + counts[1] + 5 + counts[2]), .end(),
        .head("GET /4 1.1 | Upgrade: websocket", upTo: input.utf8.count), .end(),
      ])
  }

  @Test func `interim responses stand before the final one`() {
    let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    let final = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
    verifyResponses(
      interim + final + "hi",
      is: [
        .head("1.1 100 Continue", upTo: 25), .end(),
        .head("1.1 103 Early Hints | Link: </a>", upTo: interim.utf8.count), .end(),
        .head("1.1 200 OK | Content-Length: 2", upTo: (interim + final).utf8.count), .body("hi"), .end(),
      ])
  }

  @Test func `answers to HEAD, 204 and 304 have no body whatever their fields say`() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    verifyResponses(
      head + head, to: "HEAD",
      is: [
        .head("1.1 200 OK | Content-Length: 1000", upTo: head.utf8.count), .end(),
        .head("1.1 200 OK | Content-Length: 1000", upTo: 2 * head.utf8.count), .end(),
      ])
    let modified = "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"
    let empty = "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"
    verifyResponses(
      modified + empty,
      is: [
        .head("1.1 304 Not Modified | Content-Length: 9", upTo: modified.utf8.count), .end(),
        .head("1.1 204 No Content | Transfer-Encoding: chunked", upTo: (modified + empty).utf8.count), .end(),
      ])
  }

  @Test func `a body until the end of the stream takes everything`() {
    let head = "HTTP/1.0 200 OK\r\n\r\n"
    verifyResponses(head, is: [.head("1.0 200 OK", upTo: 19)], end: "endOfBody")
    verifyResponses(
      head + "HTTP/1.0 200 OK\r\n\r\n", is: [.head("1.0 200 OK", upTo: 19), .body("HTTP/1.0 200 OK\r\n\r\n")],
      end: "endOfBody")
  }

  @Test func `the bytes behind a 101 are not touched`() {
    let head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
    let input = bytes(head + "\u{81}\u{2}hi")
    var decoder = HTTPResponseDecoder()
    var cursor = 0
    guard case .head = decoder.next(input.span.bytes, &cursor) else {
      Issue.record("no head")
      return
    }
    #expect(cursor == head.utf8.count)
    #expect(decoder.isAwaitingFraming)
    expectEqual(decoder.next(input.span.bytes, &cursor), .needMoreBytes)
    #expect(cursor == head.utf8.count)
    expectEqual(decoder.finish(), .behindHead)
  }

  @Test func `both of Content-Length and Transfer-Encoding: the chunks count`() {
    // CL.TE smuggling: a recipient that goes by the length would take the second request for a body.
    let head = "POST / HTTP/1.1\r\nContent-Length: 30\r\nTransfer-Encoding: chunked\r\n\r\n"
    let next = "GET /admin HTTP/1.1\r\n\r\n"
    verifyRequests(
      head + "0\r\n\r\n" + next,
      is: [
        .head("POST / 1.1 | Content-Length: 30; Transfer-Encoding: chunked", upTo: head.utf8.count), .end(),
        .head("GET /admin 1.1", upTo: (head + next).utf8.count + 5), .end(),
      ])
  }

  @Test func `a response's broken head fails the stream for good`() {
    verifyResponses(
      "HTTP/1.1 204 OK\r\n\r\nrubbish\r\nHTTP/1.1 204 OK\r\n\r\n",
      is: [.head("1.1 204 OK", upTo: 19), .end(), .failed(.notHTTP)],
      end: "failed(HTTPDecoding.HTTPFailure.notHTTP)")
  }

  @Test func `empty lines between messages are no message`() {
    verifyRequests("GET / HTTP/1.1\r\n\r\n\r\n\r\n", is: [.head("GET / 1.1", upTo: 18), .end()])
    verifyRequests(
      "GET / HTTP/1.1\r\n\r\n\r\nG", is: [.head("GET / 1.1", upTo: 18), .end()], end: "insideHead(byteCount: 3)")
  }
}

/// Every input in every state: the table is the state machine's documentation.
@Suite struct `The states of a stream` {
  typealias Decoder = HTTPResponseDecoder

  static func made(after head: String, _ framing: BodyFraming?, then body: String = "") -> Decoder {
    var decoder = Decoder()
    var cursor = 0
    _ = decoder.next(bytes(head).span.bytes, &cursor)
    if let framing { decoder.beginBody(framing) }
    let body = bytes(body)
    cursor = 0
    if !body.isEmpty {
      while cursor < body.count { _ = decoder.next(body.span.bytes, &cursor) }
    }
    return decoder
  }

  static let head = "HTTP/1.1 200 OK\r\n\r\n"

  enum Place: CaseIterable {
    case start, inHead, awaitingFraming, inLength, inChunkSize, inChunkData, inTrailers, untilClose, messageEnd, failed,
      finished

    var decoder: Decoder {
      switch self {
      case .start: return Decoder()
      case .inHead: return made(after: "HTTP/1.1 200", nil)
      case .awaitingFraming: return made(after: head, nil)
      case .inLength: return made(after: head, .length(9), then: "a")
      case .inChunkSize: return made(after: head, .chunked, then: "9")
      case .inChunkData: return made(after: head, .chunked, then: "9\r\na")
      case .inTrailers: return made(after: head, .chunked, then: "0\r\n")
      case .untilClose: return made(after: head, .untilClose, then: "a")
      case .messageEnd: return made(after: head, BodyFraming.none)
      case .failed: return made(after: "what", nil)
      case .finished:
        var decoder = Decoder()
        decoder.finish()
        return decoder
      }
    }
  }

  static let states: [Place: Decoder.State] = [
    .start: .head, .inHead: .head, .awaitingFraming: .awaitingFraming, .inLength: .length(remaining: 8),
    .inChunkSize: .chunked, .inChunkData: .chunked, .inTrailers: .chunked, .untilClose: .untilClose,
    .messageEnd: .messageEnd, .failed: .failed(.notHTTP), .finished: .finished,
  ]

  @Test(arguments: Place.allCases) func `are what they are called`(_ place: Place) {
    #expect(place.decoder.state == Self.states[place])
    #expect(place.decoder.isAwaitingFraming == (place == .awaitingFraming))
    #expect(place.decoder.isBetweenMessages == (place == .start || place == .messageEnd))
  }

  @Test(arguments: Place.allCases) func `no bytes change nothing, but a message's end is told`(_ place: Place) {
    var decoder = place.decoder
    var cursor = 0
    let event = decoder.next([UInt8]().span.bytes, &cursor)
    #expect(cursor == 0)
    switch place {
    case .messageEnd:
      #expect(event == .messageEnd(trailers: HTTPFields()))
      #expect(decoder.state == .head)
    case .failed:
      #expect(event == Decoder.Event.failed(.notHTTP))
      #expect(decoder.state == .failed(.notHTTP))
    default:
      #expect(event == .needMoreBytes)
      #expect(decoder.state == Self.states[place])
    }
  }

  @Test(arguments: Place.allCases) func `a cursor out of range traps nowhere`(_ place: Place) {
    for start in [-1, 3, Int.max, Int.min] {
      var decoder = place.decoder
      var cursor = start
      _ = decoder.next(bytes("ab").span.bytes, &cursor)
      #expect(cursor == start)
    }
  }

  @Test(arguments: [
    (Place.start, Decoder.Event.needMoreBytes, 1), (.inHead, .needMoreBytes, 1), (.awaitingFraming, .needMoreBytes, 0),
    (.inLength, .body(0..<1), 1), (.inChunkSize, .needMoreBytes, 1), (.inChunkData, .body(0..<1), 1),
    (.inTrailers, .needMoreBytes, 1), (.untilClose, .body(0..<1), 1),
    (.messageEnd, .messageEnd(trailers: HTTPFields()), 0),
    (.failed, .failed(.notHTTP), 0), (.finished, .needMoreBytes, 0),
  ]) func `a byte is taken or left`(_ place: Place, _ expected: Decoder.Event, _ taken: Int) {
    var decoder = place.decoder
    var cursor = 0
    let byte = bytes(place == .start ? "H" : place == .inChunkSize ? "0" : "x")
    expectEqual(decoder.next(byte.span.bytes, &cursor), expected)
    #expect(cursor == taken)
  }

  @Test(arguments: Place.allCases) func `a framing counts only behind a head`(_ place: Place) {
    for (framing, state) in [
      (BodyFraming.none, Decoder.State.messageEnd), (.length(0), .messageEnd), (.length(7), .length(remaining: 7)),
      (.length(.max), .length(remaining: .max)), (.chunked, .chunked), (.untilClose, .untilClose),
    ] {
      var decoder = place.decoder
      expectEqual(decoder.beginBody(framing), (place == .awaitingFraming))
      #expect(decoder.state == (place == .awaitingFraming ? state : Self.states[place]))
    }
  }

  @Test(arguments: Place.allCases) func `lost bytes are borne inside bodies alone`(_ place: Place) {
    for count: UInt64 in [0, 1, 7, 8, 9, .max] {
      var decoder = place.decoder
      let isBorne = decoder.skip(count)
      switch place {
      case .failed:
        #expect(!isBorne)
        #expect(decoder.state == .failed(.notHTTP))
      case .finished:
        #expect(!isBorne)
        #expect(decoder.state == .finished)
      case _ where count == 0:
        #expect(isBorne)
        #expect(decoder.state == Self.states[place])
      case .untilClose:
        #expect(isBorne)
        #expect(decoder.state == .untilClose)
      case .inLength where count <= 8:
        #expect(isBorne)
        #expect(decoder.state == (count == 8 ? .messageEnd : .length(remaining: 8 - count)))
      case .inChunkData where count <= 8:
        #expect(isBorne)
        #expect(decoder.state == .chunked)
      default:
        #expect(!isBorne)
        #expect(decoder.state == .failed(.bytesLost))
      }
    }
  }

  @Test(arguments: [
    (Place.start, Decoder.End.betweenMessages), (.inHead, .insideHead(byteCount: 12)), (.awaitingFraming, .behindHead),
    (.inLength, .insideBody(missing: 8)), (.inChunkSize, .insideChunkedBody), (.inChunkData, .insideChunkedBody),
    (.inTrailers, .insideChunkedBody), (.untilClose, .endOfBody), (.messageEnd, .betweenMessages),
    (.failed, .failed(.notHTTP)), (.finished, .alreadyFinished),
  ]) func `the end of the stream says where it stands`(_ place: Place, _ end: Decoder.End) {
    var decoder = place.decoder
    expectEqual(decoder.finish(), end)
    #expect(decoder.state == .finished)
    expectEqual(decoder.finish(), .alreadyFinished)
  }

  @Test func `after lost bytes in a body the next message is read`() {
    var decoder = Place.inLength.decoder
    expectEqual(decoder.skip(5), true)
    let rest = bytes("xyz" + Self.head)
    var cursor = 0
    expectEqual(decoder.next(rest.span.bytes, &cursor), .body(0..<3))
    expectEqual(decoder.next(rest.span.bytes, &cursor), .messageEnd(trailers: HTTPFields()))
    guard case .head(let head) = decoder.next(rest.span.bytes, &cursor) else {
      Issue.record("no head")
      return
    }
    #expect(head.status == 200)
    #expect(cursor == rest.count)
  }
}
