public import NetworkTypes
internal import PacketDecoding

/// One TCP connection: takes its segments as they were captured and passes its two byte streams on in order.
///
/// In-order payload goes straight from the packet to the analyzer. What arrives early waits in a `SegmentQueue`. A hole
/// is given up by the rules of `HalfStream.shouldGiveUpHole`, and the analyzer is told how many bytes it lacks.
public final class Connection {
  /// Whether the connection still takes data.
  enum Phase {
    /// Data is reassembled. To: reset, opaque, closed.
    case active
    /// A reset was seen, of which `reset` tells whether it took effect; disorder may still bring data from before it.
    /// To: active, opaque, closed.
    case reset
    /// Nobody wants its bytes; packets are counted. To: closed.
    case opaque
    /// Over: its analyzer was told, and stray packets are only counted.
    case closed
  }

  // What every packet touches stands together.
  /// Both ends, in no order.
  public let key: FlowKey
  var phase = Phase.active
  private var originatorIsLower: Bool
  private var isOriginatorKnown = false
  private var hasSynAnswer = false
  /// What `handshakeTime` is.
  private var handshakeClock = HandshakeClock.unknown
  /// The direction whose FIN was seen first.
  var firstFinisher: Direction?
  /// Whether bytes of a direction wait for earlier ones.
  private(set) var isDisordered = false
  /// Whether it is in the table's list of those that wait.
  var isWatched = false
  /// What the account of memory has noted for the connection.
  private(set) var accountedBytes: Int32 = 0
  var analyzer: (any ByteStreamAnalyzer)? {
    didSet {
      hotMemory = HotMemory(analyzer?.hotObjects ?? [])
      environment.memory.hasChanged = true
    }
  }
  let environment: ReassemblyEnvironment
  /// Time of the newest packet.
  public private(set) var lastTime: Timestamp
  var halves: InlineArray<2, HalfStream> = [HalfStream(), HalfStream()]
  /// What the analyzer will read.
  private(set) var hotMemory = HotMemory()

  /// The first packet.
  public let firstPacket: PacketStamp
  /// Tags and tunnels around the first packet, which few connections have.
  private let wrapping: Wrapping?
  /// Time from the SYN to the acknowledgement of its answer, in µs, where all three were captured.
  public var handshakeMicroseconds: Int64? { handshakeClock == .stopped ? handshakeTime : nil }
  private var handshakeTime: Int64 = 0
  /// What is known of a reset that may have ended the connection.
  var reset: ResetWatch?

  /// How far the measuring of the TCP handshake has come.
  ///
  /// A million connections are held at once, so that one word serves both times.
  private enum HandshakeClock: UInt8 {
    /// Its SYN was not captured.
    case unknown
    /// The word is the time of the SYN, in ns. To: stopped.
    case running
    /// The word is how long the handshake took, in µs.
    case stopped
  }

  /// Tags and tunnels around packets.
  final class Wrapping {
    let vlanIDs: [UInt16]
    let tunnels: [String]

    init(vlanIDs: [UInt16], tunnels: [String]) {
      self.vlanIDs = vlanIDs
      self.tunnels = tunnels
    }
  }

  init(
    first segment: TCPSegment, packet: PacketStamp, environment: ReassemblyEnvironment, tunnels: [String] = []
  ) {
    key = segment.flow
    self.environment = environment
    firstPacket = packet
    lastTime = packet.timestamp
    wrapping = environment.wrapping(segment.layers, tunnels)
    // The sender of a SYN with ACK answers; any other first sender is taken for the one that opened.
    let answers = segment.flags.contains([.syn, .ack])
    originatorIsLower = segment.sentByLower != answers
  }

  /// The end that opened the connection, or was seen first where its SYN was not captured.
  public var originator: Endpoint { originatorIsLower ? key.lower : key.upper }

  /// The other end.
  public var responder: Endpoint { originatorIsLower ? key.upper : key.lower }

  /// VLAN identifiers around the first packet, outermost first.
  public var vlanIDs: [UInt16] { wrapping?.vlanIDs ?? [] }

  /// Tunnels around the first packet, as the log names them.
  public var tunnels: [String] { wrapping?.tunnels ?? [] }

  /// The direction whose FIN or RST was seen first.
  public var firstEnder: Direction? {
    if let reset, reset.precedesFIN { return reset.sender }
    return firstFinisher
  }

  /// Whether the connection's end was seen, or told.
  var hasEnded: Bool {
    switch phase {
    case .closed: true
    case .reset: (reset?.isExact ?? false) || firstFinisher != nil
    case .active, .opaque: firstFinisher != nil
    }
  }

  /// Whether a reset was seen, and nothing behind it speaks against its effect.
  var wasReset: Bool {
    guard phase == .reset, let reset else { return false }
    return reset.isExact || !reset.hasNews
  }

  /// Whether its end was told.
  var isOver: Bool { phase == .closed }

  /// Whether bytes are still passed on.
  var isReassembling: Bool {
    switch phase {
    case .active, .reset: true
    case .opaque, .closed: false
    }
  }

  /// Takes the connection's next packet.
  func receive(_ segment: TCPSegment, _ bytes: RawSpan, packet: PacketStamp) {
    var direction = direction(of: segment)
    let index = direction.rawValue
    if isOrdinary(segment, index) { return takeOrdinary(segment, bytes, direction, packet) }
    halves[index].packets &+= 1
    halves[index].bytes &+= segment.payload.count
    if segment.hasBadChecksum { halves[index].disordered().statistics.badChecksums &+= 1 }
    let elapsed = elapsedNanoseconds(to: packet.timestamp)
    lastTime = packet.timestamp

    if segment.flags.contains(.syn) {
      takeSYN(segment, direction, packet)
      // It may have turned the directions around.
      direction = self.direction(of: segment)
    } else if !segment.flags.contains(.rst) {
      halves[index].setReference(segment.sequence)
    }
    switch phase {
    case .closed: return
    case .opaque: return noteEndOfOpaque(segment, direction)
    case .active, .reset: break
    }
    if segment.flags.contains(.ack) { takeAcknowledgment(segment, direction, packet) }
    if segment.payloadLength > 0 { takePayload(segment, bytes, direction, packet) }
    if phase == .reset, !segment.flags.contains(.rst) { judgeReset(by: segment, direction, elapsed) }
    if !segment.flags.isDisjoint(with: [.fin, .rst]) { takeEnd(segment, direction, packet) }
    if !halves[0].isQueueEmpty || !halves[1].isQueueEmpty { giveUpOldHoles(elapsed, packet) }
    let wasDisordered = isDisordered
    noteDisorder()
    if isDisordered || wasDisordered { environment.memory.hasChanged = true }
  }

  /// Notes whether bytes wait.
  func noteDisorder() { isDisordered = !halves[0].isQueueEmpty || !halves[1].isQueueEmpty }

  /// Whether a segment is what nearly all are.
  ///
  /// That is an acknowledgement, with the bytes that come next or none, on a connection without holes: what `receive`
  /// does beyond `takeOrdinary` is then nothing. What is stored is asked for alone: for a computed property the half would
  /// be copied.
  @inline(__always)
  private func isOrdinary(_ segment: TCPSegment, _ index: Int) -> Bool {
    phase == .active && segment.flags.subtracting(.psh) == .ack && !segment.hasBadChecksum
      && (handshakeClock == .stopped || !hasSynAnswer)
      && (segment.payloadLength == 0
        || (halves[index].beginning != .unknown && segment.sequence == halves[index].next
          && segment.payload.count == segment.payloadLength))
      && !isDisordered && halves[index].hasReference
  }

  @inline(__always)
  private func takeOrdinary(_ segment: TCPSegment, _ bytes: RawSpan, _ direction: Direction, _ packet: PacketStamp) {
    let index = direction.rawValue
    let count = segment.payload.count
    halves[index].packets &+= 1
    halves[index].bytes &+= count
    halves[1 - index].noteAcknowledgment(segment.acknowledgment, at: packet.timestamp)
    lastTime = packet.timestamp
    guard count > 0 else { return }
    halves[index].noteSegment(of: count)
    let offset = halves[index].nextOffset
    halves[index].advance(by: count)
    pass(bytes.extracting(segment.payload), direction, offset, packet)
    // The FIN may have come first.
    if halves[index].endOffset != nil { drain(direction, packet) }
  }

  /// Bytes that wait behind holes, as memory.
  var queuedBytes: Int { isDisordered ? halves[0].heldBytes + halves[1].heldBytes : 0 }

  /// Brings what the account has for the connection up to date.
  func settle() {
    let held = Self.ownBytes + halves[0].heldBytes + halves[1].heldBytes + (analyzer?.heldBytes ?? 0)
    // What one connection may hold is far below 2 GiB; more would count as that.
    let counted = Int32(clamping: held)
    environment.memory.add(Int(counted) - Int(accountedBytes))
    accountedBytes = counted
  }

  /// Bytes of a connection itself, with the allocator's share.
  static let ownBytes = 336

  /// Lets go what waits behind holes, as if these had waited long enough.
  func giveUpHoles(_ packet: PacketStamp) {
    for direction in Direction.allCases where isReassembling { flush(direction, packet) }
    isDisordered = false
  }

  /// Ends the connection: passes on what is held, with its holes, and tells the analyzer.
  func close(_ end: StreamEnd, packet: PacketStamp) {
    guard phase != .closed else { return }
    for direction in Direction.allCases where phase != .opaque {
      flush(direction, packet)
      finish(direction, end, packet)
    }
    becomeClosed()
  }

  // MARK: - The parts of a segment

  private func takeSYN(_ segment: TCPSegment, _ direction: Direction, _ packet: PacketStamp) {
    let answers = segment.flags.contains(.ack)
    if !isOriginatorKnown {
      isOriginatorKnown = true
      if answers == (direction == .fromOriginator), analyzer == nil, phase == .active { swapRoles() }
    }
    // `swapRoles` may have turned the directions around.
    let own = self.direction(of: segment).rawValue
    // What reset was seen before the connection began is another's.
    if phase == .reset, !answers, !halves[own].isBaseKnown { forgetReset() }
    if !halves[own].isBaseKnown {
      halves[own].fixBase(at: segment.sequence.advanced(by: 1), .syn)
      halves[own].setEarlyDataApart()
    }
    if answers {
      hasSynAnswer = true
      // The answer acknowledges the SYN, and nothing else can have been sent before it.
      if !halves[1 - own].isBaseKnown, halves[1 - own].isQueueEmpty {
        halves[1 - own].fixBase(at: segment.acknowledgment, .syn)
      }
    } else if handshakeClock == .unknown {
      handshakeClock = .running
      handshakeTime = packet.timestamp.nanoseconds
    }
    drain(self.direction(of: segment), packet)
  }

  private func takeAcknowledgment(_ segment: TCPSegment, _ direction: Direction, _ packet: PacketStamp) {
    halves[1 - direction.rawValue].noteAcknowledgment(segment.acknowledgment, at: packet.timestamp)
    if halves[1 - direction.rawValue].needsEarlyData { takeEarlyData(direction.opposite, packet) }
    guard hasSynAnswer, handshakeClock == .running, direction == .fromOriginator, !segment.flags.contains(.syn) else {
      return
    }
    handshakeClock = .stopped
    handshakeTime = packet.timestamp.microseconds(since: Timestamp(nanoseconds: handshakeTime))
  }

  private func takePayload(_ segment: TCPSegment, _ bytes: RawSpan, _ direction: Direction, _ packet: PacketStamp) {
    let index = direction.rawValue
    halves[index].noteSegment(of: segment.payloadLength)
    // A SYN takes one number before its data (RFC 9293 §3.4, RFC 7413).
    let sequence = segment.flags.contains(.syn) ? segment.sequence.advanced(by: 1) : segment.sequence
    let captured = segment.payload.count
    if halves[index].isBaseKnown, sequence == halves[index].next, halves[index].isQueueEmpty,
      captured == segment.payloadLength
    {
      let offset = halves[index].nextOffset
      halves[index].advance(by: captured)
      pass(bytes.extracting(segment.payload), direction, offset, packet)
      // The FIN may have come first, and what is missing before it may be known to be cut.
      if halves[index].endOffset != nil { drain(direction, packet) }
      return
    }
    halves[index].setReference(sequence)
    hold(segment, bytes, at: halves[index].offset(of: sequence), direction)
    drain(direction, packet)
  }

  /// Puts payload that is early, late or cut into the queue, as far as it is new.
  private func hold(_ segment: TCPSegment, _ bytes: RawSpan, at start: Int, _ direction: Direction) {
    let index = direction.rawValue
    let isBaseKnown = halves[index].isBaseKnown
    let expected = halves[index].nextOffset
    let disorder = halves[index].disordered()
    guard start - expected <= environment.limits.forwardJump else {
      disorder.statistics.outOfWindow += 1
      return
    }
    var payload = segment.payload
    var offset = start
    if isBaseKnown, offset < expected {
      let known = min(expected - offset, payload.count)
      disorder.statistics.retransmittedBytes += known
      payload = payload.lowerBound + known..<payload.upperBound
      offset += known
    }
    guard !halves[index].isFinished else { return }
    halves[index].compareWithEarlyData(bytes.extracting(payload), at: offset)
    let insertion = disorder.queue.insert(
      bytes.extracting(payload), at: offset, policy: environment.overlapPolicy)
    disorder.statistics.retransmittedBytes += insertion.duplicateBytes
    if insertion.conflicts { disorder.statistics.overlapConflicts += 1 }
    let end = start + segment.payloadLength
    let cut = max(offset + payload.count, isBaseKnown ? expected : Int.min)
    if end > cut { halves[index].noteSnapped(cut..<end) }
  }

  // MARK: - Roles and time

  func direction(of segment: TCPSegment) -> Direction {
    segment.sentByLower == originatorIsLower ? .fromOriginator : .fromResponder
  }

  private func swapRoles() {
    originatorIsLower.toggle()
    let first = halves[0]
    halves[0] = halves[1]
    halves[1] = first
    firstFinisher = firstFinisher?.opposite
  }

  /// Packet time since the connection's last packet; a clock that goes back or leaps says nothing.
  func elapsedNanoseconds(to time: Timestamp) -> Int64 {
    let step = time.nanoseconds(since: lastTime)
    return step > 0 && step <= environment.limits.clockJumpNanoseconds ? step : 0
  }
}
