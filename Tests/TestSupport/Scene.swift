import NetworkTypes

/// What happens on some connections, told in one line of text: the examples of the catalogue of checks.
///
/// Steps stand between ` | `:
///
/// | step | what it does |
/// |---|---|
/// | `REQ line`, `RES line` | replaces the lines of that name (or the first line) of the request, the answer; `-Name` takes them out, `+line` adds one |
/// | `{permessage-deflate; …}` | both sides agree on it |
/// | `C request`, `S response` | the request and the answer as they now stand; both go without saying before the first other byte |
/// | `handshake` | both, if they were not sent yet |
/// | `C 81 05 48…`, `S 89 00` | bytes of the client, of the server, in one segment: `78{126}` is a byte many times, `"…"` is text with `\r\n` |
/// | `c 81 05 48…` | a client's frame, written without a mask and sent with a fresh one |
/// | `C FIN`, `S FIN`, `C RST`, `S RST` | the end of a side |
/// | `… *50` | the step so many times; `[… \| …] *6` some steps |
/// | `@2.5` | so many seconds pass; else it is 10 ms from step to step |
/// | `connection`, `connection 10.0.0.1 > 10.0.0.2:80` | another connection, of the same client and server, or of others |
/// | `on 1` | the steps that follow belong to the first connection again |
/// | `large-message 1` | from so many MiB on a message is called large |
///
/// Each segment is acknowledged at once.
public struct Scene {
  /// A text that is no scene.
  public struct Fault: Error, CustomStringConvertible {
    /// What is wrong.
    public let description: String
  }

  /// All packets, in the order of their times.
  public private(set) var packets: [BuiltPacket] = []
  /// Bytes from which on a message is called large, if the scene says so.
  public private(set) var largeMessageBytes: Int?

  private var actors: [SceneActor] = []
  private var current = 0
  private var nanoseconds: Int64 = 1_700_000_000_000_000_000
  private var freshMask: UInt32 = 0x9d1c_64a7

  /// The scene that a text tells.
  public init(_ text: String) throws(Fault) {
    actors.append(SceneActor(number: 1, client: "10.0.0.1", server: "10.0.0.2:80"))
    for step in try Self.expand(text) { try take(step) }
    if actors[current].isTouched || actors.count == 1 { shakeHands() }
    packets.sort { $0.nanoseconds < $1.nanoseconds }
  }

  // MARK: - Steps

  private mutating func take(_ step: String) throws(Fault) {
    let words = step.split(separator: " ", omittingEmptySubsequences: true)
    guard let first = words.first else { throw Fault(description: "an empty step") }
    switch first {
    case "REQ":
      actors[current].request.edit(String(step.dropFirst(4)))
      actors[current].isTouched = true
    case "RES":
      actors[current].response.edit(String(step.dropFirst(4)))
      actors[current].isTouched = true
    case "handshake": shakeHands()
    case "connection": try connect(words)
    case "on":
      guard words.count == 2, let number = Int(words[1]), actors.indices.contains(number - 1) else {
        throw Fault(description: "no connection in '\(step)'")
      }
      current = number - 1
    case "large-message":
      guard words.count == 2, let size = Int(words[1]) else { throw Fault(description: "no size in '\(step)'") }
      largeMessageBytes = size << 20
    case "C", "S", "c": try speak(first, String(step.dropFirst(2)))
    case let word where word.hasPrefix("@"):
      guard let seconds = Double(word.dropFirst()) else { throw Fault(description: "no time in '\(step)'") }
      nanoseconds += Int64(seconds * 1e9)
    case let word where word.hasPrefix("{"):
      let agreed = step.filter { $0 != "{" && $0 != "}" }
      // What binds the server must be offered, and what binds the client may be.
      actors[current].request.edit("+Sec-WebSocket-Extensions: \(agreed)")
      actors[current].response.edit("+Sec-WebSocket-Extensions: \(agreed)")
      actors[current].isTouched = true
    default: throw Fault(description: "an unknown step '\(step)'")
    }
  }

  private mutating func connect(_ words: [Substring]) throws(Fault) {
    let number = actors.count + 1
    switch words.count {
    case 1:
      let last = actors[actors.count - 1]
      actors.append(SceneActor(number: number, client: last.client, server: last.server))
    case 4 where words[2] == ">":
      let actor = SceneActor(number: number, client: String(words[1]), server: String(words[3]))
      // The first one has not begun: these are its ends.
      if actors.count == 1, !actors[0].isTouched {
        actors[0] = SceneActor(number: 1, client: String(words[1]), server: String(words[3]))
        return
      }
      actors.append(actor)
    default: throw Fault(description: "no ends in 'connection …'")
    }
    current = actors.count - 1
  }

  private mutating func speak(_ who: Substring, _ what: String) throws(Fault) {
    let side: Conversation.Side = who == "S" ? .server : .client
    switch what {
    case "request":
      let head = actors[current].request.text
      actors[current].hasRequest = true
      send(side, Array(head.utf8))
    case "response":
      actors[current].hasResponse = true
      send(side, Array(actors[current].answer.utf8))
    case "FIN", "RST":
      if !actors[current].hasRequest { shakeHands() }
      perform { what == "FIN" ? $0.fin(from: side) : $0.rst(from: side) }
    default:
      // Text stands for heads; bytes come behind the handshake.
      if what.hasPrefix("\"") {
        if side == .client { actors[current].hasRequest = true } else { actors[current].hasResponse = true }
      } else if !actors[current].hasRequest {
        shakeHands()
      }
      let bytes = try Self.bytes(what)
      send(side, who == "c" ? mask(bytes) : bytes)
    }
  }

  private mutating func shakeHands() {
    guard !actors[current].hasRequest, !actors[current].hasResponse else { return }
    actors[current].hasRequest = true
    send(.client, Array(actors[current].request.text.utf8))
    actors[current].hasResponse = true
    send(.server, Array(actors[current].answer.utf8))
  }

  private mutating func send(_ side: Conversation.Side, _ bytes: [UInt8]) {
    perform { talk in
      talk.send(from: side, bytes)
      talk.nanoseconds += 1_000_000
      talk.ack(from: side.other)
    }
  }

  /// Lets the connection at hand act now, and lets 10 ms pass.
  private mutating func perform(_ act: (inout Conversation) -> Void) {
    actors[current].isTouched = true
    actors[current].talk.nanoseconds = nanoseconds
    if !actors[current].isOpen {
      actors[current].isOpen = true
      actors[current].talk.handshake()
    }
    act(&actors[current].talk)
    packets += actors[current].talk.packets
    actors[current].talk.packets = []
    nanoseconds = max(nanoseconds + 10_000_000, actors[current].talk.nanoseconds)
  }

  private mutating func mask(_ frame: [UInt8]) -> [UInt8] {
    // Each step of a generator with full period: no two alike, and no pattern to be seen.
    freshMask = freshMask &* 1_664_525 &+ 1_013_904_223
    let key = freshMask ^ freshMask >> 15
    guard frame.count >= 2 else { return frame }
    let header = frame[1] & 0x7f == 126 ? 4 : frame[1] & 0x7f == 127 ? 10 : 2
    var masked = Array(frame.prefix(header))
    masked[1] |= 0x80
    masked.append(integer: key)
    return masked + WebSocketFrame.masked(Array(frame.dropFirst(header)), with: key)
  }

  // MARK: - Text

  /// The steps with repetitions written out.
  private static func expand(_ text: String) throws(Fault) -> [String] {
    var steps: [String] = []
    var group: [String]?
    for part in split(text) {
      var step = part
      if step.hasPrefix("[") {
        group = []
        step.removeFirst()
      }
      var times = 1
      if let star = step.lastIndex(of: "*"), let count = Int(step[step.index(after: star)...]), star > step.startIndex {
        times = count
        step = String(step[..<star])
        while step.last == " " { step.removeLast() }
      }
      if var members = group {
        let isLast = step.hasSuffix("]")
        if isLast { step.removeLast() }
        members.append(step)
        group = isLast ? nil : members
        if isLast { for _ in 0..<times { steps += members } }
      } else {
        for _ in 0..<times { steps.append(step) }
      }
    }
    guard group == nil else { throw Fault(description: "a group without its end") }
    return steps
  }

  private static func split(_ text: String) -> [String] {
    var parts: [String] = []
    var rest = text[...]
    while let bar = rest.firstRange(of: " | ") {
      parts.append(String(rest[..<bar.lowerBound]))
      rest = rest[bar.upperBound...]
    }
    return parts + [String(rest)]
  }

  private static func bytes(_ text: String) throws(Fault) -> [UInt8] {
    if text.hasPrefix("\""), text.hasSuffix("\""), text.count >= 2 {
      var literal = String(text.dropFirst().dropLast())
      for (escape, meaning) in [("\\r", "\r"), ("\\n", "\n")] {
        while let range = literal.firstRange(of: escape) { literal.replaceSubrange(range, with: meaning) }
      }
      return Array(literal.utf8)
    }
    var bytes: [UInt8] = []
    for word in text.split(separator: " ") {
      var digits = word[...]
      while !digits.isEmpty {
        guard let byte = UInt8(digits.prefix(2), radix: 16), digits.count >= 2 else {
          throw Fault(description: "no bytes in '\(text)'")
        }
        digits = digits.dropFirst(2)
        var count = 1
        if digits.first == "{", let end = digits.firstIndex(of: "}"),
          let times = Int(digits.dropFirst().prefix(upTo: end))
        {
          count = times
          digits = digits[digits.index(after: end)...]
        }
        bytes += Array(repeating: byte, count: count)
      }
    }
    return bytes
  }
}
