import HTTPDecoding
import NetworkTypes
import TestSupport
import WebSocketDecoding

@testable import EventLogging
@testable import TrafficAnalysis

/// Records by hand that together have every field that may be written, and every word of each list.
enum CompleteRecords {
  static let odd: [UInt8] = [0x61, 0xff]

  static var identities: [ConnectionIdentity] {
    [(Array("a".utf8), Array("/".utf8)), (odd, odd), (nil, nil)].map { NDJSONWriterTests.identity(host: $0, path: $1) }
  }
  static let stamp = NDJSONWriterTests.stamp

  /// The lines of all of them: every record of a connection for each identity, every one with `dir` in both directions.
  static func lines() throws -> [JSONValue] {
    let options = LogOptions(types: [.standard, .frame], headers: .all, writesFile: true)
    let embedding = try NDJSONWriterTests.lines(LogOptions(embedsJSON: true)) { writer in
      withSpan(Array("{\"a\":null}".utf8)) { payload in
        for message in identities.flatMap({ identity in Sender.allCases.flatMap { messages(identity, $0) } }) {
          writer.message(message, payload: payload)
        }
      }
    }
    let all = try NDJSONWriterTests.lines(options) { writer in
      var meta = MetaRecord(packet: stamp, toolVersion: "1", inputs: ["a"], filter: "tcp")
      meta.part = 1
      writer.meta(meta)
      for identity in identities {
        opens(identity).forEach(writer.open)
        for sender in Sender.allCases {
          for message in messages(identity, sender) {
            withSpan(Array("a".utf8)) { writer.message(message, payload: $0) }
          }
          frames(identity, sender).forEach(writer.frame)
          for (record, payload) in controls(identity, sender) {
            withSpan(payload) { writer.control(record, payload: $0) }
          }
          for rule in Rule.allCases {
            writer.violation(
              ViolationRecord(
                connection: identity, packet: stamp, rule: rule, severity: rule.severity, sender: sender,
                offset: 0, detail: "x"))
          }
        }
        ends(identity).forEach(writer.end)
      }
      writer.stats(stats)
    }
    return all + embedding
  }

  private static func opens(_ identity: ConnectionIdentity) -> [OpenRecord] {
    func request(_ value: [UInt8]) -> HTTPRequestHead {
      let names = [
        "Origin", "User-Agent", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions",
      ]
      return HTTPRequestHead(
        method: value, target: value, version: HTTPVersion(1, 1),
        fields: HTTPFields(
          names.map { HTTPField(name: Array($0.utf8), value: value) } + [HTTPField(name: odd, value: value)]))
    }
    func response(_ value: [UInt8]) -> HTTPResponseHead {
      let names = ["Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"]
      return HTTPResponseHead(
        version: HTTPVersion(1, 1), status: 101, reason: [],
        fields: HTTPFields(
          names.map { HTTPField(name: Array($0.utf8), value: value) } + [HTTPField(name: odd, value: value)]))
    }
    var records = [Array("a".utf8), odd].map { value in
      OpenRecord(
        connection: identity, packet: stamp, discovery: .handshake, failure: nil, isIncomplete: false,
        request: request(value), response: response(value), isAcceptRight: true,
        deflate: OpenRecord.Deflate(clientBits: 8, serverBits: 15, clientResets: true, serverResets: false),
        vlanIDs: [1, 4095], tunnels: ["gre", "vxlan:100"], tcpRoundTripMicroseconds: 0, waitMicroseconds: 0)
    }
    for failure in OpenRecord.Failure.allCases {
      for discovery in OpenRecord.Discovery.allCases {
        records.append(
          OpenRecord(
            connection: identity, packet: stamp, discovery: discovery, failure: failure, isIncomplete: true,
            request: nil, response: nil, isAcceptRight: nil, deflate: nil, vlanIDs: [], tunnels: [],
            tcpRoundTripMicroseconds: nil, waitMicroseconds: nil))
      }
    }
    return records
  }

  private static func messages(_ identity: ConnectionIdentity, _ sender: Sender) -> [MessageRecord] {
    let all =
      [NDJSONWriterTests.message(identity), NDJSONWriterTests.message(identity, form: .bytes(errorOffset: 1))]
      + [NDJSONWriterTests.message(identity, form: .bytes(errorOffset: nil), opcode: .binary)]
      + MessageAssembler.Undecoded.allCases.map {
        NDJSONWriterTests.message(identity, form: .none, length: nil, undecoded: $0)
      }
    return all.map { message in
      var message = message
      message.sender = sender
      message.resyncOffset = sender == .client ? 5 : nil
      return message
    }
  }

  private static func frames(_ identity: ConnectionIdentity, _ sender: Sender) -> [FrameRecord] {
    let unmasked = (0..<16).map { [UInt8(0x80 | $0), 0x00] }
    let longest: [UInt8] = [0x82, 0xff] + [UInt8](repeating: 0xff, count: 8) + [1, 2, 3, 4]
    return (unmasked + [longest]).compactMap { bytes in
      withSpan(bytes) { FrameHeader($0, at: 0) }.map { header in
        FrameRecord(
          connection: identity, packet: stamp, sender: sender, offset: 0, header: header, length: 0, message: 1,
          losses: [], resyncOffset: 0)
      }
    }
  }

  private static func controls(_ identity: ConnectionIdentity, _ sender: Sender) -> [(ControlRecord, [UInt8])] {
    let payloads: [(ControlRecord.Kind, PayloadForm, [UInt8])] = [
      (.ping, .text, [0x61]), (.ping, .bytes(errorOffset: nil), [0xff]),
      (.pong(roundTripMicroseconds: 1), .text, [0x61]), (.pong(roundTripMicroseconds: nil), .text, []),
      (.close(.empty), .text, []), (.close(.oneByte), .bytes(errorOffset: nil), [3]),
      (.close(withSpan([3, 0xe8, 0x61]) { ClosePayload($0) }), .text, [3, 0xe8, 0x61]),
      (.close(nil), .text, [3, 0xe8]),
    ]
    return payloads.map { kind, form, payload in
      let record = ControlRecord(
        connection: identity, packet: stamp, sender: sender, kind: kind, length: payload.count, form: form,
        losses: [], resyncOffset: sender == .client ? 0 : nil)
      return (record, payload)
    }
  }

  private static func ends(_ identity: ConnectionIdentity) -> [EndRecord] {
    var counts = DirectionSummary(
      packets: 0, bytes: 0, frames: 0, messages: 0, textMessages: 0, binaryMessages: 0, pings: 0, pongs: 0, payload: 0,
      wire: 0, gapBytes: 0, retransmittedBytes: 0, overlapConflicts: 0, unframedBytes: 0)
    counts.resyncs = [DirectionSummary.Resync(lostAt: 0, foundAt: 1)]
    counts.resyncCount = 1
    return StreamEnd.allCases.flatMap { [counts] cause in
      [(Sender.client, 1000, ""), (.server, 65535, nil), (nil, nil, nil)].map { closer, code, reason in
        EndRecord(
          connection: identity, packet: stamp, cause: cause, isClean: true, closedBy: closer, closeCode: code,
          closeReason: reason, durationMicroseconds: 0,
          rules: Rule.allCases.map { EndRecord.RuleCount(rule: $0, severity: $0.severity, count: 1) }, client: counts,
          server: counts)
      }
    }
  }

  private static var stats: StatsRecord {
    var stats = StatsRecord(
      packet: stamp, isFinal: true, linkTypes: ["ethernet"], packets: 0, bytes: 0, undecodable: 0,
      undecodableReasons: [(reason: "x", count: 1)], badChecksums: 0, fragments: 0, fragmentsDropped: 0,
      fragmentOverlaps: 0, tcpConnections: 0, webSockets: 0,
      openWebSockets: 0, failedHandshakes: 0, tlsConnections: 0, oneSidedConnections: 0, gaps: 0, gapBytes: 0,
      evicted: 0, memoryBytes: 1)
    (stats.kernelDrops, stats.interfaceDrops, stats.toolDrops, stats.logDrops) = (1, 2, 3, 4)
    return stats
  }
}
