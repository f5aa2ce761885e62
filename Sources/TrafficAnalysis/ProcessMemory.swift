#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What this process takes of the machine's memory.
enum ProcessMemory {
  /// The most bytes that were resident at once.
  static var peakBytes: Int? {
    var usage = rusage()
    // SAFETY: `usage` is what the call fills in.
    // The C library's own type for the selector differs from one system to the next; 0 is RUSAGE_SELF everywhere.
    let status = unsafe getrusage(.init(0), &usage)
    guard status == 0 else { return nil }
    #if os(Linux)
      return usage.ru_maxrss * 1024  // Kibibytes there, bytes elsewhere.
    #else
      return usage.ru_maxrss
    #endif
  }
}
