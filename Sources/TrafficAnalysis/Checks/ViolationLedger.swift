internal import NetworkTypes

/// Reports each check once a connection and direction, and counts it.
struct ViolationLedger {
  private struct Entry {
    let rule: Rule
    let sender: Sender
    var count: Int
  }

  private var entries: [Entry] = []

  /// Notes that `rule` was broken, and reports it if it is the first time.
  mutating func report(
    _ rule: Rule, by sender: Sender, at offset: Int, packet: PacketStamp, connection: ConnectionIdentity,
    to sink: any EventSink, detail: @autoclosure () -> String
  ) {
    if let index = entries.firstIndex(where: { $0.rule == rule && $0.sender == sender }) {
      entries[index].count += 1
      return
    }
    entries.append(Entry(rule: rule, sender: sender, count: 1))
    sink.violation(
      ViolationRecord(
        connection: connection, packet: packet, rule: rule, sender: sender, offset: offset, detail: detail()))
  }

  /// How often each check fired, in the order of their first times.
  var counts: [EndRecord.RuleCount] {
    var counts: [EndRecord.RuleCount] = []
    for entry in entries {
      if let index = counts.firstIndex(where: { $0.rule == entry.rule }) {
        counts[index].count += entry.count
      } else {
        counts.append(EndRecord.RuleCount(rule: entry.rule, count: entry.count))
      }
    }
    return counts
  }
}
