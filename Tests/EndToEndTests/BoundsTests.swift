import TestSupport
import Testing

/// The bounds of the command line, and of the process.
struct BoundsTests {
  @Test func `--memory-limit and --idle-timeout take what makes sense`() throws {
    for arguments in [["--memory-limit", "0"], ["--memory-limit", "64"], ["--idle-timeout", "1"]] {
      let directory = TemporaryDirectory()
      let path = directory.write(Sample.file, to: "a.pcap")
      #expect(BuiltTool.run(arguments + [path]).lines.dropLast() == BuiltTool.run([path]).lines.dropLast())
    }
    for arguments in [
      ["--memory-limit", "63"], ["--memory-limit=-1"], ["--memory-limit", "x"], ["--memory-limit", "1000001"],
      ["--idle-timeout", "0"], ["--idle-timeout=-1"], ["--idle-timeout", "1000000001"],
    ] {
      #expect(BuiltTool.run(arguments + ["-"]).status == 64, "\(arguments)")
    }
  }

  @Test func `a WebSocket that is silent for longer than --idle-timeout is over`() throws {
    var silent = Conversation()
    silent.openWebSocket()
    silent.server(WebSocketFrame.text("x"))
    var busy = Conversation(client: "10.0.0.3:1", nanoseconds: silent.nanoseconds)
    busy.handshake()
    busy.ack(from: .client)
    var packets = silent.packets + busy.packets
    // Idle connections are looked for every 65,536 TCP packets.
    var last = busy.packets[busy.packets.count - 1]
    for _ in 0..<66_000 {
      last.nanoseconds += 2_000_000
      packets.append(last)
    }
    let file = CaptureBuilder.pcap(packets)
    func causes(_ arguments: String...) throws -> [String?] {
      let directory = TemporaryDirectory()
      let result = BuiltTool.run(arguments + ["--types", "end", directory.write(file, to: "a.pcap")])
      return try Sample.records(result.output).map { $0["cause"]?.text }
    }
    #expect(try causes() == ["capture_end"])
    #expect(try causes("--idle-timeout", "100") == ["idle"])
    #expect(try causes("--idle-timeout", "200") == ["capture_end"])
  }

  @Test func `a socket takes no more memory for more bytes`() throws {
    func peak(segments: Int) throws -> Int {
      var talk = Conversation(maximumSegment: 60_000)
      talk.openWebSocket()
      var packets = talk.packets
      // One frame, of which all segments but the first are the same but for their numbers.
      let length = UInt64(segments) * 60_000
      let header = [0x82, 127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
      talk.packets = []
      talk.server(header)
      packets += talk.packets
      talk.packets = []
      let next = try #require(talk.sequence[.server])
      talk.server([UInt8](repeating: 0x61, count: 60_000))
      var segment = talk.packets[0]
      // Ethernet, IPv4 without options; no checksum, which is what a sending host captures.
      segment.bytes[50] = 0
      segment.bytes[51] = 0
      for number in 0..<segments {
        let sequence = next &+ UInt32(number * 60_000)
        for octet in 0..<4 { segment.bytes[38 + octet] = UInt8(truncatingIfNeeded: sequence >> UInt32(24 - octet * 8)) }
        segment.nanoseconds += 1_000_000
        packets.append(segment)
      }
      let directory = TemporaryDirectory()
      let result = BuiltTool.run(
        [directory.write(CaptureBuilder.pcap(packets), to: "a.pcap"), "--max-payload", "10"], timeoutSeconds: 300)
      let records = try Sample.records(result.output)
      #expect(records.ofType("message").map { $0["len"]?.integer } == [Int(length)])
      #expect(records.ofType("message").map { $0["incomplete"]?.boolean } == [false])
      return try #require(records.last?["mem_bytes"]?.integer)
    }
    let few = try peak(segments: 20)
    let many = try peak(segments: 300)
    #expect(many - few < 4 << 20, "\(few) bytes for 1.2 MB, \(many) for 18 MB")
  }
}
