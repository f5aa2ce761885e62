internal import EventLogging
internal import LiveCapture
internal import NetworkTypes
internal import PacketCapture
internal import TrafficAnalysis

/// One run over capture files: opens what the plan names, analyzes, and tells what went wrong.
struct AnalysisRun {
  let plan: AnalysisPlan

  /// Runs to the end and says how it went.
  func run() -> ExitStatus {
    let standardError = StandardError(isQuiet: plan.isQuiet)
    Signals.ignoreBrokenPipes()
    let file: LogFile
    do throws(LogFile.Failure) {
      file = if let path = plan.output { try LogFile(path: path) } else { LogFile() }
    } catch {
      standardError.failure(error.description)
      return .failed
    }
    let writer = NDJSONWriter(file: file, options: plan.log)
    let source = CaptureFileSource(paths: plan.inputs, limits: plan.analysis.limits)
    let pipeline = Pipeline(
      options: plan.analysis, filter: plan.filter,
      meta: MetaRecord(
        packet: nil, toolVersion: Version.current, inputs: plan.inputs, filter: plan.filter?.expression),
      sink: writer)
    var status = ExitStatus.done
    do throws(CaptureError) {
      try pipeline.run(source) { if source.isStreaming { writer.flush() } }
    } catch {
      standardError.failure(error.description)
      status = .failed
    }
    file.finish()
    status = max(status, tellFaults(of: source, standardError))
    switch file.failure {
    case .failed:
      standardError.failure(file.failure?.description ?? "")
      return .failed
    case .readerGone:
      return status
    case nil:
      standardError.note(Self.summary(pipeline.statistics(isFinal: true)))
      return status
    }
  }

  private func tellFaults(of source: CaptureFileSource, _ standardError: StandardError) -> ExitStatus {
    var status = ExitStatus.done
    for failure in source.failures {
      standardError.failure(failure.description)
      status = .failed
    }
    for damage in source.damage {
      standardError.warning(damage.description)
      if !damage.isCutShort { status = max(status, .damaged) }
    }
    for (linkType, reason) in (plan.filter?.unsupported ?? [:]).sorted(by: { $0.key < $1.key }) {
      standardError.warning("the filter does not work for link type \(linkType): \(reason)")
      status = max(status, .damaged)
    }
    return status
  }

  /// The run in one sentence.
  private static func summary(_ stats: StatsRecord) -> String {
    var parts = [
      "\(stats.packets) packets", "\(stats.tcpConnections) TCP connections", "\(stats.webSockets) WebSockets",
    ]
    if stats.failedHandshakes > 0 { parts.append("\(stats.failedHandshakes) failed handshakes") }
    if stats.tlsConnections > 0 { parts.append("\(stats.tlsConnections) TLS connections, not decrypted") }
    if stats.undecodable > 0 { parts.append("\(stats.undecodable) undecodable packets") }
    if stats.gapBytes > 0 { parts.append("\(stats.gapBytes) bytes missing in \(stats.gaps) gaps") }
    return parts.joined(separator: ", ") + "."
  }
}
