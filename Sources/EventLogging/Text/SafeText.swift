internal import NetworkTypes

/// Shows text that a stranger wrote, so that no terminal obeys it.
///
/// What comes out is valid UTF-8 without control characters (C0, DEL, C1, and so without escape sequences and line
/// breaks), without characters that change the direction of writing, and without invisible ones: those are shown as
/// escapes, which begin with a backslash. A byte that is not UTF-8 is `\xff`, a code point `\u{202e}`; below U+0080 it
/// is `\n`, `\r`, `\t` or `\x1b`. A backslash that was in the text is doubled where it would otherwise look like the
/// beginning of an escape: before a backslash, `n`, `r`, `t`, `x` or `u`. So the text can be told from what is shown.
///
/// It is given piece by piece, so that the caller may stop: a piece is a character as a reader sees it, with its marks
/// and joined emoji, or one escape, and neither may be cut; or a run of ASCII.
public struct SafeText: Sendable {
  /// What one piece is.
  public enum Kind: Sendable, Hashable {
    /// Characters that stand for themselves, and are one to a reader.
    case plain
    /// Printable ASCII characters, any number: these alone may be cut between any two.
    case run
    /// An escape.
    case escape
  }

  /// Whether characters beyond ASCII are shown as they are, rather than as escapes.
  public var usesUTF8: Bool

  /// Marks over or under one character; Vietnamese, Hebrew and Thai need three, and towers of them cover other lines.
  static let marksPerCharacter = 6
  /// Characters in one run.
  static let longestRun = 256
  /// Code points in one piece; a family of emoji with colours of skin has eleven.
  static let scalarsPerPiece = 16

  /// Shows text, in UTF-8 or in ASCII.
  public init(usesUTF8: Bool = true) { self.usesUTF8 = usesUTF8 }

  /// A whole text, shown harmlessly: for names of files and the like in messages.
  public static func string(_ text: String) -> String {
    var shown: [UInt8] = []
    Array(text.utf8).withRawSpan { bytes in
      SafeText().forEachPiece(of: bytes) { piece, _, _ in
        shown += piece
        return true
      }
    }
    return String(decoding: shown, as: UTF8.self)
  }

  /// Gives `body` the pieces of `text` with their columns and kinds, in order, as long as it returns true.
  ///
  /// The time is that of the pieces that were given, however long the text is.
  public func forEachPiece(of text: RawSpan, _ body: (_ piece: [UInt8], _ columns: Int, _ kind: Kind) -> Bool) {
    var piece = Piece()
    var index = 0
    while let element = UTF8Scalars.element(in: text, at: index) {
      let end = Self.runEnd(in: text, from: index)
      if end > index {
        guard piece.give(before: text.checkedByte(index), to: body) else { return }
        piece.clear()
        guard body(text.extracting(index..<end).copied(), end - index, .run) else { return }
        index = end
        continue
      }
      let next = index + element.byteCount
      let escape: [UInt8]
      switch element {
      case .wrong(let byte):
        escape = Self.escape(byte: byte)
      case .scalar(let scalar, _):
        switch verdict(scalar, behind: piece, text, next) {
        case .joins(let columns):
          piece.join(scalar, text, index..<next, columns: columns)
          index = next
          continue
        case .begins(let columns):
          guard piece.give(before: text.checkedByte(index), to: body) else { return }
          piece.begin(scalar, text, index..<next, columns: columns)
          index = next
          continue
        case .escaped:
          escape = Self.escape(scalar)
        }
      }
      guard piece.give(before: UInt8(ascii: "\\"), to: body) else { return }
      piece.clear()
      guard body(escape, escape.count, .escape) else { return }
      index = next
    }
    _ = piece.give(before: nil, to: body)
  }

  /// The end of the printable ASCII characters from `start` on that nothing behind them can join; backslashes are left
  /// out.
  private static func runEnd(in text: RawSpan, from start: Int) -> Int {
    var end = start
    while end < text.byteCount, end - start < longestRun {
      let byte = text.checkedByte(end)
      guard byte >= 0x20, byte < 0x7f, byte != UInt8(ascii: "\\") else { break }
      end += 1
    }
    // What is not ASCII may be a mark on the last character.
    return end > start && end < text.byteCount && text.checkedByte(end) >= 0x80 ? end - 1 : end
  }

  // MARK: - What becomes of a character

  private enum Verdict {
    case begins(columns: Int)
    case joins(columns: Int)
    case escaped
  }

  private func verdict(_ scalar: Unicode.Scalar, behind piece: Piece, _ text: RawSpan, _ next: Int) -> Verdict {
    if scalar.value < 0x7f { return scalar.value < 0x20 ? .escaped : .begins(columns: 1) }
    guard usesUTF8, scalar.value >= 0xa0 else { return .escaped }
    let properties = scalar.properties
    let mayJoin = piece.scalars > 0 && piece.scalars < Self.scalarsPerPiece
    if properties.isVariationSelector {
      // Rows of them hide data; one behind a character chooses its form.
      guard mayJoin, piece.endsInBase else { return .escaped }
      return .joins(columns: scalar.value == 0xfe0f && piece.lastColumns == 1 ? 1 : 0)
    }
    if scalar.value == 0x200c || scalar.value == 0x200d {
      return mayJoin && isJoinerUseful(scalar, behind: piece, text, next) ? .joins(columns: 0) : .escaped
    }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
      return .escaped
    case .nonspacingMark, .enclosingMark, .spacingMark:
      guard mayJoin, piece.marks < Self.marksPerCharacter, !properties.isDefaultIgnorableCodePoint else {
        return .escaped
      }
      return .joins(columns: DisplayWidth.columns(of: scalar))
    default:
      break
    }
    if properties.isDefaultIgnorableCodePoint { return .escaped }
    let columns = DisplayWidth.columns(of: scalar)
    if DisplayWidth.isHangulFollower(scalar) {
      return mayJoin && piece.marks < Self.marksPerCharacter && DisplayWidth.isHangul(piece.last)
        ? .joins(columns: columns) : .escaped
    }
    if mayJoin {
      if piece.isHalfFlag, DisplayWidth.isRegionalIndicator(scalar) { return .joins(columns: columns) }
      if piece.last.value == 0x200d, DisplayWidth.isEmoji(scalar) { return .joins(columns: columns) }
      if properties.isEmojiModifier, piece.last.properties.isEmojiModifierBase { return .joins(columns: columns) }
    }
    return .begins(columns: columns)
  }

  /// Whether a joiner or non-joiner does what it is for.
  ///
  /// It joins two emoji, or tells how letters of Arabic, of India and of their neighbours connect. Elsewhere it is only
  /// invisible.
  private func isJoinerUseful(_ joiner: Unicode.Scalar, behind piece: Piece, _ text: RawSpan, _ next: Int) -> Bool {
    guard piece.last.value != 0x200c, piece.last.value != 0x200d,
      case .scalar(let following, _)? = UTF8Scalars.element(in: text, at: next)
    else { return false }
    if joiner.value == 0x200d, piece.endsInEmoji, DisplayWidth.isEmoji(following) { return true }
    return Self.isInJoiningScript(piece.last) && Self.isInJoiningScript(following)
  }

  private static func isInJoiningScript(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0620...0x0dff, 0x1000...0x109f, 0x1780...0x18af: true
    default: false
    }
  }

  // MARK: - Escapes

  private static func escape(_ scalar: Unicode.Scalar) -> [UInt8] {
    switch scalar {
    case "\n": Array("\\n".utf8)
    case "\r": Array("\\r".utf8)
    case "\t": Array("\\t".utf8)
    case _ where scalar.value < 0x80: escape(byte: UInt8(truncatingIfNeeded: scalar.value))
    default: Array("\\u{\(String(scalar.value, radix: 16))}".utf8)
    }
  }

  static func escape(byte: UInt8) -> [UInt8] {
    [UInt8(ascii: "\\"), UInt8(ascii: "x"), hexDigit(byte >> 4), hexDigit(byte & 0xf)]
  }

  static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
