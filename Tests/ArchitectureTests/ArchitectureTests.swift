import TestSupport
import Testing

/// The rules that the compiler does not hold: which target may import which, and where unsafe code may stand.
@Suite struct ArchitectureTests {
  /// The arrows of `docs/architecture.md`: what each target may import beside `everywhere`.
  static let arrows: [String: Set<String>] = [
    "CBuildInfo": [],
    "CPcap": [],
    "CPrefetch": [],
    "CPrivileges": [],
    "CLz4": [],
    "CZlib": [],
    "CZstd": [],
    "NetworkTypes": [],
    "PacketCapture": ["NetworkTypes", "CZlib", "CZstd", "CLz4"],
    "LiveCapture": ["NetworkTypes", "PacketCapture", "CPcap", "CPrivileges"],
    "PacketDecoding": ["NetworkTypes"],
    "TCPReassembly": ["NetworkTypes", "PacketDecoding", "CPrefetch"],
    "HTTPDecoding": ["NetworkTypes"],
    "WebSocketDecoding": ["NetworkTypes", "CZlib"],
    "TrafficAnalysis": [
      "NetworkTypes", "PacketCapture", "PacketDecoding", "TCPReassembly", "HTTPDecoding", "WebSocketDecoding",
    ],
    "EventLogging": ["NetworkTypes", "HTTPDecoding", "WebSocketDecoding", "TrafficAnalysis"],
    "wstap": [
      "NetworkTypes", "PacketCapture", "LiveCapture", "PacketDecoding", "TCPReassembly", "HTTPDecoding",
      "WebSocketDecoding", "TrafficAnalysis", "EventLogging", "CBuildInfo",
      "ArgumentParser",
    ],
  ]

  /// The C library under its three names, and the standard library's atomics and locks.
  static let everywhere: Set<String> = ["Glibc", "Musl", "Darwin", "Synchronization"]

  /// The files with `unsafe` in them, one a line, each with a `SAFETY:` comment that says why it holds.
  ///
  /// Think twice before adding one: hostile bytes are read through `RawSpan` and `ByteReader`.
  static let unsafeFiles: Set<String> = [
    "Sources/EventLogging/JSONWriter.swift",
    "Sources/EventLogging/NDJSONWriter.swift",
    "Sources/EventLogging/Output/FileIdentity.swift",
    "Sources/EventLogging/Output/FileNaming.swift",
    "Sources/EventLogging/Output/LogFile.swift",
    "Sources/EventLogging/Output/LogNames.swift",
    "Sources/EventLogging/Output/LogRotation.swift",
    "Sources/EventLogging/Output/RecordTime.swift",
    "Sources/LiveCapture/CaptureFilter.swift",
    "Sources/LiveCapture/CaptureLoop.swift",
    "Sources/LiveCapture/CaptureSocket.swift",
    "Sources/LiveCapture/InterfaceDrops.swift",
    "Sources/LiveCapture/InterfaceList.swift",
    "Sources/LiveCapture/Landlock.swift",
    "Sources/LiveCapture/PacketRing.swift",
    "Sources/LiveCapture/PcapHandle.swift",
    "Sources/LiveCapture/Privileges.swift",
    "Sources/LiveCapture/WallClock.swift",
    "Sources/NetworkTypes/ByteBuffer.swift",
    "Sources/NetworkTypes/ByteReader.swift",
    "Sources/NetworkTypes/FileName.swift",
    "Sources/PacketCapture/CaptureFile.swift",
    "Sources/PacketCapture/CompressedFile.swift",
    "Sources/PacketCapture/Decompressor.swift",
    "Sources/PacketCapture/GzipInflater.swift",
    "Sources/PacketCapture/InputFile.swift",
    "Sources/PacketCapture/LZ4Decompressor.swift",
    "Sources/PacketCapture/PacketBatch.swift",
    "Sources/PacketCapture/ZstdDecompressor.swift",
    "Sources/PacketDecoding/InternetChecksum.swift",
    "Sources/TCPReassembly/ConnectionSlots.swift",
    "Sources/TCPReassembly/HotMemory.swift",
    "Sources/TrafficAnalysis/Checks/WireHTTP.swift",
    "Sources/TrafficAnalysis/ProcessMemory.swift",
    "Sources/WebSocketDecoding/FrameDecoder.swift",
    "Sources/WebSocketDecoding/Inflater.swift",
    "Sources/WebSocketDecoding/Masking.swift",
    "Sources/WebSocketDecoding/UTF8Validator.swift",
    "Sources/wstap/FilePlan.swift",
    "Sources/wstap/MonotonicClock.swift",
    "Sources/wstap/RawArguments.swift",
    "Sources/wstap/Signals.swift",
    "Sources/wstap/StandardError.swift",
    "Sources/wstap/SystemThread.swift",
    "Sources/wstap/Terminal.swift",
    "Sources/wstap/Version.swift",
  ]

  /// The files with `@unchecked Sendable` in them, one a line.
  static let uncheckedFiles: Set<String> = []

  /// More lines than this, and a file holds more than one thing.
  static let longestFile = 450

  static let sources = (try? SourceFile.all(under: "Sources")) ?? []
  static let tests = (try? SourceFile.all(under: "Tests")) ?? []

  @Test func `the sources are found`() {
    #expect(Self.sources.count > 10)
    #expect(Self.tests.count > 5)
  }

  @Test func `every target is in the table of arrows, and every arrow's target is there`() throws {
    let folders = try ProjectFiles.names(in: "Sources").filter { ProjectFiles.isFolder("Sources/" + $0) }
    #expect(Set(folders) == Set(Self.arrows.keys))
  }

  @Test func `the arrows have no circle`() {
    var settled: Set<String> = []
    var rest = Self.arrows
    while let next = rest.first(where: { $0.value.filter { Self.arrows[$0] != nil }.isSubset(of: settled) }) {
      settled.insert(next.key)
      rest[next.key] = nil
    }
    #expect(rest.isEmpty, "in or behind a circle: \(rest.keys.sorted())")
  }

  @Test func `a target imports only what its arrow says`() {
    for file in Self.sources {
      let allowed = (Self.arrows[file.target] ?? []).union(Self.everywhere)
      for module in file.imports {
        #expect(allowed.contains(module), "\(file.path) imports \(module)")
      }
    }
  }

  @Test func `nothing imports Foundation`() {
    for file in Self.sources + Self.tests {
      for module in file.imports {
        #expect(!module.hasPrefix("Foundation"), "\(file.path) imports \(module)")
      }
    }
  }

  @Test func `unsafe code stands in the named files only`() {
    let found = Set(Self.sources.filter { $0.mentions("unsafe") }.map(\.path))
    #expect(found.subtracting(Self.unsafeFiles).sorted() == [], "not in the list of unsafe files")
    #expect(Self.unsafeFiles.subtracting(found).sorted() == [], "in the list, but has no unsafe code")
  }

  @Test func `every file with unsafe code says why it is safe`() {
    for file in Self.sources where file.mentions("unsafe") {
      #expect(file.contains("// SAFETY:"), "\(file.path) has no SAFETY: line")
    }
  }

  @Test func `unchecked Sendable stands in the named files only`() {
    let found = Set(Self.sources.filter { $0.contains("@unchecked Sendable") }.map(\.path))
    #expect(found.sorted() == Self.uncheckedFiles.sorted())
  }

  @Test func `no source file is too long`() {
    for file in Self.sources {
      #expect(file.lineCount <= Self.longestFile, "\(file.path) has \(file.lineCount) lines")
    }
  }

  @Test(arguments: [
    ("import NetworkTypes", "NetworkTypes"),
    ("  import Glibc", "Glibc"),
    ("public import NetworkTypes", "NetworkTypes"),
    ("@testable import wstap  // its options", "wstap"),
    ("@_exported public import struct NetworkTypes.Timestamp", "NetworkTypes"),
    ("internal import func Glibc.fopen", "Glibc"),
  ])
  func `an import line is understood whatever stands before it`(line: String, module: String) {
    #expect(SourceFile.importedModule(line[...]) == module)
  }

  @Test(arguments: ["// import Foundation", "let important = 1", "importer.run()", "", "  /// import Foundation"])
  func `other lines import nothing`(line: String) {
    #expect(SourceFile.importedModule(line[...]) == nil)
  }

  @Test func `unsafe is found as a word of code`() {
    #expect(SourceFile(path: "a", text: "let x = unsafe y").mentions("unsafe"))
    #expect(SourceFile(path: "a", text: "@unsafe struct S {}").mentions("unsafe"))
    #expect(!SourceFile(path: "a", text: "// unsafe").mentions("unsafe"))
    #expect(!SourceFile(path: "a", text: "unsafeLoad(x)").mentions("unsafe"))
  }
}
