internal import NetworkTypes

/// The PROXY protocol's preamble, which a load balancer puts before the client's first byte (versions 1 and 2).
enum ProxyPreamble {
  /// What the first bytes of a stream are.
  enum Verdict: Equatable {
    /// A whole preamble of this many bytes.
    case preamble(byteCount: Int)
    /// Perhaps the beginning of one.
    case needMore
    /// No preamble.
    case none
  }

  /// Twelve bytes that no other protocol begins with.
  private static let signature: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
  private static let word: [UInt8] = Array("PROXY ".utf8)
  /// The longest line of version 1, its line end included.
  private static let longestLine = 107

  /// Judges the first bytes of a stream.
  static func verdict(_ bytes: RawSpan) -> Verdict {
    if matches(signature, bytes) { return binary(bytes) }
    if matches(word, bytes) { return line(bytes) }
    return .none
  }

  /// Whether the bytes begin as `prefix` does, as far as they go.
  private static func matches(_ prefix: [UInt8], _ bytes: RawSpan) -> Bool {
    guard bytes.byteCount > 0 else { return false }
    return (0..<min(prefix.count, bytes.byteCount)).allSatisfy { bytes.checkedByte($0) == prefix[$0] }
  }

  private static func binary(_ bytes: RawSpan) -> Verdict {
    guard let version = bytes.byte(at: 12), let length: UInt16 = bytes.bigEndian(at: 14) else { return .needMore }
    guard version >> 4 == 2 else { return .none }
    let total = 16 + Int(length)
    return bytes.byteCount >= total ? .preamble(byteCount: total) : .needMore
  }

  private static func line(_ bytes: RawSpan) -> Verdict {
    for index in 0..<min(bytes.byteCount, longestLine) where bytes.checkedByte(index) == 0x0a {
      return index > 0 && bytes.checkedByte(index - 1) == 0x0d ? .preamble(byteCount: index + 1) : .none
    }
    return bytes.byteCount < longestLine ? .needMore : .none
  }
}
