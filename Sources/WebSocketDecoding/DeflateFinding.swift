/// What makes bits no deflate data (RFC 1951).
public enum DeflateFault: Sendable, Hashable {
  /// Block type 3 (§3.2.3).
  case blockType(bit: Int)
  /// A stored block's length and its complement do not fit (§3.2.4).
  case storedLength(bit: Int)
  /// More than 286 literal and length codes, or than 30 distance codes (§3.2.7).
  case codeCounts(bit: Int)
  /// Code lengths that make no code (§3.2.2, §3.2.7).
  case codeLengths(bit: Int)
  /// Bits that are no code, or a symbol that is never used (§3.2.5, §3.2.6).
  case symbol(bit: Int)
}

/// Why a compressed message is not what a receiver can inflate (RFC 7692 §7.2.2).
public enum DeflateFailure: Sendable, Hashable {
  /// Its bits are no deflate data.
  case fault(DeflateFault)
  /// A copy reaches back before all that this one may refer to: how far, and where in the output.
  case reach(Int, offset: Int)
  /// It ends inside a block.
  case endsInsideBlock
  /// Its blocks are whole, but the octet is missing in which the empty block begins whose rest the receiver appends.
  case noEmptyBlock
  /// The empty block is there, with the four octets that the receiver appends once more.
  case tailTwice
  /// It has no octet.
  case empty
  /// It is too long to be kept and judged.
  case unknown
}

/// What is to be said of a compressed message.
public enum DeflateFinding: Sendable, Hashable {
  /// It does not inflate as a receiver does it.
  case failed(DeflateFailure, byteCount: Int)
  /// It refers back to earlier ones, though each is to be compressed on its own: how far before its beginning, and where
  /// in its output.
  case tookOver(reach: Int, offset: Int)
  /// A copy comes from farther back than the agreed window.
  case windowExceeded(distance: Int, offset: Int, windowBits: Int)
  /// It would inflate with 00 00 ff ff at the end of each fragment but the last.
  case fragmentTailsRemoved(fragments: Int)
  /// It ends with 00 00 ff ff.
  case tailNotRemoved
  /// Bits behind a final block are not zero, in this byte of the payload.
  case paddingNotZero(offset: Int)
  /// It would inflate if the block behind a final one began inside a byte.
  case blockInsideByte
  /// It inflates to a thousand times its size, or some messages do together.
  case bomb(length: Int, wireLength: Int, messages: Int)
}
