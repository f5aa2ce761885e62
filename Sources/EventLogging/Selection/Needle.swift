internal import NetworkTypes

/// Bytes that are looked for in payloads.
public struct Needle: Sendable, Hashable {
  private let bytes: [UInt8]
  /// For each length of a beginning that matched, the length of the longest shorter one that its end repeats.
  private let fallback: [Int]

  /// Looks for `bytes`; none are found everywhere.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var fallback = [0]
    var matched = 0
    for byte in bytes.dropFirst() {
      while matched > 0, bytes[matched] != byte { matched = fallback[matched - 1] }
      if bytes[matched] == byte { matched += 1 }
      fallback.append(matched)
    }
    self.fallback = fallback
  }

  /// Whether the bytes stand in `haystack`; each of its bytes is looked at once (Knuth, Morris and Pratt).
  func isFound(in haystack: RawSpan) -> Bool {
    guard !bytes.isEmpty else { return true }
    var matched = 0
    for index in 0..<haystack.byteCount {
      let byte = haystack.checkedByte(index)
      while matched > 0, bytes[matched] != byte { matched = fallback[matched - 1] }
      if bytes[matched] == byte { matched += 1 }
      if matched == bytes.count { return true }
    }
    return false
  }
}
