import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A disk that fills up: the run ends or goes on, as `--on-write-error` says, and every record in the log is whole.
///
/// The disk is a small tmpfs in a mount namespace of its own, which takes root.
struct FullDiskTests {
  /// Runs a script that has the tool as `$0`, a directory as `$1` with a full disk of 256 KiB in `$1/disk`, and a capture
  /// of three megabytes as `$2`; `nil` where that cannot be.
  static func run(_ script: String, _ directory: TemporaryDirectory) -> ProcessResult? {
    let big = directory.write(ProgressTests.big, to: "big.pcap")
    let prepared = """
      mkdir "$1/disk" && mount -t tmpfs -o size=256k tmpfs "$1/disk" 2>/dev/null || exit 77
      \(script)
      mkdir "$1/out" && cp "$1"/disk/log* "$1/out/"
      """
    let result = TestSupport.run(["unshare", "-m", "/bin/sh", "-c", prepared, BuiltTool.path, directory.path, big])
    guard ![77, 127].contains(result.status), result.outputText.contains("status") else {
      print("skipped: no file system may be mounted here")
      return nil
    }
    return result
  }

  static func log(_ directory: TemporaryDirectory) throws -> [JSONValue] {
    let names = LogDirectory.names(inPath: directory.file("out"))
    let bytes = names.flatMap { readFile(directory.file("out/\($0)")) ?? [] }
    let records = try Sample.records(bytes)
    LogCheck.expectValid(records)
    return records
  }

  @Test func `by default the run ends, and the log ends in a whole record`() throws {
    let directory = TemporaryDirectory()
    let script = #""$0" -q -o "$1/disk/log" "$2"; echo "status $?""#
    guard let result = Self.run(script, directory) else { return }
    #expect(result.outputText == "status 1\n")
    let records = try Self.log(directory)
    #expect(records.count > 100 && records.ofType("stats").isEmpty)
    #expect(result.errorText.split(separator: "\n").count == 1, "\(result.errorText)")
    #expect(result.errorText.contains("cannot write: No space left on device; the beginning of the log is in "))
  }

  @Test func `with drop the run goes on, and says what is missing`() throws {
    let directory = TemporaryDirectory()
    let script = #"""
      echo x >"$1/disk/ballast"; dd if=/dev/zero of="$1/disk/ballast" bs=1024 count=200 2>/dev/null
      mkfifo "$1/in"
      "$0" -q --on-write-error drop -o "$1/disk/log" --metrics-file "$1/metrics" "$1/in" & tool=$!
      exec 3>"$1/in"
      head -c 1000000 "$2" >&3; sleep 0.5
      rm "$1/disk/ballast"; sleep 1.5
      tail -c +1000001 "$2" | head -c 30000 >&3; sleep 1
      exec 3>&-
      wait $tool; echo "status $?"
      """#
    guard let result = Self.run(script, directory) else { return }
    #expect(result.outputText == "status 1\n", "\(result.errorText)")
    let records = try Self.log(directory)
    let messages = records.ofType("message").compactMap { $0["n"]?.integer }
    let stats = try #require(records.last)
    #expect(stats["final"]?.boolean == true)
    let dropped = try #require(stats["log_drops"]?.integer)
    #expect(dropped > 100)
    // What is missing is one piece in the middle.
    let breaks = zip(messages, messages.dropFirst()).filter { $1 != $0 + 1 }
    #expect(breaks.count >= 1 && messages.first == 1)
    #expect(breaks.reduce(0) { $0 + ($1.1 - $1.0 - 1) } == dropped)
    let lines = result.errorText.split(separator: "\n").filter { $0.contains("/disk/log") }
    #expect(lines.first?.contains("No space left on device; records are dropped until it works again") == true)
    #expect(lines.last?.contains("can be written again; ") == true)
    let text = String(decoding: try #require(readFile(directory.file("metrics"))), as: UTF8.self)
    let metrics = PrometheusText.parse(text)
    #expect(metrics.samples["wstap_log_dropped_records_total"] == Double(dropped))
  }

  @Test func `files that follow one another are whole, the one that filled the disk too`() throws {
    let directory = TemporaryDirectory()
    let script = #""$0" -q -G 1 -W 500 --on-write-error drop -o "$1/disk/log" "$2"; echo "status $?""#
    guard let result = Self.run(script, directory) else { return }
    #expect(result.outputText == "status 1\n")
    let records = try Self.log(directory)
    #expect(records.count > 100 && records.types.first == "meta")
    #expect(result.errorText.contains("records are dropped until it works again"))
    #expect(result.errorText.contains("could not be written any more; "))
  }
}
