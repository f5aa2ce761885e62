import EventLogging
import NetworkTypes
import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A log gets its name when it is complete, and what stood there before stays until then.
struct LogFileTests {
  static func names(_ directory: TemporaryDirectory) -> [String] {
    guard let stream = opendir(directory.path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  static func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test func `until it is finished it has another name`() throws {
    let directory = TemporaryDirectory()
    let file = try LogFile(path: directory.file("log"))
    file.write(Array("one\n".utf8))
    let names = Self.names(directory)
    #expect(names.count == 1 && names[0].hasPrefix("log.") && names[0].hasSuffix(".part"), "\(names)")
    file.finish()
    #expect(Self.names(directory) == ["log"])
    #expect(readFile(directory.file("log")) == Array("one\n".utf8))
    #expect(file.failure == nil)
    file.finish()
    #expect(Self.names(directory) == ["log"])
  }

  @Test func `an older log stays until the new one is complete`() throws {
    let directory = TemporaryDirectory()
    let path = directory.write(Array("old".utf8), to: "log")
    let file = try LogFile(path: path)
    file.write(Array("new".utf8))
    #expect(readFile(path) == Array("old".utf8))
    file.finish()
    #expect(readFile(path) == Array("new".utf8))
    #expect(Self.names(directory) == ["log"])
  }

  @Test(arguments: [0o600, 0o640, 0o666, 0o444] as [mode_t])
  func `the rights of an older log are kept`(mode: mode_t) throws {
    let directory = TemporaryDirectory()
    let path = directory.write([], to: "log")
    chmod(path, mode)
    let file = try LogFile(path: path)
    file.write([0x61])
    file.finish()
    #expect(Self.mode(path) == mode)
    #expect(readFile(path) == [0x61] || getuid() != 0)
  }

  @Test func `a link stays one, and leads to the new log`() throws {
    let directory = TemporaryDirectory()
    let target = directory.write(Array("old".utf8), to: "target")
    let link = directory.file("link")
    #expect(symlink("target", link) == 0)
    let file = try LogFile(path: link)
    file.write(Array("new".utf8))
    file.finish()
    var status = stat()
    #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(readFile(target) == Array("new".utf8))
    #expect(Self.names(directory) == ["link", "target"])
  }

  @Test func `a name need be no text`() throws {
    let directory = TemporaryDirectory()
    let name = FileName(bytes: Array("\(directory.path)/\n ".utf8) + [0xff])
    let file = try LogFile(name)
    file.write([0x61])
    file.finish()
    let count = name.withCString { path in access(path, R_OK) }
    #expect(count == 0)
    _ = name.withCString { unlink($0) }
  }

  @Test func `a directory that is not there is told`() {
    #expect {
      _ = try LogFile(path: "/nowhere/at/all/log")
    } throws: { error in
      "\(error)" == "/nowhere/at/all/log: cannot write: No such file or directory"
    }
    #expect {
      _ = try LogFile(path: "/")
    } throws: { error in
      "\(error)" == "/: cannot write: Is a directory"
    }
  }

  @Test func `a full device fails, and after that nothing is written`() throws {
    guard access("/dev/full", W_OK) == 0 else {
      print("skipped: no /dev/full here")
      return
    }
    let file = try LogFile(path: "/dev/full")
    file.write([0x61])
    #expect(file.failure?.description == "/dev/full: cannot write: No space left on device")
    file.write([0x62])
    file.finish()
    #expect(file.failure?.description == "/dev/full: cannot write: No space left on device")
  }

  @Test func `a device is written as it is`() throws {
    let file = try LogFile(path: "/dev/null")
    file.write([0x61])
    file.finish()
    #expect(file.failure == nil)
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    #expect(!file.isTerminal)
  }
}
