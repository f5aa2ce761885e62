/// Writes packets as capture files.
public enum CaptureBuilder {
  /// The forms of a pcap file's records.
  public enum PcapForm: UInt32, Sendable, CaseIterable {
    case microseconds = 0xa1b2_c3d4
    case nanoseconds = 0xa1b2_3c4d
    /// The header of a patched libpcap of 1999, whose records have eight more octets.
    case patched = 0xa1b2_cd34
  }

  /// A pcap file; its link type is that of the first packet unless one is named.
  public static func pcap(
    _ packets: [BuiltPacket], linkType: UInt32? = nil, order: ByteOrder = .little, form: PcapForm = .microseconds,
    snapLength: UInt32 = 262_144
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(integer: form.rawValue, order)
    bytes.append(integer: 2 as UInt16, order)
    bytes.append(integer: 4 as UInt16, order)
    bytes.append(integer: 0 as UInt64, order)
    bytes.append(integer: snapLength, order)
    bytes.append(integer: linkType ?? UInt32(packets.first?.linkType ?? 1), order)
    for packet in packets {
      let (seconds, rest) = packet.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
      bytes.append(integer: UInt32(truncatingIfNeeded: seconds), order)
      bytes.append(integer: UInt32(truncatingIfNeeded: form == .nanoseconds ? rest : rest / 1000), order)
      bytes.append(integer: UInt32(packet.bytes.count), order)
      bytes.append(integer: UInt32(truncatingIfNeeded: packet.originalLength), order)
      if form == .patched { bytes += [UInt8](repeating: 0, count: 8) }
      bytes += packet.bytes
    }
    return bytes
  }

  /// A pcapng file of one section, with an interface for each link type and enhanced packet blocks.
  ///
  /// `resolution` is the octet of `if_tsresol`: 9 for nanoseconds, 0x80 | n for 2^-n seconds, `nil` for no option, which
  /// means microseconds.
  public static func pcapng(
    _ packets: [BuiltPacket], order: ByteOrder = .little, resolution: UInt8? = nil
  ) -> [UInt8] {
    var file = PcapngBuilder(order: order)
    var interfaces: [UInt16: UInt32] = [:]
    for packet in packets {
      if interfaces[packet.linkType] == nil {
        interfaces[packet.linkType] = file.interface(linkType: packet.linkType, resolution: resolution)
      }
      file.packet(packet, interface: interfaces[packet.linkType]!)
    }
    return file.bytes
  }
}
