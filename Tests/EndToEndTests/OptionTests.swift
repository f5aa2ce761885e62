import TestSupport
import Testing

/// Every option does what the contract of the command line says.
struct OptionTests {
  @Test func `the default log has every record but frames`() throws {
    let (records, result) = try Sample.run()
    #expect(result.status == 0)
    #expect(records.types == Sample.types)
    #expect(records.ofType("message").map { $0["text"]?.text } == ["aäb", "Hello", nil])
    #expect(records.ofType("message").map { $0["b64"]?.text } == [nil, nil, "AAEC/w=="])
    #expect(records.ofType("message").map { $0["truncated"]?.boolean } == [false, false, false])
    #expect(records.ofType("control").map { $0["rtt_us"]?.integer } == [nil, 1000, nil, nil])
    #expect(records.ofType("violation").map { $0["rule"]?.text } == ["frame-opcode-reserved-data"])
    #expect(records.ofType("open").first?["headers"] == nil)
    #expect(records.ofType("end").first?["clean"]?.boolean == true)
    #expect(records.last?["pkts"]?.integer == Sample.packetCount)
    #expect(records.last?["final"]?.boolean == true)
    #expect(records.allSatisfy { $0["file"] == nil })
    #expect(!result.errorText.isEmpty, "a closing summary")
  }

  @Test func `-r names a file, and analyze is the default command`() throws {
    let directory = TemporaryDirectory()
    let path = directory.write(Sample.file, to: "a.pcap")
    let plain = BuiltTool.run([path]).lines.dropLast()
    #expect(plain.count == Sample.types.count - 1)
    #expect(BuiltTool.run(["-r", path]).lines.dropLast() == plain)
    #expect(BuiltTool.run(["analyze", path]).lines.dropLast() == plain)
    #expect(BuiltTool.run(["analyze", "-r", path]).lines.dropLast() == plain)
  }

  @Test func `--types chooses records, and --frames adds one a frame`() throws {
    #expect(try Sample.run("--types", "open,end").records.types == ["open", "end"])
    #expect(try Sample.run("--types=message").records.types == ["message", "message", "message"])
    #expect(try Sample.run("--types", "stats").records.types == ["stats"])
    let frames = try Sample.run("--types", "frame").records
    #expect(frames.types == [String](repeating: "frame", count: 9))
    #expect(frames.map { $0["opcode"]?.integer } == [1, 1, 0, 2, 9, 10, 3, 8, 8])
    #expect(frames.map { $0["fin"]?.boolean } == [true, false, true, true, true, true, true, true, true])
    #expect(frames.first?["mask"]?.text == "01020304")
    let all = try Sample.run("--frames").records
    #expect(all.ofType("frame").count == 9)
    #expect(all.filter { $0["type"]?.text != "frame" }.types == Sample.types)
    #expect(try Sample.run("--frames", "--types", "meta").records.types.first == "meta")
  }

  @Test func `--headers writes fields, with or without those that may be secret`() throws {
    func names(_ which: String) throws -> [[String]] {
      let open = try #require(try Sample.run("--headers", which).records.ofType("open").first)
      return ["headers", "response_headers"].map { open[$0]?.elements?.compactMap { $0["name"]?.text } ?? [] }
    }
    #expect(try names("none") == [[], []])
    let request = ["Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Cookie", "X-Other"]
    let response = ["Upgrade", "Connection", "Sec-WebSocket-Accept", "Server"]
    #expect(try names("all") == [request, response])
    #expect(try names("safe") == [request.filter { $0 != "Cookie" }, response])
    #expect(!(try Sample.run("--headers", "safe").result.outputText.contains("secret")))
  }

  @Test(
    arguments: [
      (0, ["", "", nil]), (1, ["a", "H", nil]), (2, ["a", "He", nil]), (3, ["aä", "Hel", nil]),
      (4, ["aäb", "Hell", nil]),
      (5, ["aäb", "Hello", nil]), (2_147_483_647, ["aäb", "Hello", nil]),
    ] as [(Int, [String?])])
  func `--max-payload cuts between characters and says so`(bytes: Int, texts: [String?]) throws {
    let messages = try Sample.run("--max-payload", "\(bytes)").records.ofType("message")
    #expect(messages.map { $0["text"]?.text } == texts)
    #expect(messages.map { $0["len"]?.integer } == [4, 5, 4])
    #expect(messages.map { $0["truncated"]?.boolean } == [4, 5, 4].map { $0 > bytes })
    #expect(messages.last?["b64"]?.text == ["", "AA==", "AAE=", "AAEC", "AAEC/w=="][min(bytes, 4)])
  }

  @Test func `--no-payload leaves payloads out and changes nothing else`() throws {
    let messages = try Sample.run("--no-payload").records.ofType("message")
    #expect(messages.map { $0["len"]?.integer } == [4, 5, 4])
    #expect(messages.allSatisfy { $0["text"] == nil && $0["b64"] == nil })
    let controls = try Sample.run("--no-payload").records.ofType("control")
    #expect(controls.allSatisfy { $0["text"] == nil && $0["b64"] == nil })
    #expect(controls.map { $0["rtt_us"]?.integer } == [nil, 1000, nil, nil])
  }

  @Test func `-c stops after so many packets`() throws {
    let (records, result) = try Sample.run("-c", "6")
    #expect(result.status == 0)
    #expect(records.types == ["meta", "open", "message", "end", "stats"])
    #expect(records.last?["pkts"]?.integer == 6)
    #expect(records.ofType("end").first?["cause"]?.text == "capture_end")
    #expect(try Sample.run("-c", "1000000").records.types == Sample.types)
  }

  @Test func `-f looks only at packets that pass`() throws {
    let both = CaptureBuilder.pcap(
      Sample.conversation().packets + Sample.conversation(client: "10.0.0.1:40001", host: "other").packets)
    let (records, result) = try Sample.run("-f", "tcp port 40001", file: both)
    #expect(result.status == 0)
    #expect(records.types == Sample.types)
    #expect(records.ofType("open").map { $0["host"]?.text } == ["other"])
    #expect(records.first?["filter"]?.text == "tcp port 40001")
    #expect(records.last?["pkts"]?.integer == Sample.packetCount)
    #expect(try Sample.run("-f", "udp", file: both).records.types == ["meta", "stats"])
    #expect(try Sample.run("-c", "6", "-f", "tcp port 40001", file: both).records.last?["pkts"]?.integer == 6)
  }

  @Test func `--overlap chooses the copy that stands`() throws {
    var talk = Conversation()
    talk.openWebSocket()
    let frame = WebSocketFrame.text("right")
    let start = talk.sequence[.server]!
    talk.segment(from: .server, flags: 0x18, payload: Array(frame[4...]), sequence: start &+ 4)
    talk.segment(from: .server, flags: 0x18, payload: Array("xyz".utf8), sequence: start &+ 4)
    talk.segment(from: .server, flags: 0x18, payload: Array(frame[..<4]), sequence: start)
    let file = CaptureBuilder.pcap(talk.packets)
    for (policy, text) in [("first", "right"), ("last", "rixyz")] {
      let records = try Sample.run("--overlap", policy, file: file).records
      #expect(records.ofType("message").map { $0["text"]?.text } == [text])
      #expect(records.ofType("end").first?["s2c"]?["overlap_conflicts"]?.integer == 1)
    }
    #expect(try Sample.run(file: file).records.ofType("message").map { $0["text"]?.text } == ["right"])
  }

  @Test func `-q says nothing where nothing failed`() throws {
    #expect(try Sample.run("-q").result.errors == [])
    #expect(try Sample.run("--quiet").result.errors == [])
    let cut = Array(Sample.file.dropLast(3))
    #expect(try Sample.run("-q", file: cut).result.errors == [])
    #expect(!BuiltTool.run(["-q", "/nowhere/at/all.pcap"]).errors.isEmpty, "failures are told all the same")
  }

  @Test func `several files are merged by time, and connections go on across them`() throws {
    let directory = TemporaryDirectory()
    let packets = Sample.conversation().packets
    let even = packets.indices.filter { $0.isMultiple(of: 2) }.map { packets[$0] }
    let odd = packets.indices.filter { !$0.isMultiple(of: 2) }.map { packets[$0] }
    let one = directory.write(CaptureBuilder.pcap(even), to: "one.pcap")
    let two = directory.write(CaptureBuilder.pcapng(odd), to: "two.pcapng")
    for arguments in [[one, two], [two, one], ["-r", one, two], ["-r", one, "-r", two]] {
      let result = BuiltTool.run(arguments)
      let records = try Sample.records(result.output)
      #expect(result.status == 0)
      #expect(records.types == Sample.types)
      #expect(records.first?["inputs"]?.elements?.count == 2)
      #expect(records.ofType("message").map { $0["text"]?.text } == ["aäb", "Hello", nil])
      #expect(records.ofType("message").allSatisfy { [0, 1].contains($0["file"]?.integer) })
      #expect(records.last?["pkts"]?.integer == packets.count)
    }
    // The request is the fourth packet and the answer the fifth: the third of the file of even indices.
    let open = try Sample.records(BuiltTool.run([one, two]).output).ofType("open").first
    #expect(open?["file"]?.integer == 0)
    #expect(open?["pkt"]?.integer == 3)
  }

  @Test func `a hyphen reads standard input, also from a pipe`() throws {
    let directory = TemporaryDirectory()
    let path = directory.write(Sample.file, to: "a.pcap")
    let named = BuiltTool.run([path]).lines.dropFirst().dropLast()
    let given = BuiltTool.run(["-"], stdin: Sample.file)
    #expect(given.status == 0)
    #expect(given.lines.dropFirst().dropLast() == named)
    #expect(try Sample.records(given.output).first?["inputs"]?.elements == [.string("-")])
    let piped = BuiltTool.shell("cat '\(path)' | \"$WSTAP\" -")
    #expect(piped.status == 0)
    #expect(piped.lines.dropFirst().dropLast() == named)
    let slow = BuiltTool.shell("{ head -c 30 '\(path)'; sleep 0.2; tail -c +31 '\(path)'; } | \"$WSTAP\" -")
    #expect(slow.lines.dropFirst().dropLast() == named)
    let empty = BuiltTool.run(["-"])
    #expect(empty.status == 1 || empty.status == 2)
    #expect(empty.signal == nil)
  }

  @Test func `-o writes the log to a file, and nothing to standard output`() throws {
    let directory = TemporaryDirectory()
    let log = directory.write(Array("something older and longer".utf8), to: "log.ndjson")
    let (_, result) = try Sample.run("-o", log)
    #expect(result.status == 0)
    #expect(result.output == [])
    #expect(try Sample.records(#require(readFile(log))).types == Sample.types)
    #expect(try Sample.run("-o", "-").records.types == Sample.types)
    #expect(try Sample.run("-o", "/dev/null").result.status == 0)
  }

  @Test func `-o writes to a FIFO, which stays one`() throws {
    let directory = TemporaryDirectory()
    let path = directory.write(Sample.file, to: "a.pcap")
    let fifo = directory.file("fifo")
    let result = BuiltTool.shell(
      "mkfifo '\(fifo)' && { cat '\(fifo)' & } && \"$WSTAP\" -o '\(fifo)' '\(path)'; status=$?; wait; test -p '\(fifo)' && exit $status"
    )
    #expect(result.status == 0)
    #expect(try Sample.records(result.output).types == Sample.types)
  }

  @Test func `file names may begin with a hyphen or hold blanks and quotes`() throws {
    let directory = TemporaryDirectory()
    directory.write(Sample.file, to: "-r odd \"name\" ä\n.pcap")
    let result = BuiltTool.shell("cd '\(directory.path)' && \"$WSTAP\" -- -r*")
    #expect(result.status == 0)
    let records = try Sample.records(result.output)
    #expect(records.types == Sample.types)
    #expect(records.first?["inputs"]?.elements == [.string("-r odd \"name\" ä\n.pcap")])
  }

  @Test func `--help and --version answer on standard output`() {
    for arguments in [["--help"], ["--version"], ["analyze", "--help"]] {
      let result = BuiltTool.run(arguments)
      #expect(result.status == 0)
      #expect(!result.output.isEmpty)
      #expect(result.errors.isEmpty)
    }
  }
}
