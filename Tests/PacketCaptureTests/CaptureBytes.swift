import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Writes capture files byte by byte, in either byte order.
struct CaptureBytes {
  var bytes: [UInt8] = []
  var isBigEndian = false

  mutating func add<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: isBigEndian ? value.bigEndian : value.littleEndian) { bytes += $0 }
  }

  mutating func add(_ raw: [UInt8]) { bytes += raw }

  mutating func pad() { while bytes.count % 4 != 0 { bytes.append(0) } }

  // MARK: pcap

  mutating func pcapHeader(
    magic: UInt32 = 0xa1b2_c3d4, major: UInt16 = 2, minor: UInt16 = 4, network: UInt32 = 1
  ) {
    add(magic)
    add(major)
    add(minor)
    add(UInt64(0))
    add(UInt32(262_144))
    add(network)
  }

  mutating func pcapRecord(
    seconds: UInt32, fraction: UInt32, _ data: [UInt8], original: Int? = nil, extra: Int = 0
  ) {
    add(seconds)
    add(fraction)
    add(UInt32(data.count))
    add(UInt32(original ?? data.count))
    add([UInt8](repeating: 0xee, count: extra))
    add(data)
  }

  // MARK: pcapng

  mutating func block(_ type: UInt32, _ body: (inout CaptureBytes) -> Void) {
    var inner = CaptureBytes(isBigEndian: isBigEndian)
    body(&inner)
    inner.pad()
    add(type)
    add(UInt32(inner.bytes.count + 12))
    add(inner.bytes)
    add(UInt32(inner.bytes.count + 12))
  }

  mutating func option(_ code: UInt16, _ value: [UInt8]) {
    add(code)
    add(UInt16(value.count))
    add(value)
    pad()
  }

  mutating func section(length: Int64 = -1, options: (inout CaptureBytes) -> Void = { _ in }) {
    block(0x0a0d_0d0a) {
      $0.add(UInt32(0x1a2b_3c4d))
      $0.add(UInt16(1))
      $0.add(UInt16(0))
      $0.add(length)
      options(&$0)
    }
  }

  mutating func interface(
    linkType: UInt16 = 1, snapLength: UInt32 = 0, options: (inout CaptureBytes) -> Void = { _ in }
  ) {
    block(1) {
      $0.add(linkType)
      $0.add(UInt16(0))
      $0.add(snapLength)
      options(&$0)
    }
  }

  mutating func enhanced(
    interface: UInt32 = 0, ticks: UInt64, _ data: [UInt8], original: Int? = nil,
    options: (inout CaptureBytes) -> Void = { _ in }
  ) {
    block(6) {
      $0.add(interface)
      $0.add(UInt32(truncatingIfNeeded: ticks >> 32))
      $0.add(UInt32(truncatingIfNeeded: ticks))
      $0.add(UInt32(data.count))
      $0.add(UInt32(original ?? data.count))
      $0.add(data)
      $0.pad()
      options(&$0)
    }
  }
}

/// A file in the temporary directory that is removed with this object.
final class TemporaryFile {
  let path: String
  private static let counter = Atomic(0)

  init(_ bytes: [UInt8]) {
    let number = Self.counter.add(1, ordering: .relaxed).newValue
    path = "/tmp/wstap-test-\(getpid())-\(number)"
    write(bytes)
  }

  func write(_ bytes: [UInt8]) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(descriptor >= 0, "cannot write \(path)")
    writeAll(bytes, to: descriptor)
    close(descriptor)
  }

  deinit { unlink(path) }
}

/// Writes `bytes` in as many calls as it takes.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
  var start = 0
  while start < bytes.count {
    let count = bytes[start...].withUnsafeBytes { wstapWrite(descriptor, $0.baseAddress, $0.count) }
    guard count > 0 else { return }
    start += count
  }
}

private func wstapWrite(_ descriptor: Int32, _ base: UnsafeRawPointer?, _ count: Int) -> Int {
  guard let base else { return 0 }
  #if canImport(Darwin)
    return Darwin.write(descriptor, base, count)
  #elseif canImport(Musl)
    return Musl.write(descriptor, base, count)
  #else
    return Glibc.write(descriptor, base, count)
  #endif
}
