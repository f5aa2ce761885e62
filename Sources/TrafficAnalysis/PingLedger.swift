internal import NetworkTypes

/// The pings of one side that were not answered yet, to find the round-trip time of a pong.
///
/// A pong answers the newest ping with its payload (RFC 6455 §5.5.3). Where several pings with the same payload are out,
/// it is not certain which one it answers, and no time is given.
struct PingLedger {
  private struct Ping {
    var digest: Int
    var length: Int
    var time: Timestamp
  }

  private var outstanding: [Ping] = []

  /// Bytes of memory that are held.
  var heldBytes: Int { outstanding.isEmpty ? 0 : 32 + outstanding.capacity * MemoryLayout<Ping>.stride }

  /// Notes a ping.
  mutating func add(_ payload: RawSpan, at time: Timestamp, limit: Int) {
    if outstanding.count >= limit { outstanding.removeFirst() }
    outstanding.append(Ping(digest: Self.digest(payload), length: payload.byteCount, time: time))
  }

  /// The µs since the ping that a pong with this payload answers, which is then forgotten with all before it.
  mutating func roundTrip(_ payload: RawSpan, at time: Timestamp) -> Int64? {
    guard !outstanding.isEmpty else { return nil }
    let digest = Self.digest(payload)
    let length = payload.byteCount
    guard let first = outstanding.firstIndex(where: { $0.digest == digest && $0.length == length }) else { return nil }
    let isAmbiguous = outstanding[(first + 1)...].contains { $0.digest == digest && $0.length == length }
    let sent = outstanding[first].time
    outstanding.removeSubrange(...first)
    // An idle connection keeps no room for pings that are answered.
    if outstanding.isEmpty { outstanding = [] }
    guard !isAmbiguous, time >= sent else { return nil }
    return time.microseconds(since: sent)
  }

  /// A keyed digest, so that nobody can make two payloads that look the same.
  private static func digest(_ payload: RawSpan) -> Int {
    var hasher = Hasher()
    for index in 0..<payload.byteCount { hasher.combine(payload.checkedByte(index)) }
    return hasher.finalize()
  }
}
