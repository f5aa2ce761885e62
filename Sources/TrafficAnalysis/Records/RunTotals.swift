/// What the WebSockets of a run carried, summed over those that have ended.
public struct RunTotals: Sendable {
  /// Messages, complete or given up.
  public private(set) var messages = 0
  /// Pings and pongs.
  public private(set) var pingsAndPongs = 0
  /// Bytes of message payload, inflated.
  public private(set) var payload = 0
  /// Captured bytes that could not be told apart into frames.
  public private(set) var unframedBytes = 0
  /// How often each rule was broken.
  public private(set) var rules: [Rule: Int] = [:]

  /// No WebSockets.
  public init() {}

  /// Adds the counts of one.
  public mutating func add(_ end: EndRecord) {
    for side in [end.client, end.server] {
      messages += side.messages
      pingsAndPongs += side.pings + side.pongs
      payload += side.payload
      unframedBytes += side.unframedBytes
    }
    for entry in end.rules { rules[entry.rule, default: 0] += entry.count }
  }

  /// Adds the counts of others.
  public mutating func add(_ other: RunTotals) {
    messages += other.messages
    pingsAndPongs += other.pingsAndPongs
    payload += other.payload
    unframedBytes += other.unframedBytes
    rules.merge(other.rules, uniquingKeysWith: +)
  }

  /// How often rules of a severity were broken.
  public func violations(_ severity: Rule.Severity) -> Int {
    rules.reduce(0) { $0 + ($1.key.severity == severity ? $1.value : 0) }
  }
}
