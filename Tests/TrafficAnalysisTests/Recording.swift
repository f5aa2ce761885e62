import HTTPDecoding
import NetworkTypes
import PacketCapture
import TestSupport
import TrafficAnalysis
import WebSocketDecoding

/// Keeps all that a pipeline tells, as records and as short lines.
final class Recording: EventSink {
  struct Message {
    var record: MessageRecord
    var payload: [UInt8]
  }

  struct Control {
    var record: ControlRecord
    var payload: [UInt8]
  }

  private(set) var metas: [MetaRecord] = []
  private(set) var opens: [OpenRecord] = []
  private(set) var messages: [Message] = []
  private(set) var frames: [FrameRecord] = []
  private(set) var controls: [Control] = []
  private(set) var violations: [ViolationRecord] = []
  private(set) var ends: [EndRecord] = []
  private(set) var stats: [StatsRecord] = []
  /// The kinds of all records in their order.
  private(set) var kinds: [String] = []
  /// What a reader of the log would retell, without `meta`, `stats` and frames.
  private(set) var story: [String] = []
  /// Times of all records but the first, in their order.
  private(set) var packets: [PacketStamp] = []
  /// Say that nothing more can be written after this many records.
  var breaksAfter = Int.max

  var isBroken: Bool { kinds.count >= breaksAfter }

  func flush() {}
  func meta(_ record: MetaRecord) {
    kinds.append("meta")
    metas.append(record)
  }

  func open(_ record: OpenRecord) {
    note("open", record.packet)
    opens.append(record)
    story.append(record.failure.map { "refused: \($0.rawValue)" } ?? "open")
  }

  func message(_ record: MessageRecord, payload: RawSpan) {
    note("message", record.packet)
    let bytes = payload.withUnsafeBytes { Array($0) }
    messages.append(Message(record: record, payload: bytes))
    let shown = record.undecoded.map { "(\($0.rawValue))" } ?? Self.shown(bytes, record.form)
    story.append("\(record.sender.directionName) \(record.opcode.name) \(shown)\(Self.flags(record.losses))")
  }

  func frame(_ record: FrameRecord) {
    note("frame", record.packet)
    frames.append(record)
  }

  func control(_ record: ControlRecord, payload: RawSpan) {
    note("control", record.packet)
    let bytes = payload.withUnsafeBytes { Array($0) }
    controls.append(Control(record: record, payload: bytes))
    var line = "\(record.sender.directionName) "
    switch record.kind {
    case .ping: line += "ping \(Self.shown(bytes, record.form))"
    case .pong: line += "pong \(Self.shown(bytes, record.form))"
    case .close(.status(let code, let start)):
      line += "close \(code.rawValue) \"\(String(decoding: bytes[start...], as: UTF8.self))\""
    case .close(.empty): line += "close"
    case .close: line += "close malformed \(bytes.hexText)"
    }
    story.append(line + Self.flags(record.losses))
  }

  func violation(_ record: ViolationRecord) {
    note("violation", record.packet)
    violations.append(record)
    story.append("\(record.sender.directionName) breaks \(record.rule.id)")
  }

  func end(_ record: EndRecord) {
    note("end", record.packet)
    ends.append(record)
    story.append("end: \(record.cause)")
  }

  func stats(_ record: StatsRecord) {
    note("stats", record.packet)
    stats.append(record)
  }

  /// The rules that were broken, in alphabetical order.
  var rules: [String] { violations.map(\.rule.id).sorted() }

  /// The story without the opening and the end.
  var talk: [String] { story.filter { !$0.hasPrefix("open") && !$0.hasPrefix("end") } }

  private func note(_ kind: String, _ packet: PacketStamp) {
    kinds.append(kind)
    packets.append(packet)
  }

  private static func shown(_ bytes: [UInt8], _ form: PayloadForm) -> String {
    switch form {
    case .text: "\"\(String(decoding: bytes, as: UTF8.self))\""
    case .bytes(let offset): "<\(bytes.hexText)>" + (offset.map { " wrong at \($0)" } ?? "")
    case .none: "()"
    }
  }

  private static func flags(_ losses: LossFlags) -> String {
    (losses.contains(.truncated) ? " truncated" : "") + (losses.contains(.incomplete) ? " incomplete" : "")
      + (losses.contains(.snapped) ? " snapped" : "")
  }
}

extension RuleSet {
  /// The checks that tests of decoding look at: what frames, messages and Close payloads are, and the accept.
  ///
  /// Those of conduct would fire for all that such tests leave out: Closes, fresh masking keys, a key of their own.
  static let decoding: RuleSet = {
    var rules = RuleSet()
    for check in Check.all {
      switch check.layer {
      case .frame where check.id.hasPrefix("frame-") && check.id != "frame-truncated": rules.insert(check.rule)
      case .frame where check.id.hasPrefix("control-"): rules.insert(check.rule)
      case .message where check.id != "message-unfinished": rules.insert(check.rule)
      default: break
      }
    }
    let others: [Rule] = [
      .acceptMissing, .acceptMismatch, .closePayloadOneByte, .closeCodeOutOfRange, .closeCodeForbidden,
      .closeCodeReserved, .closeCodeUnassigned, .closeReasonInvalidUtf8, .dataAfterClose, .closeRepeated,
      .deflateRsv1OnControl, .deflateRsv1OnContinuation, .deflateInflateFailed,
      .deflateTakeoverViolated,
    ]
    for rule in others { rules.insert(rule) }
    return rules
  }()
}

/// Lets a pipeline read packets, and keeps what it tells.
///
/// - Parameters:
///   - packets: The packets.
///   - options: What to analyze.
///   - rules: The checks that are looked for; `nil` are those of the options.
///   - batchPackets: Packets that the pipeline gets at once.
///   - breaksAfter: Records after which nothing more can be told.
/// - Returns: What was told.
func analyze(
  _ packets: [BuiltPacket], options: AnalysisOptions = AnalysisOptions(reportsFrames: true),
  rules: RuleSet? = .decoding, batchPackets: Int = 7, breaksAfter: Int = .max
) -> Recording {
  var options = options
  if let rules { options.rules = rules }
  let recording = Recording()
  recording.breaksAfter = breaksAfter
  let pipeline = Pipeline(
    options: options, filter: nil, meta: MetaRecord(packet: nil, toolVersion: "0", inputs: ["memory"], filter: nil),
    sink: recording)
  do throws(CaptureError) {
    try pipeline.run(PacketListSource(packets, batchPackets: batchPackets))
  } catch {
    preconditionFailure("a list of packets cannot fail: \(error)")
  }
  return recording
}

/// What the packets of a conversation tell.
func analyze(_ talk: Conversation, options: AnalysisOptions = AnalysisOptions(reportsFrames: true)) -> Recording {
  analyze(talk.packets, options: options)
}

/// A WebSocket that is opened by the example of RFC 6455, then talks, and is closed by the TCP client's FIN.
func socket(
  request: [String] = [], response: [String] = [], closes: Bool = true, _ body: (inout Conversation) -> Void
) -> Recording {
  var talk = Conversation()
  talk.openWebSocket(requestFields: request, responseFields: response)
  body(&talk)
  if closes { talk.close() }
  return analyze(talk)
}

/// The answer's field that agrees on permessage-deflate, and the request's that offers it.
let deflate = "Sec-WebSocket-Extensions: permessage-deflate"

/// The masking key of the RFC's examples (RFC 6455 §5.7).
let exampleMask: UInt32 = 0x37fa_213d
