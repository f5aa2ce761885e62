import TestSupport
import Testing

@testable import EventLogging

/// Messages that only keep a connection alive are told from those that say more.
struct HeartbeatTests {
  static func isHeartbeat(_ text: String, path: String? = "/chat") -> Bool {
    isHeartbeat(Array(text.utf8), isText: true, path: path)
  }

  static func isHeartbeat(_ bytes: [UInt8], isText: Bool, path: String? = nil) -> Bool {
    withSpan(bytes) { Heartbeat.isHeartbeat($0, isText: isText, path: path.map { Array($0.utf8) }) }
  }

  @Test(arguments: [
    "ping", "pong", "PING", "\n", "\r\n", #"{"type":"ping"}"#, #"{"type":"pong","id":7}"#,
    #"{ "event" : "pusher:ping" , "data" : {} }"#, #"{"op":1,"d":null}"#, #"{"op":1,"d":251}"#, #"{"op":11,"d":null}"#,
    #"{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"3"}"#, "{\"type\":6}\u{1e}", #"{"type":"ka"}"#,
    #"{"op":"ping","args":[]}"#, #"{"method":"PING"}"#, "primus::ping::1700000000000",
    #"{"op":11}"#, #"[null,"5","phoenix","heartbeat",{}]"#, #"{"jsonrpc":"2.0","method":"ping","id":1}"#,
    #"{"channel":"heartbeat"}"#, #"{"ping":1490}"#,
    #"{"topic":"phoenix","event":"phx_reply","payload":{"response":{},"status":"ok"},"ref":"1"}"#,
  ])
  func `what says only that its sender is there is one`(text: String) {
    #expect(Self.isHeartbeat(text))
  }

  @Test(arguments: [
    "", "h", #"{"action":"ping","message":"hello bob"}"#, #"{"type":"heartbeat","data":"secret"}"#,
    #"{"op":1,"d":"buy"}"#, #"{"op":1,"d":{}}"#, "primus::ping::hello this is a user message", #"{"ping":"me"}"#,
    "ping me", "pingpong", "2", "3", #"{"type":"ping","text":"are you there?"}"#, #"{"type":"message"}"#,
    #"{"id":1}"#, "{}", "[]", #"["ping"]"#, #"{"op":2,"d":null}"#, #"{"op":1}"#, #"{"type":"ping"} x"#,
    #"{"type":"ping","data":{"a":1}}"#, #"{"type":"ping""#, "\"ping\"", "{\"type\":6}",
    #"{"type":"ping","event":"trade"}"#, #"{"type":{},"id":1}"#,
  ])
  func `what says more, or something else, is none`(text: String) {
    #expect(!Self.isHeartbeat(text))
  }

  @Test func `single digits are heartbeats of Engine.IO, and only there`() {
    for text in ["2", "3", "2probe", "3probe"] {
      #expect(Self.isHeartbeat(text, path: "/socket.io/?EIO=4&transport=websocket"))
      #expect(!Self.isHeartbeat(text, path: "/chat"))
      #expect(!Self.isHeartbeat(text, path: nil))
    }
    #expect(!Self.isHeartbeat("4", path: "/socket.io/?EIO=4"))
    #expect(!Self.isHeartbeat("42[\"a\"]", path: "/socket.io/?EIO=4"))
  }

  @Test func `MQTT's PINGREQ and PINGRESP are heartbeats as binary messages`() {
    #expect(Self.isHeartbeat([0xc0, 0], isText: false))
    #expect(Self.isHeartbeat([0xd0, 0], isText: false))
    for bytes: [UInt8] in [[], [0xc0], [0xc0, 1], [0xe0, 0], [0xc0, 0, 0], Array("ping".utf8)] {
      #expect(!Self.isHeartbeat(bytes, isText: false))
    }
  }

  @Test func `a long message is none, whatever it says`() {
    let ending = #"","id":""#
    let text = #"{"type":"ping\#(ending)"#
    let room = 256 - text.utf8.count - 2
    #expect(Self.isHeartbeat(text + String(repeating: "1", count: room) + "\"}"))
    #expect(!Self.isHeartbeat(text + String(repeating: "1", count: room + 1) + "\"}"))
  }
}
