internal import NetworkTypes

/// Connections that were reset and wait for their end to be told: disorder brings data behind a reset.
///
/// They stand in the order in which they will be looked at, so that a packet costs one look at the first.
struct LingeringResets {
  private struct Entry {
    let connection: Connection
    let watch: ResetWatch
    /// The connection's last packet, when it was put here.
    let time: Timestamp
  }

  private var entries: [Entry] = []
  private var first = 0

  var isEmpty: Bool { entries.isEmpty }

  mutating func removeAll() {
    entries = []
    first = 0
  }

  /// Puts a connection that was reset at the end.
  mutating func add(_ connection: Connection) {
    guard let watch = connection.reset else { return }
    entries.append(Entry(connection: connection, watch: watch, time: connection.lastTime))
  }

  /// Takes out the next connection that has waited long enough, with all before it that need not wait any more.
  mutating func next(at now: Timestamp, limits: Limits) -> Connection? {
    while first < entries.count {
      let isFull = entries.count - first > limits.lingeringResets
      let entry = entries[first]
      guard isFull || now.nanoseconds(since: entry.time) > limits.resetNanoseconds else { return nil }
      removeFirst()
      // It went on, or is over.
      guard entry.connection.reset === entry.watch, !entry.connection.isOver else { continue }
      if isFull || now.nanoseconds(since: entry.connection.lastTime) > limits.resetNanoseconds {
        return entry.connection
      }
      add(entry.connection)
    }
    return nil
  }

  private mutating func removeFirst() {
    first += 1
    if first == entries.count {
      removeAll()
    } else if first >= 1024, first * 2 >= entries.count {
      entries.removeFirst(first)
      first = 0
    }
  }
}
