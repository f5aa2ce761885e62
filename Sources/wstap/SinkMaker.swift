internal import EventLogging
internal import NetworkTypes
internal import TrafficAnalysis

/// Makes what takes the records: a writer, and a selection before it.
///
/// Each thread that has records makes its own.
struct SinkMaker: Sendable {
  private let format: LogFormat
  private var log: LogOptions
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

  /// The same for a log that writes the first line of its files itself.
  func withoutMeta() -> SinkMaker {
    var maker = self
    maker.log.types.remove(.meta)
    return maker
  }

  /// Makes the first line of each file of a log.
  func header(_ meta: MetaRecord) -> RunLog.Header {
    { part, time in
      var record = meta
      record.part = part
      record.packet = PacketStamp(timestamp: time, number: 0, fileIndex: 0)
      let line = LineBuffer()
      let writer = writer(to: line)
      writer.meta(record)
      writer.flush()
      return line.bytes
    }
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

/// Lines that go to memory.
private final class LineBuffer: LogDestination {
  private(set) var bytes: [UInt8] = []
  var isBroken: Bool { false }
  func write(_ lines: RawSpan) {
    bytes.reserveCapacity(bytes.count + lines.byteCount)
    for index in 0..<lines.byteCount { bytes.append(lines.checkedByte(index)) }
  }
}
