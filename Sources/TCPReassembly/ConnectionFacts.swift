public import NetworkTypes

/// What an analyzer may ask of the connection that it analyzes.
extension Connection {
  /// What a direction has carried.
  public func statistics(of direction: Direction) -> DirectionStatistics {
    halves[direction.rawValue].statistics
  }

  /// Whether the direction's first byte is known to be its first: its SYN was seen.
  public func beginsAtSYN(_ direction: Direction) -> Bool {
    halves[direction.rawValue].beginning == .syn
  }

  /// Bytes of a full segment of the direction, as far as they are known.
  ///
  /// Where the beginning was captured, with it the handshake of a WebSocket, the largest segment seen is one; else it may
  /// be smaller, and no host is asked for less than 536 bytes (RFC 9293 §3.7.1).
  public func fullSegment(of direction: Direction) -> Int {
    let half = halves[direction.rawValue]
    return max(Int(half.largestSegment), half.beginning == .syn ? 1 : 536)
  }

  /// Whether the other end acknowledged bytes of this direction that were not captured.
  public func lacksAcknowledgedBytes(of direction: Direction) -> Bool {
    halves[direction.rawValue].lacksAcknowledgedBytes
  }

  /// The place of the next byte in order, which is how many were passed on or given up.
  public func nextOffset(of direction: Direction) -> Int { halves[direction.rawValue].nextOffset }

  /// The place up to which the other end acknowledged this direction; `Int.min` before it acknowledged anything.
  public func acknowledgedOffset(of direction: Direction) -> Int { halves[direction.rawValue].acknowledgedOffset }

  /// Packet time at which that place was last moved on.
  public func acknowledgedTime(of direction: Direction) -> Timestamp { halves[direction.rawValue].acknowledgedTime }

  /// Whether bytes of a direction wait for earlier ones.
  public func hasHole(_ direction: Direction) -> Bool { !halves[direction.rawValue].isQueueEmpty }

  /// Bytes of both directions that are missing from the capture.
  public var gapBytes: Int { Direction.allCases.reduce(0) { $0 + statistics(of: $1).gapBytes } }

  /// Whether only one end was captured.
  public var isOneSided: Bool {
    halves[0].packets == 0 || halves[1].packets == 0
  }

  /// The direction whose reset took effect, as far as is known.
  public var resetSender: Direction? { reset?.sender }
}
