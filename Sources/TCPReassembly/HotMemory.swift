internal import CPrefetch

/// Addresses of the objects that the next packet of a connection will read.
///
/// With thousands of connections each packet finds its own out of the cache, and would wait for one line after the
/// other. Fetched a few packets ahead they are there in time. An address is only ever fetched, which is harmless even
/// if the object is gone: it is never read through.
///
/// A million connections keep it, so that only the low bits of addresses are kept: the others are those of the
/// connection itself, unless the allocator has put them 64 GiB apart.
struct HotMemory {
  /// Low bits of the addresses, in units of 16 bytes; 0 is none.
  private var places: InlineArray<4, UInt32> = [0, 0, 0, 0]

  /// Cache lines of an object that are worth fetching.
  private static let lines = 3
  private static let lineBytes: UInt = 64
  private static let unit: UInt = 16
  /// Bytes that the low bits can tell apart.
  private static let span = (UInt(UInt32.max) + 1) * unit

  init() {}

  /// The addresses of `objects`, of which the first four count.
  init(_ objects: [AnyObject]) {
    for (index, object) in objects.prefix(4).enumerated() {
      places[index] = UInt32(truncatingIfNeeded: Self.address(of: object) / Self.unit)
    }
  }

  /// Asks for all objects of a connection.
  @inline(__always)
  func fetch(for connection: Connection) {
    let high = Self.address(of: connection) & ~(Self.span &- 1)
    for index in 0..<4 where places[index] != 0 {
      Self.fetch(high | UInt(places[index]) &* Self.unit, lines: Self.lines)
    }
  }

  /// Asks for the lines from an address on.
  @inline(__always)
  static func fetch(_ address: UInt, lines: Int) {
    for line in 0..<lines {
      // SAFETY: the address is not read through; fetching any address is harmless.
      unsafe prefetch_line(UnsafeRawPointer(bitPattern: address &+ UInt(line) &* lineBytes))
    }
  }

  /// Where an object stands.
  static func address(of object: AnyObject) -> UInt {
    // SAFETY: the pointer is only turned into a number.
    unsafe UInt(bitPattern: Unmanaged.passUnretained(object).toOpaque())
  }
}
