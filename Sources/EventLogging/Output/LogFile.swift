public import NetworkTypes

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// One file of a log, or standard output, by large writes.
///
/// A regular file gets its name when it is complete, and has another until then: whoever watches the directory never
/// sees half a log, and an older one stays as it is if the run fails. The exception is one that is appended to, as a
/// log that grows for weeks is. Where a disk is full, a plain file ends in a whole line all the same. The process must
/// ignore SIGPIPE, so that a reader who has gone is a failed write.
public final class LogFile: LogDestination {
  /// Why nothing more can be written.
  public enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whoever read the log has gone, which is no fault.
    case readerGone
    /// Anything else, in the system's words; what was written stands in the file `partial`.
    case failed(name: String, reason: String, partial: String? = nil)

    /// One sentence for standard error.
    public var description: String {
      guard case .failed(_, _, let partial?) = self else { return cause }
      return "\(cause); the beginning of the log is in \(partial)"
    }

    /// The same where the run goes on, so that it does not matter where the beginning is.
    var cause: String {
      switch self {
      case .readerGone: "the reader of the log has gone"
      case .failed(let name, let reason, _): "\(name): cannot write: \(reason)"
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
    /// A new file of which `finish(as:)` says at the end what it is called.
    case part(FileName)
    /// A file under its own name, behind what was in it; a new one may be taken back.
    case appended(FileName, isNew: Bool)
  }

  /// Why nothing more can be written, once that is so.
  public private(set) var failure: Failure?
  /// How much of what was last given to `write` is in the file: all of it, or after a failure whole lines.
  public private(set) var keptBytes = 0
  /// Bytes that were written here.
  public private(set) var size = 0
  private let descriptor: Int32
  /// The rest of a line that somebody has begun and left, or that could not be cut away after a failure.
  private var restOfLine: [UInt8] = []
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
      let final = exists ? FileNaming.resolved(file) : file
      let partial = Self.partial(final)
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

  /// A file that is written to under its own name, behind what is in it; a FIFO or a device is opened as it is.
  public init(appendingTo file: FileName) throws(Failure) {
    name = file.description
    var status = stat()
    let exists = unsafe file.withCString { unsafe stat($0, &status) } == 0
    let isRegular = !exists || status.st_mode & S_IFMT == S_IFREG
    let opened = unsafe file.withCString { unsafe openLog($0, O_CREAT | (isRegular ? O_APPEND : 0), 0o644) }
    guard opened >= 0 else { throw .failed(name: file.description, reason: Self.reason(errno)) }
    descriptor = opened
    target = isRegular ? .appended(file, isNew: !exists) : .direct
    // Before the first line that is written, not for a log that is taken back.
    if exists, isRegular, FileNaming.endsInsideLine(file, Int(status.st_size)) { restOfLine = [0x0a] }
  }

  /// A new file that is called `file` when it is complete, or what `finish(as:)` makes of that.
  public init(partOf file: FileName) throws(Failure) {
    name = file.description
    let partial = Self.partial(file)
    let opened = unsafe partial.withCString { unsafe openLog($0, O_CREAT | O_TRUNC, 0o644) }
    guard opened >= 0 else { throw .failed(name: file.description, reason: Self.reason(errno)) }
    descriptor = opened
    target = .part(partial)
  }

  deinit {
    finish()
  }

  /// Which file this is.
  public var identity: FileIdentity? { isClosed ? nil : FileIdentity(descriptor: descriptor) }

  /// Whether it is appended to under its own name.
  public var isAppended: Bool { if case .appended = target { true } else { false } }

  /// Whether a reader may go away.
  public var mayHaveReader: Bool {
    switch target {
    case .standardOutput, .direct: true
    case .renamed, .part, .appended: false
    }
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
    keptBytes = 0
    guard failure == nil else { return }
    if !restOfLine.isEmpty {
      // SAFETY: the bytes are written while they are lent.
      let written = unsafe restOfLine.withUnsafeBytes { unsafe writeAll($0) }
      restOfLine.removeFirst(written)
      guard failure == nil else { return }
    }
    let written = unsafe writeAll(bytes)
    keptBytes = written
    if failure != nil, written < bytes.count { unsafe keepWholeLines(of: bytes, written: written) }
  }

  /// Writes until nothing is left or writing fails.
  ///
  /// - Returns: How much was written.
  private func writeAll(_ bytes: UnsafeRawBufferPointer) -> Int {
    var offset = 0
    while failure == nil, offset < bytes.count {
      // SAFETY: `offset` is below the buffer's count.
      let written = unsafe writeLog(descriptor, bytes.baseAddress.unsafelyUnwrapped + offset, bytes.count - offset)
      if written > 0 {
        offset += written
        size += written
      } else if written < 0, errno == EAGAIN {
        waitUntilWritable()
      } else if written < 0, errno != EINTR {
        fail(errno)
      }
    }
    return offset
  }

  /// Cuts the beginning of a line away that a full disk has left, or notes what is missing in it.
  private func keepWholeLines(of bytes: UnsafeRawBufferPointer, written: Int) {
    // SAFETY: `written` is below the buffer's count.
    let whole = unsafe bytes[..<written].lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
    guard whole < written else { return }
    var status = stat()
    // The size is asked for, as others may have cut the file meanwhile.
    if !mayHaveReader, unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      Int(status.st_size) >= written - whole, ftruncate(descriptor, status.st_size - off_t(written - whole)) == 0
    {
      // What is written next begins where the cut is; a file that is appended to does so by itself.
      _ = lseek(descriptor, 0, SEEK_END)
      size -= written - whole
      keptBytes = whole
    } else {
      let end = unsafe bytes[written...].firstIndex(of: 0x0a).map { $0 + 1 } ?? bytes.count
      restOfLine = unsafe Array(bytes[written..<end])
      keptBytes = end
    }
  }

  /// Has the next write tried although one failed; where the reader has gone, none is.
  public func tryAgain() {
    if failure != .readerGone { failure = nil }
  }

  /// Closes a file that was opened here, and gives it its name; a late error (a full disk behind a network) counts as a
  /// failed write.
  public func finish() {
    switch target {
    case .renamed(let partial, let final): finish { FileNaming.rename(partial, final) }
    case .part(let partial): finish(as: { number in number == 0 ? FileName(bytes: Self.whole(partial)) : nil }, from: 0)
    case .standardOutput, .direct, .appended: finish { 0 }
    }
  }

  /// Closes a part of a log and gives it a name that replaces any other file's.
  public func finish(replacing final: FileName) {
    guard case .part(let partial) = target else { return finish() }
    finish { FileNaming.rename(partial, final) }
  }

  /// Closes a part of a log and gives it the first name that no other file has.
  ///
  /// - Parameters:
  ///   - name: The name with a number, while there is one.
  ///   - first: The first number.
  /// - Returns: The number of the name that it got.
  @discardableResult
  public func finish(as name: (Int) -> FileName?, from first: Int) -> Int? {
    guard case .part(let partial) = target else { return nil }
    var number = first
    var isNamed = false
    finish {
      while let final = name(number) {
        let code = FileNaming.link(partial, final)
        if code == 0 { isNamed = true }
        guard code == EEXIST else { return code }
        number += 1
      }
      return EEXIST
    }
    return isNamed ? number : nil
  }

  /// Closes what was opened here, and then names it.
  private func finish(_ name: () -> Int32) {
    guard !isClosed else { return }
    isClosed = true
    if case .standardOutput = target { return }
    if closeLog(descriptor) != 0, failure == nil { fail(errno) }
    guard failure == nil else { return }
    let code = name()
    if code != 0 { fail(code) }
  }

  /// Closes the file and takes it back: a file of that name that was there before stays as it was.
  public func discard() {
    guard !isClosed else { return }
    switch target {
    case .renamed(let name, _), .part(let name), .appended(let name, isNew: true):
      isClosed = true
      _ = closeLog(descriptor)
      _ = unsafe name.withCString { unsafe unlink($0) }
    case .standardOutput, .direct, .appended(_, isNew: false):
      finish()
    }
  }

  /// Notes that whoever read the log has gone, which a run should know that has nothing to write for a while.
  public func lookForReader() {
    guard failure == nil, !isClosed, mayHaveReader else { return }
    var request = pollfd(fd: descriptor, events: 0, revents: 0)
    // SAFETY: one request is lent, and one is named.
    guard unsafe poll(&request, 1, 0) == 1, Int32(request.revents) & (POLLERR | POLLHUP) != 0 else { return }
    failure = .readerGone
  }

  /// Where this file gets its name; `nil` where it has it, or goes to what was there before.
  public var directory: FileName? {
    switch target {
    case .renamed(_, let final): final.directory
    case .part(let partial): partial.directory
    case .standardOutput, .direct, .appended: nil
    }
  }

  /// Makes a file that was opened here another user's, who can then rename it where only owners may.
  public func give(to user: UInt32, group: UInt32) {
    switch target {
    case .renamed, .part, .appended(_, isNew: true): _ = fchown(descriptor, uid_t(user), gid_t(group))
    case .standardOutput, .direct, .appended: break
    }
  }

  private func fail(_ code: Int32) {
    guard code != EPIPE else {
      failure = .readerGone
      return
    }
    let partial: String? =
      switch target {
      case .renamed(let partial, _), .part(let partial): partial.description
      case .standardOutput, .direct, .appended: nil
      }
    failure = .failed(name: name, reason: Self.reason(code), partial: partial)
  }

  /// A descriptor that somebody made non-blocking is waited for.
  private func waitUntilWritable() {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = unsafe poll(&request, 1, -1)
  }

  /// What a file is called until it is complete.
  private static func partial(_ file: FileName) -> FileName { FileName(bytes: file.bytes + partialEnding) }
  private static func whole(_ partial: FileName) -> [UInt8] { Array(partial.bytes.dropLast(partialEnding.count)) }
  private static var partialEnding: [UInt8] { Array(".\(getpid()).part".utf8) }

  static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}

// The system's functions, whose names members would hide.
private func openLog(_ name: UnsafePointer<CChar>, _ flags: Int32, _ mode: mode_t) -> Int32 {
  unsafe open(name, O_WRONLY | O_CLOEXEC | flags, mode)
}
private func writeLog(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  unsafe write(descriptor, bytes, count)
}
private func closeLog(_ descriptor: Int32) -> Int32 { close(descriptor) }
