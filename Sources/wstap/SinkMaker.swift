internal import EventLogging
internal import TrafficAnalysis

/// Makes what takes the records: a writer, and a selection before it.
///
/// Each thread that has records makes its own.
struct SinkMaker: Sendable {
  private let format: LogFormat
  private let log: LogOptions
  private let style: TextStyle
  private let selection: RecordSelection
  private let payloadLimit: Int?
  private let isSelecting: Bool

  /// What a plan asks for, with a log that goes to a terminal or not.
  init(_ plan: AnalysisPlan, format: LogFormat, style: TextStyle) {
    self.format = format
    self.style = style
    log = plan.log
    selection = plan.selection
    payloadLimit = plan.payloadLimit
    isSelecting = !plan.selection.isEverything || !plan.failOn.isEmpty || plan.payloadLimit != nil
  }

  /// A writer to `destination`.
  func writer(to destination: any LogDestination) -> any EventSink {
    switch format {
    case .ndjson: NDJSONWriter(file: destination, options: log)
    case .text: TextWriter(file: destination, options: log, style: style)
    }
  }

  /// The selection before a writer; `nil` where all is selected and nothing has to be counted.
  func selection(before writer: any EventSink) -> SelectingSink? {
    isSelecting ? SelectingSink(selection, payloadLimit: payloadLimit, next: writer) : nil
  }
}
