/// The table of EtherTypes (IEEE 802 numbers registry).
enum EtherType {
  /// The largest value that is a length (IEEE 802.3 §3.2.6); EtherTypes begin at 0x600.
  private static let largestLength: UInt16 = 1500

  @inline(__always)
  static func layer(_ type: UInt16, _ cursor: inout LayerCursor) -> NextLayer {
    switch type {
    case 0x0800: return .ipv4
    case 0x86dd: return .ipv6
    // 802.1Q, 802.1ad, and the two numbers that were in use before it.
    case 0x8100, 0x88a8, 0x9100, 0x9200: return .vlan
    case ...largestLength:
      cursor.limitWithin(Int(type))
      return .llc
    default: return rare(type) ?? cursor.fail(.ethernet, .unknownEtherType(type))
    }
  }

  /// Whether a number is the length of a frame, and no EtherType.
  static func isLength(_ type: UInt16) -> Bool { type <= largestLength }

  /// Whether a number is an EtherType that the table has.
  static func isKnown(_ type: UInt16) -> Bool {
    switch type {
    case 0x0800, 0x86dd, 0x8100, 0x88a8, 0x9100, 0x9200: true
    default: rare(type) != nil
    }
  }

  @inline(never)
  private static func rare(_ type: UInt16) -> NextLayer? {
    switch type {
    case 0x0806, 0x8035: .stop(.arp)
    case 0x8847, 0x8848: .mpls
    case 0x8864: .pppoe
    case 0x880b: .ppp
    case 0x6558: .ethernet
    case 0x88e7: .pbb
    case 0x894f: .nsh
    case 0x88e5: .macsec
    // Frames longer than a length field can say (draft-ietf-isis-ext-eth).
    case 0x8870: .llc
    // Redundancy tag (IEEE 802.1CB §7.8), VN-Tag, port extender's tag (IEEE 802.1BR §7.5), Cisco metadata.
    case 0xf1c1: .shim(6)
    case 0x8926: .shim(6)
    case 0x893f: .shim(8)
    case 0x8909: .shim(8)
    // Wake-on-LAN, slow protocols, EAPOL, AoE, HomePlug, LLDP, PPPoE discovery and PTP: links talking.
    case 0x0842, 0x8809, 0x888e, 0x88a2, 0x88e1, 0x88cc, 0x8863, 0x88f7, 0x8899, 0x8902, 0x9000:
      .stop(.linkControl(type))
    default: nil
    }
  }
}
