/// Writes a pcapng file block by block (draft-ietf-opsawg-pcapng).
public struct PcapngBuilder: Sendable {
  /// The file so far.
  public private(set) var bytes: [UInt8] = []
  /// The byte order of the current section.
  public private(set) var order: ByteOrder
  /// The `if_tsresol` of the current section's interfaces.
  private var resolutions: [UInt8] = []

  /// An option: its code and its value, which is padded as it is written.
  public typealias Option = (code: UInt16, value: [UInt8])

  /// A file that begins with a section.
  public init(order: ByteOrder = .little, options: [Option] = []) {
    self.order = order
    section(order: order, options: options)
  }

  /// A section header block, from which on interfaces are numbered anew.
  public mutating func section(order: ByteOrder, options: [Option] = []) {
    self.order = order
    resolutions = []
    var body = integer(0x1a2b_3c4d as UInt32)
    body += integer(1 as UInt16) + integer(0 as UInt16) + integer(UInt64.max)
    block(type: 0x0a0d_0d0a, body: body, options: options)
  }

  /// An interface description block; returns the interface's number.
  @discardableResult
  public mutating func interface(
    linkType: UInt16, snapLength: UInt32 = 0, name: String? = nil, resolution: UInt8? = nil, offset: Int64? = nil,
    options: [Option] = []
  ) -> UInt32 {
    var all = options
    if let name { all.append((2, Array(name.utf8))) }
    if let resolution { all.append((9, [resolution])) }
    if let offset { all.append((14, integer(offset))) }
    block(type: 1, body: integer(linkType) + integer(0 as UInt16) + integer(snapLength), options: all)
    resolutions.append(resolution ?? 6)
    return UInt32(resolutions.count - 1)
  }

  /// An enhanced packet block; the time is written in the interface's own unit, less an offset in seconds.
  public mutating func packet(
    _ packet: BuiltPacket, interface: UInt32 = 0, offset: Int64 = 0, options: [Option] = []
  ) {
    let units = units(packet.nanoseconds - offset * 1_000_000_000, interface)
    let body =
      integer(interface) + integer(UInt32(truncatingIfNeeded: units >> 32)) + integer(UInt32(truncatingIfNeeded: units))
      + integer(UInt32(packet.bytes.count)) + integer(UInt32(truncatingIfNeeded: packet.originalLength))
    block(type: 6, body: body + padded(packet.bytes), options: options)
  }

  /// A simple packet block: no time, no interface, and the captured length follows from the snap length.
  public mutating func simplePacket(_ packet: BuiltPacket) {
    block(type: 3, body: integer(UInt32(truncatingIfNeeded: packet.originalLength)) + padded(packet.bytes))
  }

  /// An obsolete packet block; see `packet` for the offset.
  public mutating func obsoletePacket(
    _ packet: BuiltPacket, interface: UInt16 = 0, offset: Int64 = 0, drops: UInt16 = 0xffff, options: [Option] = []
  ) {
    let units = units(packet.nanoseconds - offset * 1_000_000_000, UInt32(interface))
    let body =
      integer(interface) + integer(drops) + integer(UInt32(truncatingIfNeeded: units >> 32))
      + integer(UInt32(truncatingIfNeeded: units)) + integer(UInt32(packet.bytes.count))
      + integer(UInt32(truncatingIfNeeded: packet.originalLength))
    block(type: 2, body: body + padded(packet.bytes), options: options)
  }

  /// A decryption secrets block; "TLSK" is the type of a TLS key log.
  public mutating func secrets(type: UInt32 = 0x544c_534b, _ text: String) {
    block(type: 10, body: integer(type) + integer(UInt32(text.utf8.count)) + padded(Array(text.utf8)))
  }

  /// A name resolution block with one IPv4 record.
  public mutating func name(_ name: String, octets: [UInt8]) {
    let value = octets + Array(name.utf8) + [0]
    block(type: 4, body: integer(1 as UInt16) + integer(UInt16(value.count)) + padded(value) + [0, 0, 0, 0])
  }

  /// An interface statistics block with the packets received (`isb_ifrecv`) and dropped (`isb_ifdrop`).
  public mutating func statistics(interface: UInt32 = 0, received: UInt64, dropped: UInt64) {
    block(
      type: 5, body: integer(interface) + integer(0 as UInt64),
      options: [(4, integer(received)), (5, integer(dropped))])
  }

  /// Any block: its type, its body, which is padded, and its options.
  public mutating func block(type: UInt32, body: [UInt8], options: [Option] = []) {
    var content = padded(body)
    for option in options {
      content += integer(option.code) + integer(UInt16(option.value.count)) + padded(option.value)
    }
    if !options.isEmpty { content += [0, 0, 0, 0] }
    let length = integer(UInt32(content.count + 12))
    bytes += integer(type) + length + content + length
  }

  /// Bytes as they are, such as garbage between blocks.
  public mutating func raw(_ garbage: [UInt8]) { bytes += garbage }

  /// An integer in the section's byte order.
  public func integer<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(integer: value, order)
    return bytes
  }

  private func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
  }

  /// A time in the units of an interface, rounded down.
  private func units(_ nanoseconds: Int64, _ interface: UInt32) -> UInt64 {
    let resolution = Int(interface) < resolutions.count ? resolutions[Int(interface)] : 6
    var perSecond: Int128 = 1
    for _ in 0..<(resolution & 0x7f) { perSecond *= resolution & 0x80 != 0 ? 2 : 10 }
    return UInt64(truncatingIfNeeded: Int128(nanoseconds) * perSecond / 1_000_000_000)
  }
}
