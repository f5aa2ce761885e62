/// A pattern in which `*` stands for any bytes and `?` for one.
public struct Glob: Sendable, Hashable {
  private let pattern: [UInt8]
  private let ignoresCase: Bool

  /// A pattern.
  ///
  /// - Parameters:
  ///   - pattern: The text; other characters than `*` and `?` stand for themselves.
  ///   - ignoresCase: Whether the letters A to Z are the same as a to z.
  public init(_ pattern: [UInt8], ignoresCase: Bool = false) {
    self.pattern = ignoresCase ? pattern.map(Self.lowered) : pattern
    self.ignoresCase = ignoresCase
  }

  /// Whether the pattern stands for all of `text`.
  ///
  /// On a mismatch only the last `*` takes one byte more, so that time is at most the product of both lengths.
  public func matches(_ text: [UInt8]) -> Bool {
    var patternIndex = 0
    var textIndex = 0
    var afterStar: Int?
    var starText = 0
    while textIndex < text.count {
      let byte = ignoresCase ? Self.lowered(text[textIndex]) : text[textIndex]
      if patternIndex < pattern.count, pattern[patternIndex] == UInt8(ascii: "*") {
        patternIndex += 1
        afterStar = patternIndex
        starText = textIndex
      } else if patternIndex < pattern.count,
        pattern[patternIndex] == UInt8(ascii: "?") || pattern[patternIndex] == byte
      {
        patternIndex += 1
        textIndex += 1
      } else if let star = afterStar {
        starText += 1
        textIndex = starText
        patternIndex = star
      } else {
        return false
      }
    }
    return pattern[patternIndex...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  private static func lowered(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
