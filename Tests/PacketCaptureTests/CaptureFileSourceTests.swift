import NetworkTypes
import PacketCapture
import Testing

struct CaptureFileSourceTests {
  /// A capture whose packets have these times, in seconds; each packet's one byte is the file's `mark`.
  static func capture(_ times: [UInt32], mark: UInt8 = 0) -> [UInt8] {
    var file = CaptureBytes()
    file.pcapHeader()
    for time in times { file.pcapRecord(seconds: time, fraction: 0, [mark]) }
    return file.bytes
  }

  /// Merges captures with these times and gives each packet as (file, time in seconds).
  static func merge(_ times: [[UInt32]], batchBytes: Int = 4096) -> [[Int]] {
    let files = times.map { TemporaryFile(capture($0)) }
    let reading = read(CaptureFileSource(paths: files.map(\.path), batchBytes: batchBytes))
    #expect(reading.failures.isEmpty)
    #expect(reading.damage.isEmpty)
    return reading.packets.map { [$0.file, Int($0.nanoseconds / 1_000_000_000)] }
  }

  @Test func `files are merged by time`() {
    #expect(
      Self.merge([[1, 4, 5, 9], [2, 3, 6], [7, 8]])
        == [[0, 1], [1, 2], [1, 3], [0, 4], [0, 5], [1, 6], [2, 7], [2, 8], [0, 9]])
  }

  @Test func `of equal times the input named first comes first`() {
    #expect(
      Self.merge([[2, 2, 3], [1, 2, 3], [2, 3]])
        == [[1, 1], [0, 2], [0, 2], [1, 2], [2, 2], [0, 3], [1, 3], [2, 3]])
  }

  @Test func `rotated files may be named in any order`() {
    #expect(Self.merge([[5, 6], [1, 2], [3, 4]]) == [[1, 1], [1, 2], [2, 3], [2, 4], [0, 5], [0, 6]])
  }

  @Test func `a file's own order is kept where its clock goes back`() {
    #expect(Self.merge([[5, 1, 6], [2, 7]]) == [[1, 2], [0, 5], [0, 1], [0, 6], [1, 7]])
    #expect(Self.merge([[5, 1, 6]]) == [[0, 5], [0, 1], [0, 6]])
  }

  @Test func `a merge of random files is that of a plain sort`() {
    var random = RepeatableRandom(state: 7)
    for _ in 0..<20 {
      let times = (0..<Int(random.next() % 6) + 2).map { _ in
        (0..<Int(random.next() % 600)).map { _ in UInt32(random.next() % 300) }.sorted()
      }
      let expected = times.indices.flatMap { file in times[file].map { [file, Int($0)] } }
        .sorted { ($0[1], $0[0]) < ($1[1], $1[0]) }
      #expect(Self.merge(times) == expected)
    }
  }

  @Test func `more files than descriptors are merged`() {
    // Each file spans the whole time and several batches, so that all of them are being read at once. The usual limit
    // is 1024 descriptors.
    let count = 1100
    let times = (0..<count).map { file in (0..<260).map { UInt32($0 * count + file) } }
    #expect(Self.merge(times).map { $0[1] } == [Int](0..<count * 260))
  }

  @Test func `an input that cannot be read does not end the run`() {
    let good = TemporaryFile(Self.capture([2]))
    let text = TemporaryFile([UInt8]("no capture".utf8))
    let cut = TemporaryFile(Self.capture([1, 3]).dropLast())
    let reading = read(CaptureFileSource(paths: ["/nowhere.pcap", cut.path, text.path, good.path]))
    #expect(reading.packets.map(\.file) == [1, 3])
    #expect(
      reading.failures.map(\.description) == [
        "/nowhere.pcap: No such file or directory", "\(text.path): is a text file, not a capture file",
      ])
    #expect(reading.damage.map(\.file) == [cut.path])
    #expect(reading.damage.map(\.isCutShort) == [true])
  }

  @Test func `a single input that cannot be read is a failure`() {
    let reading = read(CaptureFileSource(paths: ["/nowhere.pcap"]))
    #expect(reading.packets.isEmpty)
    #expect(reading.failures.count == 1)
  }

  @Test func `files without packets give what they say`() {
    var empty = CaptureBytes()
    empty.section { $0.option(4, [UInt8]("app".utf8)) }
    let first = TemporaryFile(empty.bytes)
    let second = TemporaryFile(Self.capture([1]))
    let reading = read(CaptureFileSource(paths: [first.path, second.path]))
    #expect(reading.packets.map(\.file) == [1])
    #expect(reading.metadata?.sections.map(\.application) == [[UInt8]("app".utf8)])
  }

  @Test func `no inputs give no packets`() throws {
    #expect(try CaptureFileSource(paths: []).nextBatch() == nil)
  }

  @Test func `the bytes read are those of all files, whose sum is known at the start`() throws {
    let files = [[1, 3], [2], [4, 5, 6]].map { TemporaryFile(Self.capture($0)) }
    let source = CaptureFileSource(paths: files.map(\.path))
    #expect(source.totalBytes == 3 * 24 + 6 * 17)
    while try source.nextBatch() != nil {}
    #expect(source.bytesRead == 3 * 24 + 6 * 17)
  }
}
