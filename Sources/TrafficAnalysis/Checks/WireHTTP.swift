internal import NetworkTypes

/// Finds an HTTP request line in bytes as they stand on the wire (RFC 6455 §10.3): what masking is there to prevent.
enum WireHTTP {
  /// Octets of the longest line that is looked for.
  static let longestLine = 255

  /// Whether the bytes hold `METHOD SP target SP HTTP/1.x CRLF`.
  @inline(__always)
  static func isFound(in bytes: RawSpan) -> Bool {
    // Anything shorter holds no such line.
    guard bytes.byteCount >= 16 else { return false }
    var index = 0
    while let slash = nextSlash(in: bytes, from: index) {
      if isLine(bytes, versionSlash: slash) { return true }
      index = slash + 1
    }
    return false
  }

  /// The place of the next `/`, eight bytes at a time.
  @inline(__always)
  private static func nextSlash(in bytes: RawSpan, from start: Int) -> Int? {
    let count = bytes.byteCount
    var index = start
    while index <= count - 8 {
      let word: UInt64 = bytes.checkedNative(index)
      let difference = word.littleEndian ^ 0x2f2f_2f2f_2f2f_2f2f
      // A byte of zero, and perhaps ones above it, have their top bit here.
      let zeros = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
      if zeros != 0 { return index + zeros.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < count {
      if bytes.checkedByte(index) == UInt8(ascii: "/") { return index }
      index += 1
    }
    return nil
  }

  /// Whether the slash is the one of `HTTP/1.` at a request line's end.
  private static func isLine(_ bytes: RawSpan, versionSlash slash: Int) -> Bool {
    guard bytes.hasBytes(of: " HTTP/1.", at: slash - 5), bytes.hasBytes(of: "\r\n", at: slash + 4),
      let minor = bytes.byte(at: slash + 3), (0x30...0x39).contains(minor)
    else { return false }
    // The target, backwards.
    let first = max(0, slash + 6 - longestLine)
    var index = slash - 6
    while index >= first, (0x21...0x7e).contains(bytes.checkedByte(index)) { index -= 1 }
    guard index > first, index < slash - 6, bytes.checkedByte(index) == 0x20 else { return false }
    return methods.contains { bytes.hasBytes(of: $0, at: index - $0.utf8CodeUnitCount) }
  }

  private static let methods: [StaticString] = [
    "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE",
  ]
}
