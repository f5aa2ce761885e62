import EventLogging
import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// `wstap schema` prints the schema of the log.
struct SchemaCommandTests {
  @Test(arguments: [false, true])
  func `the schema is printed whole, over several lines, and nothing else is said`(isStrict: Bool) throws {
    let result = BuiltTool.run(["schema"] + (isStrict ? ["--strict"] : []))
    #expect(result.status == 0)
    #expect(result.errorText == "")
    #expect(result.output == JSONSchemaWriter(isStrict: isStrict).text)
    #expect(result.lines.first == "{" && result.lines.last == "}")
    #expect(result.lines.dropFirst().first == #"  "$schema": "https://json-schema.org/draft/2020-12/schema","#)
  }

  @Test func `a reader who goes away is no failure`() {
    let result = BuiltTool.shell(#"{ "$WSTAP" schema; echo "status $?" >&2; } | head -c 100 | wc -c"#)
    #expect(result.outputText.filter(\.isNumber) == "100")
    #expect(result.errorText == "status 0\n")
  }

  @Test func `a full disk is a failure, in one sentence`() {
    guard access("/dev/full", W_OK) == 0 else {
      print("skipped: no /dev/full here")
      return
    }
    let result = BuiltTool.shell(#""$WSTAP" schema >/dev/full"#)
    #expect(result.status == 1)
    #expect(result.errorText == "wstap: standard output: cannot write: No space left on device\n")
  }

  @Test(arguments: [["schema", "x"], ["schema", "--other"]])
  func `what is no option of it is a mistake in the command line`(arguments: [String]) {
    let result = BuiltTool.run(arguments)
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
  }
}
