import NetworkTypes
import TestSupport
import Testing
import TrafficAnalysis
import WebSocketDecoding

/// Frames become messages and controls (RFC 6455 §5).
struct MessageTests {
  @Test func `fragments are joined, with controls told where they stand between`() {
    let told = socket { talk in
      talk.server(WebSocketFrame.text("He", fin: false))
      talk.server(WebSocketFrame.ping([0x31]))
      talk.client(WebSocketFrame.pong([0x31], mask: exampleMask))
      talk.server(WebSocketFrame.continuation([0x6c], fin: false))
      talk.server(WebSocketFrame.pong())
      talk.server(WebSocketFrame.continuation([0x6c, 0x6f]))
    }
    #expect(told.talk == ["s2c ping \"1\"", "c2s pong \"1\"", "s2c pong \"\"", "s2c text \"Hello\""])
    #expect(told.messages.map(\.record.frames) == [3])
    #expect(told.messages.map(\.record.wireLength) == [5])
    // From the first fragment's packet to the last one's, a millisecond a packet.
    #expect(told.messages.map(\.record.durationMicroseconds) == [5000])
    #expect(told.rules == [])
    #expect(told.frames.map(\.message) == [1, nil, nil, 1, nil, 1])
  }

  @Test func `a character may be cut by the border of two fragments`() {
    let told = socket { talk in
      talk.server(WebSocketFrame.frame(opcode: 1, [0xf0, 0x9f], fin: false))
      talk.server(WebSocketFrame.continuation([0x98], fin: false))
      talk.server(WebSocketFrame.continuation([0x80]))
    }
    #expect(told.talk == ["s2c text \"😀\""])
    #expect(told.rules == [])
  }

  @Test func `both forms of longer lengths, empty payloads and binary are read however they are cut`() {
    let long = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for segment in [1, 2, 3, 1460] {
      var talk = Conversation()
      talk.openWebSocket()
      talk.send(from: .client, WebSocketFrame.binary(Array(long[..<300]), mask: 0xdead_beef), segmentBytes: segment)
      talk.send(from: .client, WebSocketFrame.text("", mask: 1), segmentBytes: segment)
      if segment > 100 { talk.send(from: .client, WebSocketFrame.binary(long, mask: 0x0001_ff80)) }
      talk.close()
      let told = analyze(talk)
      #expect(told.messages.first?.payload == Array(long[..<300]))
      #expect(told.messages.dropFirst().first?.payload == [])
      if segment > 100 {
        #expect(told.messages.last?.record.length == 70_000)
        #expect(told.messages.last?.payload == Array(long[..<65536]))
        #expect(told.messages.last?.record.losses == .truncated)
      }
      #expect(told.rules == [])
    }
  }

  @Test func `a message that is interrupted is given up, and the new one stands`() {
    let told = socket { talk in
      talk.server(WebSocketFrame.text("begun", fin: false))
      talk.server(WebSocketFrame.text("whole"))
      talk.server(WebSocketFrame.continuation(Array("rest".utf8)))
    }
    #expect(
      told.talk == [
        "s2c breaks message-interleaved", "s2c text \"begun\" incomplete", "s2c text \"whole\"",
        "s2c breaks continuation-without-start",
      ])
    #expect(told.messages.map(\.record.ordinal) == [1, 2])
  }

  @Test func `frames of reserved opcodes neither begin, continue nor end a message`() {
    let told = socket { talk in
      talk.server(WebSocketFrame.text("a", fin: false))
      talk.server(WebSocketFrame.frame(opcode: 3, [0x78]))
      talk.server(WebSocketFrame.frame(opcode: 0xb, [0x79]))
      talk.server(WebSocketFrame.continuation([0x62]))
      talk.server(WebSocketFrame.frame(opcode: 7, [0x78]))
    }
    #expect(
      told.talk == [
        "s2c breaks frame-opcode-reserved-data", "s2c breaks frame-opcode-reserved-control", "s2c text \"ab\"",
      ])
    #expect(told.ends.first?.rules.map(\.count) == [2, 1])
    #expect(told.frames.map(\.header.opcode.rawValue) == [1, 3, 11, 0, 7])
  }

  @Test func `a payload that is kept in part is cut between characters`() {
    var limits = Limits()
    limits.keptPayloadBytes = 3
    for (text, kept) in [("aäx", "aä"), ("aaä", "aa"), ("€ö", "€"), ("😀", ""), ("abc", "abc"), ("", "")] {
      var talk = Conversation()
      talk.openWebSocket()
      talk.server(WebSocketFrame.text(text))
      talk.close()
      let told = analyze(talk, options: AnalysisOptions(limits: limits))
      #expect(told.messages.map { String(decoding: $0.payload, as: UTF8.self) } == [kept])
      #expect(told.messages.map(\.record.length) == [text.utf8.count])
      #expect(told.messages.map(\.record.losses) == [text.utf8.count > 3 ? .truncated : []])
      #expect(told.messages.map(\.record.form) == [.text])
    }
  }

  @Test func `text that is not UTF-8 is given as bytes with the place`() {
    let told = socket { talk in talk.server(WebSocketFrame.frame(opcode: 1, [0x61, 0x62, 0xc3, 0x28, 0x63])) }
    #expect(told.talk == ["s2c breaks text-invalid-utf8", "s2c text <61 62 c3 28 63> wrong at 2"])
  }

  @Test func `text that ends inside a character is wrong from that character on`() {
    let told = socket { talk in talk.server(WebSocketFrame.frame(opcode: 1, [0x61, 0xe2, 0x82])) }
    #expect(told.talk == ["s2c breaks text-invalid-utf8", "s2c text <61 e2 82> wrong at 1"])
  }

  @Test func `a capture that ends inside a message tells its beginning`() {
    let told = socket(closes: false) { talk in
      talk.server(WebSocketFrame.text("whole"))
      talk.server(Array(WebSocketFrame.text("begun and not ended").prefix(7)))
      talk.client(WebSocketFrame.text("a", mask: exampleMask, fin: false))
    }
    #expect(
      told.story == [
        "open", "s2c text \"whole\"", "c2s text \"a\" incomplete", "s2c text \"begun\" incomplete", "end: captureEnd",
      ])
    #expect(told.messages.map(\.record.length) == [5, 1, 5])
    #expect(told.frames.filter { $0.losses.contains(.incomplete) }.map(\.length) == [5])
  }

  @Test func `a header that is cut by the end of the stream is no frame`() {
    let told = socket { talk in
      talk.server(WebSocketFrame.text("whole"))
      talk.server([0x82, 0x7e, 0x01])
    }
    #expect(told.talk == ["s2c text \"whole\""])
    #expect(told.ends.first?.server.unframedBytes == 3)
    #expect(told.ends.first?.server.frames == 1)
  }

  @Test func `the length with its top bit set ends the reading of its direction alone`() {
    let told = socket { talk in
      talk.server([0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 5, 0x61])
      talk.server(WebSocketFrame.text("unread"))
      talk.client(WebSocketFrame.text("read", mask: exampleMask))
    }
    #expect(told.talk == ["s2c breaks frame-length-top-bit", "s2c binary <> incomplete", "c2s text \"read\""])
    #expect(told.frames.first?.header.payloadLength == UInt64(1) << 63 | 5)
    #expect(told.ends.first?.server.unframedBytes == 9)
  }

  @Test func `the longest length that is allowed waits for its bytes`() {
    let told = socket { talk in talk.server([0x82, 0x7f, 0x7f] + [UInt8](repeating: 0xff, count: 7) + [1, 2, 3]) }
    #expect(told.talk == ["s2c binary <01 02 03> incomplete"])
    #expect(told.frames.first?.header.payloadLength == UInt64(Int64.max))
    #expect(told.rules == [])
  }

  @Test func `the offset of a frame counts from the first byte of its stream`() {
    let told = socket { talk in
      talk.server(WebSocketFrame.text("ab"))
      talk.server(Array(WebSocketFrame.text("cd").prefix(1)))
      talk.server(Array(WebSocketFrame.text("cd").dropFirst()))
      talk.client(WebSocketFrame.text("ef", mask: exampleMask))
    }
    let answer = HandshakeText.response().utf8.count
    #expect(told.frames.map(\.offset) == [answer, answer + 4, HandshakeText.request().utf8.count])
    #expect(told.frames.map(\.header.headerLength) == [2, 2, 6])
    #expect(told.frames.map(\.header.maskingKey) == [nil, nil, exampleMask])
  }

  @Test func `the story is the same for any size of batch and any segmentation`() {
    var bytes: [UInt8] = []
    for index in 0..<40 {
      bytes += WebSocketFrame.text("message \(index)", fin: index % 5 != 0)
      if index % 5 == 0 { bytes += WebSocketFrame.ping([UInt8(index)]) + WebSocketFrame.continuation([0x21]) }
    }
    bytes += WebSocketFrame.close(1001, "away")
    var stories: Set<[String]> = []
    for segment in [1, 2, 3, 5, 17, 200, 1460] {
      var talk = Conversation()
      talk.openWebSocket()
      talk.send(from: .server, bytes, segmentBytes: segment)
      talk.close()
      for batch in [1, 3, 256] { stories.insert(analyze(talk.packets, batchPackets: batch).story) }
    }
    #expect(stories.count == 1)
    // The opening, 40 messages, 8 pings, the Close, the end.
    #expect(stories.first?.count == 51)
  }
}
