internal import NetworkTypes

/// Passing a connection's bytes, gaps and ends on to its analyzer, in order.
extension Connection {
  /// Passes on what continues the stream, and tells its end when that is reached.
  func drain(_ direction: Direction, _ packet: PacketStamp) {
    let index = direction.rawValue
    guard halves[index].isBaseKnown else { return }
    while isReassembling {
      let offset = halves[index].nextOffset
      if let chunk = halves[index].takeNext() {
        chunk.bytes.withRawSpan { bytes in
          for range in chunk.segments where isReassembling {
            pass(bytes.extracting(range), direction, offset + range.lowerBound, packet)
          }
        }
      } else if let hole = halves[index].hole, halves[index].cause(of: hole) == .snapped {
        giveUp(hole, direction, packet)
      } else {
        break
      }
    }
    if halves[index].hasReachedEnd, isReassembling {
      finish(direction, .fin, packet)
      if halves[0].isFinished, halves[1].isFinished { becomeClosed() }
    }
  }

  func giveUpOldHoles(_ elapsed: Int64, _ packet: PacketStamp) {
    for direction in Direction.allCases where isReassembling {
      let index = direction.rawValue
      if halves[index].shouldFixBase(elapsed: elapsed, limits: environment.limits),
        let lowest = halves[index].lowestHeld
      {
        halves[index].fixBase(at: lowest, .lowestCaptured)
        drain(direction, packet)
      }
      if halves[index].shouldTakeEarlyData(elapsed: elapsed, limits: environment.limits) {
        halves[index].takeEarlyData(upTo: Int.max)
        drain(direction, packet)
      }
      while isReassembling, halves[index].shouldGiveUpHole(elapsed: elapsed, limits: environment.limits),
        let hole = halves[index].hole
      {
        giveUp(hole, direction, packet)
        drain(direction, packet)
      }
    }
  }

  /// Passes on what was captured before the SYN, as far as it was acknowledged.
  func takeEarlyData(_ direction: Direction, _ packet: PacketStamp) {
    halves[direction.rawValue].takeEarlyData(upTo: halves[direction.rawValue].acknowledgedOffset)
    drain(direction, packet)
  }

  /// Passes on everything that is held, with the holes between.
  func flush(_ direction: Direction, _ packet: PacketStamp) {
    let index = direction.rawValue
    // A direction of which nothing but the FIN was captured is whole.
    if !halves[index].isBaseKnown, let lowest = halves[index].lowestHeld ?? halves[index].endSequence {
      halves[index].fixBase(at: lowest, .lowestCaptured)
    }
    halves[index].takeEarlyData(upTo: Int.max)
    drain(direction, packet)
    while isReassembling, !halves[index].isFinished, let hole = halves[index].hole {
      giveUp(hole, direction, packet)
      drain(direction, packet)
    }
  }

  func giveUp(_ hole: Range<Int>, _ direction: Direction, _ packet: PacketStamp) {
    let index = direction.rawValue
    let cause = halves[index].cause(of: hole)
    halves[index].giveUp(hole)
    guard !halves[index].isFinished else { return }
    let position = StreamPosition(direction: direction, offset: hole.lowerBound, packet: packet)
    take(activeAnalyzer(packet).gap(byteCount: hole.count, cause: cause, at: position))
  }

  func pass(_ bytes: RawSpan, _ direction: Direction, _ offset: Int, _ packet: PacketStamp) {
    guard !halves[direction.rawValue].isFinished else { return }
    let position = StreamPosition(direction: direction, offset: offset, packet: packet)
    take(activeAnalyzer(packet).receive(bytes, at: position))
  }

  func finish(_ direction: Direction, _ end: StreamEnd, _ packet: PacketStamp) {
    let index = direction.rawValue
    guard !halves[index].isFinished else { return }
    halves[index].end = end
    let position = StreamPosition(direction: direction, offset: halves[index].nextOffset, packet: packet)
    if let analyzer { take(analyzer.finish(end, at: position)) }
  }

  func take(_ demand: StreamDemand) {
    switch demand {
    case .everything: break
    case .nothing: becomeOpaque()
    case .replacement(let successor): analyzer = successor
    }
  }

  /// The analyzer, which a connection without a byte of data does not need.
  func activeAnalyzer(_ packet: PacketStamp) -> any ByteStreamAnalyzer {
    if let analyzer { return analyzer }
    let made = environment.makeAnalyzer(self)
    analyzer = made
    // A direction may have ended before the other brought the first byte.
    for direction in Direction.allCases {
      guard let end = halves[direction.rawValue].end else { continue }
      let offset = halves[direction.rawValue].nextOffset
      _ = made.finish(end, at: StreamPosition(direction: direction, offset: offset, packet: packet))
    }
    return made
  }

  func becomeOpaque() {
    guard phase != .closed else { return }
    phase = .opaque
    settleReset()
    analyzer = nil
    for index in 0..<2 { halves[index].discardQueue() }
    environment.memory.hasChanged = true
  }

  func becomeClosed() {
    phase = .closed
    settleReset()
    analyzer = nil
    for index in 0..<2 { halves[index].discardQueue() }
    environment.memory.hasChanged = true
  }
}
