internal import EventLogging
internal import TrafficAnalysis

/// Counts records on their way to the log, and adds that to the counts that are asked for.
final class CountingSink: EventSink {
  private let next: any EventSink
  private let tellsRun: Bool
  /// Records so far.
  private(set) var counts = RecordCounts()
  /// The last counts of the run, where they are not passed on.
  private(set) var last: StatsRecord?

  /// Counts before `next`.
  ///
  /// - Parameters:
  ///   - next: Takes the records.
  ///   - tellsRun: Whether what is told once for a run is passed on; one of several workers keeps it.
  init(next: any EventSink, tellsRun: Bool) {
    self.next = next
    self.tellsRun = tellsRun
  }

  /// Adds the counts of records.
  func counted(_ stats: StatsRecord) -> StatsRecord {
    var stats = stats
    stats.records = counts
    return stats
  }

  var isBroken: Bool { next.isBroken }
  func flush() { next.flush() }
  func meta(_ record: MetaRecord) {
    if tellsRun { next.meta(record) }
  }
  func open(_ record: OpenRecord) { next.open(record) }
  func message(_ record: MessageRecord, payload: RawSpan) {
    counts.messages += 1
    next.message(record, payload: payload)
  }
  func frame(_ record: FrameRecord) { next.frame(record) }
  func control(_ record: ControlRecord, payload: RawSpan) {
    counts.controls += 1
    next.control(record, payload: payload)
  }
  func violation(_ record: ViolationRecord) {
    counts.violations[record.rule.severity, default: 0] += 1
    next.violation(record)
  }
  func end(_ record: EndRecord) { next.end(record) }
  func stats(_ record: StatsRecord) {
    if tellsRun { next.stats(record) } else { last = counted(record) }
  }
}
