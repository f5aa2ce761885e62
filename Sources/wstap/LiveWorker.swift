internal import EventLogging
internal import LiveCapture
internal import NetworkTypes
internal import Synchronization
internal import TrafficAnalysis

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What one thread does that analyzes: takes the packets of one capture thread to the log.
///
/// It has connections of its own, and shares nothing with others but the log. The first one also writes the counts of
/// all.
struct LiveWorker: Sendable {
  let number: Int
  let loops: [CaptureLoop]
  let log: SharedLog
  let sinks: SinkMaker
  let analysis: AnalysisOptions
  let meta: MetaRecord
  let board: StatisticsBoard

  /// Nanoseconds after which a record is passed on at the latest, while packets never cease.
  private static let flushInterval: Int64 = 100_000_000
  /// Microseconds between looks at whether the others have ended.
  private static let endInterval: UInt32 = 2000

  /// Analyzes until no more packets come, on the thread that calls it.
  func run() {
    let source = LiveSource(loops[number])
    let writer = sinks.writer(to: log)
    let selecting = sinks.selection(before: writer)
    let sink: any EventSink = selecting ?? writer
    let inner = CountingSink(next: sink, tellsRun: false)
    let pipeline = Pipeline(options: analysis, filter: nil, meta: meta, sink: inner)
    var seen = 0
    var nextFlush: Int64 = 0
    // A live source does not fail: what happens to interfaces is told by their capture thread.
    try? pipeline.run(source) {
      if board.isAsked(since: &seen) { board.put(inner.counted(pipeline.statistics(isFinal: false)), worker: number) }
      if number == 0, let sum = board.takeSum() { tell(sum.stats, isForLog: sum.isForLog, sink) }
      let now = MonotonicClock.nanoseconds
      if source.isIdle || now >= nextFlush {
        sink.flush()
        nextFlush = now &+ Self.flushInterval
      }
      return !log.isBroken
    }
    sink.flush()
    // The last one writes the counts of all, so that they are the last line.
    if number == 0 {
      while !board.haveOthersEnded(than: 0) { usleep(Self.endInterval) }
    }
    board.end(inner.last, selecting?.tally, worker: number)
    if number == 0, let sum = board.takeLast() { tell(sum, isForLog: true, sink) }
  }

  private func tell(_ sum: StatsRecord, isForLog: Bool, _ sink: any EventSink) {
    var stats = sum
    let counts = loops.map(\.counts)
    stats.kernelDrops = counts.reduce(0) { $0 + $1.kernelDrops }
    stats.toolDrops = counts.reduce(0) { $0 + $1.toolDrops }
    stats.interfaceDrops = counts.compactMap(\.interfaceDrops).max()
    // The counts are those of now; the newest packet may be long ago.
    stats.packet.timestamp = max(stats.packet.timestamp, WallClock.now)
    if isForLog {
      sink.stats(stats)
      sink.flush()
    }
    stats.logDrops = log.droppedLines
    board.tell(stats)
  }
}
