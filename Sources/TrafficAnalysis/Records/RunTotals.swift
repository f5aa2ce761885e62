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
  /// How often rules of each severity were broken, by failed handshakes too.
  public private(set) var violations: [Rule.Severity: Int] = [:]

  /// How often each rule was broken, by failed handshakes too.
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
  }

  /// Notes that a rule was broken.
  mutating func noteViolation(of rule: Rule, _ severity: Rule.Severity) {
    violations[severity, default: 0] += 1
    rules[rule, default: 0] += 1
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
  public func violations(_ severity: Rule.Severity) -> Int { violations[severity] ?? 0 }
}
