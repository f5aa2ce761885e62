internal import EventLogging
internal import Synchronization
internal import TrafficAnalysis

/// Where the workers of a live run put their counts when they are asked, and when they end.
final class StatisticsBoard: Sendable {
  /// Counts of all workers, summed.
  struct Sum: Sendable {
    var stats: StatsRecord
    /// Whether they are for the log, too.
    var isForLog: Bool
  }

  private struct State {
    var parts: [StatsRecord?]
    var hasEnded: [Bool]
    var tally: SelectingSink.Tally?
    var isUnderWay = false
    var isForLog = false
    var told: [StatsRecord] = []
  }

  private let state: Mutex<State>
  private let round = Atomic(0)

  /// A board for so many workers.
  init(workers: Int) {
    state = Mutex(
      State(parts: Array(repeating: nil, count: workers), hasEnded: Array(repeating: false, count: workers)))
  }

  /// Asks all workers for their counts; the question before is answered first.
  ///
  /// - Returns: Whether they were asked.
  func ask(isForLog: Bool) -> Bool {
    let isAsked = state.withLock { state in
      guard !state.isUnderWay else { return false }
      state.isUnderWay = true
      state.isForLog = isForLog
      for index in state.parts.indices where !state.hasEnded[index] { state.parts[index] = nil }
      return true
    }
    if isAsked { round.add(1, ordering: .releasing) }
    return isAsked
  }

  /// Whether a worker that has answered the question `seen` is asked anew.
  func isAsked(since seen: inout Int) -> Bool {
    let now = round.load(ordering: .acquiring)
    defer { seen = now }
    return now != seen
  }

  /// Takes a worker's counts.
  func put(_ stats: StatsRecord, worker: Int) {
    state.withLock { $0.parts[worker] = stats }
  }

  /// Takes a worker's last counts.
  func end(_ stats: StatsRecord?, _ tally: SelectingSink.Tally?, worker: Int) {
    state.withLock { state in
      state.hasEnded[worker] = true
      if let stats { state.parts[worker] = stats }
      if let tally {
        if state.tally?.add(tally) == nil { state.tally = tally }
      }
    }
  }

  /// The sum of what was asked for, once all have answered.
  func takeSum() -> Sum? {
    state.withLock { state in
      guard state.isUnderWay, let sum = Self.sum(state.parts) else { return nil }
      state.isUnderWay = false
      return Sum(stats: sum, isForLog: state.isForLog)
    }
  }

  /// The sum of the last counts, once all have ended.
  func takeLast() -> StatsRecord? {
    state.withLock { state in
      guard state.hasEnded.allSatisfy({ $0 }) else { return nil }
      return Self.sum(state.parts)
    }
  }

  /// Whether all others than this worker have ended.
  func haveOthersEnded(than worker: Int) -> Bool {
    state.withLock { state in state.hasEnded.indices.allSatisfy { $0 == worker || state.hasEnded[$0] } }
  }

  /// What the workers' selections let pass; `nil` where there is none.
  var tally: SelectingSink.Tally? { state.withLock { $0.tally } }

  /// Notes counts for those who follow them beside the log.
  func tell(_ stats: StatsRecord) { state.withLock { $0.told.append(stats) } }

  /// The counts that were noted since this was last asked.
  func takeTold() -> [StatsRecord] {
    state.withLock { state in
      defer { state.told = [] }
      return state.told
    }
  }

  private static func sum(_ parts: [StatsRecord?]) -> StatsRecord? {
    guard var sum = parts.first ?? nil else { return nil }
    for part in parts.dropFirst() {
      guard let part else { return nil }
      sum.add(part)
    }
    return sum
  }
}
