public import NetworkTypes

/// Counts over the whole run.
public struct StatsRecord: Sendable {
  /// The newest packet.
  public var packet: PacketStamp
  /// Whether this is the last record.
  public var isFinal: Bool
  /// Link types met, by name, in the order of their first packets.
  public var linkTypes: [String]
  /// Packets.
  public var packets: Int
  /// Captured bytes of those.
  public var bytes: Int
  /// Packets that could not be decoded.
  public var undecodable: Int
  /// Why they could not, and how often, most frequent first.
  public var undecodableReasons: [(reason: String, count: Int)]
  /// TCP segments with a wrong checksum, which is what offloading looks like.
  public var badChecksums: Int
  /// Pieces of fragmented IP packets.
  public var fragments: Int
  /// Those that were given up: the rest of their packets did not come, or they contradict others.
  public var fragmentsDropped: Int
  /// Those that overlap others with different bytes, and in IPv6 all that overlap without being copies.
  public var fragmentOverlaps: Int
  /// TCP connections.
  public var tcpConnections: Int
  /// WebSockets.
  public var webSockets: Int
  /// WebSockets whose end was not seen yet.
  public var openWebSockets: Int
  /// Handshakes that failed.
  public var failedHandshakes: Int
  /// TLS connections.
  public var tlsConnections: Int
  /// Connections of which only one end was captured.
  public var oneSidedConnections: Int
  /// Holes.
  public var gaps: Int
  /// Bytes in holes.
  public var gapBytes: Int
  /// Connections dropped at a limit.
  public var evicted: Int
  /// WebSockets among them.
  public var evictedWebSockets = 0
  /// Bytes of the inputs that were skipped as damaged.
  public var damagedBytes = 0
  /// Packets that were seen in the inputs and left out, as damaged or of an unknown interface.
  public var damagedPackets = 0
  /// Connections that spoke HTTP/1.1, WebSockets among them; not in the log, but in the closing summary.
  public var httpConnections = 0
  /// Connections whose beginning is not in the capture; not in the log either.
  public var lateConnections = 0
  /// What the WebSockets carried that have ended; not in the log either, whose `end` records have it.
  public var totals = RunTotals()
  /// Packets that the kernel dropped, for its buffer was full; `nil` for capture files.
  public var kernelDrops: Int?
  /// Packets that the interfaces dropped; `nil` for capture files, and where no interface tells.
  public var interfaceDrops: Int?
  /// Packets that this program dropped, for it came not after; `nil` for capture files.
  public var toolDrops: Int?
  /// Lines of the log that were dropped, as nothing could be written; `nil` where that would end the run.
  public var logDrops: Int?
  /// Records so far, whether they were selected or not; not in the log.
  public var records = RecordCounts()
  /// Peak resident memory in bytes.
  public var memoryBytes: Int?

  /// Adds the counts of another worker of the same run.
  public mutating func add(_ other: StatsRecord) {
    for name in other.linkTypes where !linkTypes.contains(name) { linkTypes.append(name) }
    packets += other.packets
    bytes += other.bytes
    undecodable += other.undecodable
    for entry in other.undecodableReasons {
      if let index = undecodableReasons.firstIndex(where: { $0.reason == entry.reason }) {
        undecodableReasons[index].count += entry.count
      } else {
        undecodableReasons.append(entry)
      }
    }
    undecodableReasons.sort { ($1.count, $0.reason) < ($0.count, $1.reason) }
    badChecksums += other.badChecksums
    fragments += other.fragments
    fragmentsDropped += other.fragmentsDropped
    fragmentOverlaps += other.fragmentOverlaps
    tcpConnections += other.tcpConnections
    webSockets += other.webSockets
    openWebSockets += other.openWebSockets
    failedHandshakes += other.failedHandshakes
    tlsConnections += other.tlsConnections
    oneSidedConnections += other.oneSidedConnections
    gaps += other.gaps
    gapBytes += other.gapBytes
    evicted += other.evicted
    evictedWebSockets += other.evictedWebSockets
    httpConnections += other.httpConnections
    lateConnections += other.lateConnections
    totals.add(other.totals)
    records.add(other.records)
    // One process: what each of them sees is what all take together.
    if let memory = other.memoryBytes { memoryBytes = max(memoryBytes ?? 0, memory) }
  }
}
