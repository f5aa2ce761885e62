/// A dictionary of the newest entries: where it is full, the oldest goes.
struct RecentTable<Key: Hashable, Value> {
  private var values: [Key: Value] = [:]
  /// The keys in the order in which they came, as a ring.
  private var order: [Key] = []
  private var oldest = 0
  private let limit: Int

  /// A table of at most `limit` entries.
  init(limit: Int) { self.limit = max(1, limit) }

  /// The value of a key; a new key displaces the oldest where the table is full.
  ///
  /// It cannot be taken out again.
  subscript(key: Key) -> Value? {
    get { values[key] }
    set {
      guard let newValue else { return }
      if values.updateValue(newValue, forKey: key) == nil { noteNew(key) }
    }
  }

  private mutating func noteNew(_ key: Key) {
    guard order.count >= limit else { return order.append(key) }
    values[order[oldest]] = nil
    order[oldest] = key
    oldest = (oldest + 1) % limit
  }
}
