#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A clock that never goes back.
enum MonotonicClock {
  /// Nanoseconds since some moment before the process began.
  static var nanoseconds: Int64 {
    var time = timespec()
    // SAFETY: `time` is what the call fills in.
    guard unsafe clock_gettime(CLOCK_MONOTONIC, &time) == 0 else { return 0 }
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
