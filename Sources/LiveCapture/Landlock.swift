internal import NetworkTypes

#if os(Linux)
  internal import CPrivileges
  #if canImport(Glibc)
    internal import Glibc
  #else
    internal import Musl
  #endif

  /// Linux's way for a process to forbid itself the file system and the network (landlock(7)).
  enum Landlock {
    /// O_PATH, which the C library shows only to those who ask for all of GNU.
    private static let path: Int32 = 0o10_000_000

    /// What may be done in the directories of the log (LANDLOCK_ACCESS_FS_…).
    private static let writing: UInt64 =
      1 << 1 /* WRITE_FILE */ | 1 << 2 /* READ_FILE */ | 1 << 3 /* READ_DIR */ | 1 << 5 /* REMOVE_FILE */
      | 1 << 8 /* MAKE_REG */ | 1 << 14 /* TRUNCATE */

    /// All that a version of the kernel knows of the file system: 13 rights, then REFER, TRUNCATE and IOCTL_DEV.
    private static func everything(_ version: Int32) -> UInt64 {
      switch version {
      case ..<2: (1 << 13) - 1
      case 2: (1 << 14) - 1
      case 3, 4: (1 << 15) - 1
      default: (1 << 16) - 1
      }
    }

    /// Forbids opening files but in `directories`, connecting and binding by TCP, and reaching other processes.
    ///
    /// - Returns: The kernel's version of Landlock; `nil` where it has none.
    static func restrict(writingIn directories: [FileName]) throws(Privileges.Failure) -> Int? {
      let version = privileges_landlock_version()
      guard version > 0 else { return nil }
      let rights = everything(version)
      let ruleset = privileges_landlock_create(
        privileges_ruleset(file_system: rights, network: version >= 4 ? 0b11 : 0, scoped: version >= 6 ? 0b11 : 0),
        version)
      guard ruleset >= 0 else { throw Privileges.failure("cannot make a Landlock ruleset", errno) }
      defer { close(ruleset) }
      for directory in directories {
        // SAFETY: the name is lent for the call.
        let descriptor = unsafe directory.withCString { unsafe open($0, Self.path | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw Privileges.failure("\(directory): cannot open the directory", errno) }
        defer { close(descriptor) }
        guard privileges_landlock_allow(ruleset, descriptor, writing & rights) == 0 else {
          throw Privileges.failure("\(directory): cannot allow it by Landlock", errno)
        }
      }
      guard privileges_landlock_restrict(ruleset) == 0 else {
        throw Privileges.failure("cannot put the Landlock ruleset in force", errno)
      }
      return Int(version)
    }
  }
#endif
