internal import NetworkTypes
internal import WebSocketDecoding

/// A request target, in the forms that a handshake may have (RFC 9112 §3.2).
struct RequestTarget {
  /// Scheme of the absolute form, in lower case.
  let scheme: String?
  /// What stands between `://` and the path, user info included.
  let authority: ArraySlice<UInt8>?
  /// Whether it is a path.
  let isPath: Bool

  init(_ bytes: [UInt8]) {
    isPath = bytes.first == UInt8(ascii: "/")
    guard !isPath, let scheme = Scheme(bytes) else {
      scheme = nil
      authority = nil
      return
    }
    self.scheme = scheme.name
    authority = bytes[scheme.end...].prefix {
      $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#")
    }
  }
}

/// The scheme before a `://` (RFC 3986 §3.1).
struct Scheme {
  /// The name in lower case.
  let name: String
  /// Behind the `://`.
  let end: Int

  init?(_ bytes: [UInt8]) {
    guard let colon = bytes.prefix(64).firstIndex(of: UInt8(ascii: ":")),
      bytes.withRawSpan({ $0.hasBytes(of: "://", at: colon) })
    else { return nil }
    let scheme = HTTPToken.lowercased(bytes[..<colon])
    guard let first = scheme.first, 0x61...0x7a ~= first,
      scheme.allSatisfy({ byte in
        0x61...0x7a ~= byte || 0x30...0x39 ~= byte || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
          || byte == UInt8(ascii: ".")
      })
    else { return nil }
    name = String(decoding: scheme, as: UTF8.self)
    end = colon + 3
  }

  /// The port that a scheme stands for.
  static func defaultPort(of name: String) -> Int? {
    switch name {
    case "http", "ws": 80
    case "https", "wss": 443
    default: nil
    }
  }
}

/// `host[:port]` (RFC 3986 §3.2.2, §3.2.3): no user info, no path, no list.
struct Authority {
  /// The host in lower case, brackets included.
  let host: [UInt8]
  /// The port, where there is one; an empty one is none, and none is too large to be held here.
  let port: Int?

  init?(_ bytes: [UInt8]) { self.init(bytes[...]) }

  init?(_ bytes: ArraySlice<UInt8>) {
    let text = HTTPToken.lowercased(bytes)
    let hostEnd: Int
    if text.first == UInt8(ascii: "[") {
      guard let bracket = text.firstIndex(of: UInt8(ascii: "]")), bracket > 2,
        text[1..<bracket].allSatisfy({ Self.isHost($0) || $0 == UInt8(ascii: ":") })
      else { return nil }
      hostEnd = bracket + 1
    } else {
      hostEnd = text.firstIndex(of: UInt8(ascii: ":")) ?? text.count
      guard hostEnd > 0, text[..<hostEnd].allSatisfy(Self.isHost) else { return nil }
    }
    host = Array(text[..<hostEnd])
    guard hostEnd < text.count else {
      port = nil
      return
    }
    let digits = text[(hostEnd + 1)...]
    guard text[hostEnd] == UInt8(ascii: ":"), digits.count <= 9, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else {
      return nil
    }
    // Nine digits at most.
    port = digits.isEmpty ? nil : digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// A byte of a registered name: unreserved, a percent sign, or a delimiter other than the comma, which lists.
  private static func isHost(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7a, 0x30...0x39: true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "%"),
      UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"),
      UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ";"), UInt8(ascii: "="):
      true
    default: false
    }
  }
}

/// One serialized origin (RFC 6454 §6.1).
enum RequestOrigin {
  /// The word `null`.
  case null
  /// A scheme, a host and a port.
  case tuple(scheme: String, Authority)
  /// A local file, for which browsers send a scheme without a host (RFC 6454 §4).
  case file

  init?(_ value: [UInt8]) {
    if HTTPToken.equals(value, "null") {
      self = .null
    } else if let scheme = Scheme(value) {
      if scheme.name == "file", scheme.end == value.count {
        self = .file
      } else if let authority = Authority(value[scheme.end...]) {
        self = .tuple(scheme: scheme.name, authority)
      } else {
        return nil
      }
    } else {
      return nil
    }
  }
}
