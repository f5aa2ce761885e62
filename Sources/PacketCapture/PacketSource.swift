public import NetworkTypes

/// Gives packets in the order in which they are to be analyzed.
public protocol PacketSource: AnyObject {
  /// The next packets, or `nil` at the end.
  ///
  /// The batch stays valid while it is held; a source may take it back for another use once nobody holds it.
  func nextBatch() throws(CaptureError) -> PacketRun?

  /// What was found wrong with the inputs so far, in the order in which it was found.
  var damage: [CaptureDamage] { get }

  /// Bytes of the inputs that were skipped so far because nothing in them could be read for sure.
  var damagedBytes: Int { get }

  /// Packets that were seen in the inputs so far and left out, as damaged or of an unknown interface.
  var damagedPackets: Int { get }
}

extension PacketSource {
  /// None, where a source has no damage.
  public var damagedBytes: Int { 0 }
  /// None, where a source has no damage.
  public var damagedPackets: Int { 0 }
}

/// Packets of a batch that come next in time: a part of the batch where several files are merged.
public struct PacketRun {
  /// The batch that holds the packets and their bytes.
  public let batch: PacketBatch
  /// Indices into the batch's packets; there may be none.
  public let range: Range<Int>
  /// For a live source: up to when all has been given that was captured.
  ///
  /// What waits for packets has waited until then.
  public let clock: Timestamp?

  /// The packets `range` of `batch`.
  public init(batch: PacketBatch, range: Range<Int>, clock: Timestamp? = nil) {
    self.batch = batch
    self.range = range
    self.clock = clock
  }
}

/// Why an input cannot be read at all.
///
/// Its description is one sentence for standard error.
public struct CaptureError: Error, Sendable, CustomStringConvertible {
  /// The input's name.
  public let file: String
  /// What went wrong, without the file's name.
  public let reason: String

  /// A failure to read `file`.
  public init(file: String, reason: String) {
    self.file = file
    self.reason = reason
  }

  /// The file and the reason.
  public var description: String { "\(file): \(reason)" }
}

/// A fault in an input: everything readable before (and, where possible, after) it was given out.
public struct CaptureDamage: Sendable, CustomStringConvertible {
  /// The input's name.
  public let file: String
  /// Byte offset of the fault in the (uncompressed) file.
  public let offset: Int
  /// What is wrong there.
  public let reason: String
  /// Whether it is only that the capture ends inside its last packet, as one that is still being written does.
  public let isCutShort: Bool

  /// A fault in `file` at `offset`.
  public init(file: String, offset: Int, reason: String, isCutShort: Bool = false) {
    self.file = file
    self.offset = offset
    self.reason = reason
    self.isCutShort = isCutShort
  }

  /// The file, the offset and the fault.
  public var description: String { "\(file): at byte \(offset): \(reason)" }
}
