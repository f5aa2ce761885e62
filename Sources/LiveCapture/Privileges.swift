internal import CPrivileges
public import NetworkTypes

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What the process gives up between opening its interfaces and looking at the first packet.
///
/// All of it holds for the thread that asks and those that it starts later: so it comes before any other thread.
public enum Privileges {
  /// Why they cannot be given up.
  public struct Failure: Error, Sendable, CustomStringConvertible {
    /// One sentence for standard error.
    public let description: String
  }

  /// A user to become.
  public struct User: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The user's number.
    public let user: UInt32
    /// The number of the user's group.
    public let group: UInt32

    /// The user of this name; `nil` if there is none.
    public init?(named name: String) {
      // SAFETY: the entry is looked at before any other call could change it.
      guard let entry = unsafe getpwnam(name) else { return nil }
      self.name = name
      user = unsafe entry.pointee.pw_uid
      group = unsafe entry.pointee.pw_gid
    }
  }

  /// What was given up, and what could not be.
  public struct Result: Sendable {
    /// The kernel's version of Landlock; `nil` where it has none, so that files can still be opened.
    public var landlockVersion: Int?
    /// Whether files of other users may still be written, since the log's directory belongs to one.
    public var keepsFileOverride = false
  }

  /// CAP_DAC_OVERRIDE.
  private static let fileOverride: UInt64 = 1 << 1

  /// Gives up all privileges: the user, where another is named, capabilities, and the right to open files.
  ///
  /// - Parameters:
  ///   - user: Whom to become; `nil` stays the same user, without its privileges.
  ///   - directories: Where files are still to be made, written, renamed and removed.
  ///   - others: Where a file may be opened anew, if somebody makes that possible.
  /// - Returns: What this came to.
  /// - Throws: What cannot be given up.
  public static func drop(
    to user: User?, writingIn directories: [FileName], reopeningIn others: [FileName] = []
  ) throws(Failure) -> Result {
    var result = Result()
    #if os(Linux)
      var kept: UInt64 = 0
      if user == nil, geteuid() == 0, (directories + others).contains(where: { !isOwn($0) }) {
        kept = fileOverride
        result.keepsFileOverride = true
      }
      // As long as there is the right to.
      privileges_clear_bounding_set()
      if let user { try become(user, writingIn: directories) }
      guard privileges_keep_capabilities(kept) == 0 else { throw failure("cannot drop capabilities", errno) }
      guard privileges_forbid_new() == 0 else { throw failure("cannot set no_new_privs", errno) }
      try checkWritable(directories, by: user)
      result.landlockVersion = try Landlock.restrict(writingIn: directories + others)
    #else
      if let user { try become(user, writingIn: directories) }
      try checkWritable(directories, by: user)
    #endif
    return result
  }

  private static func become(_ user: User, writingIn directories: [FileName]) throws(Failure) {
    guard geteuid() == 0 else {
      throw Failure(description: "-Z \(user.name): only root can become another user")
    }
    // SAFETY: the name is lent for the call.
    guard unsafe initgroups(user.name, .init(truncatingIfNeeded: user.group)) == 0, setgid(user.group) == 0,
      seteuid(user.user) == 0
    else { throw failure("-Z \(user.name): cannot become that user", errno) }
    do throws(Failure) {
      try checkWritable(directories, by: user)
    } catch {
      // Still root, who takes back what was begun there.
      _ = seteuid(0)
      throw error
    }
    guard seteuid(0) == 0, setuid(user.user) == 0 else {
      throw failure("-Z \(user.name): cannot become that user", errno)
    }
    // What cannot be is not believed before it was tried.
    guard getuid() == user.user, geteuid() == user.user, getgid() == user.group, user.user == 0 || setuid(0) != 0 else {
      throw Failure(description: "-Z \(user.name): the user is that, but could become root again")
    }
  }

  /// Whether this user may write in a directory without any capability.
  private static func isOwn(_ directory: FileName) -> Bool {
    var status = stat()
    // SAFETY: `status` is what the call fills in.
    guard unsafe directory.withCString({ unsafe stat($0, &status) }) == 0 else { return true }
    let bits = mode_t(status.st_mode)
    if status.st_uid == geteuid() { return bits & 0o300 == 0o300 }
    if status.st_gid == getegid() { return bits & 0o030 == 0o030 }
    // In a directory with the sticky bit, everybody may rename what is their own.
    return bits & 0o003 == 0o003
  }

  /// A log that could not get its name at the end is told of at the beginning.
  private static func checkWritable(_ directories: [FileName], by user: User?) throws(Failure) {
    for directory in directories {
      let status = unsafe directory.withCString { unsafe faccessat(AT_FDCWD, $0, W_OK | X_OK, AT_EACCESS) }
      guard status != 0 else { continue }
      let words = unsafe String(cString: strerror(errno))
      let whose = user.map { " by \($0.name), whom -Z names" } ?? ""
      throw Failure(
        description: "\(directory): the directory of the log or of the metrics cannot be written to\(whose): \(words)")
    }
  }

  static func failure(_ what: String, _ number: Int32) -> Failure {
    // SAFETY: strerror gives a string that ends with a NUL.
    Failure(description: "\(what): \(unsafe String(cString: strerror(number)))")
  }
}
