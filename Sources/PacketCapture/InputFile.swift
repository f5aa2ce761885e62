#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// An open input: a regular file, a FIFO or device, or standard input; read from front to back, never in between.
final class InputFile {
  /// The name on the command line, `-` for standard input.
  let name: String
  /// Bytes of a regular file when it was opened; `nil` for what streams.
  let size: Int?
  /// Bytes read so far.
  private(set) var bytesRead = 0

  private var state: State
  private let identity: Identity

  /// Whether there is a descriptor.
  private enum State {
    /// Open, and closed at the end unless it is standard input.
    case open(Int32)
    /// A regular file that was closed to save descriptors; the next read opens it again where it stopped.
    case suspended
  }

  /// What must be the same when a file is opened again.
  private struct Identity: Equatable {
    var device: UInt64
    var inode: UInt64
  }

  /// Opens `name`, or takes standard input for `-`.
  init(name: String) throws(CaptureError) {
    self.name = name
    let descriptor = name == "-" ? STDIN_FILENO : try Self.open(name)
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let error = errno
      if descriptor != STDIN_FILENO { _ = close(descriptor) }
      throw CaptureError(file: name, reason: systemMessage(error))
    }
    let kind = mode_t(status.st_mode) & S_IFMT
    guard kind != S_IFDIR else {
      if descriptor != STDIN_FILENO { _ = close(descriptor) }
      throw CaptureError(file: name, reason: systemMessage(EISDIR))
    }
    size = kind == S_IFREG && name != "-" ? Int(clamping: status.st_size) : nil
    identity = Identity(device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino))
    state = .open(descriptor)
  }

  deinit {
    if case .open(let descriptor) = state, name != "-" { _ = close(descriptor) }
  }

  /// Whether this can be closed and opened again where it stopped.
  var isRegular: Bool { size != nil }

  /// Closes a regular file until the next read; does nothing for others.
  func suspend() {
    guard isRegular, case .open(let descriptor) = state else { return }
    _ = close(descriptor)
    state = .suspended
  }

  /// Reads what one read gives, 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CaptureError) -> Int {
    let descriptor = try resume()
    while true {
      // SAFETY: the buffer is valid for `count` bytes during the call.
      #if canImport(Darwin)
        let count = unsafe Darwin.read(descriptor, buffer.baseAddress, buffer.count)
      #elseif canImport(Musl)
        let count = unsafe Musl.read(descriptor, buffer.baseAddress, buffer.count)
      #else
        let count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      #endif
      if count >= 0 {
        bytesRead += count
        return count
      }
      guard errno == EINTR else { throw CaptureError(file: name, reason: systemMessage(errno)) }
    }
  }

  /// The descriptor, opened again where the file was suspended.
  private func resume() throws(CaptureError) -> Int32 {
    switch state {
    case .open(let descriptor):
      return descriptor
    case .suspended:
      let descriptor = try Self.open(name)
      state = .open(descriptor)
      var status = stat()
      guard unsafe fstat(descriptor, &status) == 0, lseek(descriptor, off_t(bytesRead), SEEK_SET) == off_t(bytesRead)
      else { throw CaptureError(file: name, reason: systemMessage(errno)) }
      let found = Identity(device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino))
      guard found == identity else {
        throw CaptureError(file: name, reason: "was replaced by another file while it was read")
      }
      return descriptor
    }
  }

  private static func open(_ name: String) throws(CaptureError) -> Int32 {
    while true {
      #if canImport(Darwin)
        let descriptor = unsafe Darwin.open(name, O_RDONLY | O_CLOEXEC)
      #elseif canImport(Musl)
        let descriptor = unsafe Musl.open(name, O_RDONLY | O_CLOEXEC)
      #else
        let descriptor = unsafe Glibc.open(name, O_RDONLY | O_CLOEXEC)
      #endif
      if descriptor >= 0 { return descriptor }
      guard errno == EINTR else { throw CaptureError(file: name, reason: systemMessage(errno)) }
    }
  }
}

/// The system's sentence for an error number.
private func systemMessage(_ number: Int32) -> String {
  // SAFETY: strerror gives a NUL-terminated string that stays valid until the next call on this thread.
  unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
}
