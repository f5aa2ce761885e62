import TestSupport
import Testing

/// A capture whose story is known: a WebSocket with messages both ways, a ping with its pong, and a Close.
enum Sample {
  static func conversation(client: String = "10.0.0.1:40000", host: String = "example.com") -> Conversation {
    var talk = Conversation(client: client)
    talk.openWebSocket(
      host: host, requestFields: ["Cookie: secret=1", "X-Other: yes"], responseFields: ["Server: test"])
    talk.client(WebSocketFrame.text("aäb", mask: 0x0102_0304))
    talk.server(WebSocketFrame.text("He", fin: false))
    talk.server(WebSocketFrame.continuation(Array("llo".utf8)))
    talk.server(WebSocketFrame.binary([0, 1, 2, 255]))
    talk.server(WebSocketFrame.ping([0x31]))
    talk.client(WebSocketFrame.pong([0x31], mask: 5))
    talk.server(WebSocketFrame.frame(opcode: 3, [1]))
    talk.client(WebSocketFrame.close(1000, "bye", mask: 6))
    talk.server(WebSocketFrame.close(1000, "bye"))
    talk.close(by: .server)
    return talk
  }

  static let packetCount = conversation().packets.count
  static let file = CaptureBuilder.pcap(conversation().packets)
  /// The types of the records of `file`, in their order.
  static let types = [
    "meta", "open", "message", "message", "message", "control", "control", "violation", "control", "control", "end",
    "stats",
  ]

  /// Runs the tool on `file` and gives its exit status, its records and what it says.
  static func run(
    _ arguments: String..., file: [UInt8] = file, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> (records: [JSONValue], result: ProcessResult) {
    let directory = TemporaryDirectory()
    let result = BuiltTool.run(arguments + [directory.write(file, to: "a.pcap")])
    #expect(result.signal == nil, sourceLocation: sourceLocation)
    return (try records(result.output), result)
  }

  /// The lines of a log, each read strictly.
  static func records(_ log: [UInt8]) throws -> [JSONValue] {
    #expect(log.isEmpty || log.last == 0x0a)
    return try log.split(separator: 0x0a).map { try StrictJSON.parse(Array($0)) }
  }
}

extension [JSONValue] {
  /// The `type` of each record.
  var types: [String] { map { $0["type"]?.text ?? "?" } }
  /// The records of a type.
  func ofType(_ type: String) -> [JSONValue] { filter { $0["type"]?.text == type } }
}
