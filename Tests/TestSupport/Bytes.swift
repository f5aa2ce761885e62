/// The bytes of a text of hexadecimal digits; spaces and line breaks between them are for the reader.
public func hex(_ text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  precondition(digits.count.isMultiple(of: 2), "an odd number of hexadecimal digits")
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// Calls `body` with a span over `bytes`.
public func withSpan<Result>(_ bytes: [UInt8], _ body: (RawSpan) throws -> Result) rethrows -> Result {
  try body(bytes.span.bytes)
}

/// The order of the octets of an integer.
public enum ByteOrder: Sendable, CaseIterable {
  case little, big
}

extension [UInt8] {
  /// Appends an integer in an order of octets, which is the network's unless another is named.
  public mutating func append<T: FixedWidthInteger>(integer value: T, _ order: ByteOrder = .big) {
    for index in 0..<T.bitWidth / 8 {
      let shift = order == .big ? T.bitWidth - 8 - index * 8 : index * 8
      append(UInt8(truncatingIfNeeded: value >> T(shift)))
    }
  }

  /// Hexadecimal digits, a blank between octets.
  public var hexText: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}

/// Random numbers that are the same on every run with the same seed (SplitMix64).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The generator of `seed`.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  /// `count` random bytes.
  public mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}
