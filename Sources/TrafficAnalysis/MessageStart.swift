internal import NetworkTypes

/// Recognizes a segment that begins an HTTP/1.x message, where the place in the stream is not known.
enum MessageStart {
  private static let methods: [StaticString] = [
    "GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ",
  ]

  /// Whether the bytes begin with a common method and a target.
  static func isRequest(_ bytes: RawSpan) -> Bool {
    for method in methods where bytes.hasBytes(of: method, at: 0) {
      guard let next = bytes.byte(at: method.utf8CodeUnitCount) else { return false }
      return next > 0x20 && next < 0x7f
    }
    return false
  }

  /// Whether the bytes begin with a status line.
  static func isResponse(_ bytes: RawSpan) -> Bool {
    guard bytes.hasBytes(of: "HTTP/1.", at: 0), let minor = bytes.byte(at: 7), let blank = bytes.byte(at: 8),
      let digit = bytes.byte(at: 9)
    else { return false }
    return (0x30...0x39).contains(minor) && blank == 0x20 && (0x31...0x35).contains(digit)
  }
}
