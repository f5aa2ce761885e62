#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Which file a path leads to, whatever it is called.
struct FileIdentity: Equatable {
  private let device: UInt64
  private let inode: UInt64

  /// The regular file at `path`, or `nil` if there is none.
  init?(_ path: String) {
    var status = stat()
    // SAFETY: `status` is what the call fills in.
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
  }
}
