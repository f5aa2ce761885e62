#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// When a log goes on in another file, and how many files of it stay.
public struct LogRotation: Sendable {
  /// Bytes that a file has at most, unless one record alone has more; `nil` does not care.
  public var bytes: Int?
  /// Seconds of a file; `nil` does not care.
  public var seconds: Int?
  /// Complete files that stay; `nil` keeps all.
  public var count: Int?

  /// A rotation by size, by time or by both.
  public init(bytes: Int? = nil, seconds: Int? = nil, count: Int? = nil) {
    self.bytes = bytes
    self.seconds = seconds
    self.count = count
  }

  /// The period that a moment is in: those of a day begin at multiples of their length in local time, so that files of
  /// an hour change at the full hour.
  ///
  /// - Parameters:
  ///   - second: The moment, in seconds since the epoch.
  ///   - length: Seconds of a period, at least 1.
  ///   - offset: Seconds by which local time is ahead of UTC then.
  /// - Returns: The period, in seconds since the epoch.
  static func period(around second: Int64, length: Int, offset: Int) -> Range<Int64> {
    let length = Int64(max(1, length))
    let local = second + Int64(offset)
    let rest = local % length
    let start = second - (rest < 0 ? rest + length : rest)
    return start..<start + length
  }

  /// Seconds by which local time is ahead of UTC at a moment.
  static func localOffset(at second: Int64) -> Int {
    // SAFETY: its pointer is filled in by the call, and not followed.
    var time = unsafe tm()
    var moment = time_t(second)
    // SAFETY: both are lent for the call.
    guard unsafe localtime_r(&moment, &time) != nil else { return 0 }
    return unsafe time.tm_gmtoff
  }
}
