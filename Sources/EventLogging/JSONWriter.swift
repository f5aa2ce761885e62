internal import NetworkTypes

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

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
  func integer(_ value: Int) {
    if value < 0 { byte(UInt8(ascii: "-")) }
    digits(value.magnitude, atLeast: 1)
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
    // The longest escape has six bytes; short texts are far more common than memory is short.
    let length = text.byteCount
    var start = 0
    byte(UInt8(ascii: "\""))
    while start < length {
      let end = min(start + Self.stringPiece, length)
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
    let length = text.byteCount
    var index = 0
    var output = count
    while index &+ 8 <= length {
      let word: UInt64 = text.checkedNative(index)
      // SAFETY: `string` reserved six bytes for each of the text's, and eight more.
      unsafe UnsafeMutableRawPointer(base + output).storeBytes(of: word, as: UInt64.self)
      let marks = Self.escapeMarks(word.littleEndian)
      guard marks != 0 else {
        index &+= 8
        output &+= 8
        continue
      }
      let plain = marks.trailingZeroBitCount / 8
      output = escape(UInt8(truncatingIfNeeded: word.littleEndian >> UInt64(plain * 8)), at: output &+ plain)
      index &+= plain &+ 1
    }
    while index < length {
      let byte = text.checkedByte(index)
      if Self.needsEscape(byte) {
        output = escape(byte, at: output)
      } else {
        // SAFETY: as above.
        unsafe base[output] = byte
        output &+= 1
      }
      index &+= 1
    }
    count = output
  }

  /// Writes a JSON string.
  func string(_ text: String) {
    let bytes = Array(text.utf8)
    // SAFETY: bytes of an array of UInt8 are initialized, and the array lives during the call.
    string(unsafe bytes.span.bytes)
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

  /// Writes the escape of a character at `position`, where six bytes are reserved, and gives the place behind it.
  private func escape(_ character: UInt8, at position: Int) -> Int {
    // SAFETY: `string` reserved six bytes for each of the text's.
    unsafe base[position] = UInt8(ascii: "\\")
    let short: UInt8
    switch character {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): short = character
    case 0x0a: short = UInt8(ascii: "n")
    case 0x0d: short = UInt8(ascii: "r")
    case 0x09: short = UInt8(ascii: "t")
    default:
      let low = character & 0xf
      unsafe base[position + 1] = UInt8(ascii: "u")
      unsafe base[position + 2] = 0x30
      unsafe base[position + 3] = 0x30
      unsafe base[position + 4] = 0x30 + character >> 4
      unsafe base[position + 5] = low < 10 ? 0x30 + low : 0x57 + low
      return position + 6
    }
    unsafe base[position + 1] = short
    return position + 2
  }

  /// Whether a byte must be escaped (RFC 8259 §7); DEL is as well, which JSON allows and terminals are grateful for.
  static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7f
  }

  /// The high bit of the first of eight bytes that must be escaped, the lowest byte first; bits above it mean nothing.
  static func escapeMarks(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    // A byte below n borrows into its high bit, which was clear before; only bytes above one that did may err.
    let controls = (word &- ones &* 0x20) & ~word
    let quotes = word ^ (ones &* 0x22)
    let slashes = word ^ (ones &* 0x5c)
    let deletes = word ^ (ones &* 0x7f)
    let zeros = ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes) | ((deletes &- ones) & ~deletes)
    return (controls | zeros) & highs
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
