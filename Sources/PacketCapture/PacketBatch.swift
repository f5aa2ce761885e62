public import NetworkTypes

/// One captured packet: where its bytes lie in its batch, and what the capture says of it.
public struct Packet: Sendable {
  /// The packet's time.
  public var timestamp: Timestamp
  /// The captured bytes, as offsets into the batch's storage.
  public var bytes: Range<Int>
  /// Bytes that the packet had on the wire; more than were captured where a snap length cut it.
  public var originalLength: Int
  /// The link type (LINKTYPE_ registry number) of the interface.
  public var linkType: UInt16
  /// Which of the inputs that a live batch is filled from; 0 in a file's batch.
  public var inputOffset: UInt16 = 0
  /// The 1-based number of the packet in its file.
  public var number: Int
  /// Bytes of a frame check sequence at the end of the packet, as the capture declares it; 0 if unknown.
  public var frameCheckBytes: Int

  /// A packet of a batch.
  public init(
    timestamp: Timestamp, bytes: Range<Int>, originalLength: Int, linkType: UInt16, number: Int,
    frameCheckBytes: Int = 0
  ) {
    self.timestamp = timestamp
    self.bytes = bytes
    self.originalLength = originalLength
    self.linkType = linkType
    self.number = number
    self.frameCheckBytes = frameCheckBytes
  }
}

/// Packets of one file, decoded where they lie in the storage that the file was read into.
///
/// A batch owns its storage: it stays valid while it is held, and goes back to its pool when nobody holds it.
@safe
public final class PacketBatch {
  /// The memory that the packets' bytes lie in.
  private(set) var storage: UnsafeMutableRawBufferPointer
  /// The packets, in file order.
  public var packets: [Packet] = []
  /// Bytes of the storage that `append` has filled.
  private var appendedBytes = 0
  /// Index of the file among the inputs.
  public var fileIndex = 0

  /// A batch with room for `capacity` bytes.
  public init(capacity: Int) {
    unsafe storage = UnsafeMutableRawBufferPointer.allocate(byteCount: max(capacity, 16), alignment: 16)
  }

  deinit {
    unsafe storage.deallocate()
  }

  /// Bytes of storage.
  public var capacity: Int { unsafe storage.count }

  /// Calls `body` with the whole storage, of which `Packet.bytes` names parts.
  @inline(__always)
  public func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
    // SAFETY: the storage lives as long as this object, which the caller holds during the call.
    body(unsafe UnsafeRawBufferPointer(storage).bytes)
  }

  /// Calls `body` with the first `used` bytes of the storage.
  @inline(__always)
  func withBytes<Result, Failure: Error>(
    upTo used: Int, _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // SAFETY: as above; the slice traps where `used` is beyond the storage.
    try body(unsafe UnsafeRawBufferPointer(rebasing: storage[..<used]).bytes)
  }

  /// Calls `body` with the storage behind the first `used` bytes, to be written to.
  func withFreeBytes<Result>(
    after used: Int, _ body: (UnsafeMutableRawBufferPointer) throws(CaptureError) -> Result
  ) throws(CaptureError) -> Result {
    // SAFETY: as above; the slice traps where `used` is beyond the storage.
    unsafe try body(UnsafeMutableRawBufferPointer(rebasing: storage[used...]))
  }

  /// Copies a packet's bytes behind those of the others, if there is room; an empty batch makes room for any.
  ///
  /// - Parameters:
  ///   - bytes: The packet's bytes.
  ///   - packet: What is known of it; its `bytes` are filled in.
  /// - Returns: Whether there was room.
  public func append(_ bytes: RawSpan, _ packet: Packet) -> Bool {
    if packets.isEmpty { grow(to: bytes.byteCount, keeping: 0) }
    guard bytes.byteCount <= capacity - appendedBytes else { return false }
    var packet = packet
    packet.bytes = appendedBytes..<appendedBytes + bytes.byteCount
    // SAFETY: the slice is within the storage, as was just compared, and as long as the span.
    unsafe bytes.withUnsafeBytes { source in
      unsafe UnsafeMutableRawBufferPointer(rebasing: storage[packet.bytes]).copyMemory(from: source)
    }
    appendedBytes = packet.bytes.upperBound
    packets.append(packet)
    return true
  }

  /// Forgets what `append` took.
  public func removeAll() {
    packets.removeAll(keepingCapacity: true)
    appendedBytes = 0
  }

  /// Copies the bytes `range` of `other` to the beginning of this batch, which grows to hold them.
  func take(_ range: Range<Int>, of other: PacketBatch) {
    guard !range.isEmpty else { return }
    grow(to: range.count, keeping: 0)
    // SAFETY: both slices trap beyond their storage, and this one holds `range.count` bytes at least.
    unsafe storage.copyMemory(from: UnsafeRawBufferPointer(rebasing: other.storage[range]))
  }

  /// Moves the bytes `range` of this batch to its beginning.
  func moveToFront(_ range: Range<Int>) {
    guard range.lowerBound > 0, !range.isEmpty else { return }
    // SAFETY: the slice traps beyond the storage; `copyMemory` allows overlap.
    unsafe storage.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[range]))
  }

  /// Makes room for at least `capacity` bytes, keeping the first `used`.
  func grow(to capacity: Int, keeping used: Int) {
    guard capacity > self.capacity else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
    // SAFETY: `used` is at most the old capacity, which is below the new one.
    unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[..<min(used, storage.count)]))
    unsafe storage.deallocate()
    unsafe storage = larger
  }
}
