public import NetworkTypes
public import WebSocketDecoding

/// What is missing from a record's payload.
public struct LossFlags: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: UInt8
  /// Flags by their bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// More was sent than is written, by `--max-payload`.
  public static let truncated = LossFlags(rawValue: 1)
  /// Bytes were lost, the capture ended inside, or another message began inside.
  public static let incomplete = LossFlags(rawValue: 2)
  /// Bytes were cut by the capture's snap length.
  public static let snapped = LossFlags(rawValue: 4)
}

/// How the bytes of a payload are to be written.
public enum PayloadForm: Sendable, Hashable {
  /// As text: they are UTF-8.
  case text
  /// As base64, and where they stop being UTF-8 although they should be.
  case bytes(errorOffset: Int?)
  /// Not at all: they could not be decoded.
  case none
}

/// A data message, complete or given up.
public struct MessageRecord {
  /// The connection.
  public var connection: ConnectionIdentity
  /// The packet that completed it.
  public var packet: PacketStamp
  /// Who sent it.
  public var sender: Sender
  /// Its ordinal among the direction's messages, from 1.
  public var ordinal: Int
  /// Text or binary.
  public var opcode: Opcode
  /// Bytes of the whole payload, inflated; `nil` if it could not be inflated.
  public var length: Int?
  /// Payload bytes of its frames.
  public var wireLength: Int
  /// Its frames.
  public var frames: Int
  /// Whether it was compressed.
  public var isDeflated: Bool
  /// Packet time from the packet that completed its first frame's header to the one that completed it, in µs.
  public var durationMicroseconds: Int64
  /// How the payload is to be written.
  public var form: PayloadForm
  /// What is missing.
  public var losses: LossFlags
  /// Why it could not be inflated.
  public var undecoded: MessageAssembler.Undecoded?
  /// Where in the direction's stream frames were found again before it, behind a lost header; told once.
  public var resyncOffset: Int?
}
