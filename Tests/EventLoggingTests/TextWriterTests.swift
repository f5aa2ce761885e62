import HTTPDecoding
import NetworkTypes
import TestSupport
import Testing
import WebSocketDecoding

@testable import EventLogging
@testable import TrafficAnalysis

/// Each record is a line that a person reads, within the width and harmless.
struct TextWriterTests {
  /// 2023-11-14 22:13:20.123456789 UTC.
  static let stamp = NDJSONWriterTests.stamp
  static let date = "2023-11-14 UTC"
  static let everything = LogOptions(types: [.standard, .frame])

  static func identity(host: [UInt8]? = Array("example.com".utf8), path: [UInt8]? = Array("/chat".utf8))
    -> ConnectionIdentity
  {
    NDJSONWriterTests.identity(host: host, path: path)
  }

  /// The short name of `identity`, which the contract of the log gives: a beginning of `conn`.
  static let name = String(identity().name.prefix(5))

  /// The bytes that records make.
  static func bytes(
    _ style: TextStyle = TextStyle(), _ options: LogOptions = everything, _ body: (TextWriter) -> Void
  ) throws -> [UInt8] {
    let directory = TemporaryDirectory()
    let file = try LogFile(path: directory.file("log"))
    let writer = TextWriter(file: file, options: options, style: style)
    body(writer)
    writer.flush()
    file.finish()
    return try #require(readFile(directory.file("log")))
  }

  /// The lines that records make, without the one with the date.
  static func lines(
    _ style: TextStyle, _ options: LogOptions = everything, _ body: (TextWriter) -> Void
  ) throws -> [String] {
    var plain = style
    plain.showsDate = false
    let bytes = try Self.bytes(plain, options, body)
    #expect(bytes.isEmpty || bytes.last == 0x0a)
    return try bytes.split(separator: 0x0a).map { try #require(String(validating: $0, as: UTF8.self)) }
  }

  /// The lines of a pipe.
  static func lines(_ body: (TextWriter) -> Void) throws -> [String] { try lines(TextStyle(), everything, body) }

  static func message(_ payload: String, deflatedTo wire: Int? = nil) -> (TextWriter) -> Void {
    var record = NDJSONWriterTests.message(identity(), length: payload.utf8.count)
    record.isDeflated = wire != nil
    record.wireLength = wire ?? payload.utf8.count
    return message(record, Array(payload.utf8))
  }

  static func message(_ record: MessageRecord, _ payload: [UInt8]) -> (TextWriter) -> Void {
    { writer in withSpan(payload) { writer.message(record, payload: $0) } }
  }

  static func open(
    failure: OpenRecord.Failure? = nil, status: Int? = 101, protocolName: String? = nil, deflate: Bool = false,
    connection: ConnectionIdentity = identity(), wait: Int64? = 81
  ) -> OpenRecord {
    var fields = [("Server", "s"), ("Set-Cookie", "secret")]
    if let protocolName { fields.append(("Sec-WebSocket-Protocol", protocolName)) }
    let request = HTTPRequestHead(
      method: Array("GET".utf8), target: Array("/chat".utf8), version: HTTPVersion(1, 1),
      fields: NDJSONWriterTests.fields([("Host", "example.com"), ("Cookie", "secret"), ("User-Agent", "a\u{1b}[2Jb")]))
    let response = status.map {
      HTTPResponseHead(version: HTTPVersion(1, 1), status: $0, reason: [], fields: NDJSONWriterTests.fields(fields))
    }
    return OpenRecord(
      connection: connection, packet: stamp, discovery: .handshake, failure: failure, isIncomplete: false,
      request: request, response: response, isAcceptRight: true,
      deflate: deflate
        ? OpenRecord.Deflate(clientBits: 15, serverBits: 15, clientResets: false, serverResets: false) : nil,
      vlanIDs: [], tunnels: [], tcpRoundTripMicroseconds: nil, waitMicroseconds: wait)
  }

  static func summary(messages: Int, payload: Int, gap: Int = 0, unframed: Int = 0, conflicts: Int = 0)
    -> DirectionSummary
  {
    DirectionSummary(
      packets: 1, bytes: 1, frames: 1, messages: messages, textMessages: 0, binaryMessages: 0, pings: 0, pongs: 0,
      payload: payload, wire: 0, gapBytes: gap, retransmittedBytes: 0, overlapConflicts: conflicts,
      unframedBytes: unframed)
  }

  static func end(
    _ cause: StreamEnd = .fin, isClean: Bool = true, by closer: Sender? = .client, code: UInt16? = 1000,
    reason: String? = "bye", client: DirectionSummary = summary(messages: 3, payload: 1234),
    server: DirectionSummary = summary(messages: 1, payload: 5), rules: [EndRecord.RuleCount] = []
  ) -> EndRecord {
    EndRecord(
      connection: identity(), packet: stamp, cause: cause, isClean: isClean, closedBy: closer, closeCode: code,
      closeReason: reason, durationMicroseconds: 2_340_000, rules: rules, client: client, server: server)
  }

  static func control(_ kind: ControlRecord.Kind, _ payload: [UInt8], _ form: PayloadForm = .text)
    -> (TextWriter) -> Void
  {
    let record = ControlRecord(
      connection: identity(), packet: stamp, sender: .server, kind: kind, length: payload.count, form: form, losses: [])
    return { writer in withSpan(payload) { writer.control(record, payload: $0) } }
  }

  static func close(_ payload: [UInt8]) -> (TextWriter) -> Void {
    control(.close(withSpan(payload) { ClosePayload($0) }), payload, .bytes(errorOffset: nil))
  }

  // MARK: - Lines

  @Test func `meta names the tool, the inputs and the filter`() throws {
    let record = MetaRecord(packet: nil, toolVersion: "1.2", inputs: ["a.pcap", "b\u{1b}.pcap"], filter: "port 80")
    #expect(try Self.lines { $0.meta(record) } == [#"wstap 1.2: a.pcap, b\x1b.pcap; filter: port 80"#])
  }

  @Test func `a line with the date comes first, and where the date changes`() throws {
    let bytes = try Self.bytes { writer in
      for nanoseconds in [-1, 0, 86_399_999_999_999, 86_400_000_000_000, 1, 951_782_400_000_000_000] {
        var record = NDJSONWriterTests.message(Self.identity(), length: 1)
        record.isDeflated = false
        record.packet.timestamp = Timestamp(nanoseconds: Int64(nanoseconds))
        Self.message(record, [0x61])(writer)
      }
    }
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        1969-12-31 UTC
        23:59:59.999 \(Self.name) → text       1 B  a
        1970-01-01 UTC
        00:00:00.000 \(Self.name) → text       1 B  a
        23:59:59.999 \(Self.name) → text       1 B  a
        1970-01-02 UTC
        00:00:00.000 \(Self.name) → text       1 B  a
        1970-01-01 UTC
        00:00:00.000 \(Self.name) → text       1 B  a
        2000-02-29 UTC
        00:00:00.000 \(Self.name) → text       1 B  a

        """)
  }

  @Test func `open tells the handshake`() throws {
    let begin = "22:13:20.123 \(Self.name) open 10.0.0.1:40000 → "
    #expect(try Self.lines { $0.open(Self.open()) } == [begin + "ws://example.com/chat, 101, 81 µs"])
    #expect(
      try Self.lines { $0.open(Self.open(protocolName: "chat.v1", deflate: true, wait: 45_000)) } == [
        begin + "ws://example.com/chat, 101, subprotocol chat.v1, deflate, 45 ms"
      ])
    let unknown = Self.identity(host: nil, path: nil)
    #expect(
      try Self.lines { $0.open(Self.open(connection: unknown, wait: nil)) } == [
        begin + "ws://[2001:db8::1]:80, 101"
      ])
    let odd = Self.identity(host: Array("a\u{9b}b".utf8), path: [0x2a, 0xff])
    #expect(
      try Self.lines { $0.open(Self.open(connection: odd, wait: nil)) } == [begin + #"ws://a\u{9b}b *\xff, 101"#])
  }

  @Test func `open marks what failed`() throws {
    let begin = "22:13:20.123 \(Self.name) open "
    let rest = " 10.0.0.1:40000 → ws://example.com/chat"
    func line(_ failure: OpenRecord.Failure, _ status: Int?) throws -> [String] {
      try Self.lines { $0.open(Self.open(failure: failure, status: status, wait: nil)) }
    }
    #expect(try line(.status, 403) == [begin + "!failed: status 403" + rest])
    #expect(try line(.noResponse, nil) == [begin + "!failed: no response" + rest])
    #expect(try line(.badAccept, 101) == [begin + "!failed: wrong Sec-WebSocket-Accept" + rest + ", 101"])
    #expect(try line(.noAccept, 101) == [begin + "!failed: no Sec-WebSocket-Accept" + rest + ", 101"])
    #expect(try line(.notUpgraded, 101) == [begin + "!failed: the 101 does not name websocket" + rest + ", 101"])
    var guess = Self.open(status: nil, wait: nil)
    guess.discovery = .midstream
    guess.isIncomplete = true
    #expect(
      try Self.lines { $0.open(guess) } == [begin + "!incomplete !guessed, without a handshake" + rest])
  }

  @Test func `header fields have lines of their own, as far as they were asked for`() throws {
    func fields(_ which: LogOptions.Headers) throws -> [String] {
      try Self.lines(TextStyle(), LogOptions(headers: which)) { $0.open(Self.open()) }.dropFirst().map {
        String($0.dropFirst("22:13:20.123 \(Self.name) ".count))
      }
    }
    #expect(try fields(.none) == [])
    #expect(
      try fields(.safe) == [
        "→ field  Host: example.com", #"→ field  User-Agent: a\x1b[2Jb"#, "← field  Server: s",
      ])
    #expect(
      try fields(.all) == [
        "→ field  Host: example.com", "→ field  Cookie: secret", #"→ field  User-Agent: a\x1b[2Jb"#,
        "← field  Server: s", "← field  Set-Cookie: secret",
      ])
  }

  @Test func `a message has its direction, type, size and payload`() throws {
    let begin = "22:13:20.123 \(Self.name) "
    #expect(try Self.lines(Self.message(#"{"a":1}"#)) == [begin + #"→ text       7 B  {"a":1}"#])
    #expect(try Self.lines(Self.message("")) == [begin + "→ text       0 B"])
    #expect(
      try Self.lines(Self.message("\u{1b}[2J\n你好", deflatedTo: 402)) == [
        begin + #"→ text      11 B (402 B deflated)  \x1b[2J\n你好"#
      ])
    #expect(try Self.lines(Self.message(" !a")) == [begin + #"→ text       3 B  \x20!a"#])
    #expect(try Self.lines(Self.message("!truncated")) == [begin + #"→ text      10 B  \x21truncated"#])
    var record = NDJSONWriterTests.message(Self.identity(), form: .bytes(errorOffset: 1), length: 3)
    record.isDeflated = false
    record.sender = .server
    #expect(
      try Self.lines(Self.message(record, [0x61, 0xff, 0x62])) == [
        begin + #"← text       3 B !not UTF-8 at byte 1  a\xffb"#
      ])
    (record.opcode, record.form, record.length) = (.binary, .bytes(errorOffset: nil), 1_572_864)
    record.losses = [.truncated, .incomplete, .snapped]
    #expect(
      try Self.lines(Self.message(record, Array("\u{1b}[2J\\\"\u{7f}é".utf8))) == [
        begin + "← binary 1.5 MiB !incomplete !snapped !truncated  1b5b 324a 5c22 7fc3 a9  |.[2J.\"...|"
      ])
    (record.form, record.length, record.losses, record.undecoded) = (.none, nil, [], .contextLost)
    record.isDeflated = true
    #expect(
      try Self.lines(Self.message(record, [])) == [begin + "← binary       ? (7 B deflated) !undecoded (context_lost)"])
  }

  @Test func `without payloads there are none, and nothing is called truncated`() throws {
    var record = NDJSONWriterTests.message(Self.identity(), losses: .truncated)
    record.isDeflated = false
    let options = LogOptions(writesPayload: false)
    #expect(
      try Self.lines(TextStyle(), options, Self.message(record, [])) == [
        "22:13:20.123 \(Self.name) → text       5 B"
      ])
  }

  @Test func `a control frame tells a ping, a pong and a Close`() throws {
    let begin = "22:13:20.123 \(Self.name) ← "
    #expect(try Self.lines(Self.control(.ping, [])) == [begin + "ping       0 B"])
    #expect(try Self.lines(Self.control(.ping, Array("hi".utf8))) == [begin + "ping       2 B  hi"])
    #expect(
      try Self.lines(Self.control(.ping, [0xff, 0], .bytes(errorOffset: nil))) == [
        begin + "ping       2 B  ff00  |..|"
      ])
    #expect(
      try Self.lines(Self.control(.pong(roundTripMicroseconds: 12_345), [0x31])) == [
        begin + "pong       1 B rtt 12 ms  1"
      ])
    #expect(
      try Self.lines(Self.control(.pong(roundTripMicroseconds: nil), [0x31])) == [begin + "pong       1 B  1"])
    #expect(try Self.lines(Self.close([])) == [begin + "close      0 B  without a code"])
    #expect(try Self.lines(Self.close([0x03, 0xe8])) == [begin + "close      2 B  1000 normal closure"])
    #expect(
      try Self.lines(Self.close([0x03, 0xe9] + Array("by\u{7}e".utf8))) == [
        begin + #"close      6 B  1001 going away: by\x07e"#
      ])
    #expect(
      try Self.lines(Self.close([0x03, 0xe8, 0xff])) == [
        begin + #"close      3 B !reason is not UTF-8  1000 normal closure: \xff"#
      ])
    #expect(try Self.lines(Self.close([0x03])) == [begin + "close      1 B !one byte is no code  03  |.|"])
    #expect(try Self.lines(Self.close([0x08, 0x00])) == [begin + "close      2 B  2048"])
  }

  @Test func `a violation is marked with its severity`() throws {
    let record = ViolationRecord(
      connection: Self.identity(), packet: Self.stamp, rule: .closeCodeUnassigned,
      severity: Rule.closeCodeUnassigned.severity, sender: .server, offset: 9,
      detail: "code \u{1b}2000")
    #expect(
      try Self.lines { $0.violation(record) } == [
        "22:13:20.123 \(Self.name) ← ! warning close-code-unassigned: code \\x1b2000"
      ])
  }

  @Test func `a frame tells its header`() throws {
    let header = try #require(withSpan([0x41, 0x85, 0x0a, 0xfa, 0x21, 0x3d]) { FrameHeader($0, at: 0) })
    let record = FrameRecord(
      connection: Self.identity(), packet: Self.stamp, sender: .client, offset: 129, header: header, length: 3,
      message: 4, losses: .incomplete)
    #expect(
      try Self.lines { $0.frame(record) } == [
        "22:13:20.123 \(Self.name) → frame      3 B !incomplete  text, more follows, rsv 4, mask 0afa213d, 5 B declared, header of 6 B at 129, message 4"
      ])
    #expect(try Self.lines(TextStyle(), LogOptions()) { $0.frame(record) } == [], "frames are asked for")
    let most = try #require(
      withSpan([0x8b, 0x7f] + [UInt8](repeating: 0xff, count: 8)) { FrameHeader($0, at: 0) })
    let reserved = FrameRecord(
      connection: Self.identity(), packet: Self.stamp, sender: .client, offset: 0, header: most, length: .max,
      message: nil, losses: [])
    #expect(
      try Self.lines { $0.frame(reserved) } == [
        "22:13:20.123 \(Self.name) → frame  8.0 EiB  reserved_control 11, fin, header of 10 B at 0"
      ])
  }

  @Test func `end tells who closed, what passed and what is missing`() throws {
    let begin = "22:13:20.123 \(Self.name) end  "
    let sums = ", → 3 msgs 1.2 KiB ← 1 msg 5 B, 2.3 s"
    func line(_ record: EndRecord) throws -> [String] { try Self.lines { $0.end(record) } }
    #expect(try line(Self.end()) == [begin + "by client 1000 normal closure: bye" + sums])
    #expect(
      try line(Self.end(.reset, isClean: false, by: .server, code: nil)) == [
        begin + "unclean, by server, reset" + sums
      ])
    #expect(try line(Self.end(.captureEnd, isClean: false, by: nil, code: nil)) == [begin + "capture ended" + sums])
    #expect(try line(Self.end(.idle, isClean: false, by: nil, code: nil)) == [begin + "idle" + sums])
    #expect(try line(Self.end(.evicted, isClean: false, by: nil, code: nil)) == [begin + "evicted" + sums])
    let lossy = Self.end(
      code: 2048, reason: "", client: Self.summary(messages: 3, payload: 1234, gap: 5, unframed: 2048),
      server: Self.summary(messages: 1, payload: 5, gap: 7, conflicts: 2),
      rules: [
        EndRecord.RuleCount(rule: .frameServerMasked, severity: Rule.frameServerMasked.severity, count: 3),
        EndRecord.RuleCount(rule: .closeRepeated, severity: Rule.closeRepeated.severity, count: 1),
      ])
    #expect(
      try line(lossy) == [
        begin + "by client 2048 !5 B → lost !2.0 KiB → unframed !7 B ← lost !2 overlap conflicts ←" + sums
          + ", frame-server-masked ×3, close-repeated ×1"
      ])
  }

  @Test func `stats make a line on the way and none at the end`() throws {
    var record = StatsRecord(
      packet: Self.stamp, isFinal: false, linkTypes: [], packets: 1200, bytes: 2, undecodable: 0,
      undecodableReasons: [], badChecksums: 0, fragments: 0, fragmentsDropped: 0, fragmentOverlaps: 0,
      tcpConnections: 0, webSockets: 7, openWebSockets: 2,
      failedHandshakes: 0, tlsConnections: 0, oneSidedConnections: 0, gaps: 1, gapBytes: 13, evicted: 0,
      memoryBytes: nil)
    #expect(
      try Self.lines { $0.stats(record) } == ["22:13:20.123 1200 packets, 7 WebSockets, 2 open, 13 B lost"])
    record.isFinal = true
    #expect(try Self.lines { $0.stats(record) } == [])
  }

  @Test func `only the record types that were asked for make lines`() throws {
    let violation = ViolationRecord(
      connection: Self.identity(), packet: Self.stamp, rule: .frameServerMasked,
      severity: Rule.frameServerMasked.severity, sender: .server, offset: 0, detail: "")
    let all: (TextWriter) -> Void = { writer in
      writer.meta(MetaRecord(packet: nil, toolVersion: "1", inputs: [], filter: nil))
      writer.open(Self.open())
      Self.message("a")(writer)
      Self.control(.ping, [])(writer)
      writer.violation(violation)
      writer.end(Self.end())
    }
    for (type, word) in [
      (LogOptions.RecordTypes.meta, "wstap"), (.open, "open"), (.message, "text"), (.control, "ping"),
      (.violation, "frame-server-masked"), (.end, "end"),
    ] {
      let lines = try Self.lines(TextStyle(), LogOptions(types: type), all)
      #expect(lines.count == 1)
      #expect(lines.first?.contains(word) == true)
    }
    #expect(try Self.lines(TextStyle(), LogOptions(types: []), all) == [])
  }
}
