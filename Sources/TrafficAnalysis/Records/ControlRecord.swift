public import NetworkTypes
public import WebSocketDecoding

/// A ping, a pong or a Close.
public struct ControlRecord {
  /// What the frame says.
  public enum Kind: Sendable {
    /// A ping.
    case ping
    /// A pong, and the µs since the ping that it answers, where that is certain.
    case pong(roundTripMicroseconds: Int64?)
    /// A Close with its payload, where all of that is known.
    case close(ClosePayload?)
  }

  /// The connection.
  public var connection: ConnectionIdentity
  /// The packet that completed it.
  public var packet: PacketStamp
  /// Who sent it.
  public var sender: Sender
  /// What the frame says.
  public var kind: Kind
  /// Bytes of payload; with a hole, those before it.
  public var length: Int
  /// How the payload is to be written.
  public var form: PayloadForm
  /// What is missing.
  public var losses: LossFlags
  /// Where in the direction's stream frames were found again before it, behind a lost header; told once.
  public var resyncOffset: Int?
}
