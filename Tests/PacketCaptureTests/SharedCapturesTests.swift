import PacketCapture
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
