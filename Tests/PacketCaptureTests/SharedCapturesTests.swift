import NetworkTypes
import PacketCapture
import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Captures of other projects that may stand beside this one.
struct SharedCapturesTests {
  static let root: String = {
    // <project>/Tests/PacketCaptureTests/<this file>
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/") + "/../shared/captures"
  }()

  static let isThere = access(root, R_OK) == 0

  /// The regular files under `directory`.
  static func files(under directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var found: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      let path = directory + "/" + name
      var status = stat()
      guard stat(path, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        found += files(under: path)
      } else {
        found.append(path)
      }
    }
    return found
  }

  /// How many damaged files are read; more where `WSTAP_FUZZ_ROUNDS` says so.
  static let rounds = getenv("WSTAP_FUZZ_ROUNDS").flatMap { Int(String(cString: $0)) } ?? 150

  /// `bytes` with one thing wrong in `place`.
  static func damaged(_ bytes: [UInt8], at place: Int, _ random: inout SeededGenerator) -> (
    bytes: [UInt8], what: String
  ) {
    var bytes = bytes
    let length = min([1, 2, 4, 16, 60, 300, 4096].randomElement(using: &random)!, bytes.count - place)
    let kind = Int.random(in: 0..<6, using: &random)
    switch kind {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[place] = [0, 1, 0x7f, 0x80, 0xfe, 0xff].randomElement(using: &random)!
    case 2: bytes.removeSubrange(place..<place + length)
    case 3: bytes.insert(contentsOf: random.bytes(length), at: place)
    case 4: bytes.replaceSubrange(place..<place + length, with: [UInt8](repeating: 0, count: length))
    default: bytes.removeSubrange(place...)
    }
    return (bytes, "kind \(kind), \(length) bytes at \(place)")
  }

  @Test(.enabled(if: isThere, "../shared/captures is not there"))
  func `one thing wrong in a capture makes no packet that was not in it, but for the one that it is in`() throws {
    var random = SeededGenerator(seed: 11)
    let paths = Self.files(under: Self.root).filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.sorted()
    let file = TemporaryFile([])
    var done = 0
    while done < Self.rounds {
      let path = try #require(paths.randomElement(using: &random))
      let whole = try ProjectFiles.bytes(of: String(path.dropFirst(ProjectFiles.root.count + 1)))
      guard whole.count > 100, whole.count < 200_000 else { continue }
      file.write(whole)
      let original = read(CaptureFileSource(paths: [file.path]))
      guard original.damage.isEmpty, original.failures.isEmpty, original.packets.count > 8 else { continue }
      done += 1
      let place = Int.random(in: 48..<whole.count - 1, using: &random)
      let damaged = Self.damaged(whole, at: place, &random)
      file.write(damaged.bytes)
      let reading = read(CaptureFileSource(paths: [file.path]))
      var left: [[UInt8]: Int] = [:]
      for packet in original.packets { left[packet.bytes, default: 0] += 1 }
      var wrong = 0
      for packet in reading.packets {
        if let count = left[packet.bytes], count > 0 { left[packet.bytes] = count - 1 } else { wrong += 1 }
      }
      // What is overwritten or put in may lie in the payloads of several packets, which then are as they are.
      let spread = damaged.what.hasPrefix("kind 4") ? original.packets.count : 1
      #expect(wrong <= spread, "\(path): \(damaged.what): \(reading.damage)")
    }
  }

  @Test(.enabled(if: isThere, "../shared/captures is not there"))
  func `every capture is read to its end, with every packet inside its batch`() throws {
    var packets = 0
    for path in Self.files(under: Self.root).sorted() {
      let source = CaptureFileSource(paths: [path])
      var last = 0
      while let run = try source.nextBatch() {
        for packet in run.batch.packets[run.range] {
          #expect(packet.bytes.upperBound <= run.batch.capacity, "\(path)")
          #expect(packet.number > last, "\(path)")
          last = packet.number
          packets += 1
        }
      }
      #expect(source.failures.count <= 1)
    }
    #expect(packets > 0)
  }
}
