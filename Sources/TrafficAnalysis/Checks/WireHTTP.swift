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

  /// The place of the next `/`, by four words at a time.
  @inline(__always)
  static func nextSlash(in bytes: RawSpan, from start: Int) -> Int? {
    // SAFETY: every load ends at or before the span's byte count.
    unsafe bytes.withUnsafeBytes { source in
      let count = source.count
      var index = start
      while index &+ 32 <= count {
        let first = unsafe slashes(source.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        let second = unsafe slashes(source.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self))
        let third = unsafe slashes(source.loadUnaligned(fromByteOffset: index &+ 16, as: UInt64.self))
        let fourth = unsafe slashes(source.loadUnaligned(fromByteOffset: index &+ 24, as: UInt64.self))
        guard first | second | third | fourth == 0 else { break }
        index &+= 32
      }
      while index &+ 8 <= count {
        let found = unsafe slashes(UInt64(littleEndian: source.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
        // The lowest mark is one of a slash.
        guard found == 0 else { return index &+ found.trailingZeroBitCount &>> 3 }
        index &+= 8
      }
      while index < count {
        if unsafe source[index] == UInt8(ascii: "/") { return index }
        index &+= 1
      }
      return nil
    }
  }

  /// Not zero if one of the eight bytes is a `/`.
  @inline(__always)
  private static func slashes(_ word: UInt64) -> UInt64 {
    let difference = word ^ 0x2f2f_2f2f_2f2f_2f2f
    // A byte of zero, and perhaps ones above it, have their top bit here.
    return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
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
