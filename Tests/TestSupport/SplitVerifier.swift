import Testing

/// Holds a stream decoder to its promise: the same bytes give the same events, however they are cut.
///
/// `decode` takes the chunks in turn with a decoder of its own and returns all events. It is called with the whole
/// input, byte by byte, with an empty chunk before each byte, with every cut in two (with evenly spaced ones where the
/// input is longer than `cuts`), and with random cuts. With `trailing` bytes behind the input the events of the input
/// must still come first; leave it empty where the end of the input is itself an event.
///
/// The first difference is recorded as an issue at the caller's line.
///
/// - Returns: The events of the whole input.
@discardableResult
public func verifySplits<Event: Equatable>(
  of input: [UInt8], trailing: [UInt8] = [], cuts: Int = 2000, sourceLocation: SourceLocation = #_sourceLocation,
  decode: (_ chunks: [[UInt8]]) throws -> [Event]
) rethrows -> [Event] {
  let expected = try decode([input])

  func check(_ chunks: [[UInt8]], _ name: String, prefixOnly: Bool = false) throws -> Bool {
    var events = try decode(chunks)
    if prefixOnly { events = Array(events.prefix(expected.count)) }
    if events == expected { return true }
    let index = zip(events, expected).enumerated().first { $1.0 != $1.1 }?.offset ?? min(events.count, expected.count)
    let got = index < events.count ? "\(events[index])" : "nothing"
    let wanted = index < expected.count ? "\(expected[index])" : "nothing"
    Issue.record(
      "\(name): event \(index) is \(got), and \(wanted) for the whole input", sourceLocation: sourceLocation)
    return false
  }

  guard try check(input.map { [$0] }, "byte by byte") else { return expected }
  guard try check(input.flatMap { [[], [$0]] }, "byte by byte with empty chunks") else { return expected }
  let step = max(1, input.count / max(1, cuts))
  for cut in stride(from: 1, to: input.count, by: step) {
    let chunks = [Array(input[..<cut]), Array(input[cut...])]
    guard try check(chunks, "cut at \(cut)") else { return expected }
  }
  var random = SeededGenerator(seed: UInt64(input.count))
  for round in 0..<16 where input.count > 2 {
    var chunks: [[UInt8]] = []
    var at = 0
    while at < input.count {
      let end = min(input.count, at + Int.random(in: 1...max(1, input.count / (round + 1)), using: &random))
      chunks.append(Array(input[at..<end]))
      at = end
    }
    guard try check(chunks, "random cuts, sizes \(chunks.map(\.count))") else { return expected }
  }
  guard !trailing.isEmpty else { return expected }
  guard try check([input + trailing], "with trailing bytes", prefixOnly: true) else { return expected }
  for count in 1...trailing.count {
    let chunks = [input, Array(trailing[..<count]), Array(trailing[count...])]
    guard try check(chunks, "with trailing bytes cut at \(count)", prefixOnly: true) else { return expected }
  }
  return expected
}
