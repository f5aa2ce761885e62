internal import EventLogging
internal import LiveCapture
internal import NetworkTypes
internal import PacketCapture
internal import TrafficAnalysis

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// One run over capture files: opens what the plan names, analyzes, and tells what went wrong.
struct AnalysisRun {
  let plan: AnalysisPlan
  private let standardError: StandardError

  init(plan: AnalysisPlan) {
    self.plan = plan
    standardError = StandardError(verbosity: plan.verbosity)
  }

  /// Runs to the end and says how it went.
  func run() -> ExitStatus {
    Signals.install()
    if plan.files.rotation != nil { Signals.installReopening() }
    let meta = MetaRecord(
      packet: nil, toolVersion: Version.number, inputs: plan.inputs.map(\.description),
      filter: plan.filter?.expression)
    let isTerminal = plan.output == nil && isatty(STDOUT_FILENO) == 1
    var sinks = SinkMaker(
      plan, format: plan.format ?? (isTerminal ? .text : .ndjson),
      style: Terminal.style(STDOUT_FILENO, isOutput: plan.output == nil, color: plan.color))
    let file: RunLog
    let duties = RunDuties()
    do throws(LogFile.Failure) {
      if let name = plan.files.metrics { try duties.write(metrics: MetricsFile(name, standardError)) }
      file = try RunLog(plan.logSettings, clock: nil, header: sinks.header(meta))
    } catch {
      standardError.failure(error.description)
      return .failed
    }
    if file.hasHeader { sinks = sinks.withoutMeta() }
    let writer = sinks.writer(to: file)
    let selecting = sinks.selection(before: writer)
    let counting = CountingSink(next: selecting ?? writer, tellsRun: true)
    let sink: any EventSink = plan.files.metrics == nil ? selecting ?? writer : counting
    let pipeline = Pipeline(options: plan.analysis, filter: plan.filter, meta: meta, sink: sink)
    duties.onTick.append { now in
      file.tick(now)
      if Signals.takeReopenRequest() {
        sink.flush()
        file.reopen()
      }
      tell(file.takeNews())
    }
    let counts = { (isFinal: Bool) -> StatsRecord in
      var stats = counting.counted(pipeline.statistics(isFinal: isFinal))
      stats.logDrops = file.droppedLines
      return stats
    }
    let atTick = { self.tick(duties, pipeline, counts, sink) }
    let source = CaptureFileSource(names: plan.inputs, limits: plan.analysis.limits, isInterrupted: { !atTick() })
    var status = analyze(source, pipeline, sink, flushesAlways: file.isTerminal, tick: atTick)
    standardError.endProgress()
    status = max(status, tellFaults(of: source))
    // Where no input could be read there is no log: an older one of that name stays.
    let stats = counts(true)
    if status == .failed, stats.packets == 0 { file.discard() } else { file.finish() }
    duties.tell(counts(true))
    tell(file.takeNews())
    if file.droppedLines ?? 0 > 0 { status = .failed }
    if Signals.isStopRequested { status = .done }
    switch file.failure {
    case .failed:
      standardError.failure(file.failure?.description ?? "")
      return .failed
    case .readerGone:
      return status
    case nil:
      break
    }
    // Where nothing could be read there is nothing to sum up.
    if stats.packets > 0 || status != .failed { tellSummary(stats, selecting?.tally) }
    if let tally = selecting?.tally, plan.failOn.isMet(by: tally), !Signals.isStopRequested {
      status = max(status, .found)
    }
    return status
  }

  private func analyze(
    _ source: CaptureFileSource, _ pipeline: Pipeline, _ sink: any EventSink, flushesAlways: Bool,
    tick: () -> Bool
  ) -> ExitStatus {
    // On a terminal that shows the log, it is its own progress.
    let progress =
      plan.showsProgress && Terminal.obeysEscapes(STDERR_FILENO) && !flushesAlways
      ? Progress(standardError, width: Terminal.width(STDERR_FILENO) ?? 80) : nil
    do throws(CaptureError) {
      try pipeline.run(source) {
        progress?.update(source)
        if flushesAlways || source.isStreaming { sink.flush() }
        return tick()
      }
      return .done
    } catch {
      standardError.failure(error.description)
      return .failed
    }
  }

  /// Does what hangs on the clock: after each batch, and at least every 250 ms while a stream is waited for.
  ///
  /// - Returns: Whether to go on.
  private func tick(
    _ duties: RunDuties, _ pipeline: Pipeline, _ counts: (_ isFinal: Bool) -> StatsRecord, _ sink: any EventSink
  ) -> Bool {
    let wantsStatistics = duties.tick()
    if Signals.takeStatisticsRequest() {
      pipeline.tellStatistics()
      sink.flush()
      duties.tell(counts(false))
    } else if wantsStatistics {
      duties.tell(counts(false))
    }
    return !Signals.isStopRequested && !sink.isBroken
  }

  private func tell(_ news: [RunLog.News]) {
    for entry in news { standardError.failure(entry.description) }
  }

  private func tellFaults(of source: CaptureFileSource) -> ExitStatus {
    var status = ExitStatus.done
    for failure in source.failures where !Signals.isStopRequested {
      standardError.failure(failure.description)
      status = .failed
    }
    for damage in source.damage {
      if damage.isCutShort {
        standardError.warning(damage.description)
      } else {
        standardError.alarm(damage.description)
        status = max(status, .damaged)
      }
    }
    for (linkType, reason) in (plan.filter?.unsupported ?? [:]).sorted(by: { $0.key < $1.key }) {
      standardError.alarm("the filter does not work for link type \(linkType): \(reason)")
      status = max(status, .damaged)
    }
    return status
  }

  private func tellSummary(_ stats: StatsRecord, _ tally: SelectingSink.Tally?) {
    let shown = plan.selection.isEverything ? nil : tally
    let summary = RunSummary(stats: stats, tally: shown, isFiltered: plan.filter?.unsupported.isEmpty == true)
    if Signals.isStopRequested { standardError.note("Ended by a signal; the log is complete up to there.") }
    for sentence in summary.sentences { standardError.note(sentence) }
    for reason in summary.reasons { standardError.reason(reason) }
  }
}
