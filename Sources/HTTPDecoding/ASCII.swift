import NetworkTypes

/// Byte classes of RFC 9110 §5.6, and helpers on raw bytes.
///
/// No locale, no Unicode: HTTP heads are octets.
enum ASCII {
  static let tab = UInt8(ascii: "\t")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let space = UInt8(ascii: " ")
  static let colon = UInt8(ascii: ":")
  static let comma = UInt8(ascii: ",")
  static let semicolon = UInt8(ascii: ";")
  static let slash = UInt8(ascii: "/")
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")

  /// SP or HTAB, the blanks of OWS (RFC 9110 §5.6.3).
  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

  /// A control byte other than HTAB: nothing in a start line or a field may hold one (RFC 9110 §5.5).
  @inline(__always)
  static func isControl(_ byte: UInt8) -> Bool { (byte < 0x20 && byte != tab) || byte == 0x7f }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  @inline(__always)
  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  /// A byte of a token (tchar, RFC 9110 §5.6.2).
  static func isToken(_ byte: UInt8) -> Bool {
    if isLetter(byte) || isDigit(byte) { return true }
    switch byte {
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
      UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      return true
    default:
      return false
    }
  }

  /// The value of a hexadecimal digit in either case.
  static func hexValue(_ byte: UInt8) -> UInt8? {
    if isDigit(byte) { return byte &- 0x30 }
    let lower = byte | 0x20
    return lower &- 0x61 < 6 ? lower &- 0x61 &+ 10 : nil
  }

  @inline(__always)
  static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  /// Whether the bytes are `text` but for the case of ASCII letters.
  static func matches(_ bytes: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
    bytes.withRawSpan { $0.equalsIgnoringCase(text) }
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let lows: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The place of the first LF within a range of the bytes, eight of them looked at at once.
  static func firstLineFeed(in bytes: RawSpan, _ range: Range<Int>) -> Int? {
    var index = range.lowerBound
    while index &+ 8 <= range.upperBound {
      let difference = UInt64(littleEndian: bytes.checkedNative(index)) ^ (ones &* UInt64(lineFeed))
      // Of those bytes whose top bit is set here the lowest is zero; ones above it may not be.
      let marks = (difference &- ones) & ~difference & highs
      if marks != 0 { return index &+ marks.trailingZeroBitCount &>> 3 }
      index &+= 8
    }
    while index < range.upperBound {
      if bytes.checkedByte(index) == lineFeed { return index }
      index &+= 1
    }
    return nil
  }

  /// Whether one of the bytes is a control byte, a tab among them; eight of them are looked at at once.
  static func hasControls(_ bytes: RawSpan) -> Bool {
    var index = 0
    while index &+ 8 <= bytes.byteCount {
      let word = bytes.checkedNative(index, as: UInt64.self)
      // Sums of seven bits carry into no other byte: below 20 the first has no top bit, at 7f the second has none.
      let seven = word & lows
      let plain = ((seven &+ (ones &* 0x60)) & ((seven ^ lows) &+ lows)) | word
      if plain & highs != highs { return true }
      index &+= 8
    }
    while index < bytes.byteCount {
      let byte = bytes.checkedByte(index)
      if byte < 0x20 || byte == 0x7f { return true }
      index &+= 1
    }
    return false
  }

  /// The part of a range of the bytes that is left without the blanks at either end.
  static func trimmed(_ bytes: RawSpan, _ range: Range<Int>) -> Range<Int> {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high, isBlank(bytes.checkedByte(low)) { low += 1 }
    while high > low, isBlank(bytes.checkedByte(high - 1)) { high -= 1 }
    return low..<high
  }

  /// The bytes without the blanks at either end.
  static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var low = bytes.startIndex
    var high = bytes.endIndex
    while low < high, isBlank(bytes[low]) { low += 1 }
    while high > low, isBlank(bytes[high - 1]) { high -= 1 }
    return bytes[low..<high]
  }
}

extension [UInt8] {
  /// Appends the bytes of `span` in `range`, which lies within it.
  mutating func append(_ span: RawSpan, in range: Range<Int>) {
    append(contentsOf: span.extracting(range))
  }
}
