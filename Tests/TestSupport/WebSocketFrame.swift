/// The octets of WebSocket frames (RFC 6455 §5.2), right or wrong as the test wants them.
public enum WebSocketFrame {
  /// The forms of the payload length.
  public enum LengthForm: Sendable, CaseIterable {
    /// The shortest that holds it, as the RFC asks for.
    case shortest
    case sevenBits, sixteenBits, sixtyFourBits
  }

  /// Any frame: `length` stands in the header instead of the payload's own, `rsv` is 4 for RSV1, 2 for RSV2, 1 for RSV3.
  public static func frame(
    opcode: UInt8, _ payload: [UInt8] = [], mask: UInt32? = nil, fin: Bool = true, rsv: UInt8 = 0,
    form: LengthForm = .shortest, length: UInt64? = nil
  ) -> [UInt8] {
    let length = length ?? UInt64(payload.count)
    var bytes: [UInt8] = [(fin ? 0x80 : 0) | rsv << 4 | opcode & 0x0f]
    let maskBit: UInt8 = mask == nil ? 0 : 0x80
    switch form {
    case .shortest where length < 126, .sevenBits: bytes.append(maskBit | UInt8(truncatingIfNeeded: length) & 0x7f)
    case .shortest where length <= 0xffff, .sixteenBits:
      bytes.append(maskBit | 126)
      bytes.append(integer: UInt16(truncatingIfNeeded: length))
    case .shortest, .sixtyFourBits:
      bytes.append(maskBit | 127)
      bytes.append(integer: length)
    }
    guard let mask else { return bytes + payload }
    bytes.append(integer: mask)
    return bytes + masked(payload, with: mask)
  }

  /// A text message in one frame.
  public static func text(_ text: String, mask: UInt32? = nil, fin: Bool = true, rsv: UInt8 = 0) -> [UInt8] {
    frame(opcode: 1, Array(text.utf8), mask: mask, fin: fin, rsv: rsv)
  }

  /// A binary message in one frame.
  public static func binary(_ bytes: [UInt8], mask: UInt32? = nil, fin: Bool = true, rsv: UInt8 = 0) -> [UInt8] {
    frame(opcode: 2, bytes, mask: mask, fin: fin, rsv: rsv)
  }

  /// A further frame of a message, its last unless `fin` is false.
  public static func continuation(_ bytes: [UInt8], mask: UInt32? = nil, fin: Bool = true) -> [UInt8] {
    frame(opcode: 0, bytes, mask: mask, fin: fin)
  }

  /// A ping.
  public static func ping(_ bytes: [UInt8] = [], mask: UInt32? = nil) -> [UInt8] {
    frame(opcode: 9, bytes, mask: mask)
  }

  /// A pong.
  public static func pong(_ bytes: [UInt8] = [], mask: UInt32? = nil) -> [UInt8] {
    frame(opcode: 10, bytes, mask: mask)
  }

  /// A close frame, empty where no code is given.
  public static func close(_ code: UInt16? = nil, _ reason: String = "", mask: UInt32? = nil) -> [UInt8] {
    var payload: [UInt8] = []
    if let code { payload.append(integer: code) }
    return frame(opcode: 8, payload + Array(reason.utf8), mask: mask)
  }

  /// A payload under a masking key, octet by octet as RFC 6455 §5.3 says it.
  public static func masked(_ payload: [UInt8], with mask: UInt32) -> [UInt8] {
    payload.enumerated().map { index, byte in byte ^ UInt8(truncatingIfNeeded: mask >> UInt32(24 - index % 4 * 8)) }
  }
}
