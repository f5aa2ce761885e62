/// A packet's time: nanoseconds since 1970-01-01 UTC.
///
/// Values are clamped so that their microseconds are exact in a double (±2^53), as the log promises; that covers the
/// years 1684 to 2255.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Nanoseconds since the epoch.
  public let nanoseconds: Int64

  /// The largest distance from the epoch, in nanoseconds.
  @usableFromInline static let bound: Int64 = 9_007_199_254_740_991 * 1000

  /// The time of zero.
  public static let epoch = Timestamp(nanoseconds: 0)

  /// The time `nanoseconds` after the epoch, clamped.
  @inlinable
  public init(nanoseconds: Int64) {
    self.nanoseconds = min(max(nanoseconds, -Self.bound), Self.bound)
  }

  /// Whole microseconds since the epoch, rounded down.
  @inlinable
  public var microseconds: Int64 {
    let quotient = nanoseconds / 1000
    return nanoseconds % 1000 < 0 ? quotient - 1 : quotient
  }

  /// Nanoseconds from `earlier` to this time; negative where the capture's clock went back.
  ///
  /// A difference of more than 292 years does not fit and is clamped to ±`Int64.max`.
  @inlinable
  public func nanoseconds(since earlier: Timestamp) -> Int64 {
    let (difference, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
    guard overflow else { return difference }
    return nanoseconds < 0 ? -.max : .max
  }

  /// Whole microseconds from `earlier` to this time, 0 where the capture's clock went back, and at most 2^53 − 1.
  @inlinable
  public func microseconds(since earlier: Timestamp) -> Int64 {
    min(max(0, nanoseconds(since: earlier) / 1000), Self.bound / 1000)
  }

  /// Whether one time is before the other.
  @inlinable
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }
}
