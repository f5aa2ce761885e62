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
  private var third: UInt32 = 0
  /// Keys so far, up to 4.
  private var count: UInt32 = 0
  private var history: MaskKeyHistory?

  /// Bytes of memory that are held.
  var heldBytes: Int { history?.heldBytes ?? 0 }

  /// What the newest key showed, if `take` said that it showed anything.
  var found: Found { history?.found.with(beginning: beginning) ?? early }

  /// Takes the key of the client's next frame, and says whether it shows anything.
  @inline(__always)
  mutating func take(_ key: UInt32, limits: Limits) -> Bool {
    if let history {
      count = 4
      return history.take(key)
    }
    return begin(key, limits: limits)
  }

  @inline(never)
  private mutating func begin(_ key: UInt32, limits: Limits) -> Bool {
    count += 1
    switch count {
    case 1:
      first = key
      return key == 0
    case 2:
      second = key
      return key == 0 || key == first
    default:
      let history = MaskKeyHistory(lookback: limits.maskingKeys)
      self.history = history
      _ = history.take(first)
      _ = history.take(second)
      let isFound = history.take(key)
      third = key
      return isFound || beginning != nil
    }
  }

  /// What the first two keys show.
  private var early: Found {
    if count == 1 { return Found(ordinal: 1, zeros: 1) }
    if second == 0 { return Found(ordinal: 2, zeros: first == 0 ? 2 : 1) }
    return Found(ordinal: 2, repeated: 1, repetitions: 1)
  }

  /// The first three keys, with the third; the same key again and again is told as that.
  private var beginning: [UInt32]? {
    guard count == 3, first != second, second != third, first != third else { return nil }
    return [first, second, third]
  }
}

extension MaskKeyChecks.Found {
  fileprivate func with(beginning: [UInt32]?) -> MaskKeyChecks.Found {
    guard let beginning else { return self }
    var found = ordinal == 3 ? self : MaskKeyChecks.Found(ordinal: 3)
    found.beginning = beginning
    return found
  }
}
