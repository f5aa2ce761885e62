public import NetworkTypes
public import PacketDecoding

/// What all connections of a table share.
final class ReassemblyEnvironment {
  let limits: Limits
  let overlapPolicy: OverlapPolicy
  let makeAnalyzer: (Connection) -> any ByteStreamAnalyzer
  let memory: MemoryAccount
  /// Called when a connection was reset, so that its end can be told a little later.
  var onReset: ((Connection) -> Void)?
  /// The newest tags and tunnels: in most captures they are the same around all connections.
  private var newestWrapping: Connection.Wrapping?

  init(
    limits: Limits, overlapPolicy: OverlapPolicy, memory: MemoryAccount,
    makeAnalyzer: @escaping (Connection) -> any ByteStreamAnalyzer
  ) {
    self.limits = limits
    self.memory = memory
    self.overlapPolicy = overlapPolicy
    self.makeAnalyzer = makeAnalyzer
  }

  /// Tags and tunnels around a connection, shared with others that have the same.
  func wrapping(_ layers: LayerPath, _ tunnels: [String]) -> Connection.Wrapping? {
    guard layers.vlanCount > 0 || !tunnels.isEmpty else { return nil }
    let vlanIDs = layers.vlanIDs
    if let newestWrapping, newestWrapping.vlanIDs == vlanIDs, newestWrapping.tunnels == tunnels {
      return newestWrapping
    }
    let wrapping = Connection.Wrapping(vlanIDs: vlanIDs, tunnels: tunnels)
    newestWrapping = wrapping
    return wrapping
  }
}

/// Counts over all connections of a table, those that are gone included.
public struct ReassemblyStatistics: Sendable {
  /// TCP connections seen.
  public var connections = 0
  /// Connections of which only one end was captured.
  public var oneSided = 0
  /// Holes that were given up.
  public var gaps = 0
  /// Bytes in those holes.
  public var gapBytes = 0
  /// Connections that were dropped at a limit before it was clear that they are of no interest.
  public var evicted = 0
  /// WebSockets among them.
  public var evictedWanted = 0
  /// Segments with a wrong checksum.
  public var badChecksums = 0
}

/// Finds the connection of each segment, and forgets connections that are over.
public final class ConnectionTable {
  /// Counts of connections that are gone; see `statistics()`.
  private var gone = ReassemblyStatistics()
  private var index = FlowIndex()
  private let connections = ConnectionSlots()
  /// The slot of the packet before: the next packet is often its acknowledgement.
  private var newest: Int?
  let environment: ReassemblyEnvironment
  private let memory: MemoryAccount
  /// Bytes of the table itself in the account.
  private var tableBytes = 0
  private var resets = LingeringResets()
  /// Whether time passes without packets too (`passTime`), so that those that wait must be known.
  public var followsClock = false
  /// When it was last looked what has waited.
  var latestPass = Timestamp.epoch
  var latestSweep = Timestamp.epoch
  /// Connections whose bytes wait behind holes, where a clock is followed.
  var waiting: [Connection] = []
  private var packetsUntilSweep = sweepPackets
  private var previousTime = Timestamp.epoch
  /// Slots of the packets that come next.
  private var ahead: InlineArray<8, Int> = [-1, -1, -1, -1, -1, -1, -1, -1]
  private var lookAheadPlace = 0
  private var flowAhead: FlowKey?
  /// The tunnels around the segment at hand.
  private var tunnels: TunnelPath?

  private static let sweepPackets = 65536

  /// A table without connections.
  ///
  /// - Parameters:
  ///   - limits: Caps on what is held.
  ///   - overlapPolicy: Which copy of differing bytes counts.
  ///   - memory: What connections hold is noted here; a new account if there is none.
  ///   - makeAnalyzer: Gives the analyzer of a connection when its first byte is passed on.
  public init(
    limits: Limits, overlapPolicy: OverlapPolicy, memory: MemoryAccount? = nil,
    makeAnalyzer: @escaping (Connection) -> any ByteStreamAnalyzer
  ) {
    let memory = memory ?? MemoryAccount(limits: limits)
    self.memory = memory
    environment = ReassemblyEnvironment(
      limits: limits, overlapPolicy: overlapPolicy, memory: memory, makeAnalyzer: makeAnalyzer)
    environment.onReset = { [unowned self] connection in resets.add(connection) }
  }

  /// Takes a segment.
  public func receive(_ segment: TCPSegment, _ bytes: RawSpan, packet: PacketStamp) {
    // Slots are emptied only by `sweep` and `evict`, which no analyzer reaches.
    let slot = slot(for: segment, packet: packet)
    connections.with(slot) { $0.receive(segment, bytes, packet: packet) }
    if memory.hasChanged { settle(slot, packet) }
    if !resets.isEmpty { closeResetConnections(packet) }
    packetsUntilSweep -= 1
    if packetsUntilSweep == 0 { sweep(packet) }
    previousTime = packet.timestamp
  }

  /// Takes a segment from within tunnels, which are noted where it begins a connection.
  @inline(never)
  public func receive(_ segment: TCPSegment, _ bytes: RawSpan, packet: PacketStamp, tunnels: TunnelPath) {
    self.tunnels = tunnels
    receive(segment, bytes, packet: packet)
    self.tunnels = nil
  }

  /// Looks ahead: asks for what a packet of `flow` will need that comes `distance` packets from now.
  ///
  /// Half of the distance before it comes, what its connection refers to is asked for in turn. Nothing but speed depends
  /// on it: see `HotMemory`.
  @inline(__always)
  public func lookAhead(to flow: FlowKey?) {
    let place = lookAheadPlace
    lookAheadPlace = (place &+ 1) & (Self.distance &- 1)
    let nearer = ahead[(place &+ Self.distance / 2) & (Self.distance &- 1)]
    if nearer >= 0 { connections.with(nearer) { $0.hotMemory.fetch(for: $0) } }
    ahead[place] = -1
    // An acknowledgement right behind its data finds all there.
    guard let flow, flow != flowAhead else { return }
    flowAhead = flow
    guard let slot = index.slot(for: index.hash(of: flow), where: { _ in true }) else { return }
    ahead[place] = slot
    connections.fetch(slot)
  }

  /// Packets between looking at a packet and its turn.
  public static let distance = 8

  /// Ends all connections, in the order in which they were first seen, and forgets them.
  public func finish(packet: PacketStamp) {
    resets.removeAll()
    waiting = []
    newest = nil
    // Numbers, not references: with millions of connections this is when most memory is in use.
    var open: [UInt32] = []
    open.reserveCapacity(index.count)
    var isInOrder = true
    for slot in 0..<connections.count where connections[slot] != nil {
      if let last = open.last, isBefore(UInt32(slot), last) { isInOrder = false }
      open.append(UInt32(slot))
    }
    if !isInOrder { open.sort { isBefore($0, $1) } }
    for slot in open {
      guard let connection = connections[Int(slot)] else { continue }
      connection.close(connection.wasReset ? .reset : .captureEnd, packet: packet)
      remove(Int(slot))
    }
  }

  private func isBefore(_ one: UInt32, _ other: UInt32) -> Bool {
    guard let left = connections[Int(one)]?.firstPacket, let right = connections[Int(other)]?.firstPacket else {
      return false
    }
    return (left.fileIndex, left.number, one) < (right.fileIndex, right.number, other)
  }

  /// Counts up to now.
  public func statistics() -> ReassemblyStatistics {
    (0..<connections.count).reduce(into: gone) { sum, slot in
      if let connection = connections[slot] { Self.add(connection, to: &sum) }
    }
  }

  private func slot(for segment: TCPSegment, packet: PacketStamp) -> Int {
    let isSYN = segment.flags.contains(.syn)
    if let newest, !isSYN, connections.with(newest, { $0.key == segment.flow }) == true { return newest }
    let hash = index.hash(of: segment.flow)
    let known = index.slot(for: hash) { slot in connections.with(slot) { $0.key == segment.flow } ?? false }
    if let known {
      newest = known
      if isSYN { replaceIfReused(known, segment, packet) }
      return known
    }
    // An eighth at once, so that the walk over all costs little for each that comes.
    if index.count >= environment.limits.connections {
      evict(packet, cost: { _ in 1 }, goal: max(1, index.count / 8), but: nil)
    }
    let slot = connections.add(make(segment, packet))
    index.insert(slot, hash)
    newest = slot
    let bytes = index.heldBytes + connections.heldBytes
    if bytes != tableBytes {
      memory.add(bytes - tableBytes)
      tableBytes = bytes
    }
    return slot
  }

  /// Ends the connection of a slot if a SYN opens another on the same ports, which then takes its place.
  private func replaceIfReused(_ slot: Int, _ segment: TCPSegment, _ packet: PacketStamp) {
    guard let connection = connections[slot], connection.isReplaced(by: segment) else { return }
    connection.close(connection.wasReset ? .reset : .evicted, packet: packet)
    Self.add(connection, to: &gone)
    memory.add(-Int(connection.accountedBytes))
    connections.replace(slot, by: make(segment, packet))
  }

  private func make(_ segment: TCPSegment, _ packet: PacketStamp) -> Connection {
    gone.connections += 1
    memory.hasChanged = true
    return Connection(
      first: segment, packet: packet, environment: environment, tunnels: tunnels.map(\.names) ?? [])
  }

  /// Tells the end of connections that were reset a while ago.
  private func closeResetConnections(_ packet: PacketStamp) {
    closeOldResets(packet)
  }

  /// Tells the end of those that were reset long enough ago.
  func closeOldResets(_ packet: PacketStamp) {
    while let connection = resets.next(at: packet.timestamp, limits: environment.limits) {
      connection.close(.reset, packet: packet)
      connection.settle()
    }
  }

  /// Forgets what is over, and ends what was idle for too long.
  private func sweep(_ packet: PacketStamp) {
    // A single packet with a damaged time must not end every connection.
    sweep(packet, now: min(packet.timestamp, previousTime))
  }

  func sweep(_ packet: PacketStamp, now: Timestamp) {
    packetsUntilSweep = max(Self.sweepPackets, connections.count)
    newest = nil
    for slot in 0..<connections.count {
      guard let connection = connections[slot] else { continue }
      let idle = now.nanoseconds(since: connection.lastTime)
      let limit =
        connection.hasEnded ? environment.limits.closedNanoseconds : environment.limits.idleNanoseconds
      guard idle > limit else { continue }
      connection.close(connection.wasReset ? .reset : .idle, packet: packet)
      remove(slot)
    }
  }

  // MARK: - Room

  /// Brings the account of the connection at hand up to date, and makes room where it is overdrawn.
  @inline(never)
  private func settle(_ slot: Int, _ packet: PacketStamp) {
    memory.hasChanged = false
    connections.with(slot) { $0.settle() }
    if followsClock, let connection = connections[slot], connection.isDisordered, !connection.isWatched {
      connection.isWatched = true
      waiting.append(connection)
    }
    guard memory.isOverdrawn else { return }
    // An eighth at once, so that the walks over all connections cost little for each that comes.
    let excess = memory.bytes - memory.limit / 8 * 7
    let freed = giveUpHoles(excess, packet)
    if freed < excess { evict(packet, cost: { Int($0.accountedBytes) }, goal: excess - freed, but: slot) }
    memory.hasChanged = false
  }

  /// Lets the connections that hold much behind holes do without what is missing, if that gives all the room needed.
  ///
  /// It costs each of them a message or a few, and those who send only what is far ahead could otherwise push all others
  /// out.
  ///
  /// - Returns: Bytes that this has freed.
  private func giveUpHoles(_ excess: Int, _ packet: PacketStamp) -> Int {
    var holders: [(bytes: Int, slot: Int)] = []
    var queued = 0
    for slot in 0..<connections.count {
      let bytes = connections.with(slot) { $0.queuedBytes } ?? 0
      guard bytes >= environment.limits.spareableBytes else { continue }
      queued += bytes
      holders.append((bytes, slot))
    }
    guard queued >= excess else { return 0 }
    holders.sort { ($1.bytes, $0.slot) < ($0.bytes, $1.slot) }
    let before = memory.bytes
    for holder in holders where before - memory.bytes < excess {
      guard let connection = connections[holder.slot] else { continue }
      connection.giveUpHoles(packet)
      connection.settle()
    }
    return max(0, before - memory.bytes)
  }

  /// Drops connections until what they cost comes to `goal`.
  ///
  /// Those go first of which least is lost, and of these the longest idle. The one at hand stays.
  private func evict(_ packet: PacketStamp, cost: (Connection) -> Int, goal: Int, but atHand: Int?) {
    newest = nil
    let now = packet.timestamp
    var order = EvictionOrder()
    for slot in 0..<connections.count where slot != atHand {
      connections.with(slot) { order.count(EvictionOrder.Rank($0, at: now), cost: cost($0)) }
    }
    let last = order.last(for: goal)
    var freed = 0
    var undecided: [(time: Timestamp, slot: Int)] = []
    for slot in 0..<connections.count where slot != atHand {
      guard let connection = connections[slot] else { continue }
      let rank = EvictionOrder.Rank(connection, at: now)
      if rank < last {
        freed += cost(connection)
        drop(slot, connection, packet)
      } else if rank == last {
        undecided.append((connection.lastTime, slot))
      }
    }
    undecided.sort { ($0.time, $0.slot) < ($1.time, $1.slot) }
    for candidate in undecided where freed < goal {
      guard let connection = connections[candidate.slot] else { continue }
      freed += cost(connection)
      drop(candidate.slot, connection, packet)
    }
  }

  private func drop(_ slot: Int, _ connection: Connection, _ packet: PacketStamp) {
    if connection.isReassembling {
      gone.evicted += 1
      if connection.analyzer?.worth == .wanted { gone.evictedWanted += 1 }
    }
    connection.close(connection.wasReset ? .reset : .evicted, packet: packet)
    remove(slot)
  }

  private func remove(_ slot: Int) {
    guard let connection = connections[slot] else { return }
    Self.add(connection, to: &gone)
    memory.add(-Int(connection.accountedBytes))
    index.remove(slot, index.hash(of: connection.key))
    connections.remove(slot)
  }

  private static func add(_ connection: Connection, to sum: inout ReassemblyStatistics) {
    if connection.isOneSided { sum.oneSided += 1 }
    for direction in Direction.allCases {
      let statistics = connection.statistics(of: direction)
      sum.gaps += statistics.gaps
      sum.gapBytes += statistics.gapBytes
      sum.badChecksums += statistics.badChecksums
    }
  }
}
