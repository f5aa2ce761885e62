import NetworkTypes

/// What may be around an IP packet on its way: a link layer, a tunnel, or fragments of IP.
public enum Wrapping: String, Sendable, CaseIterable {
  case raw, ethernet, vlan, qinq, null, loop, linuxCooked, linuxCooked2
  case gre, gretap, vxlan, geneve, ipInIP, sixInFour, mpls, pppoe, gtpU, erspan
  case ppp, ciscoHDLC, pflog, nflog, wireless, radiotap
  case fourInSix, teredo, authenticated
  case fragments

  /// Whether it is made for IPv6 packets alone.
  public var isForIPv6: Bool { self == .sixInFour || self == .teredo }

  /// The packets in which an IP packet travels; the identification tells the fragments of one packet from others'.
  public func packets(_ ip: [UInt8], nanoseconds: Int64, identification: UInt16 = 0) -> [BuiltPacket] {
    func packet(_ bytes: [UInt8], _ linkType: UInt16 = 1) -> [BuiltPacket] {
      [BuiltPacket(bytes, nanoseconds: nanoseconds, linkType: linkType)]
    }
    let isIPv6 = ip[0] >> 4 == 6
    func link(_ layer: LinkLayer) -> [BuiltPacket] {
      packet(layer.header(isIPv6: isIPv6) + ip, layer.linkType(isIPv6: isIPv6))
    }
    let ethernet = LinkLayer.ethernet().header(isIPv6: isIPv6) + ip
    let type: [UInt8] = isIPv6 ? [0x86, 0xdd] : [0x08, 0x00]
    switch self {
    case .raw: return link(.raw)
    case .ethernet: return link(.ethernet())
    case .vlan: return link(.ethernet(vlans: [7]))
    case .qinq: return link(.ethernet(vlans: [7, 9]))
    case .null: return link(.null(.little))
    case .loop: return link(.loop)
    case .linuxCooked: return link(.linuxCooked())
    case .linuxCooked2: return link(.linuxCooked2())
    case .gre: return packet(Self.outer(47, [0, 0] + type + ip))
    case .gretap: return packet(Self.outer(47, [0x20, 0, 0x65, 0x58, 0, 0, 0, 5] + ethernet))
    case .erspan:
      // Type II: a sequence number in GRE, then version 1, VLAN, session 3, index.
      return packet(Self.outer(47, [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 3, 0, 0, 0, 0] + ethernet))
    case .vxlan: return packet(Self.udp(4789, [8, 0, 0, 0, 0, 0, 100, 0] + ethernet))
    case .geneve: return packet(Self.udp(6081, [0, 0, 0x65, 0x58, 0, 0, 100, 0] + ethernet))
    case .gtpU:
      var header: [UInt8] = [0x30, 255]
      header.append(integer: UInt16(ip.count))
      return packet(Self.udp(2152, header + [0, 0, 0, 9] + ip))
    case .ipInIP: return packet(Self.outer(isIPv6 ? 41 : 4, ip))
    case .sixInFour: return packet(Self.outer(isIPv6 ? 41 : 4, ip))
    case .fourInSix: return packet(Self.outerIPv6(isIPv6 ? 41 : 4, ip))
    case .teredo: return packet(Self.udp(3544, ip))
    case .authenticated:
      return packet(Self.outer(51, [isIPv6 ? 41 : 4, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1] + ip))
    case .ppp: return packet([0xff, 3, 0, isIPv6 ? 0x57 : 0x21] + ip, 9)
    case .ciscoHDLC: return packet([0x0f, 0] + type + ip, 104)
    case .pflog: return packet([61, isIPv6 ? 24 : 2, 0, 0] + [UInt8](repeating: 0, count: 60) + ip, 117)
    case .nflog:
      // Attributes are in the byte order of the host: 9 is the packet.
      let length = UInt16(ip.count + 4)
      return packet([isIPv6 ? 10 : 2, 0, 0, 0, UInt8(length & 255), UInt8(length >> 8), 9, 0] + ip, 239)
    case .wireless: return packet(Self.wireless(type) + ip, 105)
    case .radiotap: return packet([0, 0, 8, 0, 0, 0, 0, 0] + Self.wireless(type) + ip, 127)
    case .mpls: return packet(Array(ethernet[..<12]) + [0x88, 0x47, 0, 1, 0x01, 64] + ip)
    case .pppoe:
      var session: [UInt8] = [0x88, 0x64, 0x11, 0, 0, 1]
      session.append(integer: UInt16(ip.count + 2))
      return packet(Array(ethernet[..<12]) + session + [0, isIPv6 ? 0x57 : 0x21] + ip)
    case .fragments:
      return isIPv6
        ? link(.ethernet())
        : Self.fragments(ip, identification).map {
          BuiltPacket(LinkLayer.ethernet().header(isIPv6: false) + $0, nanoseconds: nanoseconds)
        }
    }
  }

  /// An IPv4 packet of another pair of hosts, in Ethernet.
  private static func outer(_ number: UInt8, _ payload: [UInt8]) -> [UInt8] {
    LinkLayer.ethernet().header(isIPv6: false)
      + PacketBuilder.ip(
        from: Endpoint("192.0.2.1:1").address, to: Endpoint("192.0.2.2:1").address, protocol: number, payload: payload)
  }

  /// The same in IPv6.
  private static func outerIPv6(_ number: UInt8, _ payload: [UInt8]) -> [UInt8] {
    LinkLayer.ethernet().header(isIPv6: true)
      + PacketBuilder.ip(
        from: Endpoint("[2001:db8:f::1]:1").address, to: Endpoint("[2001:db8:f::2]:1").address, protocol: number,
        payload: payload)
  }

  /// A data frame of 802.11 up to the packet: frame control, duration, three addresses, sequence control, SNAP.
  private static func wireless(_ type: [UInt8]) -> [UInt8] {
    [8, 1, 0, 0] + [UInt8](repeating: 0, count: 18) + [0x10, 0, 0xaa, 0xaa, 3, 0, 0, 0] + type
  }

  private static func udp(_ port: UInt16, _ payload: [UInt8]) -> [UInt8] {
    var header: [UInt8] = [0xc0, 0]
    header.append(integer: port)
    header.append(integer: UInt16(8 + payload.count))
    return outer(17, header + [0, 0] + payload)
  }

  /// An IPv4 packet without options in two fragments, cut at an eighth octet.
  private static func fragments(_ ip: [UInt8], _ identification: UInt16) -> [[UInt8]] {
    let payload = Array(ip[20...])
    let cut = payload.count / 2 & ~7
    guard cut > 0 else { return [ip] }
    return [(0, payload[..<cut], true), (cut, payload[cut...], false)].map { offset, part, hasMore in
      var header = Array(ip[..<20])
      let words: [(Int, UInt16)] = [
        (2, UInt16(20 + part.count)), (4, identification), (6, (hasMore ? 0x2000 : 0) | UInt16(offset / 8)), (10, 0),
      ]
      for (place, value) in words {
        header[place] = UInt8(value >> 8)
        header[place + 1] = UInt8(value & 0xff)
      }
      let sum = ~PacketBuilder.onesComplementSum(header)
      header[10] = UInt8(sum >> 8)
      header[11] = UInt8(sum & 0xff)
      return header + part
    }
  }
}
