/// A number of the LINKTYPE_ registry (tcpdump.org/linktypes.html): what the first octet of a packet belongs to.
public struct LinkType: RawRepresentable, Hashable, Sendable {
  /// The number in the capture file.
  public let rawValue: UInt16

  /// The link type with the number `rawValue`.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// BSD loopback, with an address family in the byte order of the capturing host.
  public static let null = LinkType(rawValue: 0)
  /// Ethernet.
  public static let ethernet = LinkType(rawValue: 1)
  /// An IP packet without a link header.
  public static let raw = LinkType(rawValue: 101)
  /// OpenBSD loopback, with an address family in network byte order.
  public static let loop = LinkType(rawValue: 108)
  /// Linux cooked capture, version 1.
  public static let linuxCooked = LinkType(rawValue: 113)
  /// An IPv4 packet without a link header.
  public static let ipv4 = LinkType(rawValue: 228)
  /// An IPv6 packet without a link header.
  public static let ipv6 = LinkType(rawValue: 229)
  /// Linux cooked capture, version 2.
  public static let linuxCooked2 = LinkType(rawValue: 276)

  /// One link type that is decoded: its name in the log and its first layer.
  private struct Row {
    let name: StaticString
    let first: NextLayer
    @inline(__always)
    init(_ name: StaticString, _ first: NextLayer) {
      self.name = name
      self.first = first
    }
  }

  /// The table, as a switch because it is looked up for every packet.
  @inline(__always)
  private var row: Row? {
    switch rawValue {
    case 0: Row("null", .loopback)
    case 1: Row("ethernet", .ethernet)
    case 108: Row("loop", .loopback)
    // 12 and 14 are DLT_RAW of most systems and of OpenBSD, written to files by programs that did not translate them.
    case 12, 14, 101: Row("raw", .ip)
    case 113: Row("linux_sll", .linuxCooked)
    case 228: Row("ipv4", .ipv4)
    case 229: Row("ipv6", .ipv6)
    case 276: Row("linux_sll2", .linuxCooked2)
    default: rareRow
    }
  }

  @inline(never)
  private var rareRow: Row? {
    switch rawValue {
    case 6: Row("token_ring", .tokenRing)
    case 7: Row("arcnet_bsd", .arcnet)
    case 8: Row("slip", .slip)
    case 9: Row("ppp", .ppp)
    case 10: Row("fddi", .fddi)
    case 50: Row("ppp_hdlc", .ppp)
    case 51: Row("ppp_ether", .pppoe)
    // 11 is DLT_ATM_RFC1483.
    case 11, 100: Row("atm_rfc1483", .llc)
    case 104: Row("c_hdlc", .ciscoHDLC)
    case 105: Row("ieee802_11", .ieee80211)
    case 106: Row("atm_clip", .atmCLIP)
    case 107: Row("frelay", .frameRelay)
    // Address family, security parameters index, flags.
    case 109: Row("enc", .prefixed(bytes: 12, .ip))
    case 117: Row("pflog", .pflog)
    case 119: Row("ieee802_11_prism", .prism)
    // The network header of RFC 2625.
    case 122: Row("ip_over_fc", .prefixed(bytes: 16, .llc))
    case 123: Row("sunatm", .sunATM)
    case 127: Row("ieee802_11_radiotap", .radiotap)
    case 129: Row("arcnet_linux", .arcnetLinux)
    case 138: Row("apple_ip_over_ieee1394", .fixedHeader(bytes: 18, typeOffset: 16))
    case 163: Row("ieee802_11_avs", .avs)
    case 166: Row("ppp_pppd", .ppp)
    case 192: Row("ppi", .ppi)
    case 204: Row("ppp_with_dir", .prefixed(bytes: 1, .ppp))
    case 205: Row("c_hdlc_with_dir", .prefixed(bytes: 1, .ciscoHDLC))
    case 206: Row("frelay_with_dir", .prefixed(bytes: 1, .frameRelay))
    // Solaris: version, family, hook, lengths, interfaces, zones.
    case 226: Row("ipnet", .prefixed(bytes: 24, .ip))
    case 239: Row("nflog", .nflog)
    // A global route header of 40 octets, or zeros, before the header of RFC 4391 §6.
    case 242: Row("ipoib", .fixedHeader(bytes: 44, typeOffset: 40))
    // 149 is DLT_USER2, as which macOS wrote PKTAP before it had a number.
    case 149, 258: Row("pktap", .pktap)
    case 281: Row("dsa_tag_brcm", .switchTag(4))
    case 282: Row("dsa_tag_brcm_prepend", .prefixed(bytes: 4, .ethernet))
    case 284: Row("dsa_tag_dsa", .switchTag(4))
    case 285: Row("dsa_tag_edsa", .switchTag(8))
    default: nil
    }
  }

  /// Whether packets of this link type are decoded.
  public var isKnown: Bool { row != nil }

  /// The name in the log; "link type 147" for one that is not known.
  public var name: String { row.map { $0.name.description } ?? "link type \(rawValue)" }

  /// The layer that a packet begins with, `nil` for a link type that is not known.
  @inline(__always)
  var firstLayer: NextLayer? { row?.first }
}
