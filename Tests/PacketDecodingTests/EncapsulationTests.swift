import NetworkTypes
import PacketDecoding
import TestSupport
import Testing

/// One way to wrap a packet, and what the log calls it.
struct Wrapping: CustomTestStringConvertible, Sendable {
  let name: String
  let linkType: UInt16
  let bytes: [UInt8]
  let isIPv6: Bool
  let tunnels: [String]
  let network: UInt32?

  var testDescription: String { name }

  init(
    _ name: String, _ linkType: UInt16, _ bytes: [UInt8], isIPv6: Bool = false, tunnels: [String] = [],
    network: UInt32? = nil
  ) {
    self.name = name
    self.linkType = linkType
    self.bytes = bytes
    self.isIPv6 = isIPv6
    self.tunnels = tunnels
    self.network = network
  }

  /// A packet over Ethernet.
  init(_ name: String, _ bytes: [UInt8], isIPv6: Bool = false, tunnels: [String] = [], network: UInt32? = nil) {
    self.init(name, 1, bytes, isIPv6: isIPv6, tunnels: tunnels, network: network)
  }
}

/// Packets within packets, written out octet by octet.
enum Wrap {
  static let addresses = "02 00 00 00 00 02  02 00 00 00 00 01"
  static let snap = "aa aa 03 00 00 00 08 00"

  /// Ethernet with an EtherType.
  static func ethernet(_ type: String, _ payload: [UInt8]) -> [UInt8] { hex(addresses + type) + payload }

  /// IPv4 of a protocol, from 192.0.2.1 to 192.0.2.2, over Ethernet.
  static func ipv4(_ number: UInt8, _ payload: [UInt8]) -> [UInt8] {
    ethernet(
      "08 00",
      PacketBuilder.ip(
        from: Endpoint("192.0.2.1:1").address, to: Endpoint("192.0.2.2:1").address, protocol: number, payload: payload))
  }

  /// IPv6 of a protocol over Ethernet.
  static func ipv6(_ number: UInt8, _ payload: [UInt8]) -> [UInt8] {
    ethernet(
      "86 dd",
      PacketBuilder.ip(
        from: Endpoint("[2001:db8:f::1]:1").address, to: Endpoint("[2001:db8:f::2]:1").address, protocol: number,
        payload: payload))
  }

  /// A UDP datagram from port 49152 to a port.
  static func udp(_ port: UInt16, _ payload: [UInt8]) -> [UInt8] {
    var bytes = hex("c0 00")
    bytes.append(integer: port)
    bytes.append(integer: UInt16(8 + payload.count))
    return bytes + hex("00 00") + payload
  }

  static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  /// IPv4 TCP within an 802.11 frame: frame control, duration, three addresses, sequence control.
  static let wireless = hex("08 01 00 00") + zeros(18) + hex("10 00" + snap) + Literal.ipv4

  /// The same with the frame control and the sequence control in network order: fragment 0 of 0x7610.
  static let swappedWireless = hex("01 08 00 00") + zeros(18) + hex("76 10" + snap) + Literal.ipv4

  static let tunnels: [Wrapping] = [
    Wrapping("4in4", ipv4(4, Literal.ipv4), tunnels: ["4in4"]),
    Wrapping("6in4", ipv4(41, Literal.ipv6), isIPv6: true, tunnels: ["6in4"]),
    Wrapping("4in6", ipv6(4, Literal.ipv4), tunnels: ["4in6"]),
    Wrapping("6in6", ipv6(41, Literal.ipv6), isIPv6: true, tunnels: ["6in6"]),
    Wrapping("GRE", ipv4(47, hex("00 00 08 00") + Literal.ipv4), tunnels: ["gre"]),
    Wrapping("GRE over IPv6", ipv6(47, hex("00 00 86 dd") + Literal.ipv6), isIPv6: true, tunnels: ["gre"]),
    // Checksum, key 0x01020304, sequence.
    Wrapping(
      "GRE with all fields", ipv4(47, hex("b0 00 08 00  12 34 00 00  01 02 03 04  00 00 00 09") + Literal.ipv4),
      tunnels: ["gre:16909060"]),
    Wrapping("GRE with key 0", ipv4(47, hex("20 00 08 00  00 00 00 00") + Literal.ipv4), tunnels: ["gre:0"]),
    // One source route entry of 4 octets, and the last.
    Wrapping(
      "GRE with routing",
      ipv4(47, hex("40 00 08 00  00 00 00 00  08 00 00 04 0a 00 00 09  00 00 00 00") + Literal.ipv4), tunnels: ["gre"]),
    Wrapping("GRETAP", ipv4(47, hex("00 00 65 58") + Literal.ethernet), tunnels: ["gretap"]),
    // NVGRE: VSID 0x001234 and flow 0x56.
    Wrapping("NVGRE", ipv4(47, hex("20 00 65 58  00 12 34 56") + Literal.ethernet), tunnels: ["gretap:1193046"]),
    Wrapping("ERSPAN I", ipv4(47, hex("00 00 88 be") + Literal.ethernet), tunnels: ["erspan"]),
    // Version 1, VLAN 5, session 7.
    Wrapping(
      "ERSPAN II", ipv4(47, hex("10 00 88 be  00 00 00 01  10 05 00 07  00 00 00 00") + Literal.ethernet),
      tunnels: ["erspan:7"]),
    Wrapping(
      "ERSPAN III", ipv4(47, hex("10 00 22 eb  00 00 00 01  20 05 00 09  00 00 00 00  00 00 00 00") + Literal.ethernet),
      tunnels: ["erspan:9"]),
    Wrapping(
      "ERSPAN III with a subheader",
      ipv4(
        47,
        hex("10 00 22 eb  00 00 00 01  20 05 03 ff  00 00 00 00  00 00 00 01  00 00 00 00 00 00 00 00")
          + Literal.ethernet), tunnels: ["erspan:1023"]),
    // Call 3, 46 octets: two of protocol, 43 and a pad that the length leaves out.
    Wrapping(
      "PPTP", ipv4(47, hex("30 81 88 0b  00 2d 00 03  00 00 00 01  00 00 00 00  00 21") + Literal.ipv4 + [0]),
      tunnels: ["pptp:3"]),
    Wrapping("EoIP", ipv4(47, hex("20 01 64 00  00 39 02 01") + Literal.ethernet), tunnels: ["eoip:258"]),
    Wrapping("MPLS over GRE", ipv4(47, hex("00 00 88 47  00 01 01 40") + Literal.ipv4), tunnels: ["gre", "mpls:16"]),
    Wrapping("wireless over GRE", ipv4(47, hex("00 00 82 00") + wireless), tunnels: ["gre"]),
    Wrapping(
      "VXLAN", ipv4(17, udp(4789, hex("08 00 00 00  00 00 64 00") + Literal.ethernet)), tunnels: ["vxlan:100"],
      network: 100),
    Wrapping(
      "VXLAN on Linux's port", ipv6(17, udp(8472, hex("08 00 00 00  ff ff ff 00") + Literal.ethernet)),
      tunnels: ["vxlan:16777215"], network: 0xff_ffff),
    Wrapping(
      "VXLAN with identifier 0", ipv4(17, udp(4789, hex("08 00 00 00  00 00 00 00") + Literal.ethernet)),
      tunnels: ["vxlan:0"], network: 0),
    Wrapping(
      "VXLAN-GPE of IPv4", ipv4(17, udp(4790, hex("0c 00 00 01  00 00 02 00") + Literal.ipv4)),
      tunnels: ["vxlan-gpe:2"], network: 2),
    Wrapping(
      "VXLAN-GPE of NSH",
      ipv4(17, udp(4790, hex("0c 00 00 04  00 00 02 00  0f c2 02 02  00 00 2a ff") + Literal.ipv6)), isIPv6: true,
      tunnels: ["vxlan-gpe:2", "nsh:42"], network: 2),
    Wrapping(
      "GENEVE", ipv4(17, udp(6081, hex("00 00 65 58  00 00 05 00") + Literal.ethernet)), tunnels: ["geneve:5"],
      network: 5),
    Wrapping(
      "GENEVE with options of IPv6",
      ipv4(17, udp(6081, hex("02 40 86 dd  00 00 05 00  01 02 80 01  0a 0b 0c 0d") + Literal.ipv6)), isIPv6: true,
      tunnels: ["geneve:5"], network: 5),
    Wrapping("Teredo", ipv4(17, udp(3544, Literal.ipv6)), isIPv6: true, tunnels: ["teredo"]),
    Wrapping(
      "Teredo with an origin", ipv4(17, udp(3544, hex("00 00 12 34 3f ff fd fd") + Literal.ipv6)), isIPv6: true,
      tunnels: ["teredo"]),
    // Authentication of 2 and 3 octets, nonce and confirmation.
    Wrapping(
      "Teredo with authentication and origin",
      ipv4(
        17,
        udp(
          3544,
          hex("00 01 02 03  61 62  01 02 03  00 00 00 00 00 00 00 01  00  00 00 12 34 3f ff fd fd") + Literal.ipv6)),
      isIPv6: true, tunnels: ["teredo"]),
    Wrapping(
      "GTP-U", ipv4(17, udp(2152, hex("30 ff 00 2b  00 00 00 0a") + Literal.ipv4)), tunnels: ["gtp-u:10"]),
    // A sequence number, then an extension of one unit and one of two.
    Wrapping(
      "GTP-U with extensions",
      ipv4(
        17,
        udp(
          2152,
          hex("36 ff 00 3b  ff ff ff ff  00 01 00 85  01 10 01 c0  02 00 00 00 00 00 00 00") + Literal.ipv4)),
      tunnels: ["gtp-u:4294967295"]),
    Wrapping("EtherIP", ipv4(97, hex("30 00") + Literal.ethernet), tunnels: ["etherip"]),
    Wrapping("MPLS within IP", ipv4(137, hex("00 01 01 40") + Literal.ipv4), tunnels: ["mpls:16"]),
    Wrapping("GRE over UDP", ipv4(17, udp(4754, hex("00 00 08 00") + Literal.ipv4)), tunnels: ["gre"]),
    Wrapping("MPLS over UDP", ipv4(17, udp(6635, hex("00 01 01 40") + Literal.ipv4)), tunnels: ["mpls:16"]),
    Wrapping("CAPWAP", ipv4(17, udp(5247, hex("00 10 02 00 00 00 00 00") + Literal.ethernet)), tunnels: ["capwap"]),
    Wrapping("CAPWAP of 802.11", ipv4(17, udp(5247, hex("00 10 03 00 00 00 00 00") + wireless)), tunnels: ["capwap"]),
    Wrapping(
      "CAPWAP of 802.11 with swapped fields",
      ipv4(17, udp(5247, hex("00 10 03 00 00 00 00 00") + swappedWireless)),
      tunnels: ["capwap"]),
    Wrapping("AH", ipv4(51, hex("04 01 00 00 00 00 00 01 00 00 00 01") + Literal.ipv4), tunnels: ["4in4"]),
    Wrapping(
      "two labels", ethernet("88 47", hex("00 01 00 40  00 02 01 40") + Literal.ipv6), isIPv6: true,
      tunnels: ["mpls:16", "mpls:32"]),
    Wrapping(
      "pseudowire with a control word", ethernet("88 47", hex("00 01 01 40  00 00 00 00") + Literal.ethernet),
      tunnels: ["mpls:16"]),
    Wrapping(
      "pseudowire without a control word", ethernet("88 48", hex("00 01 01 40") + Literal.ethernet),
      tunnels: ["mpls:16"]),
    // An address that begins like IPv4, and like IPv6.
    Wrapping(
      "pseudowire to 40:…",
      ethernet("88 47", hex("00 01 01 40  40 00 00 00 00 02  02 00 00 00 00 01  08 00") + Literal.ipv4),
      tunnels: ["mpls:16"]),
    Wrapping("PPPoE", ethernet("88 64", hex("11 00 00 07 00 2d  00 21") + Literal.ipv4), tunnels: ["pppoe:7"]),
    Wrapping(
      "PPPoE behind a VLAN tag", ethernet("81 00 00 05 88 64", hex("11 00 00 07 00 40  57") + Literal.ipv6),
      isIPv6: true, tunnels: ["pppoe:7"]),
    Wrapping("PBB", ethernet("88 e7", hex("00 00 01 00") + Literal.ethernet), tunnels: ["pbb:256"]),
    Wrapping("NSH", ethernet("89 4f", hex("0f c2 02 03  00 00 2a ff") + Literal.ethernet), tunnels: ["nsh:42"]),
    Wrapping(
      "GRE in VXLAN in GTP-U",
      ipv4(
        17,
        udp(
          2152,
          hex("30 ff 00 75  00 00 00 01")
            + ipv4(17, udp(4789, hex("08 00 00 00  00 00 64 00") + ipv4(47, hex("00 00 08 00") + Literal.ipv4)))
            .dropFirst(14))), tunnels: ["gtp-u:1", "vxlan:100", "gre"], network: 100),
  ]

  static let links: [Wrapping] = [
    Wrapping("802.3 with SNAP", ethernet("00 33", hex(snap) + Literal.ipv4)),
    Wrapping("802.3 with padding", ethernet("00 2e", hex("06 06 03") + Literal.ipv4 + zeros(9))),
    Wrapping("jumbo LLC", ethernet("88 70", hex(snap) + Literal.ipv4)),
    Wrapping("redundancy tag", ethernet("f1 c1", hex("00 00 00 01 08 00") + Literal.ipv4)),
    Wrapping("VN-Tag", ethernet("89 26", hex("00 00 00 00 08 00") + Literal.ipv4)),
    Wrapping("MACsec without encryption", ethernet("88 e5", hex("00 2d 00 00 00 01 08 00") + Literal.ipv4 + zeros(16))),
    Wrapping(
      "MACsec with a channel identifier",
      ethernet("88 e5", hex("20 00 00 00 00 01  02 00 00 00 00 01 00 01  08 00") + Literal.ipv4 + zeros(16))),
    Wrapping("token ring", 6, hex("10 40" + addresses + snap) + Literal.ipv4),
    Wrapping(
      "token ring with a route", 6,
      hex("10 40  02 00 00 00 00 02  82 00 00 00 00 01  06 30 00 10 00 20" + snap) + Literal.ipv4),
    Wrapping("ARCNET of BSD", 7, hex("01 02 d4 00 00 01") + Literal.ipv4),
    Wrapping("SLIP", 8, hex("00 45") + zeros(14) + Literal.ipv4),
    Wrapping("PPP", 9, hex("ff 03 00 21") + Literal.ipv4),
    Wrapping("PPP without address", 9, hex("00 57") + Literal.ipv6, isIPv6: true),
    Wrapping("PPP with a short number", 9, hex("21") + Literal.ipv4),
    Wrapping("PPP of MPLS", 9, hex("ff 03 02 81  00 01 01 40") + Literal.ipv4, tunnels: ["mpls:16"]),
    Wrapping("PPP of Ethernet", 9, hex("ff 03 00 31  00 01") + Literal.ethernet),
    Wrapping("Cisco HDLC as PPP", 9, hex("0f 00 08 00") + Literal.ipv4),
    Wrapping("FDDI", 10, hex("50" + addresses + snap) + Literal.ipv4),
    Wrapping("PPP in HDLC", 50, hex("ff 03 57") + Literal.ipv6, isIPv6: true),
    Wrapping("PPPoE alone", 51, hex("11 00 00 07 00 2d  00 21") + Literal.ipv4, tunnels: ["pppoe:7"]),
    Wrapping("ATM", 100, hex(snap) + Literal.ipv4),
    Wrapping(
      "bridged Ethernet over ATM", 100, hex("aa aa 03 00 80 c2 00 07 00 00") + Literal.ethernet),
    Wrapping("Cisco HDLC", 104, hex("8f 00 86 dd") + Literal.ipv6, isIPv6: true),
    Wrapping("802.11", 105, wireless),
    Wrapping("802.11 with QoS", 105, hex("88 02 00 00") + zeros(18) + hex("10 00  00 00" + snap) + Literal.ipv4),
    Wrapping(
      "802.11 with four addresses", 105,
      hex("08 03 00 00") + zeros(18) + hex("10 00") + zeros(6) + hex(snap) + Literal.ipv4),
    Wrapping(
      "802.11 with QoS and HT control", 105,
      hex("88 81 00 00") + zeros(18) + hex("10 00  00 00  00 00 00 00" + snap) + Literal.ipv4),
    Wrapping("classical IP over ATM", 106, hex(snap) + Literal.ipv4),
    Wrapping("classical IP without LLC", 106, Literal.ipv6, isIPv6: true),
    Wrapping("frame relay", 107, hex("18 41 03 cc") + Literal.ipv4),
    Wrapping("frame relay of IPv6", 107, hex("18 41 03 8e") + Literal.ipv6, isIPv6: true),
    Wrapping("frame relay with SNAP", 107, hex("18 41 03 00 80 00 00 00 08 00") + Literal.ipv4),
    Wrapping("frame relay of Cisco", 107, hex("18 41 08 00") + Literal.ipv4),
    Wrapping("frame relay with a long address", 107, hex("18 40 40 41 03 cc") + Literal.ipv4),
    Wrapping("ENC", 109, hex("02 00 00 00") + zeros(8) + Literal.ipv4),
    Wrapping("PFLOG", 117, hex("3d 02 00 00") + zeros(60) + Literal.ipv4),
    Wrapping("PFLOG of 100 octets", 117, hex("64 18 00 00") + zeros(96) + Literal.ipv6, isIPv6: true),
    Wrapping("Prism", 119, hex("44 00 00 00 90 00 00 00") + zeros(136) + wireless),
    Wrapping("AVS as Prism", 119, hex("80 21 10 01 00 00 00 40") + zeros(56) + wireless),
    Wrapping("IP over Fibre Channel", 122, zeros(16) + hex(snap) + Literal.ipv4),
    Wrapping("SunATM", 123, hex("02 00 00 64" + snap) + Literal.ipv4),
    Wrapping("radiotap", 127, hex("00 00 08 00 00 00 00 00") + wireless),
    Wrapping("radiotap with a check sequence", 127, hex("00 00 09 00 02 00 00 00 10") + wireless + [1, 2, 3, 4]),
    Wrapping(
      "radiotap with a time", 127, hex("00 00 11 00 03 00 00 00") + zeros(8) + hex("10") + wireless + [1, 2, 3, 4]),
    Wrapping(
      "radiotap with more words", 127, hex("00 00 0d 00 02 00 00 80 00 00 00 00 10") + wireless + [1, 2, 3, 4]),
    Wrapping(
      "radiotap with a padded header", 127,
      hex("00 00 09 00 02 00 00 00 20  88 01 00 00") + zeros(18) + hex("10 00  00 00  00 00" + snap) + Literal.ipv4),
    Wrapping("ARCNET of Linux", 129, hex("01 02 00 00 d4 00 00 01") + Literal.ipv4),
    Wrapping("ARCNET of RFC 1051", 129, hex("01 02 00 00 f0") + Literal.ipv4),
    Wrapping("IP over Firewire", 138, zeros(16) + hex("08 00") + Literal.ipv4),
    Wrapping("AVS", 163, hex("80 21 10 02 00 00 00 40") + zeros(56) + wireless),
    Wrapping("PPP of pppd", 166, hex("01 03 00 21") + Literal.ipv4),
    Wrapping("PPI of 802.11", 192, hex("00 00 08 00 69 00 00 00") + wireless),
    Wrapping("PPI of Ethernet", 192, hex("00 00 08 00 01 00 00 00") + Literal.ethernet),
    Wrapping(
      "PPI with a check sequence", 192,
      hex("00 00 20 00 69 00 00 00  02 00 14 00") + zeros(8) + hex("01 00") + zeros(10) + wireless + [1, 2, 3, 4]),
    Wrapping("PPP with a direction", 204, hex("01 ff 03 00 21") + Literal.ipv4),
    Wrapping("Cisco HDLC with a direction", 205, hex("00 0f 00 08 00") + Literal.ipv4),
    Wrapping("frame relay with a direction", 206, hex("01 18 41 03 cc") + Literal.ipv4),
    Wrapping("IPNET", 226, hex("01 02") + zeros(22) + Literal.ipv4),
    Wrapping("NFLOG", 239, hex("02 00 00 00  05 00 0a 00 61 00 00 00  2f 00 09 00") + Literal.ipv4),
    Wrapping(
      "NFLOG of a big-endian host", 239, hex("02 00 00 00  00 05 00 0a 61 00 00 00  00 2f 00 09") + Literal.ipv4),
    Wrapping("IP over InfiniBand", 242, zeros(40) + hex("08 00 00 00") + Literal.ipv4),
    Wrapping(
      "PKTAP", 258, hex("10 00 00 00 01 00 00 00 01 00 00 00 00 00 00 00") + Literal.ethernet),
    Wrapping("Broadcom tag", 281, hex(addresses + "12 34 56 78  08 00") + Literal.ipv4),
    Wrapping("Broadcom tag before the frame", 282, hex("12 34 56 78") + Literal.ethernet),
    Wrapping("DSA tag", 284, hex(addresses + "12 34 56 78  08 00") + Literal.ipv4),
    Wrapping("EtherType DSA tag", 285, hex(addresses + "da da 00 00 12 34 56 78  08 00") + Literal.ipv4),
    Wrapping("cooked LLC", 113, hex("00 00 00 01 00 06 02 00 00 00 00 01 00 00 00 04" + snap) + Literal.ipv4),
    Wrapping(
      "cooked GRE device", 113, hex("00 00 03 0a 00 04 c0 00 02 01 00 00 00 00 08 00") + Literal.ipv4),
    Wrapping(
      "cooked radiotap", 276,
      hex("00 04 00 00 00 00 00 02 03 23 00 06 02 00 00 00 00 01 00 00  00 00 08 00 00 00 00 00") + wireless),
    Wrapping(
      "cooked PPPoE", 113,
      hex("00 00 00 01 00 06 02 00 00 00 00 01 00 00 88 64  11 00 00 07 00 2d 00 21") + Literal.ipv4,
      tunnels: ["pppoe:7"]),
  ]

  static let all = tunnels + links
}

struct EncapsulationTests {
  @Test(arguments: Wrap.all)
  func `the segment within is found, with the path to it`(wrapping: Wrapping) throws {
    let packet = decode(wrapping.bytes, linkType: wrapping.linkType)
    #expect(isRight(packet, wrapping), "\(packet)")
    let segment = try #require(packet.segment)
    #expect(tunnels(around: wrapping.bytes, linkType: wrapping.linkType) == wrapping.tunnels)
    #expect(segment.layers.tunnelCount == wrapping.tunnels.count)
    #expect(segment.flow.network == wrapping.network)
    #expect(segment.flow.vlanIDs == [])
  }

  /// The names of the tunnels around a segment.
  private func tunnels(around bytes: [UInt8], linkType: UInt16) -> [String] {
    var decoder = PacketDecoder()
    return withSpan(bytes) { span in
      _ = decoder.decode(
        span, in: 0..<bytes.count, originalLength: bytes.count, linkType: linkType, frameCheckBytes: 0)
      return decoder.tunnels.names
    }
  }

  private func isRight(_ packet: DecodedPacket, _ wrapping: Wrapping) -> Bool {
    guard var segment = packet.segment else { return false }
    // The helper compares flows without what is around them.
    segment.flow = FlowKey(segment.flow.lower, segment.flow.upper)
    return Literal.isSegment(.segment(segment), of: wrapping.bytes, isIPv6: wrapping.isIPv6)
  }

  @Test(arguments: Wrap.all)
  func `a packet cut anywhere gives the same segment, less of it, or none`(wrapping: Wrapping) throws {
    let whole = try #require(decode(wrapping.bytes, linkType: wrapping.linkType).segment)
    for count in 0..<wrapping.bytes.count {
      let cut = Array(wrapping.bytes.prefix(count))
      let packet = decode(cut, linkType: wrapping.linkType, originalLength: wrapping.bytes.count)
      if let segment = packet.segment {
        #expect(segment.flow == whole.flow && segment.sequence == whole.sequence, "cut to \(count)")
        #expect(segment.payloadLength == whole.payloadLength && segment.payload.upperBound <= count, "cut to \(count)")
      } else {
        // Up to the sixteenth octet of the TCP header there can be none, behind it there must be one.
        #expect(count < whole.payload.lowerBound, "cut to \(count)")
      }
      _ = decode(cut, linkType: wrapping.linkType)
    }
  }

  @Test(arguments: Wrap.all)
  func `every octet may lie`(wrapping: Wrapping) {
    for index in wrapping.bytes.indices {
      for value in [0, 0xff, wrapping.bytes[index] ^ 0x40, wrapping.bytes[index] &+ 1] as [UInt8] {
        var bytes = wrapping.bytes
        bytes[index] = value
        for length in [bytes.count, bytes.count + 1000] {
          let packet = decode(bytes, linkType: wrapping.linkType, originalLength: length)
          guard let segment = packet.segment else { continue }
          #expect(segment.payload.lowerBound >= 0 && segment.payload.upperBound <= bytes.count)
          #expect(segment.payloadLength >= segment.payload.count && segment.payloadLength <= 65535)
        }
      }
    }
  }

  @Test func `tunnels are passed up to the limit and no further`() {
    let limit = Limits().encapsulations
    for count in [limit, limit + 1, 60] {
      var bytes = Literal.ipv4
      for _ in 0..<count { bytes = Array(Wrap.ipv4(4, bytes).dropFirst(14)) }
      let packet = decode(bytes, linkType: 101)
      #expect((packet.segment != nil) == (count <= limit))
      #expect(packet.error?.kind == (count <= limit ? nil : .nestedTooDeeply))
      #expect(packet.segment?.layers.tunnelCount == (count <= limit ? count : nil))
      if count <= limit {
        #expect(tunnels(around: bytes, linkType: 101) == Array(repeating: "4in4", count: TunnelPath.keptTunnels))
      }
    }
  }

  @Test(
    arguments: [
      ("DNS", 53, "12 34 01 00 00 01"), ("VXLAN without its flag", 4789, "00 00 00 00 00 00 64 00"),
      ("GTP signalling", 2152, "32 01 00 04 00 00 00 00 00 01 00 00"), ("GTP'", 2152, "0e 01 00 04 00 00"),
      ("GENEVE of another version", 6081, "40 00 65 58 00 00 05 00"), ("a Teredo bubble's kin", 3544, "12 34 00 00"),
      ("encrypted CAPWAP", 5247, "01 00 00 00 16 fe fd 00"),
    ] as [(String, UInt16, String)])
  func `other datagrams are UDP`(name: String, port: UInt16, payload: String) {
    let packet = decode(Wrap.ipv4(17, Wrap.udp(port, hex(payload) + Wrap.zeros(40))))
    // GTP' is shorter than a header of GTP-U, but the zeros fill it.
    #expect(packet.other == .udp, "\(packet)")
  }

  @Test func `wireless frames without readable data are told apart`() {
    let rest = Wrap.zeros(22) + hex(Wrap.snap) + Literal.ipv4
    #expect(decode(hex("80 00") + rest, linkType: 105).other == .wirelessControl)
    #expect(decode(hex("48 01") + rest, linkType: 105).other == .wirelessControl)
    #expect(decode(hex("08 41") + rest, linkType: 105).error?.kind == .encrypted)
    #expect(decode(hex("08 05") + rest, linkType: 105).error?.kind == .fragmented)
    let damaged = hex("00 00 09 00 02 00 00 00 40") + Wrap.wireless
    #expect(decode(damaged, linkType: 127).error?.kind == .damaged)
    #expect(decode(Wrap.ethernet("88 e5", hex("0c 00 00 00 00 01") + Wrap.zeros(60))).error?.kind == .encrypted)
  }

  @Test func `all frames of an aggregate are found`() {
    let subframe = hex("02 00 00 00 00 02 02 00 00 00 00 01 00 33" + Wrap.snap) + Literal.ipv4
    // 14 and 51 octets are padded to 68, but the last is not.
    let bytes =
      hex("88 01 00 00") + Wrap.zeros(18) + hex("10 00  80 00") + subframe + [0, 0, 0] + subframe + [0, 0, 0] + subframe
    var decoder = PacketDecoder()
    var found: [Range<Int>] = []
    withSpan(bytes) { span in
      let packet = decoder.decode(
        span, in: 0..<bytes.count, originalLength: bytes.count, linkType: 105, frameCheckBytes: 0)
      guard case .container = packet else {
        Issue.record("\(packet)")
        return
      }
      decoder.decodeContents(span) { inner, _, _ in
        #expect(Literal.isSegment(inner, of: bytes))
        if let segment = inner.segment { found.append(segment.payload) }
      }
      decoder.decodeContents(span) { _, _, _ in Issue.record("they are given once") }
    }
    // 26 octets of header and QoS, 14, 8 of SNAP, 40 of IP and TCP: then "abc", every 68 octets.
    #expect(found == [88..<91, 156..<159, 224..<227])
  }

  @Test func `VLAN identifiers are in the flow key if asked for`() throws {
    let bytes = Wrap.ethernet("88 a8 00 64 81 00 60 05 08 00", Literal.ipv4)
    var decoder = PacketDecoder(limits: Limits(), separatesVLANs: true)
    let tagged = withSpan(bytes) {
      decoder.decode($0, in: 0..<bytes.count, originalLength: bytes.count, linkType: 1, frameCheckBytes: 0)
    }
    let segment = try #require(tagged.segment)
    #expect(segment.flow.vlanIDs == [100, 5])
    #expect(segment.flow.network == nil)
    #expect(segment.flow != FlowKey(segment.flow.lower, segment.flow.upper))
    #expect(decode(bytes).segment?.flow == FlowKey(segment.flow.lower, segment.flow.upper))
    let plain = withSpan(Literal.ethernet) {
      decoder.decode(
        $0, in: 0..<Literal.ethernet.count, originalLength: Literal.ethernet.count, linkType: 1, frameCheckBytes: 0)
    }
    #expect(plain.segment?.flow == FlowKey(segment.flow.lower, segment.flow.upper))
  }
}
