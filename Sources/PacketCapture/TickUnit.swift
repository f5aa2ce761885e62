internal import NetworkTypes

/// The resolution and offset of an interface's clock (pcapng `if_tsresol` and `if_tsoffset`).
struct TickUnit: Sendable {
  /// How ticks become nanoseconds.
  private enum Scale: Sendable {
    /// Nanoseconds in a tick.
    case multiply(UInt64)
    /// Ticks in a nanosecond.
    case divide(UInt64)
    /// Ticks are 2^-n seconds.
    case shift(Int)
    /// Ticks are so short that even 2^64 of them make no nanosecond.
    case nothing
  }

  private var scale = Scale.multiply(1000)
  /// Seconds to add.
  var offset: Int64 = 0

  /// Microseconds, the default.
  init() {}

  /// The resolution of an `if_tsresol` octet: the negative power of 10, or with the top bit set of 2.
  init(resolution: UInt8) {
    let exponent = Int(resolution & 0x7f)
    if resolution & 0x80 != 0 {
      scale = .shift(exponent)
    } else if exponent <= 9 {
      scale = .multiply(Self.powerOfTen(9 - exponent))
    } else if exponent - 9 <= 19 {
      scale = .divide(Self.powerOfTen(exponent - 9))
    } else {
      scale = .nothing
    }
  }

  /// The time of `ticks`, clamped.
  @inline(__always)
  func timestamp(_ ticks: UInt64) -> Timestamp {
    if case .multiply(let factor) = scale, offset == 0 {
      let (product, overflow) = ticks.multipliedReportingOverflow(by: factor)
      if !overflow, let nanoseconds = Int64(exactly: product) { return Timestamp(nanoseconds: nanoseconds) }
    }
    return exactTimestamp(ticks)
  }

  /// The same by 128-bit arithmetic, for what does not fit in 64 bits on the way.
  func exactTimestamp(_ ticks: UInt64) -> Timestamp {
    let nanoseconds: UInt128
    switch scale {
    case .multiply(let factor): nanoseconds = UInt128(ticks) * UInt128(factor)
    case .divide(let divisor): nanoseconds = UInt128(ticks / divisor)
    // At most 2^94 before the shift.
    case .shift(let bits): nanoseconds = (UInt128(ticks) * 1_000_000_000) >> UInt128(bits)
    case .nothing: nanoseconds = 0
    }
    // Cannot overflow: the first is below 2^94, the second within ±2^93.
    let sum = Int128(nanoseconds) + Int128(offset) * 1_000_000_000
    return Timestamp(nanoseconds: Int64(clamping: sum))
  }

  private static func powerOfTen(_ exponent: Int) -> UInt64 {
    // The callers bound the exponent to 0...19, and 10^19 is below 2^64.
    var power: UInt64 = 1
    for _ in 0..<exponent { power *= 10 }
    return power
  }
}
