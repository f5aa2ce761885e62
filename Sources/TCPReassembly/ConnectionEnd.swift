internal import NetworkTypes
internal import PacketDecoding

/// How a connection ends: by a FIN, a reset, or another connection that takes its ports.
extension Connection {
  /// Whether this SYN opens another connection on the same ports.
  func isReplaced(by segment: TCPSegment) -> Bool {
    guard segment.flags.contains(.syn), !segment.flags.contains(.rst) else { return false }
    let index = direction(of: segment).rawValue
    let first = segment.sequence.advanced(by: 1)
    if halves[index].isBaseKnown {
      let ahead = halves[index].base.distance(from: first)
      if ahead == 0 { return false }
      // Data was captured before its SYN, and the base fixed at the lowest of it, which may not have been the first.
      if halves[index].beginning == .lowestCaptured, ahead > 0, ahead <= environment.limits.queuedBytes { return false }
    } else if let lowest = halves[index].lowestHeld {
      let ahead = lowest.distance(from: first)
      if ahead >= 0, ahead <= environment.limits.queuedBytes { return false }
    } else if halves[index].hasReference {
      // Acknowledgments without data: they stand at or behind the first byte of their own connection.
      let ahead = halves[index].next.distance(from: first)
      if ahead >= 0, ahead <= environment.limits.queuedBytes { return false }
    } else {
      // Nothing of this direction contradicts it; an answer must answer the SYN that is known.
      guard segment.flags.contains(.ack), halves[1 - index].beginning == .syn else {
        return phase == .closed
      }
    }
    // An answer to the SYN at hand belongs to this connection, whatever its number (it may be forged).
    if segment.flags.contains(.ack), halves[1 - index].beginning == .syn,
      segment.acknowledgment == halves[1 - index].base
    {
      return false
    }
    return true
  }

  /// Keeps of a reset who sent it: the connection is over.
  func settleReset() {
    firstFinisher = firstEnder
    reset = nil
  }

  /// Takes a FIN or a reset.
  func takeEnd(_ segment: TCPSegment, _ direction: Direction, _ packet: PacketStamp) {
    let index = direction.rawValue
    let end = segment.sequence.advanced(by: segment.payloadLength + (segment.flags.contains(.syn) ? 1 : 0))
    if segment.flags.contains(.rst) { return takeReset(segment, direction) }
    halves[index].setReference(end)
    let offset = halves[index].offset(of: end)
    guard abs(offset - halves[index].nextOffset) <= environment.limits.forwardJump else { return }
    halves[index].noteEnd(at: offset)
    if firstFinisher == nil { firstFinisher = direction }
    drain(direction, packet)
  }

  /// Takes a reset for the connection's end, unless it cannot have been accepted.
  private func takeReset(_ segment: TCPSegment, _ direction: Direction) {
    let index = direction.rawValue
    guard halves[index].mayAcceptReset(segment.sequence) else {
      halves[index].disordered().statistics.ignoredResets += 1
      return
    }
    let watch = reset ?? ResetWatch(sender: direction, precedesFIN: firstFinisher == nil)
    reset = watch
    phase = .reset
    watch.note(
      segment.sequence, by: direction, isExact: halves[index].isExactReset(segment.sequence),
      newest: halves[0].newestSequence, halves[1].newestSequence)
    guard watch.isExact, !watch.isLingering else { return }
    watch.isLingering = true
    environment.onReset?(self)
  }

  /// Goes on behind a reset if a segment shows that it had no effect.
  func judgeReset(by segment: TCPSegment, _ direction: Direction, _ elapsed: Int64) {
    guard let reset, reset.isRefuted(by: segment, direction, elapsed: elapsed, limits: environment.limits) else {
      return
    }
    forgetReset()
  }

  /// Goes on as if no reset had been seen.
  func forgetReset() {
    guard let watch = reset else { return }
    reset = nil
    phase = .active
    for direction in Direction.allCases where watch.count(of: direction) > 0 {
      halves[direction.rawValue].disordered().statistics.ignoredResets += watch.count(of: direction)
    }
  }

  /// Notes how a connection ends of which nobody wants the bytes.
  func noteEndOfOpaque(_ segment: TCPSegment, _ direction: Direction) {
    guard !segment.flags.isDisjoint(with: [.fin, .rst]), firstFinisher == nil else { return }
    firstFinisher = direction
  }
}
