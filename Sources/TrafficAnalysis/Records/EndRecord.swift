public import NetworkTypes

/// Counts of one direction of a WebSocket.
public struct DirectionSummary: Sendable {
  /// Packets.
  public var packets = 0
  /// TCP payload bytes captured, those that came again included.
  public var bytes = 0
  /// Frames.
  public var frames = 0
  /// Messages, complete or given up.
  public var messages = 0
  /// Text messages among them.
  public var textMessages = 0
  /// Binary messages among them.
  public var binaryMessages = 0
  /// Pings.
  public var pings = 0
  /// Pongs.
  public var pongs = 0
  /// Bytes of message payload, inflated.
  public var payload = 0
  /// Bytes of message payload on the wire.
  public var wire = 0
  /// Bytes that are missing from the capture.
  public var gapBytes = 0
  /// Bytes that came again.
  public var retransmittedBytes = 0
  /// Segments that carried other bytes than an earlier one for the same place.
  public var overlapConflicts = 0
  /// Captured bytes that could not be told apart into frames.
  public var unframedBytes = 0
}

/// The end of a WebSocket.
public struct EndRecord {
  /// How often a check fired.
  public struct RuleCount: Sendable {
    /// The check.
    public var rule: Rule
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
