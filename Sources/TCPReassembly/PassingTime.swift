public import NetworkTypes

/// Time that passes while no packets come, which only a live capture knows of.
///
/// In a file the packets are the only clock: what waits there waits for the next packet, so that the same file gives the
/// same log each time.
extension ConnectionTable {
  /// Nanoseconds between looks at what waits, and at most between looks at all connections.
  private static let waitingInterval: Int64 = 100_000_000
  private static let longestSweepInterval: Int64 = 10_000_000_000
  private static let shortestSweepInterval: Int64 = 1_000_000_000

  /// Lets go what has waited long enough by the clock: holes, ends after a reset, connections without packets.
  ///
  /// - Parameter packet: The newest packet, with the time that it is now; all up to then was received.
  public func passTime(to packet: PacketStamp) {
    let now = packet.timestamp
    if now < latestPass { (latestPass, latestSweep) = (now, now) }
    guard now.nanoseconds(since: latestPass) >= Self.waitingInterval else { return }
    latestPass = now
    waiting.removeAll { connection in
      let isWaiting = connection.passTime(to: packet)
      if !isWaiting { connection.isWatched = false }
      return !isWaiting
    }
    closeOldResets(packet)
    let shortest = min(environment.limits.idleNanoseconds, environment.limits.closedNanoseconds)
    let interval = min(max(shortest / 4, Self.shortestSweepInterval), Self.longestSweepInterval)
    guard now.nanoseconds(since: latestSweep) >= interval else { return }
    latestSweep = now
    sweep(packet, now: now)
  }
}

extension Connection {
  /// Gives up the holes that have waited long enough without a packet.
  ///
  /// - Returns: Whether bytes still wait.
  func passTime(to packet: PacketStamp) -> Bool {
    guard isReassembling, isDisordered else { return false }
    let quiet = elapsedNanoseconds(to: packet.timestamp)
    var hasChanged = false
    for direction in Direction.allCases where isReassembling {
      let index = direction.rawValue
      if halves[index].hasBaseWaited(quiet: quiet, limits: environment.limits), let lowest = halves[index].lowestHeld {
        halves[index].fixBase(at: lowest, .lowestCaptured)
        drain(direction, packet)
        hasChanged = true
      }
      while isReassembling, halves[index].hasHoleWaited(quiet: quiet, limits: environment.limits),
        let hole = halves[index].hole
      {
        giveUp(hole, direction, packet)
        drain(direction, packet)
        hasChanged = true
      }
    }
    guard hasChanged else { return true }
    noteDisorder()
    settle()
    return isDisordered
  }
}

extension HalfStream {
  /// Whether the hole at hand has waited long enough, when no packet has come for `quiet` nanoseconds.
  ///
  /// The plain rules are those of `shouldGiveUpHole`. All that was received was there before: a hole that is at hand has
  /// waited at least that long, and so has one that is acknowledged.
  func hasHoleWaited(quiet: Int64, limits: Limits) -> Bool {
    guard isBaseKnown, let hole, let waited = waitedForHole else { return false }
    if waited.sinceSeen + quiet >= limits.unacknowledgedGapNanoseconds { return true }
    return isAcknowledged(hole) && waited.sinceAcknowledged + quiet >= limits.gapNanoseconds
  }

  /// The same while it is not known where the stream begins (`shouldFixBase`).
  func hasBaseWaited(quiet: Int64, limits: Limits) -> Bool {
    guard !isBaseKnown, !isQueueEmpty, let waited = waitedForHole else { return false }
    return waited.sinceSeen + quiet >= limits.gapNanoseconds
  }
}
