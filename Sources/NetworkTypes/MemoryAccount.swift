/// What a run holds for its connections: an estimate that is the same on every machine, since what is dropped at the
/// limit is dropped from the log.
///
/// Nothing is counted a message. Whoever begins to hold something, or frees it, notes that something has changed; the
/// connection at hand is then measured anew.
public final class MemoryAccount {
  /// Bytes that may be held.
  public let limit: Int
  /// Bytes that are held.
  public private(set) var bytes = 0
  /// The most bytes that were held at once.
  public private(set) var peakBytes = 0
  /// Whether the connection at hand holds something else than when it was last measured.
  public var hasChanged = false

  /// An account of nothing so far.
  ///
  /// - Parameter limits: Say how much the whole process may take; 0 is without limit.
  public init(limits: Limits) {
    limit = limits.memoryBytes > 0 ? max(limits.memoryBytes - limits.processBytes, limits.memoryBytes / 4) : Int.max
  }

  /// Whether more is held than may be.
  public var isOverdrawn: Bool { bytes > limit }

  /// Notes bytes that are held, or with a negative number freed.
  public func add(_ byteCount: Int) {
    bytes += byteCount
    peakBytes = max(peakBytes, bytes)
  }
}

/// How much is lost with a connection that is dropped: the least goes first.
public enum StreamWorth: UInt8, Sendable, Comparable {
  /// It is not known yet what the connection speaks.
  case undecided
  /// A WebSocket may begin on it.
  case promising
  /// It is a WebSocket.
  case wanted

  /// In the order of the cases.
  public static func < (left: StreamWorth, right: StreamWorth) -> Bool { left.rawValue < right.rawValue }
}
