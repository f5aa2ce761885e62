internal import NetworkTypes

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
  let fileName: FileName
  /// That name for messages.
  var name: String { fileName.isStandardStream ? "standard input" : fileName.description }
  /// Bytes of a regular file when it was opened; `nil` for what streams.
  let size: Int?
  /// Bytes read so far.
  private(set) var bytesRead = 0

  private let isInterrupted: () -> Bool
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
  ///
  /// `isInterrupted` is asked while a stream is waited for; once it says so, the stream has ended.
  init(name: FileName, isInterrupted: @escaping () -> Bool = { false }) throws(CaptureError) {
    fileName = name
    self.isInterrupted = isInterrupted
    let descriptor = name.isStandardStream ? STDIN_FILENO : try Self.open(name)
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let error = errno
      if descriptor != STDIN_FILENO { _ = close(descriptor) }
      throw CaptureError(file: name.description, reason: systemMessage(error))
    }
    let kind = mode_t(status.st_mode) & S_IFMT
    guard kind != S_IFDIR else {
      if descriptor != STDIN_FILENO { _ = close(descriptor) }
      throw CaptureError(file: name.description, reason: systemMessage(EISDIR))
    }
    size = kind == S_IFREG && !name.isStandardStream ? Int(clamping: status.st_size) : nil
    identity = Identity(device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino))
    state = .open(descriptor)
  }

  deinit {
    if case .open(let descriptor) = state, !fileName.isStandardStream { _ = close(descriptor) }
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
      if !isRegular, !waitForInput(descriptor) { return 0 }
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
      guard errno == EINTR || errno == EAGAIN else { throw CaptureError(file: name, reason: systemMessage(errno)) }
    }
  }

  /// Waits until a stream has something to read.
  ///
  /// A signal between a look at `isInterrupted` and the read would be slept over: so the wait is never long.
  ///
  /// - Returns: False if there is no need to wait any more.
  private func waitForInput(_ descriptor: Int32) -> Bool {
    while !isInterrupted() {
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      // SAFETY: one request is lent, and one is named.
      if unsafe poll(&request, 1, Self.waitMilliseconds) != 0, request.revents != 0 { return true }
    }
    return false
  }

  private static let waitMilliseconds: Int32 = 250

  /// The descriptor, opened again where the file was suspended.
  private func resume() throws(CaptureError) -> Int32 {
    switch state {
    case .open(let descriptor):
      return descriptor
    case .suspended:
      let descriptor = try Self.open(fileName)
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

  private static func open(_ name: FileName) throws(CaptureError) -> Int32 {
    // A FIFO would be opened when somebody writes to it, which may be never: so it is opened at once, and waited for where
    // signals are looked at.
    let descriptor = unsafe name.withCString { unsafe openForReading($0) }
    guard descriptor >= 0 else { throw CaptureError(file: name.description, reason: systemMessage(errno)) }
    return descriptor
  }
}

/// The system's `open`, whose name a member would hide.
private func openForReading(_ name: UnsafePointer<CChar>) -> Int32 {
  var status = stat()
  let isFIFO = unsafe stat(name, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
  return unsafe open(name, O_RDONLY | O_CLOEXEC | (isFIFO ? O_NONBLOCK : 0))
}

/// The system's sentence for an error number.
private func systemMessage(_ number: Int32) -> String {
  // SAFETY: strerror gives a NUL-terminated string that stays valid until the next call on this thread.
  unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
}
