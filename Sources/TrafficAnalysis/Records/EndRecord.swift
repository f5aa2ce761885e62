public import NetworkTypes

/// Counts of one direction of a WebSocket.
public struct DirectionSummary: Sendable {
  /// Packets.
  public var packets: Int
  /// TCP payload bytes captured, those that came again included.
  public var bytes: Int
  /// Frames.
  public var frames: Int
  /// Messages, complete or given up.
  public var messages: Int
  /// Text messages among them.
  public var textMessages: Int
  /// Binary messages among them.
  public var binaryMessages: Int
  /// Pings.
  public var pings: Int
  /// Pongs.
  public var pongs: Int
  /// Bytes of message payload, inflated.
  public var payload: Int
  /// Bytes of message payload on the wire.
  public var wire: Int
  /// Bytes that are missing from the capture.
  public var gapBytes: Int
  /// Bytes that came again.
  public var retransmittedBytes: Int
  /// Segments that carried other bytes than an earlier one for the same place.
  public var overlapConflicts: Int
  /// Captured bytes that could not be told apart into frames.
  public var unframedBytes: Int
  /// Where frames were lost and found again, the first `Limits.namedResyncs` of them.
  public var resyncs: [Resync] = []
  /// How often they were.
  public var resyncCount = 0
  /// Resets that had no effect: the receiver cannot have accepted them, or the connection went on.
  public var ignoredResets = 0

  /// A stretch of a direction's stream in which frames could not be told apart, and that is over.
  public struct Resync: Sendable, Hashable {
    /// Where the bytes begin that were lost.
    public var lostAt: Int
    /// The first byte of the frame that was found.
    public var foundAt: Int
  }
}

/// The end of a WebSocket.
public struct EndRecord {
  /// How often a check fired.
  public struct RuleCount: Sendable {
    /// The check.
    public var rule: Rule
    /// How grave the gravest of them was.
    public var severity: Rule.Severity
    /// Times, in both directions.
    public var count: Int
  }

  /// The connection.
  public var connection: ConnectionIdentity
  /// The packet that ended it.
  public var packet: PacketStamp
  /// Why it is over.
  public var cause: StreamEnd
  /// Whether both sides sent a Close.
  public var isClean: Bool
  /// Who closed: the first Close, else the first FIN or RST.
  public var closedBy: Sender?
  /// The code of the first Close.
  public var closeCode: UInt16?
  /// The reason of the first Close.
  public var closeReason: String?
  /// Time from the handshake's end to the connection's last packet, in µs.
  public var durationMicroseconds: Int64
  /// The checks that fired.
  public var rules: [RuleCount]
  /// Counts of the client's direction.
  public var client: DirectionSummary
  /// Counts of the server's direction.
  public var server: DirectionSummary
}
