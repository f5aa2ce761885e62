/// A growable buffer of bytes that is reused, so that the steady state allocates nothing.
@safe
public final class ByteBuffer {
  private var base: UnsafeMutableRawPointer
  /// Bytes that fit without growing.
  public private(set) var capacity: Int
  /// Bytes held.
  public private(set) var count = 0

  /// An empty buffer with room for `capacity` bytes.
  public init(capacity: Int) {
    self.capacity = max(capacity, 64)
    unsafe base = UnsafeMutableRawPointer.allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit {
    unsafe base.deallocate()
  }

  /// Whether no bytes are held.
  public var isEmpty: Bool { count == 0 }

  /// Drops the bytes and keeps the memory.
  public func removeAll() { count = 0 }

  /// Drops all but the first `newCount` bytes.
  public func truncate(to newCount: Int) {
    count = min(count, max(newCount, 0))
  }

  /// Makes room for `byteCount` bytes behind those held.
  public func reserve(_ byteCount: Int) {
    guard byteCount > capacity - count else { return }
    let needed = count + byteCount
    let larger = max(needed, min(capacity * 2, needed + (64 << 20)))
    // SAFETY: `count` bytes are initialized in the old allocation and fit into the new one.
    let grown = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    unsafe grown.copyMemory(from: base, byteCount: count)
    unsafe base.deallocate()
    unsafe base = grown
    capacity = larger
  }

  /// Appends a copy of `bytes`.
  public func append(_ bytes: RawSpan) {
    append(byteCount: bytes.byteCount) { destination in
      // SAFETY: the destination has exactly the span's byte count.
      unsafe bytes.withUnsafeBytes { source in unsafe destination.copyMemory(from: source) }
    }
  }

  /// Appends `byteCount` bytes that `fill` writes, every one of them.
  @inline(__always)
  @safe public func append(byteCount: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
    guard byteCount > 0 else { return }
    reserve(byteCount)
    // SAFETY: `reserve` made room for `byteCount` bytes behind `count`.
    unsafe fill(UnsafeMutableRawBufferPointer(start: base + count, count: byteCount))
    count += byteCount
  }

  /// Calls `body` with the bytes held.
  @inline(__always)
  public func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
    // SAFETY: the first `count` bytes are initialized, and the buffer is held during the call.
    body(unsafe UnsafeRawBufferPointer(start: base, count: count).bytes)
  }

  /// Calls `body` with the bytes from `start` on.
  @inline(__always)
  public func withBytes<Result>(from start: Int, _ body: (RawSpan) -> Result) -> Result {
    let first = min(max(start, 0), count)
    // SAFETY: `first` is at most `count`, up to which the bytes are initialized.
    return body(unsafe UnsafeRawBufferPointer(start: base + first, count: count - first).bytes)
  }
}
