import HTTPDecoding
import Testing

@Suite struct `Body framing` {
  struct Case: CustomTestStringConvertible, Sendable {
    var fields: [(String, String)]
    var framing: BodyFraming?
    var defects: [BodyFraming.Defect]
    var testDescription: String { fields.map { "\($0.0): \($0.1)" }.joined(separator: " | ") }

    init(_ fields: [(String, String)], _ framing: BodyFraming?, _ defects: [BodyFraming.Defect] = []) {
      self.fields = fields
      self.framing = framing
      self.defects = defects
    }

    var http: HTTPFields { HTTPFields(fields.map { HTTPField(name: bytes($0.0), value: bytes($0.1)) }) }
  }

  /// Fields whose meaning is that of RFC 9112 §6.3 for requests and responses alike; `nil` is the default of either.
  static let cases: [Case] = [
    Case([], nil),
    Case([("Content-Length", "0")], .length(0)),
    Case([("content-length", "5")], .length(5)),
    Case([("Content-Length", "18446744073709551615")], .length(.max)),
    Case([("Content-Length", "18446744073709551616")], .length(.max), [.lengthTooLarge]),
    Case([("Content-Length", "99999999999999999999")], .length(.max), [.lengthTooLarge]),
    Case([("Content-Length", "000000000000000000000005")], .length(5)),
    Case([("Content-Length", "5, 5")], .length(5), [.repeatedLength]),
    Case([("Content-Length", "5"), ("Content-Length", "05")], .length(5), [.repeatedLength]),
    Case([("Content-Length", "5"), ("Content-Length", "6")], .length(5), [.conflictingLengths]),
    Case([("Content-Length", "6, 5, 6")], .length(6), [.conflictingLengths]),
    Case([("Content-Length", "+5")], nil, [.invalidLength]),
    Case([("Content-Length", "-1")], nil, [.invalidLength]),
    Case([("Content-Length", "5 5")], nil, [.invalidLength]),
    Case([("Content-Length", "0x5")], nil, [.invalidLength]),
    Case([("Content-Length", "5.0")], nil, [.invalidLength]),
    Case([("Content-Length", "\"5\"")], nil, [.invalidLength]),
    Case([("Content-Length", "5\0")], nil, [.invalidLength]),
    Case([("Content-Length", "")], nil, [.invalidLength]),
    Case([("Content-Length", ",")], nil, [.invalidLength]),
    Case([("Content-Length", "abc"), ("Content-Length", "7")], .length(7), [.invalidLength]),
    Case([("Content-Length ", "7")], nil),
    Case([("Transfer-Encoding", "chunked")], .chunked),
    Case([("transfer-encoding", "CHUNKED")], .chunked),
    Case([("Transfer-Encoding", "gzip, chunked")], .chunked),
    Case([("Transfer-Encoding", "gzip"), ("Transfer-Encoding", "chunked")], .chunked),
    Case([("Transfer-Encoding", "chunked;q=\"a,b\"")], .chunked),
    Case([("Transfer-Encoding", ", chunked,")], .chunked),
    Case([("Transfer-Encoding", "chunked, chunked")], .chunked, [.repeatedChunked]),
    Case([("Transfer-Encoding", "chunked, identity")], .untilClose, [.chunkedNotLast]),
    Case([("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "gzip")], .untilClose, [.chunkedNotLast]),
    Case([("Transfer-Encoding", "gzip")], .untilClose, [.chunkedNotLast]),
    Case([("Transfer-Encoding", "xchunked")], .untilClose, [.chunkedNotLast]),
    Case([("Transfer-Encoding", "chunked\u{b}")], .untilClose, [.chunkedNotLast]),
    Case([("Transfer-Encoding", "identity")], nil, [.identityCoding]),
    Case([("Transfer-Encoding", "")], nil, [.identityCoding]),
    Case(
      [("Transfer-Encoding", "identity"), ("Content-Length", "5")], .length(5),
      [.lengthWithTransferEncoding, .identityCoding]),
    Case([("Content-Length", "5"), ("Transfer-Encoding", "chunked")], .chunked, [.lengthWithTransferEncoding]),
    Case(
      [("Transfer-Encoding", "gzip"), ("Content-Length", "x")], .untilClose,
      [.invalidLength, .lengthWithTransferEncoding, .chunkedNotLast]),
  ]

  static func request(_ fields: HTTPFields, _ version: HTTPVersion = HTTPVersion(1, 1)) -> HTTPRequestHead {
    HTTPRequestHead(method: bytes("POST"), target: bytes("/"), version: version, fields: fields)
  }

  static func response(_ status: Int, _ fields: HTTPFields, _ version: HTTPVersion = HTTPVersion(1, 1))
    -> HTTPResponseHead
  {
    HTTPResponseHead(version: version, status: status, reason: [], fields: fields)
  }

  @Test(arguments: cases) func `of a request follows its fields, and there is none by default`(_ example: Case) {
    let (framing, defects) = BodyFraming.forRequest(Self.request(example.http))
    #expect(framing == example.framing ?? .none)
    #expect(defects == example.defects)
  }

  @Test(arguments: cases) func `of a response follows its fields, and by default lasts until the end`(_ example: Case) {
    for method in ["GET", "POST", nil] {
      let (framing, defects) = BodyFraming.forResponse(
        Self.response(200, example.http), requestMethod: method.map(bytes))
      #expect(framing == example.framing ?? .untilClose)
      #expect(defects == example.defects)
    }
  }

  @Test(arguments: cases) func `of a response to HEAD and of a 304 there is none`(_ example: Case) {
    let (head, _) = BodyFraming.forResponse(Self.response(200, example.http), requestMethod: bytes("HEAD"))
    #expect(head == .none)
    let (notModified, _) = BodyFraming.forResponse(Self.response(304, example.http), requestMethod: bytes("GET"))
    #expect(notModified == .none)
  }

  @Test func `of 1xx, 204 and a granted CONNECT there is none, and fields that say otherwise are a defect`() {
    let fields = Case([("Content-Length", "5")], nil).http
    for status in [100, 101, 103, 199, 204] {
      let (framing, defects) = BodyFraming.forResponse(Self.response(status, fields), requestMethod: bytes("GET"))
      #expect(framing == .none)
      #expect(defects == [.framingWithoutBody])
      let (bare, none) = BodyFraming.forResponse(Self.response(status, HTTPFields()), requestMethod: nil)
      #expect(bare == .none)
      #expect(none.isEmpty)
    }
    for status in [200, 299] {
      let (framing, defects) = BodyFraming.forResponse(Self.response(status, fields), requestMethod: bytes("CONNECT"))
      #expect(framing == .none)
      #expect(defects == [.framingWithoutBody])
    }
    let (refused, _) = BodyFraming.forResponse(Self.response(407, fields), requestMethod: bytes("CONNECT"))
    #expect(refused == .length(5))
    // Methods are case-sensitive: this one is not HEAD.
    let (other, _) = BodyFraming.forResponse(Self.response(200, fields), requestMethod: bytes("head"))
    #expect(other == .length(5))
  }

  @Test func `HTTP/1.0 has no Transfer-Encoding, but it is obeyed`() {
    let fields = Case([("Transfer-Encoding", "chunked")], nil).http
    let request = BodyFraming.forRequest(Self.request(fields, HTTPVersion(1, 0)))
    #expect(request.framing == .chunked)
    #expect(request.defects == [.transferEncodingInHTTP10])
    let response = BodyFraming.forResponse(Self.response(200, fields, HTTPVersion(1, 0)), requestMethod: nil)
    #expect(response.framing == .chunked)
    #expect(response.defects == [.transferEncodingInHTTP10])
    let plain = BodyFraming.forResponse(Self.response(200, HTTPFields(), HTTPVersion(1, 0)), requestMethod: nil)
    #expect(plain.framing == .untilClose)
  }
}
