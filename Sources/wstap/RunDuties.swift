internal import TrafficAnalysis

/// What a run does by the clock, whether packets come or not: the place for all that hangs on time, not on packets.
///
/// The run calls `tick` on the thread that it was begun on, after each batch and at least every 250 ms while it waits. On
/// live interfaces records are written by other threads meanwhile: what a duty shares with them needs its own lock.
final class RunDuties {
  /// Called at each tick with the nanoseconds of a clock that never goes back.
  var onTick: [(Int64) -> Void] = []
  /// Called with counts: those of each `stats` record, the last one included, and where `statisticsInterval` is set also
  /// in between.
  var onStatistics: [(StatsRecord) -> Void] = []
  /// Nanoseconds between the counts that are gathered for `onStatistics` beside those for the log.
  var statisticsInterval: Int64?

  private var nextStatistics = MonotonicClock.nanoseconds

  /// Does what is due.
  ///
  /// - Returns: Whether counts are to be gathered and given to `tell`.
  func tick() -> Bool {
    let now = MonotonicClock.nanoseconds
    for duty in onTick { duty(now) }
    guard let interval = statisticsInterval, now >= nextStatistics else { return false }
    nextStatistics = now &+ interval
    return true
  }

  /// Passes counts on.
  func tell(_ stats: StatsRecord) {
    for take in onStatistics { take(stats) }
  }

  /// Has the counts written to a file.
  func write(metrics: MetricsFile) {
    statisticsInterval = MetricsFile.interval
    onStatistics.append { metrics.write($0) }
  }
}
