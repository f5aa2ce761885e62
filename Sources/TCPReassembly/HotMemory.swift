internal import CPrefetch

/// Addresses of the objects that the next packet of a connection will read.
///
/// With thousands of connections each packet finds its own out of the cache, and would wait for one line after the
/// other. Fetched a few packets ahead they are there in time. An address is only ever fetched, which is harmless even
/// if the object is gone: it is never read through.
struct HotMemory {
  private var addresses: InlineArray<4, UInt> = [0, 0, 0, 0]

  /// Cache lines of an object that are worth fetching.
  private static let lines = 4
  private static let lineBytes: UInt = 64

  init() {}

  /// The addresses of `objects`, of which the first four count.
  init(_ objects: [AnyObject]) {
    for (index, object) in objects.prefix(4).enumerated() {
      addresses[index] = Self.address(of: object)
    }
  }

  /// Asks for all objects.
  @inline(__always)
  func fetch() {
    for index in 0..<4 where addresses[index] != 0 { Self.fetch(addresses[index], lines: Self.lines) }
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
