internal import NetworkTypes

/// How many bits a frame's payload speaks for the frame, beside what chance gives.
///
/// The numbers are cautious: the sum over what may come by chance of 2^bits stays below 1, so that a chain of E bits
/// stands in N random bytes with a probability below N / 2^E.
enum FrameEvidence {
  /// Bytes of a payload that are looked at.
  private static let lookedAt = 96
  /// Most bits of one text: what is no frame but text of a real one may go on being text.
  private static let textLimit = 16

  /// What a payload says.
  struct Payload {
    /// Bits for the frame.
    var bits: Int
    /// By what it is told apart from others: its beginning as it stood on the wire.
    var digest: UInt64
  }

  /// What a payload says, or `nil` if it speaks against the frame.
  static func payload(_ payload: RawSpan, _ header: FrameHeader, isText: Bool) -> Payload? {
    guard let bits = payloadBits(payload, header, isText: isText) else { return nil }
    // FNV-1a: a collision only withholds evidence.
    var digest: UInt64 = 0xcbf2_9ce4_8422_2325
    for index in 0..<min(payload.byteCount, lookedAt) {
      digest = (digest ^ UInt64(payload.checkedByte(index))) &* 0x0000_0100_0000_01b3
    }
    return Payload(bits: bits, digest: digest)
  }

  private static func payloadBits(_ payload: RawSpan, _ header: FrameHeader, isText: Bool) -> Int? {
    switch header.opcode {
    case .close: return closeBits(payload, header)
    case .text, .binary, .continuation:
      if isText { return textBits(payload, header) }
      return header.isCompressed ? deflateBits(payload, header) : 0
    default: return 0
    }
  }

  /// Whether the bytes before `index` are the beginning of a character whose next byte the one at `index` may be.
  static func expectsContinuation(_ bytes: [UInt8], before index: Int) -> Bool {
    guard bytes[index] & 0xc0 == 0x80 else { return false }
    for back in 1...3 where index - back >= 0 {
      let byte = bytes[index - back]
      if byte & 0xc0 == 0x80 { continue }
      return byte >= 0xc2 && byte <= 0xf4 && (byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3) >= back
    }
    return false
  }

  private static func textBits(_ payload: RawSpan, _ header: FrameHeader) -> Int? {
    let count = payload.byteCount
    guard count > 0 else { return 0 }
    var validator = UTF8Validator()
    var bits = 0
    var looked = unmasked(payload.extracting(first: lookedAt), header)
    for byte in looked {
      switch byte {
      case 0x20...0x7e, 0x09, 0x0a, 0x0d, 0x80...: bits += 1
      // Text that is masked twice is full of these.
      default: bits -= 4
      }
    }
    if header.opcode == .continuation {
      // It may begin in the middle of a character.
      looked.removeFirst(min(3, looked.prefix { $0 & 0xc0 == 0x80 }.count))
    }
    looked.withRawSpan { validator.validate($0) }
    guard validator.errorOffset == nil else { return nil }
    // A message ends with a whole character; the last fragment of one begins anywhere.
    if header.isFinal, header.opcode == .text, looked.count == count, !validator.isComplete { return nil }
    bits = min(max(bits, -8), textLimit)
    let last = byte(payload, count - 1, header)
    switch (looked.first, last) {
    case (UInt8(ascii: "{"), UInt8(ascii: "}")), (UInt8(ascii: "["), UInt8(ascii: "]")): bits += 8
    default: break
    }
    return bits
  }

  /// A deflate stream that a flush has ended: the last three bits of its last byte's content, and all above, are zero
  /// (RFC 1951 §3.2.4, RFC 7692 §7.2.1), and a block of a known type begins it.
  private static func deflateBits(_ payload: RawSpan, _ header: FrameHeader) -> Int? {
    guard payload.byteCount > 0 else { return 0 }
    let first = byte(payload, 0, header)
    // Block type 3 is none (RFC 1951 §3.2.3).
    guard first & 6 != 6 else { return nil }
    return header.isFinal && byte(payload, payload.byteCount - 1, header) < 0x20 ? 3 : 0
  }

  private static func closeBits(_ payload: RawSpan, _ header: FrameHeader) -> Int? {
    guard payload.byteCount > 0 else { return 0 }
    let content = unmasked(payload, header)
    switch content.withRawSpan({ ClosePayload($0) }) {
    case .empty: return 0
    case .oneByte, .invalidReason: return nil
    case .status(let code, _):
      let reason = content.dropFirst(2)
      guard !reason.contains(where: { $0 < 0x20 }) else { return nil }
      switch code.rawValue {
      case 1000...1015: return 10 + min(reason.count, 10)
      case 3000...4999: return 4 + min(reason.count, 10)
      default: return nil
      }
    }
  }

  private static func unmasked(_ payload: RawSpan, _ header: FrameHeader) -> [UInt8] {
    (0..<payload.byteCount).map { byte(payload, $0, header) }
  }

  private static func byte(_ payload: RawSpan, _ index: Int, _ header: FrameHeader) -> UInt8 {
    let byte = payload.checkedByte(index)
    guard let key = header.maskingKey else { return byte }
    return byte ^ UInt8(truncatingIfNeeded: key >> UInt32(24 - index % 4 * 8))
  }
}

/// How rare bytes that could be a header are in the very bytes that are searched.
///
/// By chance 9 of 256 first bytes and half of the second are plausible: some 5 bits. Payload is not always chance: text
/// under one masking key, and zeros, may hold plausible headers at every fourth place. So it is counted, apart for each
/// of the four places in a masking key.
struct HeaderRarity: Sendable {
  private var plausible: InlineArray<4, Int> = InlineArray(repeating: 0)
  private var all: InlineArray<4, Int> = InlineArray(repeating: 0)

  /// Places after which half of what was counted is forgotten: payload changes.
  private static let memory = 4096
  private static let byChance = 5

  mutating func add(_ isPlausible: Bool, at place: Int) {
    let phase = place & 3
    all[phase] += 1
    if isPlausible { plausible[phase] += 1 }
    if all[phase] > Self.memory {
      all[phase] /= 2
      plausible[phase] /= 2
    }
  }

  /// Bits that a plausible header at a place is worth.
  func bits(at place: Int) -> Int {
    let phase = place & 3
    return min(Self.byChance, ((all[phase] + 32) / (plausible[phase] + 1)).log2)
  }
}

extension Int {
  /// The binary logarithm, rounded down; 0 for what has none.
  var log2: Int { self > 0 ? Int.bitWidth - 1 - leadingZeroBitCount : 0 }
}
