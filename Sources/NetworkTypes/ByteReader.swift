/// Bounds-checked reads of integers from captured bytes.
///
/// These are the only places where a wire integer is taken from memory. Each read returns `nil` past the end, so that
/// no hostile length can trap; the `unchecked` forms trap on a bad offset (they never read past the end) and are for
/// decoders that have compared the length once already.
extension RawSpan {
  /// The byte at `offset`, or `nil` past the end.
  @inlinable @inline(__always)
  public func byte(at offset: Int) -> UInt8? {
    guard offset >= 0, offset < byteCount else { return nil }
    return checkedByte(offset)
  }

  /// The byte at `offset`, which the caller has compared with `byteCount`.
  @inlinable @inline(__always)
  public func checkedByte(_ offset: Int) -> UInt8 {
    // SAFETY: the library checks the bounds of this load; UInt8 has no invalid bit patterns.
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// The integer of type `T` in network byte order at `offset`, which the caller has compared with `byteCount`.
  @inlinable @inline(__always)
  public func checkedBigEndian<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: T.Type = T.self) -> T {
    // SAFETY: the library checks the bounds of this load; fixed-width integers have no invalid bit patterns.
    T(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// The integer of type `T` in the machine's byte order at `offset`, which the caller has compared with `byteCount`.
  @inlinable @inline(__always)
  public func checkedNative<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: T.Type = T.self) -> T {
    // SAFETY: the library checks the bounds of this load; fixed-width integers have no invalid bit patterns.
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: T.self)
  }

  /// The integer of type `T` in network byte order at `offset`, or `nil` past the end.
  @inlinable @inline(__always)
  public func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: T.Type = T.self) -> T? {
    guard offset >= 0, offset <= byteCount - MemoryLayout<T>.size else { return nil }
    return checkedBigEndian(offset)
  }

  /// The integer of type `T` in little-endian byte order at `offset`, or `nil` past the end.
  @inlinable @inline(__always)
  public func littleEndian<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: T.Type = T.self) -> T? {
    guard offset >= 0, offset <= byteCount - MemoryLayout<T>.size else { return nil }
    return T(littleEndian: checkedNative(offset))
  }

  /// A copy of the bytes.
  public func copied() -> [UInt8] {
    unsafe withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// Whether the bytes at `offset` are those of `literal`.
  public func hasBytes(of literal: StaticString, at offset: Int) -> Bool {
    let length = literal.utf8CodeUnitCount
    guard offset >= 0, offset <= byteCount - length else { return false }
    for index in 0..<length {
      // SAFETY: `index` is below the literal's code unit count.
      let expected = unsafe literal.utf8Start[index]
      if checkedByte(offset + index) != expected { return false }
    }
    return true
  }

  /// Whether these are as many bytes as `other` has, and the same but for the case of ASCII letters.
  public func equalsIgnoringCase(_ other: RawSpan) -> Bool {
    guard byteCount == other.byteCount else { return false }
    var index = 0
    while index < byteCount {
      // Mostly even the case is the same.
      if index &+ 8 <= byteCount, checkedNative(index, as: UInt64.self) == other.checkedNative(index) {
        index &+= 8
        continue
      }
      let (left, right) = (checkedByte(index), other.checkedByte(index))
      guard left == right || (left ^ right == 0x20 && (left | 0x20) &- 0x61 < 26) else { return false }
      index &+= 1
    }
    return true
  }
}

extension RawSpan {
  /// Whether these are the bytes of `literal` but for the case of ASCII letters.
  public func equalsIgnoringCase(_ literal: StaticString) -> Bool {
    literal.withRawSpan { equalsIgnoringCase($0) }
  }
}

extension StaticString {
  /// Calls `body` with the literal's bytes as a span.
  @inlinable @inline(__always)
  public func withRawSpan<Result>(_ body: (RawSpan) -> Result) -> Result {
    // SAFETY: a string literal's code units lie in the program, for as long as it runs.
    unsafe body(UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount).bytes)
  }
}

extension Hasher {
  /// Takes bytes at once, and how many they are: an array's own hashing takes them one by one.
  public mutating func combine(bytes: [UInt8]?) {
    guard let bytes else { return combine(-1) }
    combine(bytes.count)
    // SAFETY: the bytes are read while they are lent.
    unsafe bytes.withUnsafeBytes { unsafe combine(bytes: $0) }
  }
}

extension ArraySlice<UInt8> {
  /// Calls `body` with the bytes as a span.
  @inlinable @inline(__always)
  public func withRawSpan<Result>(_ body: (RawSpan) -> Result) -> Result {
    // SAFETY: bytes of an array of UInt8 are initialized, and the array lives during the call.
    body(unsafe span.bytes)
  }
}

extension [UInt8] {
  /// Calls `body` with the bytes as a span.
  @inlinable @inline(__always)
  public func withRawSpan<Result>(_ body: (RawSpan) -> Result) -> Result {
    // SAFETY: bytes of an array of UInt8 are initialized, and the array lives during the call.
    body(unsafe span.bytes)
  }

  /// Appends a copy of the bytes of a span.
  @inlinable
  public mutating func append(contentsOf bytes: RawSpan) {
    // SAFETY: the bytes are read while they are borrowed.
    unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }
}
