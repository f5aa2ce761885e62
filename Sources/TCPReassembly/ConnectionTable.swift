public import NetworkTypes
public import PacketDecoding

/// What all connections of a table share.
final class ReassemblyEnvironment {
  let limits: Limits
  let overlapPolicy: OverlapPolicy
  let makeAnalyzer: (Connection) -> any ByteStreamAnalyzer
  /// Called when a connection was reset, so that its end can be told a little later.
  var onReset: ((Connection) -> Void)?

  init(
    limits: Limits, overlapPolicy: OverlapPolicy, makeAnalyzer: @escaping (Connection) -> any ByteStreamAnalyzer
  ) {
    self.limits = limits
    self.overlapPolicy = overlapPolicy
    self.makeAnalyzer = makeAnalyzer
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
  /// Connections that were dropped at a limit.
  public var evicted = 0
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
  private let environment: ReassemblyEnvironment
  private var resets: [Connection] = []
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
  ///   - makeAnalyzer: Gives the analyzer of a connection when its first byte is passed on.
  public init(
    limits: Limits, overlapPolicy: OverlapPolicy, makeAnalyzer: @escaping (Connection) -> any ByteStreamAnalyzer
  ) {
    environment = ReassemblyEnvironment(
      limits: limits, overlapPolicy: overlapPolicy, makeAnalyzer: makeAnalyzer)
    environment.onReset = { [unowned self] connection in resets.append(connection) }
  }

  /// Takes a segment.
  public func receive(_ segment: TCPSegment, _ bytes: RawSpan, packet: PacketStamp) {
    // Slots are emptied only by `sweep` and `evict`, which no analyzer reaches.
    connections.with(slot(for: segment, packet: packet)) { $0.receive(segment, bytes, packet: packet) }
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
    if nearer >= 0 { connections.with(nearer) { $0.hotMemory.fetch() } }
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

  /// Ends all connections, in the order in which they were first seen.
  public func finish(packet: PacketStamp) {
    resets = []
    newest = nil
    let open = (0..<connections.count).compactMap { connections[$0] }.sorted {
      ($0.firstPacket.fileIndex, $0.firstPacket.number) < ($1.firstPacket.fileIndex, $1.firstPacket.number)
    }
    for connection in open {
      connection.close(connection.wasReset ? .reset : .captureEnd, packet: packet)
    }
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
    if index.count >= environment.limits.connections { evict(packet) }
    let slot = connections.add(make(segment, packet))
    index.insert(slot, hash)
    newest = slot
    return slot
  }

  /// Ends the connection of a slot if a SYN opens another on the same ports, which then takes its place.
  private func replaceIfReused(_ slot: Int, _ segment: TCPSegment, _ packet: PacketStamp) {
    guard let connection = connections[slot], connection.isReplaced(by: segment) else { return }
    connection.close(connection.wasReset ? .reset : .evicted, packet: packet)
    resets.removeAll { $0.isOver }
    Self.add(connection, to: &gone)
    connections.replace(slot, by: make(segment, packet))
  }

  private func make(_ segment: TCPSegment, _ packet: PacketStamp) -> Connection {
    gone.connections += 1
    return Connection(
      first: segment, packet: packet, environment: environment, tunnels: tunnels.map(\.names) ?? [])
  }

  /// Tells the end of connections that were reset a while ago.
  private func closeResetConnections(_ packet: PacketStamp) {
    resets.removeAll { connection in
      connection.lingerPackets -= 1
      let waited = packet.timestamp.nanoseconds(since: connection.lastPacket.timestamp)
      guard connection.lingerPackets <= 0 || waited > environment.limits.gapNanoseconds else { return false }
      connection.close(.reset, packet: packet)
      return true
    }
  }

  /// Forgets what is over, and ends what was idle for too long.
  private func sweep(_ packet: PacketStamp) {
    packetsUntilSweep = max(Self.sweepPackets, connections.count)
    newest = nil
    // A single packet with a damaged time must not end every connection.
    let now = min(packet.timestamp, previousTime)
    for slot in 0..<connections.count {
      guard let connection = connections[slot] else { continue }
      let idle = now.nanoseconds(since: connection.lastPacket.timestamp)
      let limit =
        connection.hasEnded ? environment.limits.closedNanoseconds : environment.limits.idleNanoseconds
      guard idle > limit else { continue }
      connection.close(connection.wasReset ? .reset : .idle, packet: packet)
      remove(slot)
    }
  }

  /// Makes room: the eighth of the connections that was idle for longest goes, opaque and closed ones first.
  private func evict(_ packet: PacketStamp) {
    newest = nil
    let candidates = (0..<connections.count).compactMap { slot in connections[slot].map { (slot, $0) } }
    let order = candidates.sorted { left, right in
      if left.1.isWanted != right.1.isWanted { return right.1.isWanted }
      if left.1.lastPacket.timestamp != right.1.lastPacket.timestamp {
        return left.1.lastPacket.timestamp < right.1.lastPacket.timestamp
      }
      return left.0 < right.0
    }
    for (slot, connection) in order.prefix(max(1, order.count / 8)) {
      if connection.isWanted { gone.evicted += 1 }
      connection.close(connection.wasReset ? .reset : .evicted, packet: packet)
      remove(slot)
    }
    resets.removeAll { $0.isOver }
  }

  private func remove(_ slot: Int) {
    guard let connection = connections[slot] else { return }
    Self.add(connection, to: &gone)
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
