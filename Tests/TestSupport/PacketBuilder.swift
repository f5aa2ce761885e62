import NetworkTypes

/// One packet as a capture holds it.
public struct BuiltPacket: Hashable, Sendable {
  /// The captured bytes.
  public var bytes: [UInt8]
  /// Octets on the wire.
  public var originalLength: Int
  /// Nanoseconds since 1970.
  public var nanoseconds: Int64
  /// The number of the LINKTYPE_ registry.
  public var linkType: UInt16

  /// A packet that was captured whole, unless an original length says otherwise.
  public init(_ bytes: [UInt8], originalLength: Int? = nil, nanoseconds: Int64 = 0, linkType: UInt16 = 1) {
    self.bytes = bytes
    self.originalLength = originalLength ?? bytes.count
    self.nanoseconds = nanoseconds
    self.linkType = linkType
  }

  /// The packet as a capture with this snap length holds it.
  public func snapped(to length: Int) -> BuiltPacket {
    var packet = self
    packet.bytes = Array(bytes.prefix(length))
    return packet
  }
}

/// What stands before the IP header of a packet.
public enum LinkLayer: Hashable, Sendable {
  /// Ethernet, with the VLAN identifiers of its tags, outermost first: the last is 802.1Q, those before it 802.1ad.
  case ethernet(vlans: [UInt16] = [])
  /// BSD loopback in the byte order of the capturing host, with an address family other than 2 and 30 if named.
  case null(ByteOrder, family: UInt32? = nil)
  case loop
  case raw
  /// LINKTYPE_IPV4 or LINKTYPE_IPV6, as the packet is.
  case plain
  case linuxCooked(vlans: [UInt16] = [])
  case linuxCooked2(vlans: [UInt16] = [])

  /// The number of the LINKTYPE_ registry for a packet of an IP version.
  public func linkType(isIPv6: Bool) -> UInt16 {
    switch self {
    case .ethernet: 1
    case .null: 0
    case .loop: 108
    case .raw: 101
    case .plain: isIPv6 ? 229 : 228
    case .linuxCooked: 113
    case .linuxCooked2: 276
    }
  }

  /// The octets before the IP header.
  public func header(isIPv6: Bool) -> [UInt8] {
    let family: UInt32 = isIPv6 ? 30 : 2
    var bytes: [UInt8] = []
    switch self {
    case .ethernet(let vlans):
      bytes += [0x02, 0, 0, 0, 0, 0x02, 0x02, 0, 0, 0, 0, 0x01] + Self.types(vlans, isIPv6)
    case .null(let order, let named): bytes.append(integer: named ?? family, order)
    case .loop: bytes.append(integer: family)
    case .raw, .plain: break
    case .linuxCooked(let vlans):
      bytes += [0, 4, 0, 1, 0, 6, 0x02, 0, 0, 0, 0, 0x01, 0, 0] + Self.types(vlans, isIPv6)
    case .linuxCooked2(let vlans):
      let types = Self.types(vlans, isIPv6)
      bytes += types[..<2] + [0, 0, 0, 0, 0, 2, 0, 1, 4, 6, 0x02, 0, 0, 0, 0, 0x01, 0, 0] + types[2...]
    }
    return bytes
  }

  /// EtherTypes and tags up to the IP header.
  private static func types(_ vlans: [UInt16], _ isIPv6: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, identifier) in vlans.enumerated() {
      bytes.append(integer: index == vlans.count - 1 ? 0x8100 : 0x88a8 as UInt16)
      bytes.append(integer: identifier)
    }
    bytes.append(integer: isIPv6 ? 0x86dd : 0x0800 as UInt16)
    return bytes
  }
}

/// Writes the headers of packets, with right lengths and checksums.
public enum PacketBuilder {
  /// A TCP segment with its header: ports, numbers, flags (as in the header's fourteenth octet), and options padded.
  public static func tcp(
    from source: Endpoint, to destination: Endpoint, sequence: UInt32, acknowledgment: UInt32, flags: UInt8,
    window: UInt16 = 65535, options: [UInt8] = [], payload: [UInt8] = []
  ) -> [UInt8] {
    let padded = options + Array(repeating: 0, count: (4 - options.count % 4) % 4)
    var bytes: [UInt8] = []
    bytes.append(integer: source.port)
    bytes.append(integer: destination.port)
    bytes.append(integer: sequence)
    bytes.append(integer: acknowledgment)
    bytes.append(UInt8((20 + padded.count) / 4) << 4)
    bytes.append(flags)
    bytes.append(integer: window)
    bytes += [0, 0, 0, 0] + padded + payload
    var pseudoHeader = source.address.octets + destination.address.octets
    pseudoHeader.append(integer: UInt32(bytes.count))
    pseudoHeader += [0, 0, 0, 6]
    let sum = ~onesComplementSum(pseudoHeader + bytes)
    bytes[16] = UInt8(sum >> 8)
    bytes[17] = UInt8(sum & 0xff)
    return bytes
  }

  /// An IPv4 or IPv6 packet of a protocol, by the version of its addresses; `options` are IPv4 options.
  public static func ip(
    from source: IPAddress, to destination: IPAddress, protocol number: UInt8 = 6, identification: UInt16 = 0,
    fragment: UInt16 = 0x4000, options: [UInt8] = [], payload: [UInt8]
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    if source.isIPv6 {
      bytes.append(integer: 0x6000_0000 as UInt32)
      bytes.append(integer: UInt16(truncatingIfNeeded: payload.count))
      bytes += [number, 64] + source.octets + destination.octets
      return bytes + payload
    }
    let headerBytes = 20 + options.count
    precondition(options.count.isMultiple(of: 4), "IPv4 options are padded to four octets")
    bytes += [UInt8(0x40 | headerBytes / 4), 0]
    bytes.append(integer: UInt16(truncatingIfNeeded: headerBytes + payload.count))
    bytes.append(integer: identification)
    bytes.append(integer: fragment)
    bytes += [64, number, 0, 0] + source.octets + destination.octets + options
    let sum = ~onesComplementSum(bytes)
    bytes[10] = UInt8(sum >> 8)
    bytes[11] = UInt8(sum & 0xff)
    return bytes + payload
  }

  /// The one's complement sum of 16-bit words, as RFC 1071 §1 describes it.
  public static func onesComplementSum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
      sum += UInt32(bytes[index]) << 8 | (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
      if sum > 0xffff { sum -= 0xffff }
    }
    return UInt16(sum)
  }
}
