import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The names in a directory.
enum LogDirectory {
  static func names(_ directory: TemporaryDirectory) -> [String] { names(inPath: directory.path) }

  static func names(inPath path: String) -> [String] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}

/// `-o` writes a log that is there when it is complete, and not before.
struct OutputFileTests {
  @Test func `a log has another name until it is complete`() throws {
    let directory = TemporaryDirectory()
    let log = directory.write(Array("old".utf8), to: "log")
    chmod(log, 0o640)
    let process = RunningProcess.tool(["-o", log, "-"])
    process.send(SignalTests.beginning)
    let isThere = process.wait { _ in
      LogDirectory.names(directory).contains {
        $0.hasPrefix("log.") && (readFile(directory.file($0)) ?? []).count > 100
      }
    }
    #expect(isThere)
    #expect(readFile(log) == Array("old".utf8))
    process.send(SignalTests.rest)
    process.closeInput()
    #expect(process.finish().status == 0)
    #expect(LogDirectory.names(directory) == ["log"])
    #expect(try Sample.records(#require(readFile(log))).types.last == "stats")
    var status = stat()
    #expect(stat(log, &status) == 0 && status.st_mode & 0o777 == 0o640)
  }

  @Test func `a link stays one`() throws {
    let directory = TemporaryDirectory()
    let target = directory.write(Array("old".utf8), to: "target")
    let link = directory.file("link")
    #expect(symlink(target, link) == 0)
    #expect(try Sample.run("-q", "-o", link).result.status == 0)
    var status = stat()
    #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(try Sample.records(#require(readFile(target))).types == Sample.types)
    #expect(LogDirectory.names(directory) == ["link", "target"])
  }

  @Test func `a run that is killed leaves the old log as it was`() throws {
    let directory = TemporaryDirectory()
    let log = directory.write(Array("old".utf8), to: "log")
    let process = RunningProcess.tool(["-o", log, "-"])
    process.send(SignalTests.beginning)
    #expect(process.wait { _ in LogDirectory.names(directory).count == 2 })
    process.signal(SIGKILL)
    #expect(process.finish().signal == SIGKILL)
    #expect(readFile(log) == Array("old".utf8))
  }

  @Test(arguments: ["/dev/stdout", "/proc/self/fd/1", "-", "/dev/fd/1"])
  func `standard output has several names`(name: String) throws {
    guard name == "-" || access(name, F_OK) == 0 else {
      print("skipped: no \(name) here")
      return
    }
    let directory = TemporaryDirectory()
    let path = directory.write(Sample.file, to: "a.pcap")
    let result = BuiltTool.shell("\"$WSTAP\" -q -o \(name) '\(path)' | cat")
    #expect(try Sample.records(result.output).types == Sample.types)
    #expect(result.errors == [])
  }

  @Test func `the log may not be the input, whatever it is called`() throws {
    let directory = TemporaryDirectory()
    let path = directory.write(Sample.file, to: "a.pcap")
    #expect(link(path, directory.file("hard")) == 0)
    #expect(symlink(path, directory.file("soft")) == 0)
    for name in ["a.pcap", "hard", "soft", "./a.pcap"] {
      let result = BuiltTool.run(["-o", directory.file(name), path])
      #expect(result.status == 64)
      #expect(result.errorText.hasPrefix("Error: -o \(directory.file(name)) would overwrite the input"))
      #expect(readFile(path) == Sample.file)
    }
    // A copy is another file.
    let copy = directory.write(Sample.file, to: "copy")
    #expect(BuiltTool.run(["-q", "-o", copy, path]).status == 0)
    #expect(LogDirectory.names(directory) == ["a.pcap", "copy", "hard", "soft"])
  }

  @Test func `what cannot be written is told before anything is read`() {
    let directory = TemporaryDirectory()
    let path = directory.write(Sample.file, to: "a.pcap")
    let cases = [
      ("/nowhere/at/all", "wstap: /nowhere/at/all: cannot write: No such file or directory\n"),
      (directory.path, "wstap: \(directory.path): cannot write: Is a directory\n"),
      ("\(path)/log", "wstap: \(path)/log: cannot write: Not a directory\n"),
    ]
    for (log, sentence) in cases {
      let result = BuiltTool.run(["-o", log, path])
      #expect(result.status == 1)
      #expect(result.errorText == sentence)
    }
    #expect(LogDirectory.names(directory) == ["a.pcap"])
  }

  @Test func `a disk that fills up is told, and leaves the old log as it was`() throws {
    let directory = TemporaryDirectory()
    let big = directory.write(ProgressTests.big, to: "big.pcap")
    let script = """
      mkdir "$1/disk" && mount -t tmpfs -o size=256k tmpfs "$1/disk" 2>/dev/null || exit 77
      echo old >"$1/disk/log"
      "$0" -q -o "$1/disk/log" "$2"; echo "status $?"
      cat "$1/disk/log"; ls "$1/disk" | wc -l
      """
    let command = ["unshare", "-m", "/bin/sh", "-c", script, BuiltTool.path, directory.path, big]
    let result = TestSupport.run(command)
    guard ![77, 127].contains(result.status), result.outputText.contains("status") else {
      print("skipped: no file system may be mounted here")
      return
    }
    #expect(result.outputText.filter { $0 != " " } == "status1\nold\n2\n")
    let sentence =
      "wstap: \(directory.path)/disk/log: cannot write: No space left on device; the beginning of the log is in "
    #expect(result.errorText.hasPrefix(sentence))
    #expect(result.errorText.split(separator: "\n").count == 1)
  }

  @Test func `a name may hold anything`() throws {
    let directory = TemporaryDirectory()
    directory.write(Sample.file, to: "a.pcap")
    let odd = "-o \"x\" ä\n"
    let result = BuiltTool.shell(
      "cd '\(directory.path)' && \"$WSTAP\" -q -o '\(odd)' a.pcap && \"$WSTAP\" -q -o \"$(printf '\\377')\" a.pcap")
    #expect(result.status == 0 && result.errors == [])
    #expect(try Sample.records(#require(readFile(directory.file(odd)))).types == Sample.types)
    let count = BuiltTool.shell("cd '\(directory.path)' && wc -l < \"$(printf '\\377')\" && rm \"$(printf '\\377')\"")
    #expect(count.outputText.filter(\.isNumber) == "\(Sample.types.count)")
  }
}
