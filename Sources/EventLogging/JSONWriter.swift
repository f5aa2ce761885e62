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
    var length = 1
    var bound: UInt = 10
    while length < 20, value >= bound {
      length += 1
      if length < 20 { bound &*= 10 }
    }
    let total = max(length, width)
    reserve(total)
    var rest = value
    var index = count + total
    while index > count {
      index -= 1
      // SAFETY: `index` lies within the `total` bytes for which `reserve` made room.
      unsafe base[index] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
      rest /= 10
    }
    count += total
  }

  /// Writes a 32-bit number as 8 hex digits.
  func hexadecimal(_ value: UInt32) {
    for shift in stride(from: 28, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: value >> UInt32(shift) & 0xf)
      byte(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }

  /// Writes a JSON string of UTF-8 that was validated.
  func string(_ text: RawSpan) {
    byte(UInt8(ascii: "\""))
    let length = text.byteCount
    var index = 0
    while index < length {
      let end = Self.endOfPlainRun(in: text, from: index)
      if end > index {
        reserve(end - index)
        // SAFETY: the run lies within the span, and `reserve` made room for it.
        unsafe text.withUnsafeBytes { source in
          unsafe UnsafeMutableRawPointer(base + count).copyMemory(
            from: source.baseAddress.unsafelyUnwrapped + index, byteCount: end - index)
        }
        count += end - index
        index = end
      }
      guard index < length else { break }
      escape(text.checkedByte(index))
      index += 1
    }
    byte(UInt8(ascii: "\""))
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

  private func escape(_ character: UInt8) {
    switch character {
    case UInt8(ascii: "\""): raw("\\\"")
    case UInt8(ascii: "\\"): raw("\\\\")
    case 0x0a: raw("\\n")
    case 0x0d: raw("\\r")
    case 0x09: raw("\\t")
    default:
      raw("\\u00")
      let high = character >> 4
      let low = character & 0xf
      byte(0x30 + high)
      byte(low < 10 ? 0x30 + low : 0x57 + low)
    }
  }

  /// The index of the next byte that must be escaped, or the end: eight bytes at a time.
  ///
  /// DEL (0x7f) is escaped as well, which JSON allows and terminals are grateful for.
  static func endOfPlainRun(in text: RawSpan, from start: Int) -> Int {
    let length = text.byteCount
    var index = start
    while index &+ 8 <= length {
      let word: UInt64 = text.checkedNative(index)
      guard !needsEscape(word) else { break }
      index &+= 8
    }
    while index < length, !needsEscape(text.checkedByte(index)) { index &+= 1 }
    return index
  }

  static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7f
  }

  /// Whether any of eight bytes must be escaped.
  private static func needsEscape(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    // A byte below n: borrows into its high bit, which was clear before. Bytes of 0x80 and more never count.
    let controls = (word &- ones &* 0x20) & ~word
    let quotes = word ^ (ones &* 0x22)
    let slashes = word ^ (ones &* 0x5c)
    let deletes = word ^ (ones &* 0x7f)
    let zeros = ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes) | ((deletes &- ones) & ~deletes)
    return (controls | zeros) & highs != 0
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
