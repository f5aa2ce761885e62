import TestSupport
import Testing

/// The captures in `fixtures/` are described, and none is forgotten.
@Suite struct FixtureCatalogueTests {
  /// Captures directly in `fixtures/`; folders in it (`regressions`) have their own order.
  static let captures = ((try? ProjectFiles.names(in: "fixtures")) ?? []).filter { name in
    [".pcap", ".pcapng", ".pcap.gz", ".pcapng.gz", ".pcap.zst", ".pcap.lz4"].contains { name.hasSuffix($0) }
  }

  @Test func `every capture has a row in the README and the truth of its maker`() throws {
    let catalogue = try ProjectFiles.text(of: "fixtures/README.md")
    let names = Set(try ProjectFiles.names(in: "fixtures"))
    #expect(Self.captures.count > 40)
    for capture in Self.captures {
      #expect(catalogue.contains("| `\(capture)` |"), "fixtures/README.md has no row for \(capture)")
      let stem = capture.split(separator: ".")[0]
      #expect(names.contains("\(stem).truth.json"), "\(capture) has no truth")
    }
  }

  @Test func `every row of the README names a capture that is there`() throws {
    let rows = try ProjectFiles.text(of: "fixtures/README.md").split(separator: "\n")
    for row in rows where row.hasPrefix("| `") {
      let name = row.split(separator: "`")[1]
      guard name.contains(".pcap") else { continue }
      #expect(Self.captures.contains(String(name)), "there is no \(name)")
    }
  }

  @Test func `the captures together stay small`() throws {
    let total = try Self.captures.reduce(0) { sum, name in try sum + ProjectFiles.bytes(of: "fixtures/" + name).count }
    #expect(total < 1 << 20)
  }
}
