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
  /// Peak resident memory in bytes.
  public var memoryBytes: Int?
}
