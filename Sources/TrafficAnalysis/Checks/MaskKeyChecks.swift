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

  private enum Keys {
    case none
    case one(UInt32)
    case two(UInt32, UInt32)
    case more(MaskKeyHistory)
  }

  private var keys = Keys.none

  /// Bytes of memory that are held.
  var heldBytes: Int { if case .more(let history) = keys { history.heldBytes } else { 0 } }

  /// Takes the key of the client's next frame, and says whether it shows anything, which `found` then tells.
  @inline(__always)
  mutating func take(_ key: UInt32, limits: Limits) -> Bool {
    if case .more(let history) = keys { return history.take(key) }
    return begin(key, limits: limits)
  }

  /// What the newest key showed, if `take` said that it showed anything.
  var found: Found {
    switch keys {
    case .none: Found(ordinal: 0)
    case .one: Found(ordinal: 1, zeros: 1)
    case .two(let first, 0): Found(ordinal: 2, zeros: first == 0 ? 2 : 1)
    case .two: Found(ordinal: 2, repeated: 1, repetitions: 1)
    case .more(let history): history.found
    }
  }

  @inline(never)
  private mutating func begin(_ key: UInt32, limits: Limits) -> Bool {
    switch keys {
    case .none:
      keys = .one(key)
      return key == 0
    case .one(let first):
      keys = .two(first, key)
      return key == 0 || key == first
    case .two(let first, let second):
      let history = MaskKeyHistory(lookback: limits.maskingKeys)
      keys = .more(history)
      return history.begin(first, second, third: key)
    case .more(let history):
      return history.take(key)
    }
  }
}
