/// Where the body behind a head ends (RFC 9112 §6.3).
public enum BodyFraming: Sendable, Hashable {
  /// There is none: the next message begins, or after 101 or a CONNECT that was granted, another protocol.
  case none
  /// After this many octets.
  case length(UInt64)
  /// After the last chunk and the trailers.
  case chunked
  /// When the sender closes the connection.
  case untilClose

  /// A departure from the rules of RFC 9112 §6 that makes recipients disagree about a body's end.
  public enum Defect: String, Sendable, Hashable, CaseIterable {
    /// Content-Length is given more than once, each time the same.
    case repeatedLength
    /// Content-Length is given more than once, with different values; the first is taken.
    case conflictingLengths
    /// A value of Content-Length is no decimal number, or the field is empty; it is left out.
    case invalidLength
    /// Content-Length exceeds 64 bits; the largest length is taken.
    case lengthTooLarge
    /// There is Transfer-Encoding besides Content-Length; the former counts.
    case lengthWithTransferEncoding
    /// Transfer-Encoding does not end in `chunked`; the body is taken to last until the end of the stream.
    case chunkedNotLast
    /// Transfer-Encoding has `chunked` more than once.
    case repeatedChunked
    /// Transfer-Encoding is the obsolete `identity`, or empty, which is taken for its absence.
    case identityCoding
    /// Transfer-Encoding stands in a message of HTTP/1.0, which does not have it.
    case transferEncodingInHTTP10
    /// Transfer-Encoding stands in a 1xx or 204 response, or Content-Length does; neither counts.
    case framingWithoutBody
  }

  /// The framing of a request's body, with what is wrong about its fields.
  public static func forRequest(_ head: HTTPRequestHead) -> (framing: BodyFraming, defects: [Defect]) {
    var defects: [Defect] = []
    let framing = byFields(head.fields, version: head.version, &defects) ?? .none
    return (framing, defects)
  }

  /// The framing of a response's body, with what is wrong about its fields.
  ///
  /// It depends on the request's method; without it (`nil`: not captured) the answer is taken for one to GET. A 2xx
  /// to CONNECT and a 101 have no body: behind their heads another protocol begins, which is the caller's to route.
  public static func forResponse(
    _ head: HTTPResponseHead, requestMethod: [UInt8]?
  ) -> (framing: BodyFraming, defects: [Defect]) {
    var defects: [Defect] = []
    let isConnected = 200...299 ~= head.status && requestMethod.map { $0.elementsEqual("CONNECT".utf8) } == true
    if 100...199 ~= head.status || head.status == 204 || isConnected {
      if head.fields.count(named: "Transfer-Encoding") + head.fields.count(named: "Content-Length") > 0 {
        defects.append(.framingWithoutBody)
      }
      return (.none, defects)
    }
    let framing = byFields(head.fields, version: head.version, &defects) ?? .untilClose
    // The fields of these describe the body that a GET would have got.
    if head.status == 304 || requestMethod.map({ $0.elementsEqual("HEAD".utf8) }) == true { return (.none, defects) }
    return (framing, defects)
  }

  /// The framing that Transfer-Encoding or Content-Length gives, or `nil` where neither says anything.
  private static func byFields(
    _ fields: HTTPFields, version: HTTPVersion, _ defects: inout [Defect]
  ) -> BodyFraming? {
    let length = contentLength(fields, &defects)
    guard fields.count(named: "Transfer-Encoding") > 0 else { return length.map { .length($0) } }
    if fields.count(named: "Content-Length") > 0 { defects.append(.lengthWithTransferEncoding) }
    if version < HTTPVersion(1, 1) { defects.append(.transferEncodingInHTTP10) }
    // A coding may have parameters behind a semicolon (RFC 9110 §10.1.4).
    let codings = fields.joinedList(named: "Transfer-Encoding").map { coding in
      ASCII.trimmed(coding.prefix { $0 != ASCII.semicolon })
    }
    if codings.allSatisfy({ ASCII.matches($0, "identity") }) {
      defects.append(.identityCoding)
      return length.map { .length($0) }
    }
    let chunkedCount = codings.count { ASCII.matches($0, "chunked") }
    if chunkedCount > 1 { defects.append(.repeatedChunked) }
    if let last = codings.last, ASCII.matches(last, "chunked") { return .chunked }
    defects.append(.chunkedNotLast)
    return .untilClose
  }

  /// The value of Content-Length, which is `1*DIGIT`, or a list of equal ones (RFC 9110 §8.6).
  private static func contentLength(_ fields: HTTPFields, _ defects: inout [Defect]) -> UInt64? {
    guard fields.count(named: "Content-Length") > 0 else { return nil }
    var lengths: [UInt64] = []
    let elements = fields.joinedList(named: "Content-Length")
    var isInvalid = elements.isEmpty
    var isTooLarge = false
    for element in elements {
      guard element.allSatisfy(ASCII.isDigit) else {
        isInvalid = true
        continue
      }
      var value: UInt64 = 0
      for digit in element {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(UInt64(digit - 0x30))
        if overflow || carry {
          isTooLarge = true
          value = .max
          break
        }
        value = sum
      }
      lengths.append(value)
    }
    if isInvalid { defects.append(.invalidLength) }
    if isTooLarge { defects.append(.lengthTooLarge) }
    guard let first = lengths.first else { return nil }
    if lengths.contains(where: { $0 != first }) {
      defects.append(.conflictingLengths)
    } else if lengths.count > 1 {
      defects.append(.repeatedLength)
    }
    return first
  }
}
