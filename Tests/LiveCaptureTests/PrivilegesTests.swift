import NetworkTypes
import TestSupport
import Testing

@testable import LiveCapture

#if os(Linux)
  #if canImport(Glibc)
    import Glibc
  #else
    import Musl
  #endif

  /// What cannot be done any more when privileges were given up.
  ///
  /// Each test does it in a process of its own.
  struct PrivilegesTests {
    /// Whether a file can be opened.
    static func canOpen(_ path: String, _ flags: Int32 = O_RDONLY) -> Bool {
      let descriptor = open(path, flags | O_CLOEXEC, 0o600)
      if descriptor >= 0 { close(descriptor) }
      return descriptor >= 0
    }

    @Test func `files of the log's directory can be made and renamed, others not even be opened`() async {
      await #expect(processExitsWith: .success) {
        let directory = TemporaryDirectory()
        writeFile([1], to: directory.file("before"))
        let result = try Privileges.drop(to: nil, writingIn: [FileName(directory.path)])
        guard result.landlockVersion != nil else { return }
        precondition(!Self.canOpen("/etc/passwd") && !Self.canOpen("/proc/self/status"))
        precondition(!Self.canOpen("/tmp/wstap-test-elsewhere-\(getpid())", O_WRONLY | O_CREAT))
        precondition(Self.canOpen(directory.file("before")))
        precondition(Self.canOpen(directory.file("new"), O_WRONLY | O_CREAT | O_TRUNC))
        precondition(rename(directory.file("new"), directory.file("newer")) == 0)
        precondition(unlink(directory.file("newer")) == 0 && unlink(directory.file("before")) == 0)
        precondition(mkdir(directory.file("folder"), 0o700) != 0)
      }
    }

    @Test func `without a log file nothing can be opened or connected to`() async {
      await #expect(processExitsWith: .success) {
        let result = try Privileges.drop(to: nil, writingIn: [])
        guard let version = result.landlockVersion else { return }
        precondition(!Self.canOpen("/etc/passwd") && !Self.canOpen("/tmp/wstap-test-\(getpid())", O_WRONLY | O_CREAT))
        if version >= 4 {
          let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
          var address = sockaddr_in()
          address.sin_family = sa_family_t(AF_INET)
          address.sin_port = UInt16(9).bigEndian
          address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
          let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
              connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
          }
          precondition(status != 0 && errno == EACCES)
        }
      }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can become another user"))
    func `who became another user cannot go back`() async {
      await #expect(processExitsWith: .success) {
        guard let nobody = Privileges.User(named: "nobody") else { preconditionFailure("nobody is missing") }
        _ = try Privileges.drop(to: nobody, writingIn: [])
        precondition(getuid() == nobody.user && geteuid() == nobody.user && getgid() == nobody.group)
        precondition(setuid(0) != 0 && seteuid(0) != 0 && setgid(0) != 0)
        precondition(!Self.canOpen("/etc/shadow"))
      }
    }

    @Test func `there is no user of a name that nobody has`() {
      #expect(Privileges.User(named: "no such user") == nil)
      #expect(Privileges.User(named: "root")?.user == 0)
    }
  }
#endif
