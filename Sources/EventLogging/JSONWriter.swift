internal import NetworkTypes

/// Writes JSON text into one buffer that is reused: no allocation a record, no intermediate strings.
///
/// The caller builds objects by hand; this knows how values are written. Text is given as UTF-8 that was validated, so
/// that only quotes, backslashes and control characters need escaping (RFC 8259 §7).
@safe
final class JSONWriter {
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// Bytes written since `removeAll`.
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = max(capacity, 4096)
    unsafe base = .allocate(capacity: self.capacity)
  }

  deinit {
    unsafe base.deallocate()
  }

  func removeAll() { count = 0 }

  /// Takes back what was written from `length` bytes on.
  func truncate(to length: Int) { count = max(0, min(count, length)) }

  /// Frees the memory of an unusually long record.
  func shrink(to bytes: Int) {
    guard capacity > bytes, count == 0 else { return }
    unsafe base.deallocate()
    capacity = bytes
    unsafe base = .allocate(capacity: bytes)
  }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    // SAFETY: `count` bytes are initialized, and the memory is held during the call.
    unsafe body(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// A copy of the bytes written, for what is no record.
  var bytes: [UInt8] {
    // SAFETY: the bytes are copied while they are lent.
    unsafe withBytes { unsafe Array($0) }
  }

  // MARK: - Pieces

  /// Writes JSON that is part of the program.
  @inline(__always)
  func raw(_ text: StaticString) {
    let length = text.utf8CodeUnitCount
    reserve(length)
    // SAFETY: `reserve` made room for the literal's bytes.
    unsafe (base + count).update(from: text.utf8Start, count: length)
    count += length
  }

  /// Writes JSON that was rendered before.
  @inline(__always)
  func raw(_ bytes: [UInt8]) {
    reserve(bytes.count)
    // SAFETY: `reserve` made room for the array's bytes.
    unsafe bytes.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { unsafe (base + count).update(from: start, count: source.count) }
    }
    count += bytes.count
  }

  @inline(__always)
  func byte(_ byte: UInt8) {
    reserve(1)
    // SAFETY: `reserve` made room for a byte.
    unsafe base[count] = byte
    count += 1
  }

  func boolean(_ value: Bool) { raw(value ? "true" : "false") }

  /// Writes an integer; the caller sees to it that it is within ±(2^53 − 1).
  @inline(__always)
  func integer(_ value: Int) {
    if value >= 0, value < 10 {
      byte(UInt8(truncatingIfNeeded: 0x30 &+ value))
    } else if value >= 0, value < 1000 {
      small(UInt32(truncatingIfNeeded: value))
    } else {
      if value < 0 { byte(UInt8(ascii: "-")) }
      digits(value.magnitude, atLeast: 1)
    }
  }

  /// Writes a number of two or three digits.
  private func small(_ value: UInt32) {
    reserve(4)
    let pair = Int(value % 100) &* 2
    // SAFETY: `reserve` made room for four bytes; `pair` is at most 198.
    if value >= 100 {
      unsafe base[count] = UInt8(truncatingIfNeeded: 0x30 &+ value / 100)
      count &+= 1
    }
    unsafe base[count] = Self.pairs.utf8Start[pair]
    unsafe base[count &+ 1] = Self.pairs.utf8Start[pair &+ 1]
    count &+= 2
  }

  /// Writes a number below a thousand as three digits.
  func threeDigits(_ value: UInt32) {
    reserve(4)
    let pair = Int(value % 100) &* 2
    // SAFETY: `reserve` made room for four bytes; `pair` is at most 198.
    unsafe base[count] = UInt8(truncatingIfNeeded: 0x30 &+ value / 100)
    unsafe base[count &+ 1] = Self.pairs.utf8Start[pair]
    unsafe base[count &+ 2] = Self.pairs.utf8Start[pair &+ 1]
    count &+= 3
  }

  /// Writes six bytes again that were written from `place` on, with two more behind them.
  func again(sixFrom place: Int) {
    guard place >= 0, place &+ 8 <= count else { return }
    reserve(8)
    // SAFETY: eight bytes from `place` on are initialized, and `reserve` made room for as many.
    let six = unsafe UnsafeRawPointer(base + place).loadUnaligned(as: UInt64.self)
    unsafe UnsafeMutableRawPointer(base + count).storeBytes(of: six, as: UInt64.self)
    count &+= 6
  }

  /// Writes a number below a million as six digits.
  func sixDigits(_ value: UInt32) {
    reserve(8)
    var rest = value
    var index = count &+ 6
    // SAFETY: `reserve` made room for eight bytes; a remainder of 100, doubled, is at most 198.
    while index > count {
      let pair = Int(rest % 100) &* 2
      rest /= 100
      index &-= 2
      unsafe base[index] = Self.pairs.utf8Start[pair]
      unsafe base[index &+ 1] = Self.pairs.utf8Start[pair &+ 1]
    }
    count &+= 6
  }

  /// Writes a number in decimal, with zeros in front up to `width` digits.
  func digits(_ value: UInt, atLeast width: Int) {
    reserve(24)
    var length = 1
    var bound: UInt = 10
    while value >= bound, length < 19 {
      length &+= 1
      bound &*= 10
    }
    if length == 19, value >= bound { length = 20 }
    let end = count &+ max(length, width)
    var rest = value
    var index = end
    // SAFETY: `reserve` made room for 20 digits, more than any width asked for.
    while index &- 2 >= count {
      let pair = Int(truncatingIfNeeded: rest % 100) &* 2
      rest /= 100
      index &-= 2
      unsafe base[index] = Self.pairs.utf8Start[pair]
      unsafe base[index &+ 1] = Self.pairs.utf8Start[pair &+ 1]
    }
    if index > count { unsafe base[index &- 1] = UInt8(truncatingIfNeeded: 0x30 &+ rest % 10) }
    count = end
  }

  /// The numbers 00 to 99.
  private static let pairs: StaticString = """
    00010203040506070809101112131415161718192021222324252627282930313233343536373839\
    40414243444546474849505152535455565758596061626364656667686970717273747576777879\
    8081828384858687888990919293949596979899
    """

  /// Writes a 32-bit number as 8 hex digits.
  func hexadecimal(_ value: UInt32) {
    for shift in stride(from: 28, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: value >> UInt32(shift) & 0xf)
      byte(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }

  /// Writes a JSON string of UTF-8 that was validated.
  func string(_ text: RawSpan) {
    // The longest escape has six bytes, and eight are stored at once.
    let length = text.byteCount
    byte(UInt8(ascii: "\""))
    if length <= Self.stringPiece {
      reserve(length &* 6 &+ 8)
      appendEscaped(text)
      return byte(UInt8(ascii: "\""))
    }
    var start = 0
    while start < length {
      var end = min(start + Self.stringPiece, length)
      // A character is never split: an escape may need all of it.
      while end < length, end > start + 1, text.checkedByte(end) & 0xc0 == 0x80 { end -= 1 }
      reserve((end - start) * 6 + 8)
      appendEscaped(text.extracting(start..<end))
      start = end
    }
    byte(UInt8(ascii: "\""))
  }

  /// Bytes of a string that are escaped at once, which bounds what is reserved for them.
  private static let stringPiece = 64 << 10

  /// Copies eight bytes at a time, and looks which of them is the first that must be escaped.
  private func appendEscaped(_ text: RawSpan) {
    // SAFETY: `string` reserved six bytes for each of the text's, and eight more; reads stay below the text's count.
    unsafe text.withUnsafeBytes { source in
      let length = source.count
      var index = 0
      var output = unsafe base + count
      while index &+ 8 <= length {
        let word = unsafe UInt64(littleEndian: source.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        unsafe UnsafeMutableRawPointer(output).storeBytes(of: word.littleEndian, as: UInt64.self)
        var marks = Self.escapeMarks(word)
        guard marks != 0 else {
          index &+= 8
          unsafe output += 8
          continue
        }
        // Quotes and backslashes are escaped by a backslash before them: the word is stored again behind it, from the
        // escaped byte on, as often as it has one. Anything else ends the word.
        var rest = word
        var plain = marks.trailingZeroBitCount &>> 3
        index &+= plain
        unsafe output += plain
        while true {
          rest &>>= UInt64(plain &<< 3)
          let byte = UInt8(truncatingIfNeeded: rest)
          guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
            index &+= unsafe Self.escapeOther(source, index, at: &output)
            break
          }
          unsafe output.pointee = UInt8(ascii: "\\")
          unsafe UnsafeMutableRawPointer(output + 1).storeBytes(of: rest.littleEndian, as: UInt64.self)
          let done = (marks.trailingZeroBitCount &>> 3) &+ 1
          marks &= marks &- 1
          let next = marks == 0 ? 8 : marks.trailingZeroBitCount &>> 3
          // The escaped byte, and what stands plain behind it.
          plain = next &- done &+ 1
          index &+= plain
          unsafe output += plain &+ 1
          if marks == 0 { break }
        }
      }
      while index < length {
        let byte = unsafe source[index]
        if Self.needsEscape(byte) || byte == 0xc2 {
          index &+= unsafe Self.escapeOther(source, index, at: &output)
        } else {
          unsafe output.pointee = byte
          unsafe output += 1
          index &+= 1
        }
      }
      unsafe count = output - base
    }
  }

  /// Writes the character at `index` as it must be written, where that is not plain.
  ///
  /// U+0080 to U+009F, the control characters beyond ASCII, which begin with C2 and which some terminals obey, are
  /// escaped; the others that begin so are not.
  ///
  /// - Returns: How many bytes of `source` were taken.
  private static func escapeOther(
    _ source: UnsafeRawBufferPointer, _ index: Int, at output: inout UnsafeMutablePointer<UInt8>
  ) -> Int {
    // SAFETY: `string` reserved six bytes for each of the text's; reads stay below the text's count.
    let byte = unsafe source[index]
    guard byte == 0xc2 else {
      unsafe output.pointee = UInt8(ascii: "\\")
      unsafe output += escapeControl(byte, at: output)
      return 1
    }
    guard index &+ 1 < source.count, unsafe (0x80...0x9f).contains(source[index &+ 1]) else {
      unsafe output.pointee = byte
      unsafe output += 1
      return 1
    }
    unsafe output.pointee = UInt8(ascii: "\\")
    unsafe output += escapeControl(source[index &+ 1], at: output)
    return 2
  }

  /// The high bits of those of eight bytes that may not be written as they are, the lowest byte first.
  @inline(__always)
  static func escapeMarks(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let lows: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
    // In seven bits no sum carries into the next byte, so that every mark is exact. A difference of zero is the only one
    // whose sum with 7f does not reach the high bit.
    let seven = word & lows
    let notControl = seven &+ ones &* 0x60
    let notQuote = (seven ^ (ones &* 0x22)) &+ lows
    let notSlash = (seven ^ (ones &* 0x5c)) &+ lows
    let notDelete = (seven ^ lows) &+ lows
    let plain = (notControl & notQuote & notSlash & notDelete) | word
    let c2 = ((seven ^ (ones &* 0x42)) &+ lows) | ~word
    return ~(plain & c2) & ~lows
  }

  /// Writes a JSON string.
  func string(_ text: String) {
    // SAFETY: a string's code units are initialized bytes, and the string lives during the call.
    string(unsafe text.utf8.span.bytes)
  }

  /// Writes a JSON string of base64 (RFC 4648 §4).
  func base64(_ bytes: RawSpan) {
    byte(UInt8(ascii: "\""))
    let length = bytes.byteCount
    reserve((length + 2) / 3 * 4)
    var index = 0
    while index < length {
      let second = index + 1 < length
      let third = index + 2 < length
      var group = UInt32(bytes.checkedByte(index)) << 16
      if second { group |= UInt32(bytes.checkedByte(index + 1)) << 8 }
      if third { group |= UInt32(bytes.checkedByte(index + 2)) }
      byte(Self.symbol(group >> 18))
      byte(Self.symbol(group >> 12))
      byte(second ? Self.symbol(group >> 6) : UInt8(ascii: "="))
      byte(third ? Self.symbol(group) : UInt8(ascii: "="))
      index += 3
    }
    byte(UInt8(ascii: "\""))
  }

  // MARK: - Inside

  @inline(__always)
  private func reserve(_ byteCount: Int) {
    if byteCount > capacity &- count { grow(byteCount) }
  }

  @inline(never)
  private func grow(_ byteCount: Int) {
    let larger = max(count + byteCount, capacity * 2)
    let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    // SAFETY: `count` bytes are initialized in the old memory and fit into the new.
    unsafe grown.update(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = grown
    capacity = larger
  }

  private static func escapeControl(_ character: UInt8, at output: UnsafeMutablePointer<UInt8>) -> Int {
    let short: UInt8
    switch character {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): short = character
    case 0x0a: short = UInt8(ascii: "n")
    case 0x0d: short = UInt8(ascii: "r")
    case 0x09: short = UInt8(ascii: "t")
    default:
      let low = character & 0xf
      // SAFETY: the caller has reserved six bytes.
      unsafe output[1] = UInt8(ascii: "u")
      unsafe output[2] = 0x30
      unsafe output[3] = 0x30
      unsafe output[4] = 0x30 + character >> 4
      unsafe output[5] = low < 10 ? 0x30 + low : 0x57 + low
      return 6
    }
    unsafe output[1] = short
    return 2
  }

  /// Whether a byte must be escaped (RFC 8259 §7); DEL is as well, which JSON allows and terminals are grateful for.
  static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7f
  }

  private static func symbol(_ bits: UInt32) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: bits & 63)
    return switch value {
    case 0..<26: 0x41 + value
    case 26..<52: 0x61 + value - 26
    case 52..<62: 0x30 + value - 52
    case 62: UInt8(ascii: "+")
    default: UInt8(ascii: "/")
    }
  }
}
