internal import NetworkTypes
internal import WebSocketDecoding

/// What the analyzers of one worker share.
final class AnalysisContext {
  let options: AnalysisOptions
  let sink: any EventSink
  let statistics = Statistics()
  let workspace = PayloadWorkspace()

  init(options: AnalysisOptions, sink: any EventSink) {
    self.options = options
    self.sink = sink
  }

  var limits: Limits { options.limits }
}
