import NetworkTypes
import TestSupport
import Testing

@testable import EventLogging
@testable import TrafficAnalysis

/// What is selected passes whole, what is not is only counted.
struct SelectingSinkTests {
  /// Writes down what reaches it.
  final class Recorder: EventSink {
    var seen: [String] = []
    var isBroken = false
    func flush() { seen.append("flush") }
    func meta(_ record: MetaRecord) { seen.append("meta") }
    func open(_ record: OpenRecord) { seen.append("open") }
    func message(_ record: MessageRecord, payload: RawSpan) {
      seen.append("message \(record.losses.contains(.truncated) ? "truncated " : "")\(Self.text(payload))")
    }
    func frame(_ record: FrameRecord) { seen.append("frame") }
    func control(_ record: ControlRecord, payload: RawSpan) {
      seen.append("control \(record.losses.contains(.truncated) ? "truncated " : "")\(Self.text(payload))")
    }
    func violation(_ record: ViolationRecord) { seen.append("violation \(record.rule.id)") }
    func end(_ record: EndRecord) { seen.append("end \(record.rules.map(\.rule.id))") }
    func stats(_ record: StatsRecord) { seen.append("stats") }

    private static func text(_ payload: RawSpan) -> String {
      String(
        decoding: (0..<payload.byteCount).map { payload.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }, as: UTF8.self)
    }
  }

  static func tried(
    limit: Int? = nil, _ change: (inout RecordSelection) -> Void, _ body: (SelectingSink) -> Void
  ) -> (seen: [String], tally: SelectingSink.Tally) {
    var selection = RecordSelection()
    change(&selection)
    let recorder = Recorder()
    let sink = SelectingSink(selection, payloadLimit: limit, next: recorder)
    body(sink)
    return (recorder.seen, sink.tally)
  }

  static func send(_ text: String, to sink: SelectingSink, losses: LossFlags = [], path: String = "/chat") {
    let identity = NDJSONWriterTests.identity(path: Array(path.utf8))
    let record = NDJSONWriterTests.message(identity, length: text.utf8.count, losses: losses)
    withSpan(Array(text.utf8)) { sink.message(record, payload: $0) }
  }

  static func control(_ kind: ControlRecord.Kind, _ text: String, to sink: SelectingSink) {
    let record = ControlRecord(
      connection: NDJSONWriterTests.identity(), packet: NDJSONWriterTests.stamp, sender: .client, kind: kind,
      length: text.utf8.count, form: .text, losses: [])
    withSpan(Array(text.utf8)) { sink.control(record, payload: $0) }
  }

  @Test func `every needle must be in a message`() {
    let (seen, tally) = Self.tried {
      $0.needles = [Needle(Array("one".utf8)), Needle(Array("two".utf8))]
    } _: { sink in
      for text in ["one", "two", "two and one", "", "onetwo"] { Self.send(text, to: sink) }
    }
    #expect(seen == ["message two and one", "message onetwo"])
    #expect(tally.passed == 2 && tally.leftOut == 3 && tally.partlySearched == 0)
  }

  @Test func `what could be searched only in part is counted`() {
    let tally = Self.tried {
      $0.needles = [Needle(Array("x".utf8))]
    } _: { sink in
      Self.send("abc", to: sink, losses: .incomplete)
      Self.send("abc", to: sink, losses: .truncated)
      Self.send("axc", to: sink, losses: .snapped)
      Self.send("abc", to: sink)
    }.tally
    #expect(tally.partlySearched == 2)
    #expect(tally.passed == 1)
  }

  @Test func `a payload that was kept to be searched is cut behind a whole character`() {
    let (seen, _) = Self.tried(limit: 4) {
      $0.needles = [Needle(Array("end".utf8))]
    } _: { sink in
      Self.send("aääend", to: sink)
      Self.send("end", to: sink)
      Self.send("endx", to: sink)
      Self.send("abcdend", to: sink)
      Self.control(.ping, "pending", to: sink)
      Self.control(.close(nil), "pending", to: sink)
    }
    #expect(
      seen == [
        "message truncated aä", "message end", "message endx", "message truncated abcd", "control truncated pend",
        "control pending",
      ])
  }

  @Test func `heartbeats are left out only where they are whole`() {
    let (seen, tally) = Self.tried {
      $0.leavesOutHeartbeats = true
    } _: { sink in
      Self.send("ping", to: sink)
      Self.send("ping", to: sink, losses: .incomplete)
      Self.send("2", to: sink)
      Self.send("2", to: sink, path: "/?EIO=4")
      Self.control(.ping, "", to: sink)
      Self.control(.pong(roundTripMicroseconds: nil), "", to: sink)
      Self.control(.close(nil), "", to: sink)
    }
    #expect(seen == ["message ping", "message 2", "control "])
    #expect(tally.passed == 3 && tally.leftOut == 4)
  }

  @Test func `the shortest length counts bytes of the whole payload`() {
    let (seen, _) = Self.tried {
      $0.shortestLength = 3
    } _: { sink in
      for text in ["", "ab", "ä", "abc", "äb"] { Self.send(text, to: sink) }
      Self.control(.ping, "ab", to: sink)
      Self.control(.ping, "abc", to: sink)
    }
    #expect(seen == ["message abc", "message äb", "control abc"])
  }

  @Test func `records of other connections do not pass and are not counted`() {
    let (seen, tally) = Self.tried {
      $0.ports = [9]
    } _: { sink in
      Self.send("a", to: sink)
      Self.control(.ping, "", to: sink)
      sink.violation(Self.violation(.acceptMissing))
    }
    #expect(seen == [])
    #expect(tally.passed == 0 && tally.leftOut == 0 && tally.gravest == nil)
  }

  static func violation(_ rule: Rule, from sender: Sender = .client) -> ViolationRecord {
    ViolationRecord(
      connection: NDJSONWriterTests.identity(), packet: NDJSONWriterTests.stamp, rule: rule, severity: rule.severity,
      sender: sender, offset: 0,
      detail: "")
  }

  @Test func `the gravest selected violation is remembered`() {
    let all = Self.tried({ _ in }) { sink in
      for rule in [Rule.closeRepeated, .acceptMissing, .closeCodeUnassigned] { sink.violation(Self.violation(rule)) }
    }
    #expect(all.tally.gravest == .error)
    #expect(all.seen == ["violation close-repeated", "violation accept-missing", "violation close-code-unassigned"])
    let chosen = Self.tried({ $0.sender = .server }) { sink in
      sink.violation(Self.violation(.acceptMissing))
      sink.violation(Self.violation(.closeCodeUnassigned, from: .server))
    }
    #expect(chosen.tally.gravest == .warning)
    #expect(chosen.seen == ["violation close-code-unassigned"])
  }

  @Test func `a broken sink is seen through the selection, and flushing goes through`() {
    let recorder = Recorder()
    let sink = SelectingSink(RecordSelection(), payloadLimit: nil, next: recorder)
    #expect(!sink.isBroken)
    recorder.isBroken = true
    #expect(sink.isBroken)
    sink.flush()
    #expect(recorder.seen == ["flush"])
  }
}
