internal import EventLogging
internal import LiveCapture
internal import NetworkTypes
internal import TrafficAnalysis

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// One run on live interfaces.
///
/// For each thread of `--threads` there are two: one captures, the other analyzes and writes. The thread that the run
/// was begun on looks at signals and the clock.
struct LiveRun {
  let plan: AnalysisPlan
  let live: LivePlan
  private let standardError: StandardError

  /// Milliseconds between looks at the clock.
  private static let tickMilliseconds: Int32 = 50
  /// Nanoseconds between the counts in the log.
  private static let statisticsInterval: Int64 = 60_000_000_000

  init(plan: AnalysisPlan, live: LivePlan) {
    self.plan = plan
    self.live = live
    standardError = StandardError(verbosity: plan.verbosity)
  }

  /// Runs to the end and says how it went.
  func run() -> ExitStatus {
    Signals.install()
    if plan.output != nil { Signals.installReopening() }
    let meta = MetaRecord(
      packet: PacketStamp(timestamp: WallClock.now, number: 0, fileIndex: 0), toolVersion: Version.number,
      inputs: live.interfaces, filter: plan.filter?.expression)
    let isTerminal = plan.output == nil && isatty(STDOUT_FILENO) == 1
    var sinks = SinkMaker(
      plan, format: plan.format ?? (isTerminal && live.threads == 1 ? .text : .ndjson),
      style: Terminal.style(STDOUT_FILENO, isOutput: plan.output == nil, color: plan.color))
    let log: SharedLog
    let metrics: MetricsFile?
    do throws(LogFile.Failure) {
      metrics = try plan.files.metrics.map { (name) throws(LogFile.Failure) in try MetricsFile(name, standardError) }
      let opened = try RunLog(plan.logSettings, clock: { WallClock.now }, header: sinks.header(meta))
      if opened.hasHeader { sinks = sinks.withoutMeta() }
      log = SharedLog(opened)
    } catch {
      standardError.failure(error.description)
      return .failed
    }
    let control = CaptureControl(packetLimit: plan.analysis.packetLimit)
    guard let capture = open(control), giveUpPrivileges(log, metrics) else {
      log.withLog { $0.discard() }
      return .failed
    }
    for warning in capture.warnings { standardError.warning(warning) }
    let duties = RunDuties()
    if let metrics { duties.write(metrics: metrics) }
    duties.onTick.append { now in lookAfter(log, now) }
    return run(capture, control, log, sinks, meta, duties)
  }

  private func open(_ control: CaptureControl) -> LiveCapture? {
    do throws(InterfaceError) {
      return try LiveCapture(
        live.interfaces, live.settings, threads: live.threads, fanoutGroup: live.fanoutGroup, control: control)
    } catch {
      standardError.failure(error)
      return nil
    }
  }

  /// Gives up all rights that are not needed any more, before any thread is started and any packet looked at.
  private func giveUpPrivileges(_ log: SharedLog, _ metrics: MetricsFile?) -> Bool {
    // What needs files and is first needed later: the process's memory, the time zone.
    _ = ProcessMemory.peakBytes
    tzset()
    if let user = live.user { log.withLog { $0.give(to: user.user, group: user.group) } }
    do throws(Privileges.Failure) {
      let (made, reopened) = log.withLog { ($0.directories, $0.reopeningDirectories) }
      let result = try Privileges.drop(
        to: live.user, writingIn: made + (metrics.map { [$0.directory] } ?? []), reopeningIn: reopened)
      if let version = result.landlockVersion {
        standardError.reason("no file but the log can be opened any more (Landlock \(version))")
      } else {
        standardError.reason("this system has no Landlock: files can still be opened")
      }
      if result.keepsFileOverride {
        standardError.reason("CAP_DAC_OVERRIDE is kept, since the directory of the log belongs to another user")
      }
      return true
    } catch {
      standardError.failure(error.description)
      return false
    }
  }

  /// Looks at signals that are for the log, and at what hangs on the clock there; not while a thread writes.
  private func lookAfter(_ log: SharedLog, _ now: Int64) {
    let isReopening = Signals.takeReopenRequest()
    let news = log.withLogIfFree { log in
      log.tick(now)
      if isReopening { log.reopen() }
      return log.takeNews()
    }
    if news == nil, isReopening { Signals.requestReopening() }
    for entry in news ?? [] { standardError.failure(entry.description) }
  }

  private func run(
    _ capture: LiveCapture, _ control: CaptureControl, _ log: SharedLog, _ sinks: SinkMaker, _ meta: MetaRecord,
    _ duties: RunDuties
  ) -> ExitStatus {
    let first = sinks.writer(to: log)
    first.meta(meta)
    first.flush()
    log.withLog { $0.begin() }

    let board = StatisticsBoard(workers: capture.loops.count)
    let options = workerOptions
    var threads = capture.loops.map { loop in SystemThread { loop.run() } }
    for number in capture.loops.indices {
      let worker = LiveWorker(
        number: number, loops: capture.loops, log: log, sinks: sinks, analysis: options, meta: meta, board: board)
      threads.append(SystemThread { worker.run() })
    }
    if live.threads == 1 { standardError.reason("capturing from \(live.interfaces.joined(separator: ", "))") }
    let lost = watch(capture, control, log, board, duties)
    for thread in threads { thread.join() }
    return finish(capture, log, board, isOut: lost.count == live.interfaces.count)
  }

  /// Looks at signals, the clock and the interfaces until all workers have ended.
  ///
  /// - Returns: The interfaces that have gone.
  private func watch(
    _ capture: LiveCapture, _ control: CaptureControl, _ log: SharedLog, _ board: StatisticsBoard, _ duties: RunDuties
  ) -> Set<String> {
    let start = MonotonicClock.nanoseconds
    var nextStatistics = start &+ Self.statisticsInterval
    var isWanted = false
    var lost: Set<String> = []
    while board.takeLast() == nil {
      // A signal ends the wait.
      _ = poll(nil, 0, Self.tickMilliseconds)
      let now = MonotonicClock.nanoseconds
      for loss in capture.loops.flatMap({ $0.takeLosses() }) where lost.insert(loss.name).inserted {
        standardError.failure(loss.description)
      }
      if Signals.isStopRequested || live.duration.map({ now &- start >= $0 }) == true {
        control.stop(at: WallClock.now)
      }
      if log.isBroken { control.abort() }
      if now >= nextStatistics {
        nextStatistics = now &+ Self.statisticsInterval
        isWanted = true
      }
      if Signals.takeStatisticsRequest() { isWanted = true }
      let isWantedBeside = duties.tick()
      if isWanted {
        if board.ask(isForLog: true) { isWanted = false }
      } else if isWantedBeside {
        _ = board.ask(isForLog: false)
      }
      for stats in board.takeTold() { duties.tell(stats) }
    }
    for stats in board.takeTold() { duties.tell(stats) }
    return lost
  }

  private func finish(_ capture: LiveCapture, _ log: SharedLog, _ board: StatisticsBoard, isOut: Bool) -> ExitStatus {
    let (failure, news, dropped) = log.withLog { log in
      log.finish()
      return (log.failure, log.takeNews(), log.droppedLines ?? 0)
    }
    for entry in news { standardError.failure(entry.description) }
    var status = isOut || (dropped > 0 && !Signals.isStopRequested) ? ExitStatus.failed : .done
    switch failure {
    case .failed:
      standardError.failure(failure?.description ?? "")
      return .failed
    case .readerGone:
      return status
    case nil:
      break
    }
    guard let stats = board.takeLast() else { return status }
    tellSummary(stats, board.tally, capture)
    if let tally = board.tally, plan.failOn.isMet(by: tally), !Signals.isStopRequested { status = max(status, .found) }
    return status
  }

  private func tellSummary(_ stats: StatsRecord, _ tally: SelectingSink.Tally?, _ capture: LiveCapture) {
    let shown = plan.selection.isEverything ? nil : tally
    let summary = RunSummary(stats: stats, tally: shown, isFiltered: plan.filter != nil)
    if Signals.isStopRequested { standardError.note("Ended by a signal; the log is complete up to there.") }
    for sentence in summary.sentences { standardError.note(sentence) }
    for reason in summary.reasons { standardError.reason(reason) }
    let counts = capture.loops.map(\.counts)
    let interfaceDrops = counts.compactMap(\.interfaceDrops).max() ?? 0
    let toolDrops = counts.reduce(0) { $0 + $1.toolDrops }
    // tcpdump's words, which scripts look for.
    standardError.line("\(packets(stats.packets)) captured")
    standardError.line("\(packets(counts.reduce(0) { $0 + $1.receivedPackets })) received by filter")
    standardError.line("\(packets(counts.reduce(0) { $0 + $1.kernelDrops })) dropped by kernel")
    if interfaceDrops > 0 { standardError.line("\(packets(interfaceDrops)) dropped by interface") }
    if toolDrops > 0 { standardError.line("\(packets(toolDrops)) dropped by wstap") }
  }

  private func packets(_ count: Int) -> String { count == 1 ? "1 packet" : "\(count) packets" }

  /// What each worker does: its share of the memory, and as many packets as it is given.
  private var workerOptions: AnalysisOptions {
    var options = plan.analysis
    options.packetLimit = nil
    let buffers = live.threads * (LiveCapture.ringBytes + live.interfaces.count * live.settings.bufferBytes)
    let all = options.limits.memoryBytes
    if all > 0 {
      let left = max(all - buffers - options.limits.processBytes, all / 4)
      options.limits.memoryBytes = left / live.threads + options.limits.processBytes
    }
    options.limits.connections = max(1, options.limits.connections / live.threads)
    return options
  }
}
