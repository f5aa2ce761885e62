internal import NetworkTypes

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What is done with the names of files, not with what is in them.
enum FileNaming {
  /// Gives a file another name, whatever is called so.
  static func rename(_ from: FileName, _ to: FileName) -> Int32 {
    // SAFETY: both names are lent for the call.
    let status = unsafe from.withCString { from in unsafe to.withCString { unsafe renameFile(from, $0) } }
    return status == 0 ? 0 : errno
  }

  /// Gives a file another name, if nothing is called so.
  static func link(_ from: FileName, _ to: FileName) -> Int32 {
    // SAFETY: both names are lent for the calls.
    unsafe from.withCString { from in
      unsafe to.withCString { to in
        if unsafe linkFile(from, to) == 0 {
          unsafe unlink(from)
          return 0
        }
        let code = errno
        var status = stat()
        let isTaken = unsafe lstat(to, &status) == 0
        if code == EEXIST || isTaken { return EEXIST }
        // A file system without links: nobody else is expected to take the name in between.
        guard code == EPERM || code == ENOTSUP || code == EOPNOTSUPP || code == EMLINK || code == ENOSYS else {
          return code
        }
        return unsafe renameFile(from, to) == 0 ? 0 : errno
      }
    }
  }

  /// Whether a file's last line was never completed, as when its writer was killed.
  static func endsInsideLine(_ file: FileName, _ size: Int) -> Bool {
    guard size > 0 else { return false }
    let descriptor = unsafe file.withCString { unsafe open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var last: UInt8 = 0
    // SAFETY: one byte is read into one.
    return unsafe pread(descriptor, &last, 1, off_t(size - 1)) == 1 && last != 0x0a
  }

  /// Where links lead.
  static func resolved(_ file: FileName) -> FileName {
    // SAFETY: `realpath` gives memory of its own that ends with a NUL, or none.
    unsafe file.withCString { name in
      guard let path = unsafe realpath(name, nil) else { return file }
      defer { unsafe free(path) }
      let length = unsafe strlen(path)
      return unsafe FileName(bytes: UnsafeRawBufferPointer(start: path, count: length).map { $0 })
    }
  }

  /// Takes a file away.
  static func remove(_ file: FileName) {
    // SAFETY: the name is lent for the call.
    _ = unsafe file.withCString { unsafe unlink($0) }
  }

  /// Why files cannot be made in a directory, in the system's words; `nil` if they can.
  static func fault(ofDirectory directory: FileName) -> String? {
    var status = stat()
    // SAFETY: the name is lent for the calls.
    return unsafe directory.withCString { name in
      guard unsafe stat(name, &status) == 0 else { return LogFile.reason(errno) }
      guard status.st_mode & S_IFMT == S_IFDIR else { return LogFile.reason(ENOTDIR) }
      return unsafe access(name, W_OK | X_OK) == 0 ? nil : LogFile.reason(errno)
    }
  }
}

// The system's functions, whose names members would hide.
private func renameFile(_ from: UnsafePointer<CChar>, _ to: UnsafePointer<CChar>) -> Int32 {
  unsafe rename(from, to)
}
private func linkFile(_ from: UnsafePointer<CChar>, _ to: UnsafePointer<CChar>) -> Int32 { unsafe link(from, to) }
