internal import NetworkTypes

/// Bytes of one direction that arrived early: kept in order of their place in the stream, each place once.
struct SegmentQueue {
  /// Bytes that follow each other without a hole.
  struct Chunk {
    /// Place of the first byte in the stream.
    var offset: Int
    var bytes: [UInt8]
    /// Places inside where a segment begins, in rising order: where frames begin more often than elsewhere.
    var borders: [Int] = []

    /// The bytes' ranges, segment by segment.
    var segments: [Range<Int>] {
      var ranges: [Range<Int>] = []
      var start = 0
      for border in borders where border - offset > start && border < end {
        ranges.append(start..<border - offset)
        start = border - offset
      }
      ranges.append(start..<bytes.count)
      return ranges
    }

    var end: Int { offset + bytes.count }
  }

  /// What putting a segment in has found.
  struct Insertion {
    /// Bytes that were there already.
    var duplicateBytes = 0
    /// Whether some of those differed.
    var conflicts = false
  }

  /// The chunks in order; no two overlap.
  private(set) var chunks: [Chunk] = []
  /// Bytes held in all chunks.
  private(set) var byteCount = 0

  /// A chunk grows to this size before the next begins, so that passing one on stays cheap.
  private static let chunkBytes = 64 << 10
  /// Borders of segments that a chunk remembers: those of segments of 256 bytes and more.
  private static let chunkBorders = 256

  var isEmpty: Bool { chunks.isEmpty }
  /// Bytes of memory that the queue takes, about: buffers grow by doubling, and each has a header.
  var heldBytes: Int { isEmpty ? 0 : byteCount + byteCount / 2 + chunks.count * 160 }
  /// Place of the first byte held.
  var firstOffset: Int? { chunks.first?.offset }
  /// Place behind the last byte held.
  var endOffset: Int? { chunks.last?.end }

  /// Puts in what `bytes`, which begin at `offset`, have that is not there yet.
  mutating func insert(_ bytes: RawSpan, at offset: Int, policy: OverlapPolicy) -> Insertion {
    var insertion = Insertion()
    let end = offset + bytes.byteCount
    // The common case: behind everything that is held.
    guard let lastEnd = endOffset, lastEnd > offset else {
      add(bytes, at: offset, before: chunks.count)
      return insertion
    }
    var index = firstIndex(endingAfter: offset)
    var cursor = offset
    while cursor < end {
      guard index < chunks.count, chunks[index].offset < end else {
        add(bytes.extracting(cursor - offset..<end - offset), at: cursor, before: index)
        break
      }
      if cursor < chunks[index].offset {
        let hole = cursor - offset..<chunks[index].offset - offset
        let before = chunks.count
        add(bytes.extracting(hole), at: cursor, before: index)
        index += chunks.count - before
        cursor = hole.upperBound + offset
      }
      guard index < chunks.count else { continue }
      let stop = min(end, chunks[index].end)
      if cursor < stop {
        insertion.duplicateBytes += stop - cursor
        if merge(bytes.extracting(cursor - offset..<stop - offset), into: index, at: cursor, policy) {
          insertion.conflicts = true
        }
        cursor = stop
      }
      index += 1
    }
    return insertion
  }

  /// Takes out the chunk that begins at `offset`.
  mutating func removeFirst(at offset: Int) -> Chunk? {
    guard let first = chunks.first, first.offset == offset else { return nil }
    byteCount -= first.bytes.count
    return chunks.removeFirst()
  }

  /// Drops everything before `offset`.
  mutating func dropAll(before offset: Int) {
    while let first = chunks.first, first.offset < offset {
      if first.end <= offset {
        byteCount -= first.bytes.count
        chunks.removeFirst()
      } else {
        let count = offset - first.offset
        chunks[0].bytes.removeFirst(count)
        chunks[0].offset = offset
        byteCount -= count
      }
    }
  }

  /// Counts all places from another origin.
  mutating func shift(by distance: Int) {
    for index in chunks.indices {
      chunks[index].offset += distance
      for border in chunks[index].borders.indices { chunks[index].borders[border] += distance }
    }
  }

  mutating func removeAll() {
    chunks = []
    byteCount = 0
  }

  /// The first chunk that ends behind `offset`, by bisection.
  private func firstIndex(endingAfter offset: Int) -> Int {
    var low = 0
    var high = chunks.count
    while low < high {
      let middle = (low + high) / 2
      if chunks[middle].end > offset { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Adds bytes that overlap nothing, to the chunk before them if they continue it.
  private mutating func add(_ bytes: RawSpan, at offset: Int, before index: Int) {
    guard bytes.byteCount > 0 else { return }
    byteCount += bytes.byteCount
    if index > 0, chunks[index - 1].end == offset, chunks[index - 1].bytes.count < Self.chunkBytes {
      chunks[index - 1].bytes.append(contentsOf: bytes)
      if chunks[index - 1].borders.count < Self.chunkBorders { chunks[index - 1].borders.append(offset) }
    } else {
      chunks.insert(Chunk(offset: offset, bytes: bytes.copied()), at: index)
    }
  }

  /// Compares bytes with those held for the same places, and replaces them if the last copy counts.
  private mutating func merge(_ bytes: RawSpan, into index: Int, at offset: Int, _ policy: OverlapPolicy) -> Bool {
    let start = offset - chunks[index].offset
    var differs = false
    for position in 0..<bytes.byteCount where chunks[index].bytes[start + position] != bytes.checkedByte(position) {
      differs = true
      guard policy == .last else { break }
      chunks[index].bytes[start + position] = bytes.checkedByte(position)
    }
    return differs
  }
}
