#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Counts what an interface itself dropped, since it was opened.
///
/// libpcap's own number is read from files that are opened anew each time, which a process that has given its rights up
/// cannot do.
struct InterfaceDrops: ~Copyable, Sendable {
  private var descriptors: [Int32] = []
  private var atFirst: [Int] = []

  /// The counters of Linux, `rx_missed_errors` and `rx_fifo_errors`; `nil` where the system has none for the interface.
  init?(interface: String) {
    guard !interface.isEmpty, !interface.utf8.contains(UInt8(ascii: "/")), interface != ".", interface != ".." else {
      return nil
    }
    // /sys may show another network namespace than that of this process: then it has no such interface, or another one.
    // SAFETY: paths end with a zero, and names are lent for the call.
    let number = unsafe open("/sys/class/net/\(interface)/ifindex", O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return nil }
    defer { close(number) }
    guard let index = Self.read(number), unsafe index == Int(if_nametoindex(interface)) else { return nil }
    for counter in ["rx_missed_errors", "rx_fifo_errors"] {
      let descriptor = unsafe open("/sys/class/net/\(interface)/statistics/\(counter)", O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      descriptors.append(descriptor)
      atFirst.append(Self.read(descriptor) ?? 0)
    }
    if descriptors.isEmpty { return nil }
  }

  deinit {
    for descriptor in descriptors { close(descriptor) }
  }

  /// Packets dropped so far; `nil` where the interface is gone.
  func count() -> Int? {
    var sum = 0
    for (descriptor, first) in zip(descriptors, atFirst) {
      guard let now = Self.read(descriptor) else { return nil }
      sum += max(0, now &- first)
    }
    return sum
  }

  private static func read(_ descriptor: Int32) -> Int? {
    var text = [UInt8](repeating: 0, count: 32)
    // SAFETY: the array has that many bytes.
    let count = unsafe pread(descriptor, &text, text.count, 0)
    guard count > 0 else { return nil }
    return Int(String(decoding: text.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
  }
}
