internal import NetworkTypes
internal import PacketDecoding

/// Resets that were seen on a connection, and whether what came since shows that they had no effect.
///
/// A receiver takes a reset whose number is just the one that it expects, and answers others of its window by a
/// challenge (RFC 5961 §3.2); older ones take any in the window (RFC 9293 §3.10.7.4). Which number it expects is known
/// only as far as its packets were captured, and anybody can forge a reset. So a reset is a candidate, and what the two
/// ends do afterwards decides: a host that has reset the connection sends nothing more on it, and one that was reset
/// acknowledges nothing more.
final class ResetWatch {
  /// Who sent the first of them.
  let sender: Direction
  /// Whether it came before any FIN.
  let precedesFIN: Bool
  /// Whether one of them had just the number that was expected.
  private(set) var isExact = false
  /// Whether the connection waits for its end to be told.
  var isLingering = false
  /// Whether anything came since that cannot have been sent before the newest of them.
  private(set) var hasNews = false
  private var counts: InlineArray<2, Int> = [0, 0]
  /// The highest number of each direction's own resets.
  private var numbers: InlineArray<2, SequenceNumber?> = [nil, nil]
  /// Behind the last byte of each direction that was seen before the newest of them.
  private var marks: InlineArray<2, SequenceNumber?> = [nil, nil]
  /// Packets of the connection and packet time since the newest of them.
  private var packets = 0
  private var nanoseconds: Int64 = 0

  init(sender: Direction, precedesFIN: Bool) {
    self.sender = sender
    self.precedesFIN = precedesFIN
  }

  /// Resets of a direction.
  func count(of direction: Direction) -> Int { counts[direction.rawValue] }

  /// Notes a reset, with the number behind the last byte seen of either direction.
  func note(
    _ number: SequenceNumber, by direction: Direction, isExact: Bool, newest originator: SequenceNumber?,
    _ responder: SequenceNumber?
  ) {
    let index = direction.rawValue
    counts[index] += 1
    if isExact { self.isExact = true }
    if numbers[index].map({ number.distance(from: $0) > 0 }) ?? true { numbers[index] = number }
    marks = [originator, responder]
    packets = 0
    nanoseconds = 0
  }

  /// Takes a segment that is no reset, and says whether it shows that the resets had no effect.
  func isRefuted(by segment: TCPSegment, _ direction: Direction, elapsed: Int64, limits: Limits) -> Bool {
    packets += 1
    nanoseconds += elapsed
    let own = direction.rawValue
    let other = direction.opposite.rawValue
    let end = segment.sequence.advanced(by: segment.payloadLength)
    let sends = segment.payloadLength > 0 && Self.isBeyond(end, marks[own])
    // A FIN takes one number too, and may have been seen or not.
    let acknowledges =
      segment.flags.contains(.ack) && marks[other] != nil
      && Self.isBeyond(segment.acknowledgment, marks[other], by: 1)
    let hasReset = numbers[own] != nil
    // Who refused a connection accepts it when it is asked again.
    if hasReset, marks[own] == nil, segment.flags.contains([.syn, .ack]) { return true }
    guard sends || acknowledges else { return false }
    // Disorder brings what was sent before a reset: bytes up to its number.
    let sendsBeyond = sends && Self.isBeyond(end, numbers[own])
    let acknowledgesBeyond = acknowledges && Self.isBeyond(segment.acknowledgment, numbers[other], by: 1)
    if sendsBeyond || acknowledgesBeyond { hasNews = true }
    // It was sent behind the reset, and arrived.
    if acknowledgesBeyond, numbers[other] != nil { return true }
    if hasReset, sendsBeyond, acknowledges { return true }
    // Disorder may have put it behind the reset, but not for long; and who was reset may not know it yet.
    if nanoseconds >= limits.gapNanoseconds { return true }
    return (hasReset || acknowledges) && packets > limits.gapPackets
  }

  private static func isBeyond(_ number: SequenceNumber, _ mark: SequenceNumber?, by allowance: Int = 0) -> Bool {
    mark.map { number.distance(from: $0) > allowance } ?? true
  }
}
