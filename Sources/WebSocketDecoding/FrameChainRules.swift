extension FrameChain {
  /// What is known of the direction.
  public struct Rules: Sendable, Hashable {
    /// Whether its frames are masked: the client's are, the server's are not (RFC 6455 §5.1); `nil` if that is open.
    public var isMasked: Bool?
    /// Whether RSV1 may mark compressed messages (RFC 7692 §6).
    public var allowsCompression: Bool
    /// Whether the first byte very likely begins a frame: it follows a lost handshake.
    ///
    /// Then it is one place instead of many where a false chain may begin, so that a frame there which leads into a
    /// chain that is believed is one by 5 bits of its header and 7 of its length, beside that likelihood.
    public var trustsFirst: Bool
    /// What messages the direction sends, as far as is known.
    public var messages: Messages
    /// Bits from which on a frame is told.
    public var headBits: Int
    /// Bits from which on a chain is believed.
    public var chainBits: Int

    /// What messages a direction sends.
    public enum Messages: Sendable {
      /// Text alone, for some time: none of them has frames in its payload, since those are not UTF-8.
      case text
      /// Some that may have frames in their payload.
      case any
      /// Too few were seen.
      case unknown
    }

    /// Rules for a search.
    public init(
      isMasked: Bool?, allowsCompression: Bool, trustsFirst: Bool, messages: Messages = .unknown, headBits: Int,
      chainBits: Int
    ) {
      self.messages = messages
      self.isMasked = isMasked
      self.allowsCompression = allowsCompression
      self.trustsFirst = trustsFirst
      self.headBits = headBits
      self.chainBits = chainBits
    }
  }

  /// A chain that is believed.
  public struct Finding: Sendable, Hashable {
    /// The place of its first frame that is believed, counted from the first byte of the search.
    public var offset: Int
    /// Whether its frames are masked.
    public var isMasked: Bool
    /// Its evidence in bits.
    public var bits: Int
    /// Its frames so far, with those that stand before `offset`.
    public var frames: Int
    /// How many of them began and ended where TCP segments do.
    public var alignedFrames: Int
    /// Whether two of them have different lengths.
    public var hasTwoLengths: Bool
  }

  /// Messages after which a direction that sent nothing but text is taken to send nothing else.
  public static let textsThatProve = 8
}

extension FrameChain.Rules {
  /// Whether two bytes may begin a header.
  func isPlausible(_ first: UInt8, _ second: UInt8) -> Bool {
    guard first & 0x30 == 0 else { return false }
    if let isMasked, (second & 0x80 != 0) != isMasked { return false }
    switch first & 0x0f {
    case 0: return first & 0x40 == 0
    case 1, 2: return first & 0x40 == 0 || allowsCompression
    case 8, 9, 10: return first & 0xc0 == 0x80 && second & 0x7f <= 125
    default: return false
    }
  }

  /// A search where it is known that there are frames.
  public init(isMasked: Bool, allowsCompression: Bool, trustsFirst: Bool, messages: Messages = .unknown) {
    self.init(
      isMasked: isMasked, allowsCompression: allowsCompression, trustsFirst: trustsFirst, messages: messages,
      headBits: 20, chainBits: 24)
  }

  /// Bits of a chain that is believed because nothing more will come.
  var lastBits: Int {
    // That there are frames is known where their masking is.
    guard isMasked != nil else { return chainBits }
    return trustsFirst ? 12 : headBits
  }

  /// Whether the rest of a header does not speak against it: the shortest form of its length, and no absurd one.
  func isPlausible(_ header: FrameHeader) -> Bool {
    header.isLengthMinimal && header.payloadLength < 1 << 40
  }
}
