#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A terminal that is a program's, and whose screen the test reads as bytes.
final class PseudoTerminal {
  /// The path of the program's end.
  let path: String
  private let master: Int32
  /// Held open until the program is over: without any open end the screen reads as ended.
  private var slave: Int32

  /// A terminal so wide; nil where the system has none to give.
  init?(columns: Int) {
    // What posix_openpt opens; Glibc's own names for this are not visible to Swift.
    let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    guard master >= 0 else { return nil }
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    guard let path = Self.otherEnd(of: master) else {
      close(master)
      return nil
    }
    let slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard slave >= 0 else {
      close(master)
      return nil
    }
    var size = winsize(ws_row: 24, ws_col: UInt16(clamping: columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(slave, UInt(TIOCSWINSZ), &size)
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
    self.path = path
    self.master = master
    self.slave = slave
  }

  /// Unlocks the program's end, and gives its path.
  private static func otherEnd(of master: Int32) -> String? {
    #if canImport(Darwin)
      guard grantpt(master) == 0, unlockpt(master) == 0 else { return nil }
      return ptsname(master).map { String(cString: $0) }
    #else
      // TIOCSPTLCK and TIOCGPTN, which the C library's functions ask, are _IOW('T', 0x31, int), _IOR('T', 0x30, unsigned).
      var isLocked: Int32 = 0
      var number: UInt32 = 0
      guard ioctl(master, 0x4004_5431, &isLocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else { return nil }
      return "/dev/pts/\(number)"
    #endif
  }

  deinit {
    close(master)
    if slave >= 0 { close(slave) }
  }

  /// What the program wrote since the last call.
  func read() -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = systemRead(master, &buffer, buffer.count)
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// The rest, once the program is over.
  func drain() -> [UInt8] {
    close(slave)
    slave = -1
    _ = fcntl(master, F_SETFL, 0)
    // Blocks for what is still on its way; then comes the end, or an error that means it.
    return read()
  }
}

/// The system's `read`, whose name a member would hide.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}
