import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What a live capture gives up before it looks at packets, and what it says where it may not capture.
@Suite(.serialized, .enabled(if: LiveNetwork.isAvailable, LiveNetwork.skipping))
struct LivePrivilegeTests {
  /// A line of /proc/PID/status for the process that has the tool's log open.
  private func status(_ part: String) -> [String: String] {
    // The unfinished log is called after its process.
    let number = part.split(separator: ".").dropLast().last.map(String.init) ?? ""
    let text = String(decoding: readFile("/proc/\(number)/status") ?? [], as: UTF8.self)
    var values: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let pair = line.split(separator: ":", maxSplits: 1)
      if pair.count == 2 { values[String(pair[0])] = pair[1].split { $0 == " " || $0 == "\t" }.joined(separator: " ") }
    }
    return values
  }

  private func openDirectory() -> TemporaryDirectory {
    let directory = TemporaryDirectory()
    chmod(directory.path, 0o777)
    return directory
  }

  @Test func `with -Z it is another user, without capabilities, and gives the log its name`() throws {
    let network = try LiveNetwork()
    let directory = openDirectory()
    let log = directory.file("log")
    let process = try network.tool(
      .client, ["-i", network.interface(.client), "-Z", "nobody", "-C", "1", "-o", log], log: log)
    let part = try #require(LogDirectory.names(directory).first)
    let nobody = try #require(getpwnam("nobody")).pointee
    let state = status(part)
    #expect(state["Uid"] == [String](repeating: "\(nobody.pw_uid)", count: 4).joined(separator: " "))
    #expect(state["Gid"] == [String](repeating: "\(nobody.pw_gid)", count: 4).joined(separator: " "))
    for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
      #expect(state[set] == "0000000000000000", "\(set)")
    }
    #expect(state["NoNewPrivs"] == "1")
    process.signal(SIGTERM)
    #expect(process.finish().status == 0)
    #expect(LogDirectory.names(directory) == ["log"])
    LogCheck.expectValid(try #require(readFile(log)))
  }

  @Test func `without -Z root has no capabilities either`() throws {
    let network = try LiveNetwork()
    let directory = TemporaryDirectory()
    let log = directory.file("log")
    let process = try network.tool(.client, ["-i", network.interface(.client), "-C", "1", "-o", log], log: log)
    let state = status(try #require(LogDirectory.names(directory).first))
    #expect(state["CapEff"] == "0000000000000000" && state["CapPrm"] == "0000000000000000")
    #expect(state["NoNewPrivs"] == "1")
    process.signal(SIGTERM)
    #expect(process.finish().status == 0)
  }

  /// The process itself has to try.
  ///
  /// A directory takes the place of the log's, with a file in it that everybody may rename. Only Landlock, which knows the directory and not its name, forbids that.
  @Test func `with -Z it can touch no files but those of the log's directory`() throws {
    let network = try LiveNetwork()
    let directory = openDirectory()
    #expect(mkdir(directory.file("logs"), 0o777) == 0 && chmod(directory.file("logs"), 0o777) == 0)
    let log = directory.file("logs") + "/log"
    let process = try network.tool(
      .client, ["-v", "-i", network.interface(.client), "-Z", "nobody", "-C", "1", "-o", log], log: log)
    guard !String(decoding: process.errors, as: UTF8.self).contains("has no Landlock") else {
      process.signal(SIGTERM)
      _ = process.finish()
      print("skipped: this kernel has no Landlock")
      return
    }
    let part = try #require(LogDirectory.names(inPath: directory.file("logs")).first)
    #expect(rename(directory.file("logs"), directory.file("before")) == 0)
    #expect(mkdir(directory.file("logs"), 0o777) == 0 && chmod(directory.file("logs"), 0o777) == 0)
    let bait = directory.file("logs") + "/" + part
    writeFile(Array("bait".utf8), to: bait)
    let nobody = try #require(getpwnam("nobody")).pointee
    #expect(chown(bait, nobody.pw_uid, nobody.pw_gid) == 0)
    process.signal(SIGTERM)
    let result = process.finish()
    #expect(result.status == 1 && result.errorText.contains("Permission denied"), "\(result.errorText)")
    #expect(LogDirectory.names(inPath: directory.file("logs")) == [part])
  }

  @Test func `a directory that the user of -Z cannot write to is told of at once`() throws {
    let network = try LiveNetwork()
    let directory = TemporaryDirectory()
    chmod(directory.path, 0o755)
    let result = network.run(
      .client,
      [BuiltTool.path, "-i", network.interface(.client), "-Z", "nobody", "-C", "1", "-o", directory.file("log")])
    #expect(result.status == 1)
    #expect(result.errorText.contains("cannot be written to by nobody"), "\(result.errorText)")
    #expect(LogDirectory.names(directory) == [], "nothing is left behind")
  }

  @Test func `who may not capture is told how to`() throws {
    let directory = openDirectory()
    let tool = directory.write(try #require(readFile(BuiltTool.path)), to: "wstap")
    chmod(tool, 0o755)
    let result = run(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", tool, "-i", "lo"])
    #expect(result.status == 1)
    #expect(result.errorText.contains("lo: no permission to capture"), "\(result.errorText)")
    #expect(result.errorText.contains("\n  sudo setcap cap_net_raw=ep \(tool)\n"))
  }

  @Test func `interfaces are listed with flags and addresses`() throws {
    let network = try LiveNetwork()
    for arguments in [["interfaces"], ["-D"]] {
      let result = network.run(.client, [BuiltTool.path] + arguments)
      #expect(result.status == 0)
      let line = result.lines.first { $0.hasPrefix(network.interface(.client) + " ") } ?? ""
      #expect(line.contains("up,running") && line.contains("10.77.0.1/24"), "\(result.outputText)")
      #expect(result.lines.contains { $0.hasPrefix("lo ") && $0.contains("loopback") && $0.contains("127.0.0.1/8") })
    }
  }
}
