// swift-tools-version: 6.2
import PackageDescription

/// Settings of the targets that ship: Swift 6 mode, every unsafe use marked, warnings are errors.
let shipped: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  // Nearly a third of a message's instructions went into exclusivity checks at run time. Debug builds keep them, and so
  // do all tests and fuzzing; a release build trusts what those have shown.
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// Settings of the tests: the same but for strict memory safety, which makes `span.bytes` inside `#expect` an error.
let tested: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// What `git describe` says, for `wstap --version`; only what such a description consists of.
let gitDescription = (Context.environment["WSTAP_GIT_DESCRIPTION"] ?? "")
  .filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-._+/".contains($0)) }

let package = Package(
  name: "wstap",
  platforms: [.macOS(.v26)],
  products: [
    .executable(name: "wstap", targets: ["wstap"]),
    .library(
      name: "WstapKit",
      targets: [
        "NetworkTypes", "PacketCapture", "PacketDecoding", "TCPReassembly", "HTTPDecoding", "WebSocketDecoding",
        "TrafficAnalysis", "EventLogging",
      ]),
  ],
  traits: [
    .trait(name: "Zstd", description: "Read captures compressed by zstd; needs libzstd."),
    .trait(name: "LZ4", description: "Read captures compressed by lz4; needs liblz4."),
    .default(enabledTraits: ["Zstd", "LZ4"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    .systemLibrary(
      name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"]), .brew(["libpcap"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(
      name: "CLz4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),

    .systemLibrary(name: "CPrefetch"),
    .systemLibrary(name: "CPrivileges"),
    .target(name: "CBuildInfo", cSettings: [.define("WSTAP_GIT_DESCRIPTION", to: "\"\(gitDescription)\"")]),

    .target(name: "NetworkTypes", swiftSettings: shipped),
    .target(
      name: "PacketCapture",
      dependencies: [
        "NetworkTypes", "CZlib",
        .target(name: "CZstd", condition: .when(traits: ["Zstd"])),
        .target(name: "CLz4", condition: .when(traits: ["LZ4"])),
      ],
      swiftSettings: shipped),
    .target(
      name: "LiveCapture", dependencies: ["NetworkTypes", "PacketCapture", "CPcap", "CPrivileges"],
      swiftSettings: shipped),
    .target(name: "PacketDecoding", dependencies: ["NetworkTypes"], swiftSettings: shipped),
    .target(
      name: "TCPReassembly", dependencies: ["NetworkTypes", "PacketDecoding", "CPrefetch"], swiftSettings: shipped),
    .target(name: "HTTPDecoding", dependencies: ["NetworkTypes"], swiftSettings: shipped),
    .target(name: "WebSocketDecoding", dependencies: ["NetworkTypes", "CZlib"], swiftSettings: shipped),
    .target(
      name: "TrafficAnalysis",
      dependencies: [
        "NetworkTypes", "PacketCapture", "PacketDecoding", "TCPReassembly", "HTTPDecoding", "WebSocketDecoding",
      ],
      swiftSettings: shipped),
    .target(
      name: "EventLogging", dependencies: ["NetworkTypes", "HTTPDecoding", "WebSocketDecoding", "TrafficAnalysis"],
      swiftSettings: shipped),
    .executableTarget(
      name: "wstap",
      dependencies: [
        "NetworkTypes", "PacketCapture", "LiveCapture", "TCPReassembly", "TrafficAnalysis", "EventLogging",
        "CBuildInfo",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: shipped),

    .target(
      name: "TestSupport", dependencies: ["NetworkTypes", "EventLogging"], path: "Tests/TestSupport",
      swiftSettings: tested),
    .executableTarget(
      name: "ListSegments", dependencies: ["NetworkTypes", "PacketCapture", "PacketDecoding"],
      path: "Tests/ListSegments", swiftSettings: tested),
    .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: tested),
    .testTarget(name: "NetworkTypesTests", dependencies: ["NetworkTypes", "TestSupport"], swiftSettings: tested),
    .testTarget(
      name: "PacketCaptureTests", dependencies: ["PacketCapture", "LiveCapture", "NetworkTypes", "TestSupport"],
      swiftSettings: tested),
    .testTarget(
      name: "LiveCaptureTests", dependencies: ["LiveCapture", "PacketCapture", "NetworkTypes", "TestSupport"],
      swiftSettings: tested),
    .testTarget(
      name: "PacketDecodingTests", dependencies: ["PacketDecoding", "NetworkTypes", "TestSupport"],
      swiftSettings: tested),
    .testTarget(
      name: "TCPReassemblyTests", dependencies: ["TCPReassembly", "PacketDecoding", "NetworkTypes", "TestSupport"],
      swiftSettings: tested),
    .testTarget(
      name: "HTTPDecodingTests", dependencies: ["HTTPDecoding", "NetworkTypes", "TestSupport"], swiftSettings: tested),
    .testTarget(
      name: "WebSocketDecodingTests", dependencies: ["WebSocketDecoding", "NetworkTypes", "CZlib", "TestSupport"],
      swiftSettings: tested),
    .testTarget(
      name: "TrafficAnalysisTests",
      dependencies: [
        "TrafficAnalysis", "PacketCapture", "PacketDecoding", "TCPReassembly", "WebSocketDecoding", "NetworkTypes",
        "TestSupport",
      ],
      swiftSettings: tested),
    .testTarget(
      name: "EventLoggingTests", dependencies: ["EventLogging", "TrafficAnalysis", "NetworkTypes", "TestSupport"],
      swiftSettings: tested),
    .testTarget(name: "EndToEndTests", dependencies: ["wstap", "EventLogging", "TestSupport"], swiftSettings: tested),
  ],
  swiftLanguageModes: [.v6]
)
