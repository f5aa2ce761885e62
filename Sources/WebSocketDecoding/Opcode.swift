/// What a frame is (RFC 6455 §5.2, §11.8); unknown values survive to the log.
public struct Opcode: RawRepresentable, Hashable, Sendable {
  /// The four bits as they stand on the wire.
  public let rawValue: UInt8

  /// The opcode of the low four bits of `rawValue`.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue & 0x0f }

  /// A further fragment of a message.
  @inlinable public static var continuation: Opcode { Opcode(rawValue: 0x0) }
  /// A text message, or its first fragment.
  @inlinable public static var text: Opcode { Opcode(rawValue: 0x1) }
  /// A binary message, or its first fragment.
  @inlinable public static var binary: Opcode { Opcode(rawValue: 0x2) }
  /// A Close frame.
  @inlinable public static var close: Opcode { Opcode(rawValue: 0x8) }
  /// A Ping frame.
  @inlinable public static var ping: Opcode { Opcode(rawValue: 0x9) }
  /// A Pong frame.
  @inlinable public static var pong: Opcode { Opcode(rawValue: 0xa) }

  /// Whether this is a control frame, defined or reserved: the high bit is set (RFC 6455 §5.5).
  @inlinable
  public var isControl: Bool { rawValue & 0x8 != 0 }

  /// Whether no RFC defines this opcode.
  @inlinable
  public var isReserved: Bool { rawValue & 0x7 > 2 }

  /// The name in the log.
  public var name: String {
    switch self {
    case .continuation: "continuation"
    case .text: "text"
    case .binary: "binary"
    case .close: "close"
    case .ping: "ping"
    case .pong: "pong"
    default: isControl ? "reserved_control" : "reserved_data"
    }
  }
}
