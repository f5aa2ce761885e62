import TestSupport
import Testing

@testable import EventLogging

/// Columns are those of terminals, or more where terminals differ.
struct DisplayWidthTests {
  /// Columns by a rule of its own, the simplest there is: two for the large blocks of East Asian writing and of
  /// emoji, none for marks and joiners, else one.
  static func leastColumns(_ text: some StringProtocol) -> Int {
    var columns = 0
    var isHalfFlag = false
    for scalar in text.unicodeScalars {
      if (0x1f1e6...0x1f1ff).contains(scalar.value) {
        columns += isHalfFlag ? 0 : 2
        isHalfFlag.toggle()
        continue
      }
      isHalfFlag = false
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .spacingMark, .format: continue
      default: break
      }
      switch scalar.value {
      case 0x1160...0x11ff, 0xd7b0...0xd7ff: continue
      case 0x4e00...0x9fff, 0x3400...0x4dbf, 0xac00...0xd7a3, 0x3041...0x30ff, 0xff01...0xff60, 0x1f300...0x1f320,
        0x1f400...0x1f43e, 0x1f600...0x1f64f, 0x20000...0x2fffd, 0x30000...0x3fffd, 0x1100...0x115f:
        columns += 2
      default: columns += 1
      }
    }
    return columns
  }

  /// Ranges by hand, from EastAsianWidth.txt and UnicodeData.txt: first, last, columns.
  static let ranges: [(UInt32, UInt32, Int)] = [
    // ASCII, Latin, Greek, Cyrillic, Hebrew and Arabic letters.
    (0x20, 0x7e, 1), (0xa0, 0xac, 1), (0xae, 0x2ff, 1), (0x391, 0x3a1, 1), (0x400, 0x482, 1), (0x5d0, 0x5ea, 1),
    (0x620, 0x64a, 1),
    // Marks and format characters.
    (0xad, 0xad, 0), (0x300, 0x36f, 0), (0x483, 0x489, 0), (0x591, 0x5bd, 0), (0x64b, 0x65f, 0), (0xe31, 0xe31, 0),
    (0xe34, 0xe3a, 0), (0x1ab0, 0x1abd, 0), (0x20d0, 0x20f0, 0), (0x200b, 0x200f, 0), (0x202a, 0x202e, 0),
    (0x302a, 0x302d, 0), (0x3099, 0x309a, 0), (0xfe00, 0xfe0f, 0), (0xfe20, 0xfe2f, 0), (0xfeff, 0xfeff, 0),
    (0xe0100, 0xe01ef, 0),
    // Spacing marks take their own column.
    (0x93e, 0x940, 1), (0x903, 0x903, 1),
    // Hangul: first letters, the others, syllables.
    (0x1100, 0x115f, 2), (0x1160, 0x11ff, 0), (0xa960, 0xa97c, 2), (0xac00, 0xd7a3, 2), (0xd7b0, 0xd7c6, 0),
    // East Asian writing.
    (0x2e80, 0x2e99, 2), (0x2f00, 0x2fd5, 2), (0x3000, 0x3029, 2), (0x3041, 0x3096, 2), (0x30a0, 0x30ff, 2),
    (0x3400, 0x4dbf, 2), (0x4e00, 0x9fff, 2), (0xa000, 0xa48c, 2), (0xf900, 0xfa6d, 2), (0xff01, 0xff60, 2),
    (0xff61, 0xff9f, 1), (0xffe0, 0xffe6, 2), (0xffe8, 0xffee, 1), (0x17000, 0x187f7, 2), (0x20000, 0x2a6df, 2),
    (0x30000, 0x3134a, 2), (0x303f, 0x303f, 1),
    // Signs that are narrow unless they are shown as emoji.
    (0x2190, 0x21ff, 1), (0x2600, 0x2613, 1), (0x2614, 0x2615, 2), (0x2764, 0x2764, 1), (0x2705, 0x2705, 2),
    (0x231a, 0x231b, 2), (0x26a0, 0x26a0, 1), (0x26a1, 0x26a1, 2), (0x2b50, 0x2b50, 2), (0x2026, 0x2026, 1),
    // Emoji, and the halves of flags.
    (0x1f1e6, 0x1f1ff, 2),
    (0x1f004, 0x1f004, 2), (0x1f300, 0x1f320, 2), (0x1f321, 0x1f32c, 1), (0x1f3fb, 0x1f3ff, 2), (0x1f400, 0x1f43e, 2),
    (0x1f43f, 0x1f43f, 1), (0x1f600, 0x1f64f, 2), (0x1f680, 0x1f6c5, 2), (0x1f90c, 0x1f93a, 2), (0x1f970, 0x1f9ff, 2),
    (0x1d400, 0x1d454, 1), (0x10000, 0x1000b, 1),
  ]

  @Test func `every code point of the ranges has its columns`() {
    for (first, last, columns) in Self.ranges {
      for value in first...last {
        guard let scalar = Unicode.Scalar(value) else { continue }
        if DisplayWidth.columns(of: scalar) != columns {
          Issue.record("U+\(String(value, radix: 16)) has \(DisplayWidth.columns(of: scalar)), not \(columns)")
        }
      }
    }
  }

  @Test func `every emoji that is shown as a picture takes two columns`() {
    for value in UInt32(0x80)...0x1ffff {
      guard let scalar = Unicode.Scalar(value), scalar.properties.isEmojiPresentation else { continue }
      if DisplayWidth.columns(of: scalar) != 2 { Issue.record("U+\(String(value, radix: 16))") }
    }
  }

  @Test func `the wide ranges are in order and apart`() {
    #expect(WideRanges.all.count > 100)
    for (left, right) in zip(WideRanges.all, WideRanges.all.dropFirst()) {
      #expect(left.upperBound + 1 < right.lowerBound)
    }
  }
}
