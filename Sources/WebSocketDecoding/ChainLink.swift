/// A frame that may be one, with the chain that leads to it.
struct ChainLink: Sendable {
  /// Whether a message is open behind the frame (RFC 6455 §5.4).
  enum Message: Sendable {
    /// The chain began in the middle of whatever was going on.
    case unknown
    /// No: the next data frame begins one.
    case none
    /// Yes: its next data frame is a continuation.
    case open(isText: Bool)
    /// No more data frames may come (RFC 6455 §5.5.1).
    case closed
  }

  let header: FrameHeader
  /// Place of the frame's header.
  let offset: Int
  /// The first frame of the chain with enough evidence to be told.
  var head: Int?
  /// Evidence of the chain in bits, its payloads included but for this frame's until that is there.
  var bits: Int
  private(set) var frames = 1
  private(set) var alignedFrames = 0
  private(set) var hasTwoLengths = false
  /// Whether the frame begins where a TCP segment does.
  let isAligned: Bool
  /// Whether it, or a frame of the chain before it, begins where a write of the sender does.
  let isAnchored: Bool
  /// The frame, or the one that begins its message, if that begins where a write of the sender does.
  let written: Int?
  /// Whether no text can have the frame, or one before it in the chain, in its payload: `81` behind ASCII is not UTF-8.
  let excludesText: Bool
  /// Whether a frame of the chain is binary.
  let hasBinary: Bool
  /// The first frame that would be told if payloads of the direction were known to have no frames in them.
  var early: Int?
  /// Text messages of the chain from a frame on that begins a write.
  private(set) var anchoredTexts = 0
  /// Whether one of the frames from there on begins inside a segment, and so in one write with others.
  private(set) var hasInnerFrame = false
  /// The first frame of the chain that fills a write of the sender, or several, alone or with the rest of its message.
  private(set) var filling: Int?
  /// The chain's first frame.
  let start: Int
  /// The number of the segment that the chain begins with, if it begins with one of the first.
  var firstBorder: Int?
  /// Bits that came from headers without payload or segment to bear them out.
  private var weakBits = 0
  /// Whether one of the two frames before has the same header.
  private(set) var isRepetition = false
  /// A digest of what was looked at of the payload, once that is there.
  private var digest: UInt64 = 0
  /// Whether the frame is one before over again.
  private var isConstant = false
  private var before: Signature?
  private var secondBefore: Signature?

  /// By what two frames look the same.
  private struct Signature: Sendable, Equatable {
    var opcode: Opcode
    var length: UInt64
    var key: UInt32?
    var digest: UInt64
  }
  private(set) var message: Message
  /// Whether the payload is that of a text message which is not compressed.
  let isText: Bool

  /// Most bits of a chain that come from unmasked headers alone.
  ///
  /// Other formats have the same bytes: tag and length of ASN.1
  /// (82 0b "example.com"), small arrays of CBOR (82 01 05).
  private static let weakLimit = 12

  /// The first frame of a chain.
  init(
    _ header: FrameHeader, at offset: Int, startBits: Int, isAligned: Bool, isAnchored: Bool, followsASCII: Bool = false
  ) {
    excludesText = followsASCII && header.isFinal
    hasBinary = header.opcode == .binary
    if isAnchored, header.opcode == .text { anchoredTexts = 1 }
    self.header = header
    self.offset = offset
    self.isAligned = isAligned
    self.isAnchored = isAnchored
    written = isAnchored && header.opcode != .continuation ? offset : nil
    start = offset
    bits = startBits
    (message, isText) = Self.next(.unknown, header)
  }

  /// A further frame of a chain.
  init(
    _ header: FrameHeader, at offset: Int, after last: ChainLink, headerBits: Int, isAligned: Bool, isAnchored: Bool,
    followsASCII: Bool
  ) {
    excludesText = last.excludesText || (followsASCII && header.isFinal)
    hasBinary = last.hasBinary || header.opcode == .binary
    early = last.early
    hasInnerFrame = last.hasInnerFrame || (last.isAnchored && !isAligned)
    anchoredTexts = last.anchoredTexts + ((last.isAnchored || isAnchored) && header.opcode == .text ? 1 : 0)
    self.header = header
    self.offset = offset
    self.isAligned = isAligned
    self.isAnchored = isAnchored || last.isAnchored
    if case .open = last.message {
      written = last.written
    } else {
      written = isAnchored && header.opcode != .continuation ? offset : nil
    }
    start = last.start
    firstBorder = last.firstBorder
    head = last.head
    filling = last.filling
    bits = last.bits
    frames = last.frames + 1
    alignedFrames = last.alignedFrames
    hasTwoLengths = last.hasTwoLengths || header.payloadLength != last.header.payloadLength
    weakBits = last.weakBits
    (message, isText) = Self.next(last.message, header)
    before = last.signature
    secondBefore = last.before
    isRepetition = [before, secondBefore].contains { other in
      other?.opcode == header.opcode && other?.length == header.payloadLength && other?.key == header.maskingKey
    }
    // Bytes that repeat are no evidence, however often they do.
    guard !isRepetition else { return }
    addHeader(bits: headerBits)
    // A client with one key for all its frames: 32 bits that fit.
    if let key = header.maskingKey, key == last.header.maskingKey { bits += 10 }
  }

  var opcode: Opcode { header.opcode }

  /// The place behind the frame.
  var end: Int {
    // Lengths of 2^40 and more are no plausible headers.
    offset + header.headerLength + Int(truncatingIfNeeded: header.payloadLength)
  }

  /// Adds what the header is worth, if chance gives headers by `bits`.
  mutating func addHeader(bits nominal: Int) {
    var worth = nominal
    switch header.opcode {
    case .continuation: worth = header.payloadLength == 0 ? 0 : max(0, worth - 2)
    case .text, .binary: if header.payloadLength == 0 { worth = min(worth, 2) }
    default: break
    }
    // Four or more bytes of the length are zero.
    if header.lengthForm == .long { worth += 8 }
    if header.maskingKey == nil, !isText {
      worth = min(worth, max(0, Self.weakLimit - weakBits))
      weakBits += worth
    }
    bits += worth
  }

  private var signature: Signature {
    Signature(opcode: header.opcode, length: header.payloadLength, key: header.maskingKey, digest: digest)
  }

  /// Adds what the payload is worth, unless it came before with the same header.
  mutating func addPayload(bits worth: Int, digest: UInt64) {
    self.digest = digest
    // A key that comes again with the same length is that of one frame whose payload repeats.
    isConstant = signature == before || signature == secondBefore || (isRepetition && header.maskingKey != nil)
    if !isConstant || worth < 0 { bits += worth }
  }

  /// Notes that the frame ends where a segment does, and that a write begins with it, or with its message, at `offset`.
  mutating func fillWrite(from offset: Int) {
    if filling == nil { filling = offset }
    if head == nil { head = offset }
  }

  /// Adds what it is worth that the frame ends where a segment does.
  ///
  /// - Parameter isTrusted: Whether it is known that there are frames: then frames of one size after the other count.
  mutating func addAlignment(isTrusted: Bool) {
    if isAligned { alignedFrames += 1 }
    guard !isRepetition else {
      if isAligned, isTrusted, !isConstant { bits += 4 }
      return
    }
    // Seven bits of length, or more, say just that.
    bits += isAligned ? 6 : 4
  }

  /// Whether a header may stand behind this frame.
  func allows(_ next: FrameHeader) -> Bool {
    guard (next.maskingKey == nil) == (header.maskingKey == nil) else { return false }
    switch message {
    case .closed: return false
    case .unknown: return true
    case _ where next.opcode.isControl: return true
    case .none: return next.opcode != .continuation
    case .open: return next.opcode == .continuation
    }
  }

  /// What becomes of the message with a frame, and whether that frame's payload is text.
  private static func next(_ message: Message, _ header: FrameHeader) -> (Message, Bool) {
    switch header.opcode {
    case .close: return (.closed, false)
    case .text, .binary:
      let isText = header.opcode == .text && !header.isCompressed
      return (header.isFinal ? .none : .open(isText: isText), isText)
    case .continuation:
      guard case .open(let isText) = message else { return (header.isFinal ? .none : .unknown, false) }
      return (header.isFinal ? .none : message, isText)
    default: return (message, false)
    }
  }
}

/// Chains that wait for their next header, the nearest first, under a cap.
struct LinkHeap: Sendable {
  private(set) var links: [ChainLink] = []

  var heldBytes: Int { links.capacity * MemoryLayout<ChainLink>.stride }

  /// Chains that are followed at once; random bytes begin some thirty in the 1,500 bytes of a packet.
  private static let limit = 512

  mutating func insert(_ link: ChainLink) {
    guard links.count < Self.limit else { return }
    links.append(link)
    var index = links.count - 1
    while index > 0, links[index].end < links[(index - 1) / 2].end {
      links.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  /// Takes out a chain whose frame ends at a place; none ends before it.
  mutating func removeFirst(endingAt place: Int) -> ChainLink? {
    guard let first = links.first, first.end <= place else { return nil }
    let last = links.removeLast()
    guard !links.isEmpty else { return first }
    links[0] = last
    var index = 0
    while true {
      var least = index
      for child in [2 * index + 1, 2 * index + 2] where child < links.count && links[child].end < links[least].end {
        least = child
      }
      guard least != index else { return first }
      links.swapAt(index, least)
      index = least
    }
  }
}
