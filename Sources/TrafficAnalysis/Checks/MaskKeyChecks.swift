internal import NetworkTypes

/// What a client's masking keys show: each must be new and unpredictable (RFC 6455 §5.3, §10.3).
///
/// The first two keys stand in place, so that a WebSocket that is idle from then on needs no history.
struct MaskKeyChecks {
  /// What a key shows.
  struct Found {
    /// Frames of the client so far, with this one.
    var ordinal: Int
    /// Keys of zero so far, if this is one.
    var zeros: Int?
    /// How many frames ago the same key was used, if it was.
    var repeated: Int?
    /// Keys so far that were used before.
    var repetitions = 0
    /// The pattern that the newest keys make, once.
    var pattern: String?
    /// The first three keys, with the third.
    var beginning: [UInt32]?
  }

  private var first: UInt32 = 0
  private var second: UInt32 = 0
  private var count: UInt32 = 0
  private var history: MaskKeyHistory?

  /// Bytes of memory that are held.
  var heldBytes: Int { history?.heldBytes ?? 0 }

  /// Takes the key of the client's next frame, and says what it shows, if anything.
  @inline(__always)
  mutating func take(_ key: UInt32, limits: Limits) -> Found? {
    if let history { return history.take(key) }
    return begin(key, limits: limits)
  }

  @inline(never)
  private mutating func begin(_ key: UInt32, limits: Limits) -> Found? {
    count += 1
    if count == 1 {
      first = key
      return key == 0 ? Found(ordinal: 1, zeros: 1) : nil
    }
    if count == 2 {
      second = key
      if key == 0 { return Found(ordinal: 2, zeros: first == 0 ? 2 : 1) }
      return key == first ? Found(ordinal: 2, repeated: 1, repetitions: 1) : nil
    }
    let history = MaskKeyHistory(lookback: limits.maskingKeys)
    self.history = history
    _ = history.take(first)
    _ = history.take(second)
    var found = history.take(key) ?? Found(ordinal: 3)
    // The same key again and again is told as that.
    if first != second, second != key, first != key { found.beginning = [first, second, key] }
    return found
  }
}
