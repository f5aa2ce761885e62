public import NetworkTypes
public import WebSocketDecoding

/// A frame whose payload is complete or given up.
public struct FrameRecord {
  /// The connection.
  public var connection: ConnectionIdentity
  /// The packet that completed it.
  public var packet: PacketStamp
  /// Who sent it.
  public var sender: Sender
  /// Place of its first header byte in the direction's TCP stream.
  public var offset: Int
  /// Its header.
  public var header: FrameHeader
  /// Payload bytes that the capture holds, up to the first hole.
  public var length: UInt64
  /// The ordinal of the message that it belongs to, if it does.
  public var message: Int?
  /// What is missing.
  public var losses: LossFlags
  /// Where in the direction's stream frames were found again before it, behind a lost header; told once.
  public var resyncOffset: Int?
}
