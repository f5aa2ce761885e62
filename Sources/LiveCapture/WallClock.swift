// Where the compiler finds `timespec` here, since libpcap's header has brought it.
internal import CPcap
public import NetworkTypes

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The clock by which packets are stamped.
public enum WallClock {
  /// The time.
  public static var now: Timestamp {
    var time = timespec()
    // SAFETY: `time` is what the call fills in.
    guard unsafe clock_gettime(CLOCK_REALTIME, &time) == 0 else { return .epoch }
    return Timestamp(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
  }
}
