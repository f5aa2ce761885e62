#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Where the log goes: a file or standard output, by large writes.
///
/// The process must ignore SIGPIPE, so that a reader who has gone is a failed write.
public final class LogFile {
  /// Why nothing more can be written.
  public enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whoever read the log has gone, which is no fault.
    case readerGone
    /// Anything else, in the system's words.
    case failed(name: String, reason: String)

    /// One sentence for standard error.
    public var description: String {
      switch self {
      case .readerGone: "the reader of the log has gone"
      case .failed(let name, let reason): "\(name): cannot write: \(reason)"
      }
    }
  }

  /// Why nothing more can be written, once that is so.
  public private(set) var failure: Failure?
  private let descriptor: Int32
  private let name: String
  private let isOwned: Bool
  private var isClosed = false

  /// Standard output.
  public init() {
    descriptor = STDOUT_FILENO
    name = "standard output"
    isOwned = false
  }

  /// The file at `path`, emptied; a FIFO or a device is opened as it is.
  public init(path: String) throws(Failure) {
    name = path
    isOwned = true
    descriptor = unsafe path.withCString { unsafe open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) }
    guard descriptor >= 0 else { throw .failed(name: path, reason: Self.reason(errno)) }
  }

  deinit {
    finish()
  }

  /// Writes all of `bytes`; after a failure, nothing.
  public func write(_ bytes: [UInt8]) {
    // SAFETY: the bytes are written while they are lent.
    unsafe bytes.withUnsafeBytes { unsafe write($0) }
  }

  /// Writes all of `bytes`; after a failure, nothing.
  func write(_ bytes: UnsafeRawBufferPointer) {
    var offset = 0
    while failure == nil, offset < bytes.count {
      // SAFETY: `offset` is below the buffer's count.
      #if canImport(Glibc)
        let written = unsafe Glibc.write(descriptor, bytes.baseAddress.unsafelyUnwrapped + offset, bytes.count - offset)
      #elseif canImport(Musl)
        let written = unsafe Musl.write(descriptor, bytes.baseAddress.unsafelyUnwrapped + offset, bytes.count - offset)
      #else
        let written = unsafe Darwin.write(
          descriptor, bytes.baseAddress.unsafelyUnwrapped + offset, bytes.count - offset)
      #endif
      if written > 0 {
        offset += written
      } else if written < 0, errno == EAGAIN {
        waitUntilWritable()
      } else if written < 0, errno != EINTR {
        failure = errno == EPIPE ? .readerGone : .failed(name: name, reason: Self.reason(errno))
      }
    }
  }

  /// Closes a file that was opened here; a late error (a full disk behind a network) counts as a failed write.
  public func finish() {
    guard isOwned, !isClosed else { return }
    isClosed = true
    if close() != 0, failure == nil { failure = .failed(name: name, reason: Self.reason(errno)) }
  }

  private func close() -> Int32 {
    #if canImport(Glibc)
      return Glibc.close(descriptor)
    #elseif canImport(Musl)
      return Musl.close(descriptor)
    #else
      return Darwin.close(descriptor)
    #endif
  }

  /// A descriptor that somebody made non-blocking is waited for.
  private func waitUntilWritable() {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = unsafe poll(&request, 1, -1)
  }

  private static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
