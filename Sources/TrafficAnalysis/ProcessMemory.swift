#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What this process takes of the machine's memory.
public enum ProcessMemory {
  /// The most bytes that were resident at once.
  ///
  /// Once asked, it can be asked by a process that has given up the right to open files.
  public static var peakBytes: Int? {
    #if os(Linux)
      // What getrusage counts begins with the peak of the process that started this one.
      if let kibibytes = highWaterMark { return kibibytes * 1024 }
    #endif
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

  #if os(Linux)
    /// /proc/self/status, which stays open: a process that has given its rights up could not open it.
    // SAFETY: the path ends with a zero.
    private static let statusFile = unsafe open("/proc/self/status", O_RDONLY | O_CLOEXEC)

    /// The line VmHWM of /proc/self/status.
    private static var highWaterMark: Int? {
      let file = statusFile
      guard file >= 0 else { return nil }
      var text = [UInt8](repeating: 0, count: 8192)
      // SAFETY: the array has that many bytes.
      let count = unsafe pread(file, &text, text.count, 0)
      guard count > 0 else { return nil }
      let lines = text.prefix(count).split(separator: UInt8(ascii: "\n"))
      guard let line = lines.first(where: { $0.starts(with: "VmHWM:".utf8) }) else { return nil }
      let digits = line.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      return Int(String(decoding: digits, as: UTF8.self))
    }
  #endif
}
