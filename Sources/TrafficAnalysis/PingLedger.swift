internal import NetworkTypes

/// The pings of one side that were not answered yet.
///
/// A pong answers the newest ping with its payload, and all pings before it need none any more (RFC 6455 §5.5.3). Where
/// several pings with the same payload are out, it is not certain which one it answers.
struct PingLedger {
  /// A ping that waits for its pong.
  struct Ping {
    fileprivate var digest: Int
    fileprivate var length: Int32
    /// Whether it was told that no pong came.
    fileprivate var isGivenUp = false
    /// When it was captured.
    var time: Timestamp
    /// The place behind it in its stream.
    var end: Int
  }

  /// What a pong turns out to be.
  enum Answer {
    /// It answers this ping; `isCertain` says whether it can be no other.
    case to(Ping, isCertain: Bool)
    /// Pings wait, and none of them has its payload.
    case toNone
    /// No ping waits.
    case unsolicited
  }

  private var outstanding: [Ping] = []

  /// Bytes of memory that are held.
  var heldBytes: Int { outstanding.isEmpty ? 0 : 32 + outstanding.capacity * MemoryLayout<Ping>.stride }

  /// Whether no ping waits.
  var isEmpty: Bool { outstanding.isEmpty }

  /// Pings that wait.
  var count: Int { outstanding.count }

  /// The newest ping that waits and is not given up; with it, none before it needs an answer.
  var newest: Ping? { outstanding.last { !$0.isGivenUp } }

  /// Notes a ping.
  ///
  /// - Parameters:
  ///   - payload: Its payload.
  ///   - end: The place behind it in its stream.
  ///   - time: When it was captured.
  ///   - limit: How many may wait; the oldest is forgotten.
  mutating func add(_ payload: RawSpan, endingAt end: Int, at time: Timestamp, limit: Int) {
    if outstanding.count >= limit { outstanding.removeFirst() }
    outstanding.append(
      Ping(digest: Self.digest(payload), length: Int32(clamping: payload.byteCount), time: time, end: end))
  }

  /// What a pong with this payload answers, which is then forgotten with all before it.
  mutating func answer(_ payload: RawSpan) -> Answer {
    guard !outstanding.isEmpty else { return .unsolicited }
    let digest = Self.digest(payload)
    let length = Int32(clamping: payload.byteCount)
    guard let first = outstanding.firstIndex(where: { $0.digest == digest && $0.length == length }) else {
      return .toNone
    }
    let isAmbiguous = outstanding[(first + 1)...].contains { $0.digest == digest && $0.length == length }
    let ping = outstanding[first]
    outstanding.removeSubrange(...first)
    // An idle connection keeps no room for pings that are answered.
    if outstanding.isEmpty { outstanding = [] }
    return .to(ping, isCertain: !isAmbiguous)
  }

  /// Notes that it was told of all that wait that no pong came.
  mutating func giveUp() {
    for index in outstanding.indices { outstanding[index].isGivenUp = true }
  }

  /// A keyed digest, so that nobody can make two payloads that look the same.
  private static func digest(_ payload: RawSpan) -> Int {
    var hasher = Hasher()
    for index in 0..<payload.byteCount { hasher.combine(payload.checkedByte(index)) }
    return hasher.finalize()
  }
}
