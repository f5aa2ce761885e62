import NetworkTypes
import TestSupport
import Testing
import TrafficAnalysis
import WebSocketDecoding

/// permessage-deflate as the handshake agreed on it (RFC 7692).
struct DeflateTests {
  /// "Hello" alone, and "Hello" that refers back to the one before (RFC 7692 §7.2.3.1, §7.2.3.2).
  static let hello = hex("f2 48 cd c9 c9 07 00")
  static let helloAgain = hex("f2 00 11 00 00")

  /// A message as one stored block, without the four bytes that the sender leaves out (RFC 1951 §3.2.4, RFC 7692 §7.2.1).
  static func stored(_ bytes: [UInt8]) -> [UInt8] {
    let length = UInt16(bytes.count)
    var block: [UInt8] = [0]
    block.append(integer: length, .little)
    block.append(integer: ~length, .little)
    return block + bytes + [0]
  }

  static func compressed(_ bytes: [UInt8], fin: Bool = true) -> [UInt8] {
    WebSocketFrame.frame(opcode: 1, bytes, fin: fin, rsv: 4)
  }

  static func talk(_ response: String = deflate, _ body: (inout Conversation) -> Void) -> Recording {
    socket(request: [deflate], response: [response], body)
  }

  @Test(arguments: [
    // The examples of RFC 7692 §7.2.3: one block, no compression, BFINAL, two blocks.
    "f2 48 cd c9 c9 07 00", "00 05 00 fa ff 48 65 6c 6c 6f 00", "f3 48 cd c9 c9 07 00 00",
    "f2 48 05 00 00 00 ff ff ca c9 c9 07 00",
  ])
  func `the RFC's examples inflate, in one frame and in fragments`(payload: String) {
    let bytes = hex(payload)
    let told = Self.talk { talk in
      talk.server(Self.compressed(bytes))
      talk.server(Self.compressed(Array(bytes[..<3]), fin: false))
      talk.server(WebSocketFrame.continuation([], fin: false))
      talk.server(WebSocketFrame.ping())
      talk.server(WebSocketFrame.continuation(Array(bytes[3...])))
    }
    #expect(told.talk == ["s2c text \"Hello\"", "s2c ping \"\"", "s2c text \"Hello\""])
    #expect(told.messages.map(\.record.isDeflated) == [true, true])
    #expect(told.messages.map(\.record.length) == [5, 5])
    #expect(told.messages.map(\.record.wireLength) == [bytes.count, bytes.count])
    #expect(told.rules == [])
  }

  @Test func `a message refers back to the ones before it in its direction`() {
    let told = Self.talk { talk in
      talk.server(Self.compressed(Self.hello))
      talk.client(WebSocketFrame.frame(opcode: 1, Self.hello, mask: exampleMask, rsv: 4))
      talk.server(WebSocketFrame.text("plain"))
      talk.server(Self.compressed([0]))
      talk.server(Self.compressed(Self.helloAgain))
      talk.client(WebSocketFrame.frame(opcode: 1, Self.helloAgain, mask: 0x0102_0304, rsv: 4))
    }
    #expect(
      told.talk == [
        "s2c text \"Hello\"", "c2s text \"Hello\"", "s2c text \"plain\"", "s2c text \"\"", "s2c text \"Hello\"",
        "c2s text \"Hello\"",
      ])
    #expect(told.messages.map(\.record.isDeflated) == [true, true, false, true, true, true])
  }

  @Test func `without context takeover nothing may refer back, and what does so is read all the same`() {
    let told = Self.talk(deflate + "; server_no_context_takeover") { talk in
      talk.server(Self.compressed(Self.hello))
      talk.server(Self.compressed(Self.helloAgain))
      talk.server(Self.compressed(Self.hello))
      talk.client(WebSocketFrame.frame(opcode: 1, Self.hello, mask: exampleMask, rsv: 4))
      talk.client(WebSocketFrame.frame(opcode: 1, Self.helloAgain, mask: exampleMask, rsv: 4))
    }
    #expect(
      told.talk == [
        "s2c text \"Hello\"", "s2c breaks deflate-takeover-violated", "s2c text \"Hello\"", "s2c text \"Hello\"",
        "c2s text \"Hello\"", "c2s text \"Hello\"",
      ])
    #expect(told.opens.first?.deflate?.serverResets == true)
    #expect(told.opens.first?.deflate?.clientResets == false)
  }

  @Test(arguments: [
    ("permessage-deflate", 15, 15), ("permessage-deflate; client_max_window_bits=8", 8, 15),
    ("PerMessage-Deflate ; server_max_window_bits = \"9\"", 15, 9),
    ("permessage-deflate; client_max_window_bits=12; server_max_window_bits=15", 12, 15),
  ])
  func `the windows are those of the answer`(field: String, client: Int, server: Int) {
    let told = Self.talk("Sec-WebSocket-Extensions: \(field)") { talk in
      talk.server(Self.compressed(Self.hello))
    }
    #expect(told.talk == ["s2c text \"Hello\""])
    #expect(told.opens.first?.deflate?.clientBits == client)
    #expect(told.opens.first?.deflate?.serverBits == server)
  }

  @Test func `what was offered and not accepted is not in use`() {
    let told = socket(request: [deflate]) { talk in talk.server(Self.compressed(Array("Hello".utf8))) }
    #expect(told.talk == ["s2c breaks frame-rsv1-unexpected", "s2c text \"Hello\""])
    #expect(told.opens.first?.deflate == nil)
    #expect(told.messages.first?.record.isDeflated == false)
  }

  @Test func `an extension that is not known makes its frames unread, and no others`() {
    let told = socket(response: ["Sec-WebSocket-Extensions: x-other"]) { talk in
      talk.server(WebSocketFrame.text("plain"))
      talk.server(Self.compressed([1, 2, 3]))
      talk.server(WebSocketFrame.frame(opcode: 1, [0xff], rsv: 1))
      talk.server(WebSocketFrame.frame(opcode: 3, [1]))
      talk.server(WebSocketFrame.text("plain"))
    }
    #expect(
      told.talk == [
        "s2c text \"plain\"", "s2c text (unknown_extension)", "s2c text (unknown_extension)", "s2c text \"plain\"",
      ])
  }

  @Test func `behind a failure nothing is inflated by what may be wrong`() {
    let told = Self.talk { talk in
      talk.server(Self.compressed(Self.hello))
      talk.server(Self.compressed([0xff, 0xff, 0xff, 0xff, 0xff]))
      talk.server(Self.compressed(Self.helloAgain))
      talk.server(WebSocketFrame.text("plain"))
    }
    #expect(
      told.talk == [
        "s2c text \"Hello\"", "s2c breaks deflate-inflate-failed", "s2c text (inflate_failed)",
        "s2c text (context_lost)", "s2c text \"plain\"",
      ])
    #expect(told.messages[1].record.length == nil)
  }

  @Test func `behind a compressed message that was interrupted nothing is inflated by it`() {
    // The first fragment announces a stored block of seven bytes and brings one; what follows is no part of it.
    let told = Self.talk { talk in
      talk.server(Self.compressed([0, 7, 0, 0xf8, 0xff, 0x61], fin: false))
      talk.server(WebSocketFrame.frame(opcode: 2, Self.helloAgain, rsv: 4))
      talk.server(WebSocketFrame.frame(opcode: 2, Self.hello, rsv: 4))
    }
    #expect(told.messages.map(\.record.undecoded) == [nil, .contextLost, nil])
    #expect(told.messages.map(\.payload) == [[0x61], [], Array("Hello".utf8)])
    #expect(told.rules == ["message-interleaved"])
  }

  @Test func `without context takeover a message is whole again behind one that was interrupted`() {
    let told = Self.talk(deflate + "; server_no_context_takeover") { talk in
      talk.server(Self.compressed([0, 20, 0, 0xeb, 0xff, 0x61], fin: false))
      talk.server(Self.compressed(Self.hello))
    }
    #expect(told.talk.last == "s2c text \"Hello\"")
  }

  @Test func `behind lost bytes a compressed message is not decoded until one stands for itself`() {
    for resets in [false, true] {
      let told = Self.talk(deflate + (resets ? "; server_no_context_takeover" : "")) { talk in
        talk.server(Self.compressed(Self.stored(Array("one".utf8))))
        let second = Self.compressed(Self.stored(Array("twotwotwo".utf8)))
        talk.server(Array(second[..<8]))
        talk.lose(from: .server, Array(second[8..<11]))
        talk.server(Array(second[11...]))
        talk.server(Self.compressed(Self.helloAgain))
        talk.server(WebSocketFrame.text("plain"))
        talk.server(Self.compressed(Self.stored(Array("four".utf8))))
        talk.client(WebSocketFrame.frame(opcode: 1, Self.stored([0x63]), mask: exampleMask, rsv: 4))
      }
      let texts = told.talk.filter { !$0.contains("breaks") }
      #expect(texts.first == "s2c text \"one\"")
      #expect(texts.contains("s2c text \"plain\""))
      #expect(texts.contains("c2s text \"c\""))
      let fromServer = told.messages.filter { $0.record.sender == .server }
      #expect(fromServer[1].record.losses.contains(.incomplete))
      if resets {
        #expect(texts.contains("s2c text \"four\""))
      } else {
        #expect(texts.contains("s2c text (context_lost)"))
        #expect(told.rules == [])
      }
      #expect(!texts.contains("s2c text \"Hello\""))
    }
  }

  @Test func `a message that inflates beyond the limit is not decoded`() {
    var limits = Limits()
    limits.inflatedBytes = 10
    var talk = Conversation()
    talk.openWebSocket(requestFields: [deflate], responseFields: [deflate])
    talk.server(Self.compressed(Self.stored([UInt8](repeating: 0x61, count: 10))))
    talk.server(Self.compressed(Self.stored([UInt8](repeating: 0x61, count: 11))))
    talk.close()
    let told = analyze(talk, options: AnalysisOptions(limits: limits))
    #expect(told.talk == ["s2c text \"aaaaaaaaaa\"", "s2c text (output_limit)"])
    #expect(told.rules == [])
  }
}
