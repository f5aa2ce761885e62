import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Inputs whatever they are called, and what is said of those that cannot be read.
struct InputNameTests {
  static func inputs(_ result: ProcessResult) throws -> [String] {
    let meta = try #require(Sample.records(result.output).first)
    return meta["inputs"]?.elements?.compactMap(\.text) ?? []
  }

  @Test(arguments: [
    "a b.pcap", "a\nb.pcap", "a'b\"c.pcap", "ä 你好.pcap", "\u{1b}[31mred.pcap", "*.pcap", "--help", "\\x41",
  ])
  func `a name behind two hyphens is a name, whatever it holds`(name: String) throws {
    let directory = TemporaryDirectory()
    directory.write(Sample.file, to: name)
    for option in ["--", "-r"] {
      let result = TestSupport.run([
        "/bin/sh", "-c", "cd \"$1\" && exec \"$0\" \(option) \"$2\"", BuiltTool.path, directory.path, name,
      ])
      #expect(result.status == 0, "\(result.errorText)")
      #expect(try Self.inputs(result) == [name])
      #expect(try Sample.records(result.output).types == Sample.types)
    }
  }

  @Test func `a name that is no UTF-8 is read, and shown by its bytes`() throws {
    let directory = TemporaryDirectory()
    directory.write(Sample.file, to: "a.pcap")
    for (bytes, shown) in [
      ("\\377x.pcap", "\\xffx.pcap"), ("a\\303.pcap", "a\\xc3.pcap"), ("\\364\\217\\277\\277", "\u{10ffff}"),
    ] {
      let script = "cd '\(directory.path)' && name=$(printf '\(bytes)') && cp a.pcap \"$name\" && "
      let result = BuiltTool.shell(script + "\"$WSTAP\" -q \"$name\"; status=$?; rm \"$name\"; exit $status")
      #expect(result.status == 0, "\(result.errorText)")
      #expect(try Self.inputs(result) == [shown])
    }
    let missing = BuiltTool.shell("\"$WSTAP\" \"$(printf '/nowhere/\\377')\"")
    #expect(missing.status == 1)
    #expect(missing.errorText.hasPrefix("wstap: /nowhere/"))
    #expect(missing.errorText.hasSuffix("\\xff: No such file or directory\n"))
  }

  @Test func `what a name holds does not steer the terminal that reads of it`() {
    let result = BuiltTool.run(["/nowhere/\u{1b}]0;title\u{7}\u{202e}\u{9b}31m\n.pcap"])
    #expect(result.status == 1)
    TerminalBytes(result.errors).expectHarmless()
    #expect(result.errorText.split(separator: "\n").count == 1)
    // The shell's `*` may put such a name where an option is looked for.
    for arguments in [["--format", "\u{1b}[31m\u{9b}"], ["--\u{1b}]0;title\u{7}\u{202e}"], ["-\u{9b}31m"]] {
      let option = BuiltTool.run(arguments + ["a.pcap"])
      #expect(option.status == 64 && option.output.isEmpty)
      #expect(option.errorText.hasPrefix("Error: ") && option.errorText.contains("Usage: "))
      #expect(!option.errors.contains(0x1b))
      TerminalBytes(option.errors).expectHarmless()
    }
  }

  @Test func `a hyphen behind two hyphens is standard input all the same`() throws {
    let result = BuiltTool.run(["--", "-"], stdin: Sample.file)
    #expect(result.status == 0)
    #expect(try Self.inputs(result) == ["-"])
    let named = BuiltTool.run(["-r", "-"], stdin: Sample.file)
    #expect(try Sample.records(named.output).types == Sample.types)
  }

  @Test func `each input that cannot be read is one sentence that names it`() throws {
    let directory = TemporaryDirectory()
    let good = directory.write(Sample.file, to: "good.pcap")
    let empty = directory.write([], to: "empty.pcap")
    let text = directory.write(Array("this is no capture, only text\n".utf8), to: "text.pcap")
    let cases = [
      ("/nowhere/at/all.pcap", "No such file or directory"), (directory.path, "Is a directory"), (empty, "empty"),
      (text, ""), ("\(good)/x", "Not a directory"),
    ]
    for (path, reason) in cases {
      let alone = BuiltTool.run(["-q", path])
      #expect(alone.status == 1)
      #expect(alone.errorText.hasPrefix("wstap: \(path): "), "\(alone.errorText)")
      #expect(alone.errorText.contains(reason), "\(alone.errorText)")
      #expect(alone.errorText.split(separator: "\n").count == 1, "\(alone.errorText)")
      for order in [[path, good], [good, path]] {
        let both = BuiltTool.run(["-q"] + order)
        #expect(both.status == 1)
        #expect(both.errorText == alone.errorText)
        #expect(try Sample.records(both.output).types == Sample.types, "what can be read is logged")
      }
    }
  }

  @Test func `a file that may not be read is told`() throws {
    let directory = TemporaryDirectory()
    let path = directory.write(Sample.file, to: "a.pcap")
    chmod(path, 0)
    chmod(directory.path, 0o755)
    // Root may read every file: so somebody else must try.
    let other = getuid() == 0 ? ["setpriv", "--reuid", "65534", "--clear-groups"] : []
    guard TestSupport.run(other + [BuiltTool.path, "--version"]).status == 0 else {
      print("skipped: nobody but root can run the tool here")
      return
    }
    let result = TestSupport.run(other + [BuiltTool.path, path])
    #expect(result.status == 1)
    #expect(result.errorText == "wstap: \(path): Permission denied\n")
  }

  @Test func `a log that may not be written is told`() throws {
    let directory = TemporaryDirectory()
    let path = directory.write(Sample.file, to: "a.pcap")
    let log = directory.write(Array("old".utf8), to: "log")
    for (name, mode) in [(path, 0o644), (log, 0o444), (directory.path, 0o555)] { chmod(name, mode_t(mode)) }
    defer { chmod(directory.path, 0o755) }
    let other = getuid() == 0 ? ["setpriv", "--reuid", "65534", "--clear-groups"] : []
    guard TestSupport.run(other + [BuiltTool.path, "--version"]).status == 0 else {
      print("skipped: nobody but root can run the tool here")
      return
    }
    for name in ["log", "new"] {
      let result = TestSupport.run(other + [BuiltTool.path, "-o", directory.file(name), path])
      #expect(result.status == 1)
      #expect(result.errorText == "wstap: \(directory.file(name)): cannot write: Permission denied\n")
    }
    #expect(readFile(log) == Array("old".utf8))
  }

  @Test func `help and version`() {
    let help = BuiltTool.run(["--help"])
    for option in [
      "-f", "-c", "-o", "-r", "--format", "--types", "--frames", "--host", "--path", "--port", "--conn", "--op",
      "--dir",
      "--contains", "--min-len", "--no-heartbeats", "--max-payload", "--no-payload", "--json-payload", "--headers",
      "--redact-query", "--checks", "--severity", "--fail-on", "--overlap", "-q", "-v", "--progress", "--color",
      "--version",
    ] {
      #expect(help.outputText.contains(" \(option)") || help.outputText.contains("(\(option)"), "\(option)")
    }
    #expect(BuiltTool.run(["-h"]).output == help.output)
    let version = BuiltTool.run(["--version"])
    #expect(version.outputText.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+( \([-._+\/A-Za-z0-9]+\))?\n/) != nil)
    let meta = try? Sample.run().records.first?["tool_version"]?.text
    #expect(version.outputText.hasPrefix(meta ?? "none"))
  }
}
