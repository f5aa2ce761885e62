internal import NetworkTypes

extension SafeText {
  /// A character as a reader sees it, while it is put together.
  struct Piece {
    private var bytes: [UInt8] = []
    private var columns = 0
    /// Its code points.
    private(set) var scalars = 0
    /// Marks behind the last one that is none.
    private(set) var marks = 0
    /// The last code point.
    private(set) var last: Unicode.Scalar = " "
    /// The columns of the last code point.
    private(set) var lastColumns = 0
    /// Whether it is one half of a flag.
    private(set) var isHalfFlag = false
    /// Whether the last code point is no mark, joiner or variation selector.
    private(set) var endsInBase = false
    /// Whether it ends in an emoji, perhaps with its variation selector or colour of skin.
    private(set) var endsInEmoji = false

    mutating func clear() {
      bytes.removeAll(keepingCapacity: true)
      columns = 0
      scalars = 0
      marks = 0
      endsInBase = false
      endsInEmoji = false
      isHalfFlag = false
    }

    mutating func begin(_ scalar: Unicode.Scalar, _ text: RawSpan, _ range: Range<Int>, columns: Int) {
      clear()
      isHalfFlag = DisplayWidth.isRegionalIndicator(scalar)
      endsInBase = true
      endsInEmoji = DisplayWidth.isEmoji(scalar)
      add(scalar, text, range, columns)
    }

    mutating func join(_ scalar: Unicode.Scalar, _ text: RawSpan, _ range: Range<Int>, columns: Int) {
      isHalfFlag = false
      if scalar.properties.isVariationSelector {
        endsInBase = false
      } else if DisplayWidth.isEmoji(scalar), columns > 0 {
        endsInBase = true
        endsInEmoji = true
        marks = 0
      } else {
        endsInBase = false
        endsInEmoji = false
        marks += 1
      }
      add(scalar, text, range, columns)
    }

    private mutating func add(_ scalar: Unicode.Scalar, _ text: RawSpan, _ range: Range<Int>, _ columns: Int) {
      bytes.append(contentsOf: text.extracting(range))
      self.columns += columns
      scalars += 1
      last = scalar
      lastColumns = columns
    }

    /// Gives the piece to `body`, if there is one; `before` is the first byte of what is shown behind it.
    func give(before following: UInt8?, to body: ([UInt8], Int, Kind) -> Bool) -> Bool {
      guard scalars > 0 else { return true }
      guard scalars == 1, last == "\\", let following, Self.isAmbiguous(following) else {
        return body(bytes, columns, .plain)
      }
      return body([last, last].map { UInt8(ascii: $0) }, 2, .escape)
    }

    /// Whether a backslash before it looks like the beginning of an escape.
    private static func isAmbiguous(_ following: UInt8) -> Bool {
      switch following {
      case UInt8(ascii: "\\"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "x"),
        UInt8(ascii: "u"):
        true
      default: false
      }
    }
  }
}
