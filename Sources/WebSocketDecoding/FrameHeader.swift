public import NetworkTypes

/// The header of a frame (RFC 6455 §5.2).
public struct FrameHeader: Sendable, Hashable {
  /// How the payload length was written.
  public enum LengthForm: UInt8, Sendable {
    /// In the second byte.
    case short = 7
    /// In two further bytes.
    case medium = 16
    /// In eight further bytes.
    case long = 64
  }

  /// Whether this is the last fragment of its message.
  public var isFinal: Bool
  /// RSV1, RSV2 and RSV3 as a number: RSV1 is 4.
  public var reservedBits: UInt8
  /// What the frame is.
  public var opcode: Opcode
  /// The masking key in network order, if the frame is masked.
  public var maskingKey: UInt32?
  /// Bytes of payload, as declared; the top bit may be set, against the RFC.
  public var payloadLength: UInt64
  /// How the length was written.
  public var lengthForm: LengthForm
  /// Bytes of the header.
  public var headerLength: Int

  /// The longest header: two bytes, a 64-bit length, a key.
  public static let maximumLength = 14

  /// RSV1, which permessage-deflate uses (RFC 7692 §6).
  @inlinable
  public var isCompressed: Bool { reservedBits & 4 != 0 }

  /// The header at the start of `bytes`, or `nil` if more bytes are needed.
  @inlinable
  public init?(_ bytes: RawSpan, at start: Int) {
    let available = bytes.byteCount - start
    guard available >= 2 else { return nil }
    let first = bytes.checkedByte(start)
    let second = bytes.checkedByte(start + 1)
    let isMasked = second & 0x80 != 0
    var length = 2
    switch second & 0x7f {
    case 126:
      guard available >= 4 else { return nil }
      payloadLength = UInt64(bytes.checkedBigEndian(start + 2, as: UInt16.self))
      lengthForm = .medium
      length = 4
    case 127:
      guard available >= 10 else { return nil }
      payloadLength = bytes.checkedBigEndian(start + 2, as: UInt64.self)
      lengthForm = .long
      length = 10
    case let short:
      payloadLength = UInt64(short)
      lengthForm = .short
    }
    if isMasked {
      guard available >= length + 4 else { return nil }
      maskingKey = bytes.checkedBigEndian(start + length, as: UInt32.self)
      length += 4
    } else {
      maskingKey = nil
    }
    isFinal = first & 0x80 != 0
    reservedBits = first >> 4 & 7
    opcode = Opcode(rawValue: first)
    headerLength = length
  }

  /// Whether a shorter form would have held the length (RFC 6455 §5.2: the minimal number of bytes MUST be used).
  public var isLengthMinimal: Bool {
    switch lengthForm {
    case .short: true
    case .medium: payloadLength >= 126
    case .long: payloadLength >= 65536
    }
  }

  /// Whether the most significant bit of a 64-bit length is set, which RFC 6455 §5.2 forbids.
  @inlinable
  public var hasLengthTopBit: Bool { payloadLength >> 63 != 0 }
}
