/// How many columns of a terminal a character takes.
///
/// Terminals differ. Where they do, the larger number is taken, so that a line that was cut to the width never wraps:
/// the emoji of a joined sequence and the halves of a flag count one by one, since some terminals show them so.
enum DisplayWidth {
  /// The columns of one code point that is shown as it is: 0, 1 or 2.
  ///
  /// - 0: marks that stand over, under or around another character (Mn, Me), format characters (Cf), and the vowels and
  ///   final consonants of decomposed Hangul, which are drawn into the syllable's first letter;
  /// - 2: East Asian Width W and F (Unicode Standard Annex #11), in which emoji are that are shown as pictures; the
  ///   halves of flags;
  /// - 1: everything else. Controls are never shown as they are.
  static func columns(of scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return value == 0xad ? 0 : 1 }
    if isHangulFollower(scalar) { return 0 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return isWide(value) ? 2 : 1
    }
  }

  /// Whether this is a vowel or final consonant that continues a Hangul syllable (Unicode Standard §3.12).
  static func isHangulFollower(_ scalar: Unicode.Scalar) -> Bool {
    (0x1160...0x11ff).contains(scalar.value) || (0xd7b0...0xd7ff).contains(scalar.value)
  }

  /// Whether a Hangul vowel or final consonant may stand behind it: Hangul letters and syllables.
  static func isHangul(_ scalar: Unicode.Scalar) -> Bool {
    (0x1100...0x11ff).contains(scalar.value) || (0xa960...0xa97f).contains(scalar.value)
      || (0xac00...0xd7ff).contains(scalar.value)
  }

  /// Whether this is half of a flag (Unicode Technical Standard #51, regional indicators).
  static func isRegionalIndicator(_ scalar: Unicode.Scalar) -> Bool { (0x1f1e6...0x1f1ff).contains(scalar.value) }

  /// Whether this is a character that may be shown as an emoji; digits and other ASCII are not counted.
  static func isEmoji(_ scalar: Unicode.Scalar) -> Bool { scalar.value > 0x7f && scalar.properties.isEmoji }

  private static func isWide(_ value: UInt32) -> Bool {
    let ranges = WideRanges.all
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(value)
  }
}
