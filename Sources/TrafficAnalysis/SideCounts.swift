/// What was counted of one direction of a WebSocket.
///
/// A million idle WebSockets have two of these each, so that numbers of things take four bytes until there are more
/// than 2^32 of them.
struct SideCounts {
  /// What is counted one by one.
  enum Kind: Int {
    case frames, messages, textMessages, pings, pongs
  }

  /// How often the numbers have come round to zero; on few connections.
  private final class Rounds {
    var counts: InlineArray<5, Int> = [0, 0, 0, 0, 0]
  }

  private var low: InlineArray<5, UInt32> = [0, 0, 0, 0, 0]
  /// Bytes of messages, as they were sent and on the wire.
  var payload = 0
  var wire = 0
  private var rounds: Rounds?

  /// Nothing so far; a test may begin where the small numbers end.
  init(startingAt start: UInt32 = 0) { low = [start, start, start, start, start] }

  var frames: Int { self[.frames] }
  var messages: Int { self[.messages] }
  var textMessages: Int { self[.textMessages] }
  var pings: Int { self[.pings] }
  var pongs: Int { self[.pongs] }

  /// Counts one more.
  @inline(__always)
  mutating func add(_ kind: Kind) {
    low[kind.rawValue] &+= 1
    if low[kind.rawValue] == 0 { addRound(kind) }
  }

  @inline(__always)
  private subscript(kind: Kind) -> Int {
    let number = Int(low[kind.rawValue])
    guard let rounds else { return number }
    return number &+ rounds.counts[kind.rawValue] &<< 32
  }

  @inline(never)
  private mutating func addRound(_ kind: Kind) {
    let rounds = self.rounds ?? Rounds()
    self.rounds = rounds
    rounds.counts[kind.rawValue] += 1
  }
}
