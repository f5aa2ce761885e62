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

    func isOf(_ other: Entry) -> Bool { rule == other.rule && sender == other.sender }

    /// Counts the same again, and says whether it is graver than before.
    mutating func repeated(as severity: Rule.Severity) -> Bool {
      if count < .max { count += 1 }
      guard severity > self.severity else { return false }
      self.severity = severity
      return true
    }
  }

  // The first two stand in place: of a million idle WebSockets few have more.
  private var early: InlineArray<2, Entry?> = [nil, nil]
  private var later: [Entry] = []

  /// Bytes of memory that are held beside the ledger itself.
  var heldBytes: Int { later.isEmpty ? 0 : 32 + later.capacity * MemoryLayout<Entry>.stride }

  /// Notes that a rule was broken, and tells it if it is the first time.
  mutating func report(
    _ finding: Finding, packet: PacketStamp, connection: ConnectionIdentity, _ context: AnalysisContext,
    detail: () -> String
  ) {
    let (rule, sender) = (finding.rule, finding.sender)
    let severity = finding.severity ?? rule.severity
    guard context.options.rules.contains(rule), severity >= context.options.mildestSeverity else { return }
    context.statistics.noteViolation(of: rule, severity)
    guard add(Entry(rule: rule, sender: sender, severity: severity, count: 1), context) else { return }
    context.sink.violation(
      ViolationRecord(
        connection: connection, packet: packet, rule: rule, severity: severity, sender: sender,
        offset: finding.offset, detail: detail()))
  }

  /// Counts a finding, and says whether it is to be told.
  private mutating func add(_ new: Entry, _ context: AnalysisContext) -> Bool {
    for index in early.indices {
      guard let entry = early[index] else {
        early[index] = new
        return true
      }
      if entry.isOf(new) { return early[index]?.repeated(as: new.severity) ?? false }
    }
    if let index = later.firstIndex(where: { $0.isOf(new) }) { return later[index].repeated(as: new.severity) }
    later.append(new)
    context.memory.hasChanged = true
    return true
  }

  /// How often each check fired, in the order of their first times.
  var counts: [EndRecord.RuleCount] {
    var counts: [EndRecord.RuleCount] = []
    for entry in [early[0], early[1]].compactMap({ $0 }) + later {
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
