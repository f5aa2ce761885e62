import NetworkTypes
import TestSupport
import Testing

@testable import EventLogging
@testable import TrafficAnalysis

/// Connections, opcodes and checks are selected as the options say.
struct RecordSelectionTests {
  /// 10.0.0.1:40000 to [2001:db8::1]:80.
  static func includes(
    host: String? = nil, path: String? = nil, _ change: (inout RecordSelection) -> Void
  ) -> Bool {
    var selection = RecordSelection()
    change(&selection)
    #expect(!selection.isEverything)
    return selection.includes(
      NDJSONWriterTests.identity(host: host.map { Array($0.utf8) }, path: path.map { Array($0.utf8) }))
  }

  static func globs(_ patterns: String...) -> [Glob] { patterns.map { Glob(Array($0.utf8), ignoresCase: true) } }

  @Test func `a new selection is everything`() {
    #expect(RecordSelection().isEverything)
    #expect(RecordSelection().includes(NDJSONWriterTests.identity(host: nil, path: nil)))
    #expect(RecordSelection().includes(operation: "text", from: .server))
  }

  @Test func `a host matches with or without its port`() {
    for pattern in ["example.com", "example.com:8080", "*.com", "EXAMPLE.com", "e*", "*:8080"] {
      #expect(Self.includes(host: "example.com:8080") { $0.hosts = Self.globs(pattern) }, "\(pattern)")
    }
    for pattern in ["example", "example.com:80", "xample.com", "*.org"] {
      #expect(!Self.includes(host: "example.com:8080") { $0.hosts = Self.globs(pattern) }, "\(pattern)")
    }
    #expect(Self.includes(host: "[::1]:80") { $0.hosts = Self.globs("[::1]") })
    #expect(Self.includes(host: "b") { $0.hosts = Self.globs("a", "b") })
    #expect(!Self.includes(host: nil) { $0.hosts = Self.globs("*") }, "no host is known")
  }

  @Test func `a path matches with or without its query`() {
    for pattern in ["/a/b", "/a/b?x=1?y", "/a/*", "*x=1*"] {
      #expect(Self.includes(path: "/a/b?x=1?y") { $0.paths = [Glob(Array(pattern.utf8))] }, "\(pattern)")
    }
    for pattern in ["/a", "/A/b", "/a/b?x=1", "x=1"] {
      #expect(!Self.includes(path: "/a/b?x=1&y") { $0.paths = [Glob(Array(pattern.utf8))] }, "\(pattern)")
    }
    #expect(!Self.includes(path: nil) { $0.paths = Self.globs("*") })
  }

  @Test func `a port is that of either end`() {
    #expect(Self.includes { $0.ports = [80] })
    #expect(Self.includes { $0.ports = [1, 40000] })
    #expect(!Self.includes { $0.ports = [81, 4000] })
  }

  @Test func `a connection is named by the beginning of its name`() {
    let name = NDJSONWriterTests.identity().name
    #expect(Self.includes { $0.connections = [name] })
    #expect(Self.includes { $0.connections = ["zzzz", String(name.prefix(4))] })
    #expect(!Self.includes { $0.connections = [String(name.dropFirst(1))] })
    #expect(!Self.includes { $0.connections = [name + "a"] })
  }

  @Test func `different kinds must all match`() {
    #expect(
      Self.includes(host: "a", path: "/b") {
        $0.hosts = Self.globs("a"); $0.paths = Self.globs("/b"); $0.ports = [80]
      })
    #expect(
      !Self.includes(host: "a", path: "/b") {
        $0.hosts = Self.globs("a"); $0.paths = Self.globs("/c")
      })
    #expect(
      !Self.includes(host: "a", path: "/b") {
        $0.hosts = Self.globs("a"); $0.ports = [81]
      })
  }

  @Test func `opcodes and directions are chosen`() {
    var selection = RecordSelection()
    selection.operations = ["text", "ping"]
    #expect(selection.includes(operation: "text", from: .client))
    #expect(!selection.includes(operation: "binary", from: .client))
    selection.sender = .server
    #expect(selection.includes(operation: "ping", from: .server))
    #expect(!selection.includes(operation: "ping", from: .client))
  }
}
