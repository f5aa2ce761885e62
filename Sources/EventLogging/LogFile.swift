public import NetworkTypes

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Where the log goes: a file or standard output, by large writes.
///
/// A regular file gets its name when the log is complete, and has another until then: whoever watches the directory
/// never sees half a log, and an older one stays as it is if the run fails. The process must ignore SIGPIPE, so that a
/// reader who has gone is a failed write.
public final class LogFile: LogDestination {
  /// Why nothing more can be written.
  public enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whoever read the log has gone, which is no fault.
    case readerGone
    /// Anything else, in the system's words; what was written stands in the file `partial`.
    case failed(name: String, reason: String, partial: String? = nil)

    /// One sentence for standard error.
    public var description: String {
      switch self {
      case .readerGone: "the reader of the log has gone"
      case .failed(let name, let reason, nil): "\(name): cannot write: \(reason)"
      case .failed(let name, let reason, let partial?):
        "\(name): cannot write: \(reason); the beginning of the log is in \(partial)"
      }
    }
  }

  /// What the descriptor leads to.
  private enum Target {
    /// Standard output, which is not closed.
    case standardOutput
    /// A FIFO, a device, or a file in a directory where none can be made.
    case direct
    /// A new file that gets its name at the end.
    case renamed(from: FileName, to: FileName)
  }

  /// Why nothing more can be written, once that is so.
  public private(set) var failure: Failure?
  private let descriptor: Int32
  private let name: String
  private let target: Target
  private var isClosed = false

  /// Standard output.
  public init() {
    descriptor = STDOUT_FILENO
    name = "standard output"
    target = .standardOutput
  }

  /// The file at `path`.
  public convenience init(path: String) throws(Failure) { try self.init(FileName(path)) }

  /// The file of this name; a FIFO or a device is opened as it is.
  public init(_ file: FileName) throws(Failure) {
    name = file.description
    var status = stat()
    let exists = unsafe file.withCString { unsafe stat($0, &status) } == 0
    var link = stat()
    // A link that leads nowhere yet: the file is made where it leads.
    let leadsNowhere =
      unsafe !exists && file.withCString { unsafe lstat($0, &link) } == 0 && link.st_mode & S_IFMT == S_IFLNK
    let isRegular = exists ? status.st_mode & S_IFMT == S_IFREG : !leadsNowhere
    var errorNumber: Int32 = 0
    if isRegular {
      // A link stays one: the file that it leads to is replaced.
      let final = exists ? Self.resolved(file) : file
      let partial = FileName(bytes: final.bytes + Array(".\(getpid()).part".utf8))
      let mode = exists ? status.st_mode & 0o777 : 0o644
      let opened = unsafe partial.withCString { unsafe openLog($0, O_CREAT | O_TRUNC, mode) }
      if opened >= 0 {
        // The umask does not count where there was a file: it has the rights that its owner gave it.
        if exists { _ = fchmod(opened, mode) }
        descriptor = opened
        target = .renamed(from: partial, to: final)
        return
      }
      errorNumber = errno
    }
    guard exists || leadsNowhere,
      errorNumber == 0 || errorNumber == EACCES || errorNumber == EROFS || errorNumber == ENAMETOOLONG
    else {
      throw .failed(name: file.description, reason: Self.reason(errorNumber))
    }
    let opened = unsafe file.withCString { unsafe openLog($0, O_CREAT | O_TRUNC, 0o644) }
    guard opened >= 0 else { throw .failed(name: file.description, reason: Self.reason(errno)) }
    descriptor = opened
    target = .direct
  }

  deinit {
    finish()
  }

  /// Whether this is a terminal.
  public var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Whether nothing more can be written.
  public var isBroken: Bool { failure != nil }

  /// Writes whole lines; after a failure, nothing.
  public func write(_ lines: RawSpan) {
    // SAFETY: the bytes are written while they are lent.
    unsafe lines.withUnsafeBytes { unsafe write($0) }
  }

  /// Writes all of `bytes`; after a failure, nothing.
  public func write(_ bytes: [UInt8]) {
    // SAFETY: the bytes are written while they are lent.
    unsafe bytes.withUnsafeBytes { unsafe write($0) }
  }

  /// Writes all of `bytes`; after a failure, nothing.
  private func write(_ bytes: UnsafeRawBufferPointer) {
    var offset = 0
    while failure == nil, offset < bytes.count {
      // SAFETY: `offset` is below the buffer's count.
      let written = unsafe writeLog(descriptor, bytes.baseAddress.unsafelyUnwrapped + offset, bytes.count - offset)
      if written > 0 {
        offset += written
      } else if written < 0, errno == EAGAIN {
        waitUntilWritable()
      } else if written < 0, errno != EINTR {
        fail(errno)
      }
    }
  }

  /// Closes a file that was opened here, and gives it its name; a late error (a full disk behind a network) counts as a
  /// failed write.
  public func finish() {
    guard !isClosed else { return }
    isClosed = true
    if case .standardOutput = target { return }
    if closeLog(descriptor) != 0, failure == nil { fail(errno) }
    guard failure == nil, case .renamed(let partial, let final) = target else { return }
    // SAFETY: both names are lent for the call.
    let isDone = unsafe partial.withCString { from in unsafe final.withCString { unsafe rename(from, $0) } } == 0
    if !isDone { fail(errno) }
  }

  /// Closes the file and takes it back: a file of that name that was there before stays as it was.
  public func discard() {
    guard !isClosed else { return }
    if case .renamed(let partial, _) = target {
      isClosed = true
      _ = closeLog(descriptor)
      _ = unsafe partial.withCString { unsafe unlink($0) }
    } else {
      finish()
    }
  }

  /// Notes that whoever read the log has gone, which a run should know that has nothing to write for a while.
  public func lookForReader() {
    guard failure == nil, !isClosed else { return }
    var request = pollfd(fd: descriptor, events: 0, revents: 0)
    // SAFETY: one request is lent, and one is named.
    guard unsafe poll(&request, 1, 0) == 1, Int32(request.revents) & (POLLERR | POLLHUP) != 0 else { return }
    failure = .readerGone
  }

  /// Where files of this log are made and get their names; none where it goes to what was there before.
  public var directories: [FileName] {
    guard case .renamed(_, let final) = target else { return [] }
    let parts = final.bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropLast()
    let directory = Array(parts.joined(separator: [UInt8(ascii: "/")]))
    if parts.isEmpty { return [FileName(".")] }
    return [directory.isEmpty ? FileName("/") : FileName(bytes: directory)]
  }

  /// Makes a file that was opened here another user's, who can then rename it where only owners may.
  public func give(to user: UInt32, group: UInt32) {
    if case .renamed = target { _ = fchown(descriptor, uid_t(user), gid_t(group)) }
  }

  private func fail(_ code: Int32) {
    guard code != EPIPE else {
      failure = .readerGone
      return
    }
    let partial: String? = if case .renamed(let partial, _) = target { partial.description } else { nil }
    failure = .failed(name: name, reason: Self.reason(code), partial: partial)
  }

  /// A descriptor that somebody made non-blocking is waited for.
  private func waitUntilWritable() {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = unsafe poll(&request, 1, -1)
  }

  /// Where links lead.
  private static func resolved(_ file: FileName) -> FileName {
    // SAFETY: `realpath` gives memory of its own that ends with a NUL, or none.
    unsafe file.withCString { name in
      guard let path = unsafe realpath(name, nil) else { return file }
      defer { unsafe free(path) }
      let length = unsafe strlen(path)
      return unsafe FileName(bytes: UnsafeRawBufferPointer(start: path, count: length).map { $0 })
    }
  }

  private static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}

// The system's functions, whose names members would hide.
private func openLog(_ name: UnsafePointer<CChar>, _ flags: Int32, _ mode: mode_t) -> Int32 {
  unsafe open(name, O_WRONLY | O_CLOEXEC | flags, mode)
}
private func writeLog(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  unsafe write(descriptor, bytes, count)
}
private func closeLog(_ descriptor: Int32) -> Int32 { close(descriptor) }
