internal import NetworkTypes

/// Where the merge stands in one file.
struct Cursor {
  /// What is at hand of the file.
  enum Content {
    /// Nothing yet: the file is closed and `Cursor.time` is that of its first packet.
    case closed
    /// Packets of a batch, from an index on.
    case packets(CaptureFile, PacketBatch, Int)
    /// All packets at hand were given out, `Cursor.time` is that of the last.
    case used(CaptureFile)
  }

  var time: Timestamp
  var fileIndex: Int
  var content: Content

  /// Whether this comes before `other`.
  ///
  /// A batch that is used up is read on first, as what follows may be as early.
  func precedes(_ other: Cursor) -> Bool {
    time != other.time ? time < other.time : fileIndex < other.fileIndex
  }
}

/// The files of a merge, the earliest first: a binary heap.
struct CursorHeap {
  private var items: [Cursor] = []

  /// The earliest.
  var first: Cursor? { items.first }

  mutating func push(_ item: Cursor) {
    items.append(item)
    var index = items.count - 1
    while index > 0 {
      let parent = (index - 1) / 2
      guard items[index].precedes(items[parent]) else { return }
      items.swapAt(index, parent)
      index = parent
    }
  }

  /// Takes the earliest out.
  mutating func pop() -> Cursor? {
    guard let last = items.popLast() else { return nil }
    guard let top = items.first else { return last }
    items[0] = last
    var index = 0
    while true {
      let left = 2 * index + 1
      guard left < items.count else { return top }
      let right = left + 1
      let child = right < items.count && items[right].precedes(items[left]) ? right : left
      guard items[child].precedes(items[index]) else { return top }
      items.swapAt(index, child)
      index = child
    }
  }
}
