import HTTPDecoding
import Testing

@Suite struct `Fields` {
  static func fields(_ pairs: (String, String)...) -> HTTPFields {
    HTTPFields(pairs.map { HTTPField(name: bytes($0.0), value: bytes($0.1)) })
  }

  @Test func `are found in any case and in order`() {
    let fields = Self.fields(("Host", "a"), ("X-A", "1"), ("HOST", "b"), ("X-AB", "2"))
    #expect(fields.all(named: "host") == [bytes("a"), bytes("b")])
    #expect(fields.first(named: "x-a") == bytes("1"))
    #expect(fields.first(named: "x") == nil)
    #expect(fields.count(named: "hoST") == 2)
    #expect(fields.count(named: "") == 0)
    #expect(fields.map { latin1($0.name) } == ["Host", "X-A", "HOST", "X-AB"])
    #expect(fields[1] == HTTPField(name: bytes("X-A"), value: bytes("1")))
  }

  @Test func `only ASCII letters lose their case`() {
    // '@' and '`', '[' and '{' differ in the same bit as capitals and small letters do.
    let fields = Self.fields(("a@[", "1"), ("a`{", "2"), ("\u{c4}", "3"))
    #expect(fields.all(named: "A@[") == [bytes("1")])
    #expect(fields.all(named: "A`{") == [bytes("2")])
    #expect(fields.count(named: "\u{e4}") == 0)
  }

  @Test(
    arguments: [
      ("a, b", ["a", "b"]),
      ("", []),
      (" , ,,\t", []),
      ("a,,b,", ["a", "b"]),
      ("\ta ;x=1 , b\t", ["a ;x=1", "b"]),
      ("a;x=\"1,2\", b", ["a;x=\"1,2\"", "b"]),
      ("a;x=\"1\\\",2\", b", ["a;x=\"1\\\",2\"", "b"]),
      ("a;x=\"1, b", ["a;x=\"1, b"]),
      ("a;x=\"1\\", ["a;x=\"1\\"]),
      ("a\\, b", ["a\\", "b"]),
    ] as [(String, [String])])
  func `lists are split at commas outside of quoted strings`(_ value: String, _ elements: [String]) {
    #expect(Self.fields(("L", value)).joinedList(named: "l").map(latin1) == elements)
  }

  @Test func `lists go on over field lines, quoted strings do not`() {
    let fields = Self.fields(("L", "a, \"b"), ("M", "x"), ("l", "c\", d"), ("L", ""))
    #expect(fields.joinedList(named: "L").map(latin1) == ["a", "\"b", "c\", d"])
  }

  @Test func `a token is found whole, in any case, in any line`() {
    let fields = Self.fields(("Connection", "keep-alive"), ("connection", "x-upgrade, UpGrade"))
    #expect(fields.listContains("upgrade", in: "CONNECTION"))
    #expect(fields.listContains("Keep-Alive", in: "Connection"))
    #expect(!fields.listContains("keep", in: "Connection"))
    #expect(!fields.listContains("upgrade", in: "Upgrade"))
    #expect(!Self.fields(("Connection", "upgrade2, up grade")).listContains("upgrade", in: "Connection"))
  }

  @Test func `a protocol is found with or without its version`() {
    #expect(Self.fields(("Upgrade", "h2c, WebSocket/13")).listContains(protocolNamed: "websocket", in: "upgrade"))
    #expect(Self.fields(("Upgrade", "websocket")).listContains(protocolNamed: "websocket", in: "upgrade"))
    #expect(!Self.fields(("Upgrade", "websockets/13")).listContains(protocolNamed: "websocket", in: "upgrade"))
    #expect(!Self.fields(("Upgrade", "x/websocket")).listContains(protocolNamed: "websocket", in: "upgrade"))
    #expect(!Self.fields(("Upgrade", "websocket/13")).listContains("websocket", in: "upgrade"))
  }

  @Test func `a name is found among any others, and no other is taken for it`() {
    // Of each length, and many with the same length, first and last byte.
    let names: [StaticString] = [
      "", "A", "b", "Host", "Hoot", "HOst", "Origin", "Orison", "Upgrade", "Upheave", "Connection", "Cookie",
      "Content-Length", "Content-Langth", "Sec-WebSocket-Key", "Sec-WebSocket-Kay", "Sec-WebSocket-Key1",
      "Sec-WebSocket-Accept", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions",
    ]
    for shift in names.indices {
      let sent = (0..<8).map { names[($0 * 5 + shift) % names.count].description }
      let fields = HTTPFields(
        sent.enumerated().map { place, name in
          HTTPField(name: bytes(place.isMultiple(of: 2) ? name.uppercased() : name), value: [UInt8(place)])
        })
      for name in names {
        let places = sent.indices.filter { sent[$0].lowercased() == name.description.lowercased() }
        #expect(fields.all(named: name) == places.map { [UInt8($0)] })
        #expect(fields.count(named: name) == places.count)
        #expect(fields.first(named: name) == places.first.map { [UInt8($0)] })
        #expect(fields.listHas(name) == !places.isEmpty)
      }
    }
  }
}
