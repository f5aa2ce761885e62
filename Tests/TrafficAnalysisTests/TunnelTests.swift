import TestSupport
import Testing
import TrafficAnalysis

/// The handshake is found behind what opens a way to the server.
struct TunnelTests {
  /// A preamble in turns, then a WebSocket through it.
  static func story(segmentBytes: Int? = nil, _ turns: [(Conversation.Side, [UInt8])]) -> [String] {
    var talk = Conversation()
    talk.handshake()
    for (side, bytes) in turns { talk.send(from: side, bytes, segmentBytes: segmentBytes) }
    talk.client(HandshakeText.request())
    talk.server(HandshakeText.response())
    talk.client(WebSocketFrame.text("in", mask: exampleMask))
    talk.server(WebSocketFrame.text("out"))
    talk.close()
    return analyze(talk).story
  }

  static let expected = ["open", "c2s text \"in\"", "s2c text \"out\"", "end: fin"]

  static let connect: [(Conversation.Side, [UInt8])] = [
    (.client, Array("CONNECT chat.example:80 HTTP/1.1\r\nHost: chat.example:80\r\n\r\n".utf8)),
    (.server, Array("HTTP/1.1 200 Connection established\r\nContent-Length: 10\r\n\r\n".utf8)),
  ]

  /// Each way in, by its name.
  static let ways: [(String, [(Conversation.Side, [UInt8])])] = [
    ("CONNECT", connect),
    (
      "CONNECT that asks for credentials first",
      [
        connect[0],
        (.server, Array("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno".utf8)),
      ] + connect
    ),
    ("CONNECT in CONNECT", connect + connect),
    // RFC 1928 §3, §4, §6, with a host name and with addresses.
    (
      "SOCKS 5 without password",
      [
        (.client, [5, 1, 0]), (.server, [5, 0]),
        (.client, [5, 1, 0, 3, 4] + Array("chat".utf8) + [0, 80]), (.server, [5, 0, 0, 1, 10, 0, 0, 9, 0, 80]),
      ]
    ),
    (
      "SOCKS 5 with more methods and IPv6",
      [
        (.client, [5, 3, 0, 1, 2]), (.server, [5, 0]),
        (.client, [5, 1, 0, 4] + [UInt8](repeating: 1, count: 16) + [0, 80]),
        (.server, [5, 0, 0, 4] + [UInt8](repeating: 2, count: 16) + [0, 80]),
      ]
    ),
    // RFC 1929 §2.
    (
      "SOCKS 5 with password",
      [
        (.client, [5, 2, 0, 2]), (.server, [5, 2]),
        (.client, [1, 3] + Array("ann".utf8) + [6] + Array("secret".utf8)), (.server, [1, 0]),
        (.client, [5, 1, 0, 1, 10, 0, 0, 9, 0, 80]), (.server, [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
      ]
    ),
    (
      "SOCKS 4",
      [(.client, [4, 1, 0, 80, 10, 0, 0, 9] + Array("ann".utf8) + [0]), (.server, [0, 0x5a, 0, 80, 10, 0, 0, 9])]
    ),
    (
      "SOCKS 4a",
      [
        (.client, [4, 1, 0, 80, 0, 0, 0, 1, 0] + Array("chat.example".utf8) + [0]),
        (.server, [0, 0x5a, 0, 0, 0, 0, 0, 0]),
      ]
    ),
    ("PROXY version 1", [(.client, Array("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n".utf8))]),
    ("PROXY version 1, unknown", [(.client, Array("PROXY UNKNOWN\r\n".utf8))]),
    (
      "PROXY version 2",
      [
        (
          .client,
          [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21, 0x11, 0, 12]
            + [192, 0, 2, 1, 192, 0, 2, 2, 0xdc, 0x04, 0x01, 0xbb]
        )
      ]
    ),
    (
      "PROXY version 2, local, with a TLV",
      [
        (
          .client,
          [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x20, 0x00, 0, 7]
            + [0x04, 0, 4, 1, 2, 3, 4]
        )
      ]
    ),
    ("PROXY and CONNECT", [(.client, Array("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n".utf8))] + connect),
  ]

  @Test(arguments: ways.indices)
  func `a handshake is found behind what opens the way to it`(index: Int) {
    let (name, turns) = Self.ways[index]
    #expect(Self.story(turns) == Self.expected, "\(name)")
    #expect(Self.story(segmentBytes: 1, turns) == Self.expected, "\(name), byte by byte")
  }

  @Test func `a PROXY line in the request's segment is passed over`() {
    var talk = Conversation()
    talk.handshake()
    talk.client("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n" + HandshakeText.request())
    talk.server(HandshakeText.response())
    talk.server(WebSocketFrame.text("out"))
    talk.close()
    let told = analyze(talk)
    #expect(told.story == ["open", "s2c text \"out\"", "end: fin"])
    // The client of the log is the end of this TCP connection.
    #expect(told.opens.first?.connection.client == talk.ends[.client])
  }

  @Test func `the TCP server may be the WebSocket's client`() {
    var talk = Conversation()
    talk.handshake()
    talk.server(HandshakeText.request())
    talk.client(HandshakeText.response())
    talk.server(WebSocketFrame.text("in", mask: exampleMask))
    talk.client(WebSocketFrame.text("out"))
    talk.close()
    let told = analyze(talk)
    #expect(told.story == Self.expected)
    #expect(told.opens.first?.connection.client == talk.ends[.server])
    #expect(told.opens.first?.connection.server == talk.ends[.client])
  }

  @Test(arguments: [
    [(Conversation.Side.client, [UInt8]([5, 1, 0])), (.server, [5, 0xff])],
    [(.client, [4, 1, 0, 80, 10, 0, 0, 9, 0]), (.server, [0, 0x5b, 0, 0, 0, 0, 0, 0])],
    [(.client, [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0])],
    [(.server, Array("220 mail.example ESMTP\r\n".utf8)), (.client, Array("EHLO a\r\n".utf8))],
    [(.client, Array("*1\r\n$4\r\nPING\r\n".utf8)), (.server, Array("+PONG\r\n".utf8))],
  ])
  func `what refuses, hides or is something else gives no WebSocket`(turns: [(Conversation.Side, [UInt8])]) {
    #expect(Self.story(turns) == [])
  }
}
