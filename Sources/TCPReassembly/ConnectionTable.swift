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
  /// Connections by slot; `nil` where one is gone. Walks go by slot, so that the order never depends on hashing.
  private var connections: [Connection?] = []
  private var freeSlots: [Int] = []
  private var newest: Connection?
  private let environment: ReassemblyEnvironment
  private var resets: [Connection] = []
  private var packetsUntilSweep = sweepPackets

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
    let connection = connection(for: segment, packet: packet)
    connection.receive(segment, bytes, packet: packet)
    if !resets.isEmpty { closeResetConnections(packet) }
    packetsUntilSweep -= 1
    if packetsUntilSweep == 0 { sweep(packet) }
  }

  /// Ends all connections, in the order in which they were first seen.
  public func finish(packet: PacketStamp) {
    resets = []
    newest = nil
    let open = connections.compactMap { $0 }.sorted {
      ($0.firstPacket.fileIndex, $0.firstPacket.number) < ($1.firstPacket.fileIndex, $1.firstPacket.number)
    }
    for connection in open {
      connection.close(connection.wasReset ? .reset : .captureEnd, packet: packet)
    }
  }

  /// Counts up to now.
  public func statistics() -> ReassemblyStatistics {
    connections.reduce(into: gone) { sum, connection in
      if let connection { Self.add(connection, to: &sum) }
    }
  }

  private func connection(for segment: TCPSegment, packet: PacketStamp) -> Connection {
    if let newest, newest.key == segment.flow, !segment.flags.contains(.syn) { return newest }
    let hash = index.hash(of: segment.flow)
    if let slot = index.slot(for: hash, where: { connections[$0]?.key == segment.flow }), let known = connections[slot] {
      guard known.isReplaced(by: segment) else {
        newest = known
        return known
      }
      known.close(known.wasReset ? .reset : .evicted, packet: packet)
      Self.add(known, to: &gone)
      let made = makeConnection(segment, packet)
      connections[slot] = made
      return made
    }
    if index.count >= environment.limits.connections { evict(packet) }
    let made = makeConnection(segment, packet)
    let slot: Int
    if let free = freeSlots.popLast() {
      slot = free
      connections[slot] = made
    } else {
      slot = connections.count
      connections.append(made)
    }
    index.insert(slot, hash)
    return made
  }

  private func makeConnection(_ segment: TCPSegment, _ packet: PacketStamp) -> Connection {
    gone.connections += 1
    let made = Connection(first: segment, packet: packet, environment: environment)
    newest = made
    return made
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
    for slot in connections.indices {
      guard let connection = connections[slot] else { continue }
      let idle = packet.timestamp.nanoseconds(since: connection.lastPacket.timestamp)
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
    let candidates = connections.indices.filter { connections[$0] != nil }.sorted { left, right in
      guard let one = connections[left], let other = connections[right] else { return false }
      let useful = (one.isWanted ? 1 : 0, other.isWanted ? 1 : 0)
      if useful.0 != useful.1 { return useful.0 < useful.1 }
      if one.lastPacket.timestamp != other.lastPacket.timestamp {
        return one.lastPacket.timestamp < other.lastPacket.timestamp
      }
      return left < right
    }
    for slot in candidates.prefix(max(1, candidates.count / 8)) {
      guard let connection = connections[slot] else { continue }
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
    connections[slot] = nil
    freeSlots.append(slot)
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
