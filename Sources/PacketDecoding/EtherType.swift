/// The table of EtherTypes (IEEE 802 numbers registry).
enum EtherType {
  /// The largest value that is a length (IEEE 802.3 §3.2.6); EtherTypes begin at 0x600.
  private static let largestLength: UInt16 = 1500

  @inline(__always)
  static func layer(_ type: UInt16, _ cursor: inout LayerCursor) -> NextLayer {
    switch type {
    case 0x0800: .ipv4
    case 0x86dd: .ipv6
    // 802.1Q, 802.1ad, and the two numbers that were in use before it.
    case 0x8100, 0x88a8, 0x9100, 0x9200: .vlan
    case 0x0806, 0x8035: .stop(.arp)
    // Wake-on-LAN, slow protocols, EAPOL, AoE, HomePlug, LLDP, MACsec key agreement's kin and PTP: links talking.
    case 0x0842, 0x8809, 0x888e, 0x88a2, 0x88e1, 0x88cc, 0x88f7, 0x8899, 0x8902, 0x9000: .stop(.linkControl(type))
    case ...largestLength: .stop(.llc)
    default: cursor.fail(.ethernet, .unknownEtherType(type))
    }
  }
}
