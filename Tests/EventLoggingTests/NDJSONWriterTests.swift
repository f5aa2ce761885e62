import HTTPDecoding
import NetworkTypes
import TestSupport
import Testing
import WebSocketDecoding

@testable import EventLogging
@testable import TrafficAnalysis

/// Each record is the line that the contract of the log describes.
struct NDJSONWriterTests {
  static let stamp = PacketStamp(timestamp: Timestamp(nanoseconds: 1_700_000_000_123_456_789), number: 12, fileIndex: 1)
  /// How `stamp` begins a line.
  static let time = #""v":1,"ts":"2023-11-14T22:13:20.123456789Z","epoch_us":1700000000123456"#

  static func identity(host: [UInt8]? = Array("example.com".utf8), path: [UInt8]? = Array("/chat".utf8))
    -> ConnectionIdentity
  {
    let client = Endpoint("10.0.0.1:40000")
    let server = Endpoint("[2001:db8::1]:80")
    return ConnectionIdentity(
      key: FlowKey(client, server), start: Timestamp(nanoseconds: 1), client: client, host: host, path: path)
  }

  static func connection(_ identity: ConnectionIdentity) -> String {
    #""conn":"\#(identity.name)","client_ip":"10.0.0.1","client_port":40000,"server_ip":"2001:db8::1","server_port":80"#
  }

  static let place = #""host":"example.com","path":"/chat""#
  static let whole = #""truncated":false,"incomplete":false,"snapped":false"#

  /// The lines that records make.
  static func lines(_ options: LogOptions = LogOptions(types: [.standard, .frame]), _ body: (NDJSONWriter) -> Void)
    throws -> [JSONValue]
  {
    let directory = TemporaryDirectory()
    let file = try LogFile(path: directory.file("log"))
    let writer = NDJSONWriter(file: file, options: options)
    body(writer)
    writer.flush()
    file.finish()
    let bytes = try #require(readFile(directory.file("log")))
    #expect(bytes.isEmpty || bytes.last == 0x0a)
    let records = try bytes.split(separator: 0x0a).map { try StrictJSON.parse(Array($0)) }
    LogCheck.expectValid(records)
    return records
  }

  /// Whether the only line is an object of just these members, in any order.
  static func expect(
    _ lines: [JSONValue], _ members: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try StrictJSON.parse(Array("{\(members.joined(separator: ","))}".utf8))
    let sorted = { (value: JSONValue?) in
      (value?.members ?? []).sorted { $0.name < $1.name }.map { "\($0.name): \($0.value)" }
    }
    #expect(lines.count == 1, sourceLocation: sourceLocation)
    #expect(sorted(lines.first) == sorted(expected), sourceLocation: sourceLocation)
  }

  static func message(
    _ identity: ConnectionIdentity, form: PayloadForm = .text, length: Int? = 5, losses: LossFlags = [],
    undecoded: MessageAssembler.Undecoded? = nil, opcode: Opcode = .text
  ) -> MessageRecord {
    MessageRecord(
      connection: identity, packet: stamp, sender: .client, ordinal: 3, opcode: opcode, length: length, wireLength: 7,
      frames: 2, isDeflated: true, durationMicroseconds: 40, form: form, losses: losses, undecoded: undecoded)
  }

  @Test func `meta names the tool, the inputs and the filter`() throws {
    let record = MetaRecord(packet: Self.stamp, toolVersion: "1.2", inputs: ["a.pcap", "-"], filter: "port 80")
    try Self.expect(
      Self.lines { $0.meta(record) }, Self.time, #""type":"meta","tool":"wstap","tool_version":"1.2""#,
      #""inputs":["a.pcap","-"],"filter":"port 80""#)
    let empty = MetaRecord(packet: nil, toolVersion: "1.2", inputs: ["\u{1b}[31m\"x"], filter: nil)
    try Self.expect(
      Self.lines { $0.meta(empty) }, #""v":1,"ts":"1970-01-01T00:00:00.000000000Z","epoch_us":0,"type":"meta""#,
      #""tool":"wstap","tool_version":"1.2","inputs":["\u001b[31m\"x"]"#)
  }

  @Test func `open tells the handshake`() throws {
    let identity = Self.identity()
    let request = HTTPRequestHead(
      method: Array("GET".utf8), target: Array("/chat".utf8), version: HTTPVersion(1, 1),
      fields: Self.fields([
        ("Host", "example.com"), ("Origin", "http://a"), ("User-Agent", "test/1"), ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Protocol", "a, b"), ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
      ]))
    let response = HTTPResponseHead(
      version: HTTPVersion(1, 1), status: 101, reason: [],
      fields: Self.fields([
        ("Sec-WebSocket-Protocol", "b"), ("Sec-WebSocket-Extensions", "permessage-deflate"),
      ]))
    let record = OpenRecord(
      connection: identity, packet: Self.stamp, discovery: .handshake, failure: nil, isIncomplete: false,
      request: request, response: response, isAcceptRight: true,
      deflate: OpenRecord.Deflate(clientBits: 9, serverBits: 15, clientResets: true, serverResets: false),
      vlanIDs: [7, 100], tunnels: ["vxlan:100", "gre"], tcpRoundTripMicroseconds: 0, waitMicroseconds: 81)
    try Self.expect(
      Self.lines { $0.open(record) }, Self.time, Self.connection(identity), Self.place,
      #""type":"open","ok":true,"how":"handshake","community_id":"\#(identity.communityID)","scheme":"ws""#,
      #""http_version":"1.1","method":"GET","status":101,"origin":"http://a","user_agent":"test/1","ws_version":"13""#,
      #""accept_ok":true,"subprotocol":"b","subprotocols_offered":["a","b"],"extensions":["permessage-deflate"]"#,
      #""extensions_offered":["permessage-deflate; client_max_window_bits"]"#,
      #""deflate":{"c2s_bits":9,"s2c_bits":15,"c2s_reset":true,"s2c_reset":false},"vlan":[7,100],"tunnel":["vxlan:100","gre"]"#,
      #""tcp_rtt_us":0,"wait_us":81,"incomplete":false,"pkt":12"#)
  }

  @Test func `open without an answer says why and leaves out what is not known`() throws {
    let identity = Self.identity(host: nil, path: nil)
    let record = OpenRecord(
      connection: identity, packet: Self.stamp, discovery: .handshake, failure: .noResponse, isIncomplete: true,
      request: nil, response: nil, isAcceptRight: nil, deflate: nil, vlanIDs: [], tunnels: [],
      tcpRoundTripMicroseconds: nil,
      waitMicroseconds: nil)
    try Self.expect(
      Self.lines { $0.open(record) }, Self.time, Self.connection(identity),
      #""type":"open","ok":false,"fail":"no_response","how":"handshake""#,
      #""community_id":"\#(identity.communityID)","scheme":"ws","incomplete":true,"pkt":12"#)
  }

  @Test func `what is no UTF-8 is base64 under another name`() throws {
    let identity = Self.identity(host: [0xff, 0x61], path: [0x2f, 0xc3])
    let request = HTTPRequestHead(
      method: [0xc3], target: [], version: HTTPVersion(1, 1),
      fields: HTTPFields([
        HTTPField(name: Array("X-A".utf8), value: [0xe9]), HTTPField(name: [0xe9], value: Array("b".utf8)),
        HTTPField(name: Array("Origin".utf8), value: [0xe9]),
        HTTPField(name: Array("Sec-WebSocket-Protocol".utf8), value: Array("a,".utf8) + [0xe9]),
      ]))
    let record = OpenRecord(
      connection: identity, packet: Self.stamp, discovery: .handshake, failure: .noResponse, isIncomplete: false,
      request: request, response: nil, isAcceptRight: nil, deflate: nil, vlanIDs: [], tunnels: [],
      tcpRoundTripMicroseconds: nil,
      waitMicroseconds: nil)
    let line = try #require(try Self.lines(LogOptions(headers: .all)) { $0.open(record) }.first)
    #expect(line["host"] == nil)
    #expect(line["path"] == nil)
    #expect(line["host_b64"]?.text == "/2E=")
    #expect(line["path_b64"]?.text == "L8M=")
    #expect(line["method_b64"]?.text == "ww==")
    #expect(line["origin_b64"]?.text == "6Q==")
    #expect(line["subprotocols_offered"]?.elements == [.string("a")])
    let headers = try #require(line["headers"]?.elements)
    #expect(headers[0] == (try StrictJSON.parse(Array(#"{"name":"X-A","value_b64":"6Q=="}"#.utf8))))
    #expect(headers[1]["value"]?.text == "b")
  }

  @Test func `header fields are written as far as they were asked for`() throws {
    let secret = [
      "Cookie", "Set-Cookie", "Authorization", "PROXY-AUTHORIZATION", "x-api-key", "Sec-WebSocket-Protocol",
    ]
    let request = HTTPRequestHead(
      method: Array("GET".utf8), target: Array("/".utf8), version: HTTPVersion(1, 1),
      fields: Self.fields([("Host", "a"), ("X-Other", "1")] + secret.map { ($0, "secret") } + [("X-Other", "2")]))
    let response = HTTPResponseHead(
      version: HTTPVersion(1, 1), status: 401, reason: [],
      fields: Self.fields([("Server", "s"), ("WWW-Authenticate", "Basic"), ("Set-Cookie", "a=b")]))
    let record = OpenRecord(
      connection: Self.identity(), packet: Self.stamp, discovery: .handshake, failure: .status, isIncomplete: false,
      request: request, response: response, isAcceptRight: nil, deflate: nil, vlanIDs: [], tunnels: [],
      tcpRoundTripMicroseconds: nil, waitMicroseconds: nil)
    func names(_ which: LogOptions.Headers, _ name: String) throws -> [String]? {
      let line = try Self.lines(LogOptions(headers: which)) { $0.open(record) }.first
      return line?[name]?.elements?.compactMap { $0["name"]?.text }
    }
    #expect(try names(.none, "headers") == nil)
    #expect(try names(.none, "response_headers") == nil)
    #expect(try names(.safe, "headers") == ["Host", "X-Other", "X-Other"])
    #expect(try names(.safe, "response_headers") == ["Server"])
    #expect(try names(.all, "headers") == ["Host", "X-Other"] + secret + ["X-Other"])
    #expect(try names(.all, "response_headers") == ["Server", "WWW-Authenticate", "Set-Cookie"])
  }

  @Test func `message has its payload as text, as base64 or not at all`() throws {
    let identity = Self.identity()
    let begin = [
      Self.time, Self.connection(identity), Self.place, #""type":"message","dir":"c2s","n":3,"wire_len":7"#,
      #""frames":2,"deflated":true,"dur_us":40,"pkt":12"#,
    ].joined(separator: ",")
    func lines(_ record: MessageRecord, _ payload: [UInt8], _ options: LogOptions = LogOptions()) throws -> [JSONValue]
    {
      try Self.lines(options) { writer in withSpan(payload) { writer.message(record, payload: $0) } }
    }
    try Self.expect(
      lines(Self.message(identity), Array("a\"\n€".utf8)), begin, Self.whole, #""op":"text","len":5,"text":"a\"\n€""#)
    try Self.expect(lines(Self.message(identity, length: 0), []), begin, Self.whole, #""op":"text","len":0,"text":"""#)
    try Self.expect(
      lines(Self.message(identity, form: .bytes(errorOffset: 1)), [0x61, 0xff]), begin, Self.whole,
      #""op":"text","len":5,"b64":"Yf8=","utf8_error_at":1"#)
    try Self.expect(
      lines(Self.message(identity, form: .bytes(errorOffset: nil), length: 0, opcode: .binary), []), begin, Self.whole,
      #""op":"binary","len":0,"b64":"""#)
    try Self.expect(
      lines(Self.message(identity, form: .none, length: nil, losses: .incomplete, undecoded: .contextLost), []), begin,
      #""op":"text","undecoded":"context_lost","truncated":false,"incomplete":true,"snapped":false"#)
    try Self.expect(
      lines(Self.message(identity, losses: [.truncated, .snapped]), [0x61]), begin,
      #""op":"text","len":5,"text":"a","truncated":true,"incomplete":false,"snapped":true"#)
    try Self.expect(
      lines(Self.message(identity), [0x61], LogOptions(writesPayload: false, writesFile: true)), begin, Self.whole,
      #""op":"text","len":5,"file":1"#)
  }

  @Test func `frame tells its header`() throws {
    let identity = Self.identity()
    func frame(_ bytes: [UInt8], length: UInt64, message: Int?) throws -> FrameRecord {
      let header = try #require(withSpan(bytes) { FrameHeader($0, at: 0) })
      return FrameRecord(
        connection: identity, packet: Self.stamp, sender: .server, offset: 129, header: header, length: length,
        message: message, losses: [])
    }
    let begin = [Self.time, Self.connection(identity), Self.place, #""type":"frame","dir":"s2c","off":129,"pkt":12"#]
      .joined(separator: ",")
    let masked = try frame([0xc1, 0x85, 0x0a, 0xfa, 0x21, 0x3d], length: 5, message: 4)
    try Self.expect(
      Self.lines { $0.frame(masked) }, begin, Self.whole,
      #""fin":true,"rsv":4,"opcode":1,"op":"text","mask":"0afa213d","hdr_len":6,"len":5,"msg":4"#)
    let reserved = try frame([0x7b, 0x00], length: 0, message: nil)
    let line = try #require(try Self.lines { $0.frame(reserved) }.first)
    #expect(line["fin"]?.boolean == false)
    #expect(line["rsv"]?.integer == 7)
    #expect(line["opcode"]?.integer == 11)
    #expect(line["mask"] == nil)
    #expect(line["msg"] == nil)
    let largest = try frame([0x82, 0x7f, 0, 0x1f] + [UInt8](repeating: 0xff, count: 6), length: 3, message: 1)
    #expect(try Self.lines { $0.frame(largest) }.first?["len_declared"] == nil)
    let beyond = try frame([0x82, 0x7f, 0, 0x20, 0, 0, 0, 0, 0, 0], length: 3, message: 1)
    #expect(try Self.lines { $0.frame(beyond) }.first?["len_declared"]?.text == "9007199254740992")
    let most = try frame([0x82, 0x7f] + [UInt8](repeating: 0xff, count: 8), length: .max, message: 1)
    #expect(try Self.lines { $0.frame(most) }.first?["len_declared"]?.text == "18446744073709551615")
    #expect(try Self.lines(LogOptions()) { $0.frame(masked) }.isEmpty, "frames are asked for")
  }

  @Test func `control tells a ping, a pong and a Close`() throws {
    let identity = Self.identity()
    let begin = [Self.time, Self.connection(identity), Self.place, #""type":"control","dir":"s2c","pkt":12"#]
      .joined(separator: ",")
    func lines(_ kind: ControlRecord.Kind, _ payload: [UInt8], _ form: PayloadForm = .text) throws -> [JSONValue] {
      let record = ControlRecord(
        connection: identity, packet: Self.stamp, sender: .server, kind: kind, length: payload.count, form: form,
        losses: [])
      return try Self.lines { writer in withSpan(payload) { writer.control(record, payload: $0) } }
    }
    try Self.expect(lines(.ping, []), begin, Self.whole, #""op":"ping","len":0,"text":"""#)
    try Self.expect(
      lines(.ping, [0xff, 0], .bytes(errorOffset: nil)), begin, Self.whole, #""op":"ping","len":2,"b64":"/wA=""#)
    try Self.expect(
      lines(.pong(roundTripMicroseconds: 0), [0x31]), begin, Self.whole, #""op":"pong","len":1,"text":"1","rtt_us":0"#)
    try Self.expect(
      lines(.pong(roundTripMicroseconds: nil), [0x31]), begin, Self.whole, #""op":"pong","len":1,"text":"1""#)
    func close(_ payload: [UInt8]) throws -> [JSONValue] {
      try lines(.close(withSpan(payload) { ClosePayload($0) }), payload, .bytes(errorOffset: nil))
    }
    try Self.expect(
      close([3, 0xe8] + Array("bye".utf8)), begin, Self.whole,
      #""op":"close","len":5,"close_code":1000,"close_reason":"bye""#)
    try Self.expect(
      close([3, 0xe8]), begin, Self.whole, #""op":"close","len":2,"close_code":1000,"close_reason":"""#)
    try Self.expect(close([]), begin, Self.whole, #""op":"close","len":0"#)
    try Self.expect(close([3]), begin, Self.whole, #""op":"close","len":1,"b64":"Aw==""#)
    try Self.expect(close([3, 0xe8, 0xff]), begin, Self.whole, #""op":"close","len":3,"b64":"A+j/""#)
  }

  @Test func `no payload of a Close that is malformed is written where none is wanted`() throws {
    let record = ControlRecord(
      connection: Self.identity(), packet: Self.stamp, sender: .server, kind: .close(.oneByte), length: 1,
      form: .bytes(errorOffset: nil), losses: [])
    let line = try Self.lines(LogOptions(writesPayload: false)) { writer in
      withSpan([3]) { writer.control(record, payload: $0) }
    }
    #expect(line.first?["b64"] == nil)
  }

  @Test func `violation names the check, its gravity and its place`() throws {
    let identity = Self.identity()
    let record = ViolationRecord(
      connection: identity, packet: Self.stamp, rule: .frameServerMasked, severity: Rule.frameServerMasked.severity,
      sender: .server, offset: 129, detail: "text \"")
    try Self.expect(
      Self.lines { $0.violation(record) }, Self.time, Self.connection(identity), Self.place,
      #""type":"violation","rule":"frame-server-masked","severity":"error","level":"MUST NOT","ref":"RFC 6455 §5.1""#,
      #""dir":"s2c","off":129,"pkt":12,"detail":"text \"""#)
  }

  @Test func `end sums up both directions`() throws {
    let identity = Self.identity()
    let client = DirectionSummary(
      packets: 1, bytes: 2, frames: 3, messages: 4, textMessages: 5, binaryMessages: 6, pings: 7, pongs: 8, payload: 9,
      wire: 10, gapBytes: 11, retransmittedBytes: 12, overlapConflicts: 13, unframedBytes: 14)
    let server = DirectionSummary(
      packets: 0, bytes: 0, frames: 0, messages: 0, textMessages: 0, binaryMessages: 0, pings: 0, pongs: 0, payload: 0,
      wire: 0, gapBytes: 0, retransmittedBytes: 0, overlapConflicts: 0, unframedBytes: 0)
    let record = EndRecord(
      connection: identity, packet: Self.stamp, cause: .reset, isClean: true, closedBy: .server, closeCode: 1001,
      closeReason: "away", durationMicroseconds: 0,
      rules: [EndRecord.RuleCount(rule: .frameServerMasked, severity: Rule.frameServerMasked.severity, count: 2)],
      client: client, server: server)
    try Self.expect(
      Self.lines { $0.end(record) }, Self.time, Self.connection(identity), Self.place,
      #""type":"end","cause":"rst","clean":true,"closed_by":"server","close_code":1001,"close_reason":"away","dur_us":0"#,
      #""rules":[{"rule":"frame-server-masked","count":2}],"pkt":12"#,
      #""c2s":{"pkts":1,"bytes":2,"frames":3,"msgs":4,"text_msgs":5,"binary_msgs":6,"pings":7,"pongs":8,"payload":9,"wire":10,"gap_bytes":11,"unframed_bytes":14,"retrans_bytes":12,"overlap_conflicts":13}"#,
      #""s2c":{"pkts":0,"bytes":0,"frames":0,"msgs":0,"text_msgs":0,"binary_msgs":0,"pings":0,"pongs":0,"payload":0,"wire":0,"gap_bytes":0,"unframed_bytes":0,"retrans_bytes":0,"overlap_conflicts":0}"#
    )
    let causes: [(StreamEnd, String)] = [
      (.fin, "fin"), (.reset, "rst"), (.idle, "idle"), (.captureEnd, "capture_end"), (.evicted, "evicted"),
    ]
    for (cause, name) in causes {
      var other = record
      (other.cause, other.closedBy, other.closeCode, other.closeReason) = (cause, nil, nil, nil)
      let line = try #require(try Self.lines { $0.end(other) }.first)
      #expect(line["cause"]?.text == name)
      #expect(line["closed_by"] == nil)
      #expect(line["close_code"] == nil)
      #expect(line["close_reason"] == nil)
    }
  }

  @Test func `where frames were found again is told once behind the loss, and at the end`() throws {
    let identity = Self.identity()
    var message = Self.message(identity, form: .text)
    #expect(
      try Self.lines { writer in withSpan([]) { writer.message(message, payload: $0) } }.first?["resync_off"] == nil)
    message.resyncOffset = 283
    let told = try Self.lines { writer in withSpan([]) { writer.message(message, payload: $0) } }
    #expect(told.first?["resync_off"]?.integer == 283)
    var side = DirectionSummary(
      packets: 0, bytes: 0, frames: 0, messages: 0, textMessages: 0, binaryMessages: 0, pings: 0, pongs: 0, payload: 0,
      wire: 0, gapBytes: 0, retransmittedBytes: 0, overlapConflicts: 0, unframedBytes: 0)
    side.resyncs = [DirectionSummary.Resync(lostAt: 7, foundAt: 283)]
    side.resyncCount = 1
    let line = try Self.lines {
      $0.end(
        EndRecord(
          connection: identity, packet: Self.stamp, cause: .fin, isClean: true, durationMicroseconds: 0, rules: [],
          client: side, server: side))
    }
    let summary = try #require(line.first?["s2c"])
    #expect(summary["resync_count"]?.integer == 1)
    #expect(summary["resyncs"]?.elements?.first?["gap_off"]?.integer == 7)
    #expect(summary["resyncs"]?.elements?.first?["off"]?.integer == 283)
  }

  @Test func `stats counts the run`() throws {
    let record = StatsRecord(
      packet: Self.stamp, isFinal: true, linkTypes: ["ethernet", "147"], packets: 1, bytes: 2, undecodable: 3,
      undecodableReasons: [(reason: "x", count: 3)], badChecksums: 4, fragments: 5, fragmentsDropped: 2,
      fragmentOverlaps: 1, tcpConnections: 6, webSockets: 7,
      openWebSockets: 8, failedHandshakes: 9, tlsConnections: 10, oneSidedConnections: 11, gaps: 12, gapBytes: 13,
      evicted: 14, damagedBytes: 16, damagedPackets: 17, memoryBytes: 15)
    try Self.expect(
      Self.lines { $0.stats(record) }, Self.time, #""type":"stats","final":true,"link_types":["ethernet","147"]"#,
      #""pkts":1,"bytes":2,"undecodable":3,"undecodable_reasons":[{"reason":"x","count":3}],"bad_checksums":4"#,
      #""ip_fragments":5,"fragments_dropped":2,"fragment_overlaps":1,"tcp_conns":6,"ws_conns":7,"ws_open":8,"failed":9,"tls_conns":10,"one_sided":11,"gaps":12"#,
      #""gap_bytes":13,"evicted":14,"evicted_websockets":0,"damaged_bytes":16,"damaged_pkts":17,"mem_bytes":15"#)
  }

  @Test func `only the record types that were asked for are written`() throws {
    let identity = Self.identity()
    for (name, type) in LogOptions.RecordTypes.byName {
      let lines = try Self.lines(LogOptions(types: type)) { writer in
        writer.meta(MetaRecord(packet: nil, toolVersion: "", inputs: [], filter: nil))
        withSpan([0x61]) { writer.message(Self.message(identity), payload: $0) }
        writer.violation(
          ViolationRecord(
            connection: identity, packet: Self.stamp, rule: .frameServerMasked,
            severity: Rule.frameServerMasked.severity, sender: .server, offset: 0, detail: ""))
      }
      #expect(lines.compactMap { $0["type"]?.text } == (["meta", "message", "violation"].contains(name) ? [name] : []))
    }
  }

  @Test func `many records are written in their order, beyond the size of the buffer`() throws {
    let identity = Self.identity()
    let payload = [UInt8](repeating: 0x01, count: 10_000)
    let lines = try Self.lines { writer in
      for index in 1...300 {
        var record = Self.message(identity)
        record.ordinal = index
        withSpan(payload) { writer.message(record, payload: $0) }
      }
    }
    #expect(lines.compactMap { $0["n"]?.integer } == Array(1...300))
    #expect(lines.allSatisfy { $0["text"]?.text?.utf8.count == 10_000 })
  }

  static func fields(_ pairs: [(String, String)]) -> HTTPFields {
    HTTPFields(pairs.map { HTTPField(name: Array($0.0.utf8), value: Array($0.1.utf8)) })
  }
}
