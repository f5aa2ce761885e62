internal import NetworkTypes

/// Reports each check once a connection and direction, and counts it.
///
/// One that turns out graver than it was told is told once more: a warning must not be hidden by a notice before it.
struct ViolationLedger {
  private struct Entry {
    let rule: Rule
    let sender: Sender
    var severity: Rule.Severity
    var count: Int32
  }

  private var entries: [Entry] = []

  /// Bytes of memory that are held.
  var heldBytes: Int { entries.isEmpty ? 0 : 32 + entries.capacity * MemoryLayout<Entry>.stride }

  /// Notes that a rule was broken, and tells it if it is the first time.
  mutating func report(
    _ finding: Finding, packet: PacketStamp, connection: ConnectionIdentity, _ context: AnalysisContext,
    detail: () -> String
  ) {
    let (rule, sender) = (finding.rule, finding.sender)
    let severity = finding.severity ?? rule.severity
    guard context.options.rules.contains(rule), severity >= context.options.mildestSeverity else { return }
    context.statistics.noteViolation(of: rule, severity)
    if let index = entries.firstIndex(where: { $0.rule == rule && $0.sender == sender }) {
      if entries[index].count < .max { entries[index].count += 1 }
      guard severity > entries[index].severity else { return }
      entries[index].severity = severity
    } else {
      entries.append(Entry(rule: rule, sender: sender, severity: severity, count: 1))
      context.memory.hasChanged = true
    }
    context.sink.violation(
      ViolationRecord(
        connection: connection, packet: packet, rule: rule, severity: severity, sender: sender,
        offset: finding.offset, detail: detail()))
  }

  /// How often each check fired, in the order of their first times.
  var counts: [EndRecord.RuleCount] {
    var counts: [EndRecord.RuleCount] = []
    for entry in entries {
      if let index = counts.firstIndex(where: { $0.rule == entry.rule }) {
        counts[index].count += Int(entry.count)
        counts[index].severity = max(counts[index].severity, entry.severity)
      } else {
        counts.append(EndRecord.RuleCount(rule: entry.rule, severity: entry.severity, count: Int(entry.count)))
      }
    }
    return counts
  }
}

/// A rule that was broken, and by whom, where.
struct Finding {
  let rule: Rule
  let sender: Sender
  /// Where it differs from the catalogue's.
  var severity: Rule.Severity?
  /// Place in the direction's TCP stream.
  let offset: Int

  init(_ rule: Rule, by sender: Sender, at offset: Int, as severity: Rule.Severity? = nil) {
    self.rule = rule
    self.sender = sender
    self.severity = severity
    self.offset = offset
  }
}
