import HTTPDecoding
import NetworkTypes
import Testing

/// What a stream decoder told, written so that the cuts of the input do not show.
enum Step: Equatable, CustomStringConvertible {
  /// A start line and its fields, the defects, and the octets of the stream up to the end of the head.
  case head(String, defects: [HTTPDefect.Kind] = [], upTo: Int)
  case body(String)
  case end(trailers: String = "")
  case failed(HTTPFailure)

  var description: String {
    switch self {
    case .head(let text, let defects, let offset): "head(\(text.debugDescription), \(defects), upTo: \(offset))"
    case .body(let text): "body(\(text.debugDescription))"
    case .end(let trailers): "end(\(trailers.debugDescription))"
    case .failed(let failure): "failed(\(failure))"
    }
  }
}

/// The bytes as Latin-1 text: every byte is one character, none is lost.
func latin1(_ bytes: some Sequence<UInt8>) -> String {
  String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}

/// The bytes of Latin-1 text.
func bytes(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }

func text(_ fields: HTTPFields) -> String {
  fields.map { latin1($0.name) + ": " + latin1($0.value) }.joined(separator: "; ")
}

/// Heads that can be written as one line.
protocol DescribedHead: HTTPHead {
  var summary: String { get }
}

extension HTTPRequestHead: DescribedHead {
  var summary: String {
    "\(latin1(method)) \(latin1(target)) \(version.major).\(version.minor)" + (fields.isEmpty ? "" : " | ")
      + text(fields)
  }
}

extension HTTPResponseHead: DescribedHead {
  var summary: String {
    "\(version.major).\(version.minor) \(status) \(latin1(reason))" + (fields.isEmpty ? "" : " | ") + text(fields)
  }
}

/// Everything that a decoder tells of pieces of a stream, and where the end stands.
struct Outcome: Equatable {
  var steps: [Step]
  var end: HTTPEnd
}

/// The end of a stream, without the generic parameter.
typealias HTTPEnd = String

func run<Head: DescribedHead>(
  _ pieces: [ArraySlice<UInt8>], _ head: Head.Type, limits: Limits, framing: (Head) -> BodyFraming?
) -> Outcome {
  var decoder = HTTP1StreamDecoder<Head>(limits: limits)
  var steps: [Step] = []
  var base = 0
  feeding: for piece in pieces {
    let array = Array(piece)
    var cursor = 0
    // An event takes a byte, or follows one that did, so that more than this many show a loop.
    var turns = 3 * array.count + 4
    events: while true {
      turns -= 1
      if turns < 0 {
        Issue.record("the decoder goes round without taking bytes")
        break feeding
      }
      switch decoder.next(array.span.bytes, &cursor) {
      case .needMoreBytes:
        if decoder.isAwaitingFraming { break feeding }
        #expect(cursor == array.count)
        break events
      case .head(let head):
        steps.append(.head(head.summary, defects: head.defects.map(\.kind), upTo: base + cursor))
        if let framing = framing(head) { decoder.beginBody(framing) }
      case .body(let range):
        #expect(!range.isEmpty && range.upperBound == cursor)
        if case .body(let before) = steps.last {
          steps[steps.count - 1] = .body(before + latin1(array[range]))
        } else {
          steps.append(.body(latin1(array[range])))
        }
      case .messageEnd(let trailers):
        steps.append(.end(trailers: text(trailers)))
      case .failed(let failure):
        steps.append(.failed(failure))
        break feeding
      }
    }
    base += array.count
  }
  return Outcome(steps: steps, end: "\(decoder.finish())")
}

/// Decodes the input whole, byte by byte and at every two-way cut, and expects the same each time.
func verify<Head: DescribedHead>(
  _ input: String, _ head: Head.Type, limits: Limits = Limits(),
  framing: (Head) -> BodyFraming?, is expected: [Step], end: HTTPEnd, sourceLocation: SourceLocation = #_sourceLocation
) {
  let input = bytes(input)
  let whole = run([input[...]], head, limits: limits, framing: framing)
  #expect(whole.steps == expected, sourceLocation: sourceLocation)
  #expect(whole.end == end, sourceLocation: sourceLocation)
  let single = run(input.indices.map { input[$0..<($0 + 1)] }, head, limits: limits, framing: framing)
  #expect(single == whole, "byte by byte", sourceLocation: sourceLocation)
  for cut in input.indices {
    let parted = run([input[..<cut], input[cut...]], head, limits: limits, framing: framing)
    if parted != whole {
      #expect(parted == whole, "cut at \(cut)", sourceLocation: sourceLocation)
      return
    }
  }
}

/// Verifies a stream of requests, framed by their fields.
func verifyRequests(
  _ input: String, limits: Limits = Limits(), is expected: [Step], end: HTTPEnd = "betweenMessages",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  verify(
    input, HTTPRequestHead.self, limits: limits, framing: { BodyFraming.forRequest($0).framing }, is: expected,
    end: end, sourceLocation: sourceLocation)
}

/// Verifies a stream of responses, framed by their fields and one request method for all.
func verifyResponses(
  _ input: String, to method: String? = "GET", limits: Limits = Limits(), is expected: [Step],
  end: HTTPEnd = "betweenMessages", sourceLocation: SourceLocation = #_sourceLocation
) {
  verify(
    input, HTTPResponseHead.self, limits: limits,
    framing: { head in
      head.status == 101 ? nil : BodyFraming.forResponse(head, requestMethod: method.map(bytes)).framing
    }, is: expected, end: end, sourceLocation: sourceLocation)
}

/// Compares what a mutating call gave, which cannot stand inside `#expect`.
func expectEqual<Value: Equatable>(
  _ value: Value, _ expected: Value, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(value == expected, sourceLocation: sourceLocation)
}

/// A small generator with a fixed course, so that a failure comes again.
struct Course: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let mixed = (state ^ (state >> 33)) &* 0xff51_afd7_ed55_8ccd
    return mixed ^ (mixed >> 29)
  }
}
