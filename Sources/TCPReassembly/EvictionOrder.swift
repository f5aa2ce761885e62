internal import NetworkTypes

/// Finds out how far to go in dropping connections, without sorting them all.
///
/// Connections are counted by their ranks, of which there are a few thousand; only those of the rank at which there is
/// room enough are then put in order.
struct EvictionOrder {
  /// A place in the order: lower ones go first.
  struct Rank: Comparable {
    fileprivate let value: Int

    /// The rank of a connection that was idle for `idle` ns.
    init(_ worth: Connection.Worth, idle: Int64) {
      value = (worth.rawValue + 1) * EvictionOrder.idleSteps - 1 - EvictionOrder.step(of: idle)
    }

    /// The rank of a connection at a time.
    init(_ connection: Connection, at now: Timestamp) {
      let idle = now.nanoseconds(since: connection.lastTime)
      self.init(connection.worth(idle: idle), idle: idle)
    }

    static func < (left: Rank, right: Rank) -> Bool { left.value < right.value }

    fileprivate init(value: Int) { self.value = value }
  }

  /// Steps of idle time: eight for each doubling, so that what shares one is a small part of all.
  fileprivate static let idleSteps = 64 * 8

  private var costs = [Int](repeating: 0, count: Connection.Worth.allCases.count * idleSteps)

  /// Counts a connection that frees `cost` if it goes.
  mutating func count(_ rank: Rank, cost: Int) { costs[rank.value] += cost }

  /// The rank with which `goal` is reached, if all before it go and as many of it as are needed; the last one, if all of
  /// them are not enough.
  func last(for goal: Int) -> Rank {
    var sum = 0
    for (value, cost) in costs.enumerated() {
      sum += cost
      if sum >= goal { return Rank(value: value) }
    }
    return Rank(value: costs.count - 1)
  }

  /// Rises with the idle time: its highest bit, and the three below it.
  private static func step(of idle: Int64) -> Int {
    // Below 8 ns there are no three bits more, and no need to tell times apart.
    let bits = UInt64(max(idle, 8))
    let highest = 63 - bits.leadingZeroBitCount
    return highest * 8 + Int(truncatingIfNeeded: bits >> UInt64(highest - 3) & 7)
  }
}

extension Connection {
  /// How much is lost if a connection is dropped, from nothing on.
  enum Worth: Int, CaseIterable {
    /// It is over, or of no interest.
    case settled
    /// It has brought no data.
    case silent
    /// It is not known yet what it speaks.
    case undecided
    /// A WebSocket may begin on it.
    case promising
    /// It is a WebSocket, or has just brought data and may become one.
    case wanted
  }

  /// How much is lost if the connection is dropped, which was idle for `idle` ns.
  func worth(idle: Int64) -> Worth {
    guard isReassembling else { return .settled }
    guard let analyzer else { return .silent }
    // Where WebSockets fill the memory, a handshake under way would else be dropped before any of them.
    if idle < Self.freshNanoseconds { return .wanted }
    return switch analyzer.worth {
    case .undecided: .undecided
    case .promising: .promising
    case .wanted: .wanted
    }
  }

  /// Packet time in ns that a connection without answer to what it is has for it: browsers wait longer for few servers.
  private static let freshNanoseconds: Int64 = 5_000_000_000
}
