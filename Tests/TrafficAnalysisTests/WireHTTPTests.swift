import NetworkTypes
import TestSupport
import Testing

@testable import TrafficAnalysis

@Suite struct `HTTP on the wire` {
  /// The plain twin of the search for the next slash.
  static func plainNextSlash(_ bytes: [UInt8], from start: Int) -> Int? {
    start < bytes.count ? bytes[start...].firstIndex(of: UInt8(ascii: "/")) : nil
  }

  @Test func `the next slash is found at every place and length`() {
    for length in 0...70 {
      for place in 0..<max(1, length) {
        var bytes = [UInt8](repeating: 0x2e, count: length)
        if place < length { bytes[place] = 0x2f }
        for start in 0...length {
          let found = bytes.withRawSpan { WireHTTP.nextSlash(in: $0, from: start) }
          #expect(found == Self.plainNextSlash(bytes, from: start), "\(length) \(place) \(start)")
        }
      }
    }
  }

  @Test func `a request line is found at every place`() {
    let line = Array("GET /a/b?c=d HTTP/1.1\r\n".utf8)
    for before in 0...40 {
      for after in [0, 1, 15, 16, 17] {
        let bytes = [UInt8](repeating: 0xe5, count: before) + line + [UInt8](repeating: 0x2f, count: after)
        #expect(bytes.withRawSpan { WireHTTP.isFound(in: $0) }, "\(before) \(after)")
      }
    }
  }

  @Test(
    arguments: [
      "GET / HTTP/1.0\r\n", "POST /x HTTP/1.1\r\n", "CONNECT a:1 HTTP/1.1\r\n", "xxDELETE * HTTP/1.9\r\nyy",
      "OPTIONS http://a/ HTTP/1.1\r\n",
    ])
  func `request lines are`(text: String) {
    #expect(Array(text.utf8).withRawSpan { WireHTTP.isFound(in: $0) })
  }

  @Test(
    arguments: [
      "GET / HTTP/1.1", "GET / HTTP/1.1\n", "GET / HTTP/2.0\r\n", "GET  HTTP/1.1\r\n", "get / HTTP/1.1\r\n",
      "FETCH / HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n", "GET /a b HTTP/1.1\r\n", "/ HTTP/1.1\r\n", "GET / HTTP/1.x\r\n",
      "////////////////",
    ])
  func `other lines are not`(text: String) {
    #expect(!Array(text.utf8).withRawSpan { WireHTTP.isFound(in: $0) })
  }

  @Test func `it is found however the frame is cut, once`() throws {
    let line = "GET /index.html HTTP/1.1\r\nHost: a\r\n\r\n"
    let frame = WebSocketFrame.frame(opcode: 2, Array(line.utf8), mask: 0)
    for cut in 1..<frame.count {
      for other in [cut, min(cut + 3, frame.count - 1)] {
        var talk = Conversation()
        talk.openWebSocket()
        for piece in [frame[..<cut], frame[cut..<max(cut, other)], frame[max(cut, other)...]] where !piece.isEmpty {
          talk.client(Array(piece))
        }
        var rules = RuleSet()
        rules.insert(.maskedBytesLookLikeHttp)
        let told = analyze(talk.packets, rules: rules)
        #expect(told.violations.count == 1, "\(cut) \(other)")
        #expect(told.ends.first?.rules.map(\.count) == [1])
      }
    }
  }
}
