import NetworkTypes
import TestSupport
import Testing

@testable import TCPReassembly

struct SegmentQueueTests {
  /// Every place by itself.
  private struct Model {
    var bytes: [Int: UInt8] = [:]

    mutating func insert(_ values: [UInt8], at offset: Int, policy: OverlapPolicy) -> (duplicates: Int, conflicts: Bool)
    {
      var duplicates = 0
      var conflicts = false
      for (index, value) in values.enumerated() {
        if let held = bytes[offset + index] {
          duplicates += 1
          if held != value { conflicts = true }
          if policy == .last { bytes[offset + index] = value }
        } else {
          bytes[offset + index] = value
        }
      }
      return (duplicates, conflicts)
    }
  }

  private func contents(_ queue: SegmentQueue) -> [Int: UInt8] {
    var all: [Int: UInt8] = [:]
    for chunk in queue.chunks {
      for (index, byte) in chunk.bytes.enumerated() { all[chunk.offset + index] = byte }
    }
    return all
  }

  /// In order, without overlap, none empty, and counted.
  private func isSound(_ queue: SegmentQueue) -> Bool {
    var end = Int.min
    for chunk in queue.chunks {
      guard chunk.offset >= end, !chunk.bytes.isEmpty else { return false }
      end = chunk.end
    }
    return queue.byteCount == queue.chunks.reduce(0) { $0 + $1.bytes.count }
  }

  @Test(arguments: OverlapPolicy.allCases)
  func `random segments are held as a map of places holds them`(policy: OverlapPolicy) {
    for seed in UInt64(0)..<120 {
      var random = SeededGenerator(seed: seed)
      var queue = SegmentQueue()
      var model = Model()
      // Few values, so that some overlaps agree.
      let spread = Int.random(in: 20...200, using: &random)
      for _ in 0..<60 {
        let offset = Int.random(in: -spread...spread, using: &random)
        let bytes = (0..<Int.random(in: 0...20, using: &random)).map { place in
          Int.random(in: 0..<12, using: &random) == 0 ? UInt8(1) : UInt8(truncatingIfNeeded: (offset + place) & 0x7e)
        }
        let insertion = withSpan(bytes) { queue.insert($0, at: offset, policy: policy) }
        let expected = model.insert(bytes, at: offset, policy: policy)
        #expect(insertion.duplicateBytes == expected.duplicates && insertion.conflicts == expected.conflicts)
        switch Int.random(in: 0..<12, using: &random) {
        case 0:
          let border = Int.random(in: -spread...spread, using: &random)
          queue.dropAll(before: border)
          model.bytes = model.bytes.filter { $0.key >= border }
        case 1:
          if let first = queue.firstOffset {
            let wrong = queue.removeFirst(at: first - 1)
            #expect(wrong == nil)
            let chunk = queue.removeFirst(at: first)
            #expect(chunk?.offset == first)
            for place in first..<(chunk?.end ?? first) { model.bytes[place] = nil }
          }
        case 2:
          queue.shift(by: 3)
          model.bytes = Dictionary(uniqueKeysWithValues: model.bytes.map { ($0.key + 3, $0.value) })
        default: break
        }
        guard isSound(queue), contents(queue) == model.bytes else {
          Issue.record("seed \(seed): the queue and the map differ")
          return
        }
        #expect(queue.firstOffset == model.bytes.keys.min() && queue.isEmpty == model.bytes.isEmpty)
        #expect(queue.endOffset == model.bytes.keys.max().map { $0 + 1 })
      }
      queue.removeAll()
      #expect(queue.isEmpty && queue.byteCount == 0)
    }
  }

  @Test func `a segment over several chunks fills the holes between`() {
    var queue = SegmentQueue()
    for offset in [0, 4, 8, 12] { _ = withSpan([1, 1]) { queue.insert($0, at: offset, policy: .first) } }
    let insertion = withSpan([UInt8](repeating: 2, count: 16)) { queue.insert($0, at: -1, policy: .first) }
    #expect(insertion.duplicateBytes == 8 && insertion.conflicts)
    #expect(
      contents(queue).sorted { $0.key < $1.key }.map(\.value) == [2, 1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2])
  }

  @Test func `bytes that continue each other share a chunk up to a bound`() {
    var queue = SegmentQueue()
    let piece = [UInt8](repeating: 7, count: 1000)
    for index in 0..<200 { _ = withSpan(piece) { queue.insert($0, at: index * 1000, policy: .first) } }
    #expect(queue.byteCount == 200_000 && isSound(queue))
    #expect(queue.chunks.count < 10 && queue.chunks.allSatisfy { $0.bytes.count < 70_000 })
  }

  @Test func `an empty segment leaves nothing`() {
    var queue = SegmentQueue()
    let first = withSpan([]) { queue.insert($0, at: 5, policy: .first) }
    #expect(queue.isEmpty && first.duplicateBytes == 0)
    _ = withSpan([1, 2, 3]) { queue.insert($0, at: 5, policy: .first) }
    for offset in 3..<10 { _ = withSpan([]) { queue.insert($0, at: offset, policy: .last) } }
    #expect(queue.chunks.count == 1 && queue.byteCount == 3)
  }
}
