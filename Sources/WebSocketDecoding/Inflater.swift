internal import CZlib
public import NetworkTypes

/// The inflating half of permessage-deflate (RFC 7692 §7.2.2): one deflate stream over the messages of a direction.
///
/// The window is always the largest, so that messages of a sender who exceeds the agreed one are still readable.
@safe
public final class Inflater {
  /// How a piece of compressed payload went.
  public enum Outcome: Sendable, Hashable {
    /// All of it was taken.
    case consumed
    /// It is no deflate data.
    case failed
    /// The output reached its limit; the rest of the input was not taken.
    case limitReached
  }

  /// How a message ended.
  public enum Ending: Sendable, Hashable {
    /// With the beginning of the empty block whose rest a receiver appends.
    case whole
    /// Between two blocks: all of them are whole, but a receiver that appends 00 00 FF FF stands inside one then.
    case unterminated
    /// Inside a block.
    case failed
    /// The output reached its limit.
    case limitReached
  }

  // SAFETY: zlib's state points back at its z_stream, which therefore lives at one address from init to deinit.
  private let stream: UnsafeMutablePointer<z_stream>
  private let isReady: Bool
  /// Whether the last input ended exactly with a block whose BFINAL bit was set.
  private var hasEndedFinalBlock = false
  /// Whether something was taken of the message at hand.
  private var hasTaken = false
  /// Whether a block of the message at hand, or else of the one before, had BFINAL set.
  private(set) var hasSeenFinalBlock = false

  /// Bytes that deflate data may refer back (RFC 1951 §2), and that the window holds.
  static let windowBytes = 32768
  /// Bytes of memory that an inflater takes: zlib's state and the window.
  ///
  /// A new window has pages that were never touched, which cost nothing; but memory that was used before has none of
  /// those.
  static let heldBytes = 41_000
  private static let tail: [UInt8] = [0x00, 0x00, 0xff, 0xff]
  /// Bytes of output handed over at once.
  static let outputBytes = 32768

  /// An inflater with an empty window.
  public init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    unsafe isReady =
      inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
  }

  deinit {
    if isReady { unsafe inflateEnd(stream) }
    unsafe stream.deinitialize(count: 1)
    unsafe stream.deallocate()
  }

  /// Forgets the window and any unfinished block.
  ///
  /// zlib counts what it put out since then, and refuses a distance beyond that.
  public func reset() {
    hasEndedFinalBlock = false
    hasTaken = false
    hasSeenFinalBlock = false
    if isReady { unsafe inflateReset(stream) }
  }

  /// Begins with a window that is not empty.
  ///
  /// - Parameter window: What stands before the first message, 32 KiB at most.
  /// - Returns: Whether zlib took it.
  func begin(with window: RawSpan) -> Bool {
    reset()
    // SAFETY: zlib copies the bytes, which are borrowed for this call, with their byte count.
    return unsafe window.withUnsafeBytes { bytes in
      let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      return unsafe isReady && inflateSetDictionary(stream, start, UInt32(clamping: bytes.count)) == Z_OK
    }
  }

  /// The window between two messages: what they may refer back to.
  func copyWindow() -> [UInt8] {
    var length: UInt32 = 0
    guard unsafe isReady && inflateGetDictionary(stream, nil, &length) == Z_OK, length > 0 else { return [] }
    return unsafe [UInt8](unsafeUninitializedCapacity: Int(length)) { bytes, count in
      // SAFETY: zlib writes the window, whose length it has just said.
      let status = unsafe inflateGetDictionary(stream, bytes.baseAddress, &length)
      count = status == Z_OK ? Int(length) : 0
    }
  }

  /// Inflates a piece of a message's payload.
  ///
  /// - Parameters:
  ///   - input: Compressed bytes.
  ///   - output: A scratch buffer; its contents are replaced.
  ///   - limit: The most bytes to put out.
  ///   - consume: Takes the inflated bytes, piece by piece.
  /// - Returns: How it went.
  public func inflate(
    _ input: RawSpan, through output: ByteBuffer, limit: Int, consume: (RawSpan) -> Void
  ) -> Outcome {
    guard isReady else { return .failed }
    if !hasTaken { hasSeenFinalBlock = false }
    if input.byteCount > 0 { hasTaken = true }
    // SAFETY: next_in and next_out point into memory that is borrowed for this call, with its byte counts.
    return unsafe input.withUnsafeBytes { bytes in
      unsafe stream.pointee.next_in = UnsafeMutablePointer(
        mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
      unsafe stream.pointee.avail_in = UInt32(clamping: bytes.count)
      return run(through: output, limit: limit, consume: consume)
    }
  }

  /// Says that the message is over, as the receiver does who appends 00 00 FF FF (RFC 7692 §7.2.2).
  ///
  /// A message that ends between two blocks is whole for whoever wants to read it, and for those behind it; the sender
  /// left out what RFC 7692 §7.2.1 demands. Without an octet it has no block.
  ///
  /// - Returns: How it ended.
  public func finishMessage(through output: ByteBuffer, limit: Int, consume: (RawSpan) -> Void) -> Ending {
    guard isReady else { return .failed }
    guard hasTaken else { return .unterminated }
    defer { hasTaken = false }
    guard !hasEndedFinalBlock else { return .unterminated }
    // Not a bit of a next block may have been read, or the next message would go on with it.
    if isBetweenBlocks { return unsafe inflateResetKeep(stream) == Z_OK ? .unterminated : .failed }
    let outcome = Self.tail.withRawSpan { inflate($0, through: output, limit: limit, consume: consume) }
    guard outcome == .consumed else { return outcome == .failed ? .failed : .limitReached }
    // One or two bits left over begin a block.
    return unsafe hasEndedFinalBlock || (isBetweenBlocks && stream.pointee.data_type & 63 == 0) ? .whole : .failed
  }

  /// Bit 7 of data_type: the last thing read was the end of a block.
  ///
  /// The bits below 6 say what is left of the last byte.
  private var isBetweenBlocks: Bool { unsafe stream.pointee.data_type & 128 != 0 }

  private func run(through output: ByteBuffer, limit: Int, consume: (RawSpan) -> Void) -> Outcome {
    var produced = 0
    while true {
      if hasEndedFinalBlock {
        guard unsafe stream.pointee.avail_in > 0 else { return .consumed }
        guard restartKeepingWindow() else { return .failed }
      }
      output.removeAll()
      var status = Z_OK
      var written = 0
      output.append(byteCount: Self.outputBytes) { room in
        // SAFETY: `room` is the memory of `output`, valid during this call, with its byte count.
        unsafe stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(room.count)
        unsafe status = CZlib.inflate(stream, Z_SYNC_FLUSH)
        unsafe written = room.count - Int(stream.pointee.avail_out)
      }
      output.truncate(to: written)
      produced += written
      guard produced <= limit else { return .limitReached }
      if written > 0 { output.withBytes(consume) }
      switch status {
      case Z_STREAM_END:
        hasEndedFinalBlock = true
        hasSeenFinalBlock = true
      case Z_OK where written == Self.outputBytes: continue
      case Z_OK, Z_BUF_ERROR: return unsafe stream.pointee.avail_in == 0 ? .consumed : .failed
      default: return .failed
      }
    }
  }

  /// Begins a new series of blocks behind one with BFINAL, which may refer back to what came before.
  private func restartKeepingWindow() -> Bool {
    hasEndedFinalBlock = false
    // A copy of the window here would let two bytes of input cost 64 KiB of copying.
    return unsafe inflateResetKeep(stream) == Z_OK
  }
}
