import NetworkTypes

/// One connection of a scene: its ends, its heads as they now stand, and how far it is.
struct SceneActor {
  let client: String
  let server: String
  var talk: Conversation
  var request: SceneHead
  var response = SceneHead([
    "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: ?",
  ])
  /// Whether a step belongs to it.
  var isTouched = false
  var isOpen = false
  var hasRequest = false
  var hasResponse = false

  init(number: Int, client: String, server: String) {
    self.client = client
    self.server = server
    talk = Conversation(client: "\(client):\(40000 + number)", server: server)
    // A key of its own for each, the first that of the catalogue's reference.
    let nonce =
      [UInt8](repeating: UInt8(truncatingIfNeeded: number &* 37), count: 15) + [UInt8(truncatingIfNeeded: number)]
    let key = number == 1 ? "6C4YFfWoQwLvrQvcyWb2Yg==" : Base64.encode(nonce)
    request = SceneHead([
      "GET /chat HTTP/1.1", "Host: server.example.com", "Upgrade: websocket", "Connection: keep-alive, Upgrade",
      "Sec-WebSocket-Key: \(key)", "Origin: http://server.example.com", "Sec-WebSocket-Version: 13",
    ])
  }

  /// The answer, with the accept of the request's key unless another was written.
  var answer: String {
    var head = response
    if let line = head.lines.firstIndex(of: "Sec-WebSocket-Accept: ?") {
      let key = request.value(of: "Sec-WebSocket-Key") ?? "6C4YFfWoQwLvrQvcyWb2Yg=="
      let digest = SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
      head.lines[line] = "Sec-WebSocket-Accept: \(Base64.encode(digest))"
    }
    return head.text
  }
}

/// The lines of a request or an answer, which edits change one by one.
struct SceneHead {
  var lines: [String]

  init(_ lines: [String]) { self.lines = lines }

  /// The head with its line ends.
  var text: String { lines.map { $0 + "\r\n" }.joined() + "\r\n" }

  /// The value of the first field of that name, without the blanks around it.
  func value(of name: String) -> String? {
    guard let line = lines.dropFirst().first(where: { Self.name(of: $0) == name.lowercased() }) else { return nil }
    var value = line[line.index(after: line.firstIndex(of: ":") ?? line.startIndex)...]
    while value.first == " " { value.removeFirst() }
    while value.last == " " { value.removeLast() }
    return String(value)
  }

  /// `-Name` takes a field out, `+line` adds one, any other line takes the place of the one of its name.
  mutating func edit(_ edit: String) {
    if edit.hasPrefix("+") {
      lines.append(String(edit.dropFirst()))
    } else if edit.hasPrefix("-") {
      lines.removeAll { Self.name(of: $0) == edit.dropFirst().lowercased() }
    } else if Self.name(of: edit) == nil || edit.hasPrefix("HTTP/") || edit.contains(" HTTP/") {
      lines[0] = edit
    } else if let index = lines.dropFirst().firstIndex(where: { Self.name(of: $0) == Self.name(of: edit) }) {
      lines[index] = edit
    } else {
      lines.append(edit)
    }
  }

  /// The name of a field line in lower case, without the blanks before its colon.
  private static func name(of line: String) -> String? {
    guard let colon = line.firstIndex(of: ":"), !line[..<colon].contains("/") else { return nil }
    var name = line[..<colon]
    while name.last == " " { name.removeLast() }
    return name.lowercased()
  }
}
