internal import NetworkTypes

extension MessageAssembler {
  /// What outlives the messages of a direction, in a few bytes: an idle WebSocket keeps no assembler.
  public struct Past: Sendable {
    /// Compressed messages that were whole, counted up to `watchedMessages`.
    var messages: UInt8 = 0
    /// Bytes that came out of compressed messages in a row up to now, with nothing unknown between them, up to 32 KiB.
    var knownBytes: UInt16 = 0
    /// Whether what the sender's window holds before those is not known.
    ///
    /// A message is decoded from the known bytes alone. Deflate data says exactly which bytes it copies: if all of those
    /// are known, each byte of the message is what was sent, and becomes known in turn; if one is not, zlib refuses the
    /// distance, as it lies before everything that was put out since the reset. So no text can come out wrong.
    var isContextLost = false
    /// Whether messages refer back to earlier ones though they must not, so that the window is kept.
    var keepsContext = false
    // Of the newest compressed messages, for `noteSize`.
    private var recentMessages: UInt16 = 0
    private var recentWire: UInt32 = 0
    private var recentLength: UInt32 = 0

    /// Compressed messages of a direction whose output is kept to see whether later ones refer to it.
    ///
    /// A sender whose compressor is not reset refers to the first messages as soon as three bytes are the same.
    static let watchedMessages: UInt8 = 16
    /// Compressed bytes from which on older ones count for half.
    private static let recentBytes: UInt32 = 16 << 10
    /// Bytes that a bomb inflates to, at least, and how often its size that is.
    private static let bombBytes = 1 << 20
    private static let bombRatio = 200

    /// No messages before.
    public init() {}

    /// Says that what the sender's window holds is not known.
    mutating func loseContext() {
      knownBytes = 0
      isContextLost = true
    }

    /// Notes the size of a message.
    ///
    /// Many small bombs are one: sizes add up over about the newest 16 KiB of compressed bytes. Lawful repetition does not
    /// reach that ratio, as each copy of at most 258 bytes takes two codes and, from farther back than some bytes, eight
    /// bits and more to say from where.
    ///
    /// - Returns: The finding, if it is a bomb.
    mutating func noteSize(length: Int, wireLength: Int) -> DeflateFinding? {
      if Self.isBomb(length, wireLength) {
        forgetSizes()
        return .bomb(length: length, wireLength: wireLength, messages: 1)
      }
      recentWire += min(UInt32(clamping: wireLength), .max / 2)
      recentLength += min(UInt32(clamping: length), .max / 2)
      if recentMessages < .max { recentMessages += 1 }
      if Self.isBomb(Int(recentLength), Int(recentWire)) {
        defer { forgetSizes() }
        return .bomb(length: Int(recentLength), wireLength: Int(recentWire), messages: Int(recentMessages))
      }
      while recentWire > Self.recentBytes {
        recentWire /= 2
        recentLength /= 2
        recentMessages /= 2
      }
      while recentLength > .max / 2 {
        recentLength /= 2
        recentWire /= 2
      }
      return nil
    }

    private static func isBomb(_ length: Int, _ wireLength: Int) -> Bool {
      length > bombBytes && length / bombRatio >= wireLength && length > wireLength &* bombRatio
    }

    private mutating func forgetSizes() {
      recentWire = 0
      recentLength = 0
      recentMessages = 0
    }
  }

  /// What a direction's compressed messages are held to.
  struct Agreement {
    let isDeflating: Bool
    let resetsContext: Bool
    /// The window as a power of two; `nil` where it is not known what was agreed on, so that nothing is said.
    let windowBits: Int?
    let outputLimit: Int
    let judgedLimit: Int

    init(_ compression: Compression, limits: Limits) {
      outputLimit = limits.inflatedBytes
      judgedLimit = limits.judgedDeflateBytes
      switch compression {
      case .none: (isDeflating, resetsContext, windowBits) = (false, false, nil)
      case .deflate(let resets, let bits): (isDeflating, resetsContext, windowBits) = (true, resets, bits.map(Int.init))
      }
    }
  }
}
