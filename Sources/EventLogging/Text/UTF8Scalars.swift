internal import NetworkTypes

/// Reads bytes that may not be UTF-8 as characters and single wrong bytes.
enum UTF8Scalars {
  /// What stands at a place.
  enum Element: Equatable {
    /// A character, and its bytes.
    case scalar(Unicode.Scalar, byteCount: Int)
    /// A byte that is no part of well-formed UTF-8.
    case wrong(UInt8)

    /// The bytes that it takes.
    var byteCount: Int {
      switch self {
      case .scalar(_, let byteCount): byteCount
      case .wrong: 1
      }
    }
  }

  /// What stands at `index`, or `nil` at the end (Unicode Standard, table 3-7: well-formed sequences).
  static func element(in text: RawSpan, at index: Int) -> Element? {
    guard let first = text.byte(at: index) else { return nil }
    // The second byte's bounds keep out overlong forms, surrogates, and what is beyond U+10FFFF.
    let shape: (count: Int, second: ClosedRange<UInt8>)
    switch first {
    case 0x00...0x7f: return .scalar(Unicode.Scalar(first), byteCount: 1)
    case 0xc2...0xdf: shape = (2, 0x80...0xbf)
    case 0xe0: shape = (3, 0xa0...0xbf)
    case 0xed: shape = (3, 0x80...0x9f)
    case 0xe1...0xef: shape = (3, 0x80...0xbf)
    case 0xf0: shape = (4, 0x90...0xbf)
    case 0xf1...0xf3: shape = (4, 0x80...0xbf)
    case 0xf4: shape = (4, 0x80...0x8f)
    default: return .wrong(first)
    }
    guard let second = text.byte(at: index + 1), shape.second.contains(second) else { return .wrong(first) }
    var value = (UInt32(first) & (0x7f >> UInt32(shape.count))) << 6 | UInt32(second & 0x3f)
    for offset in 2..<max(shape.count, 2) {
      guard let next = text.byte(at: index + offset), next & 0xc0 == 0x80 else { return .wrong(first) }
      value = value << 6 | UInt32(next & 0x3f)
    }
    guard let scalar = Unicode.Scalar(value) else { return .wrong(first) }
    return .scalar(scalar, byteCount: shape.count)
  }
}
