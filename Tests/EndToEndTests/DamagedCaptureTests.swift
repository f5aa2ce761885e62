import TestSupport
import Testing

/// Captures with random damage end without a signal, within seconds, and with a log that can be read.
struct DamagedCaptureTests {
  /// Fixtures small enough to be damaged in many places.
  static let originals: [(path: String, bytes: [UInt8])] = FixtureTests.captures.compactMap { path in
    guard let bytes = try? ProjectFiles.bytes(of: path), bytes.count < 200_000 else { return nil }
    return (path, bytes)
  }

  /// `bytes` with a few of them flipped, replaced, cut out, doubled or put in.
  static func damaged(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<[1, 2, 5, 20].randomElement(using: &random)! where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let length = min([1, 2, 4, 16, 300].randomElement(using: &random)!, bytes.count - place)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[place] = [0, 1, 0x7f, 0x80, 0xfe, 0xff].randomElement(using: &random)!
      case 2: bytes.removeSubrange(place..<place + length)
      case 3: bytes.insert(contentsOf: random.bytes(length), at: place)
      case 4: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: place)
      default: if Int.random(in: 0..<4, using: &random) == 0 { bytes.removeSubrange(place...) }
      }
    }
    return bytes
  }

  @Test(arguments: 0..<10)
  func `random damage crashes nothing`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let directory = TemporaryDirectory()
    for round in 0..<30 {
      let original = try #require(Self.originals.randomElement(using: &random))
      let path = directory.write(Self.damaged(original.bytes, &random), to: "damaged")
      let result = BuiltTool.run(["--frames", path], timeoutSeconds: 20)
      let place: Comment = "seed \(seed), round \(round), \(original.path): \(result.errorText.suffix(200))"
      #expect(result.signal == nil && !result.isTimedOut, place)
      #expect([0, 1, 2].contains(result.status), place)
      #expect(throws: Never.self, place) { try Sample.records(result.output) }
    }
  }

  @Test(arguments: originals.map(\.path).filter { $0.hasSuffix("plain-chat.pcap") || $0.hasSuffix(".pcapng") })
  func `a capture that is cut anywhere gives what stands before the cut`(path: String) throws {
    let bytes = try ProjectFiles.bytes(of: path)
    let directory = TemporaryDirectory()
    var packets = 0
    for cut in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
      let result = BuiltTool.run(["-q", directory.write(Array(bytes[..<cut]), to: "cut")])
      #expect(result.signal == nil)
      let records = try Sample.records(result.output)
      let count = records.last?["pkts"]?.integer ?? 0
      #expect(count >= packets)
      packets = count
    }
    #expect(packets > 0)
  }
}
