import NetworkTypes

/// The table of protocols over IP, but for TCP, which ends the loop (IANA protocol numbers).
enum IPProtocol {
  static func decode(_ number: UInt8, _ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    switch number {
    case 17: .udp
    case 1, 58: .stop(.icmp)
    // Hop-by-hop options, mobility (RFC 6275 §6.1), HIP (RFC 7401 §5.1), Shim6 (RFC 5533 §5).
    case 0, 135, 139, 140: IPv6Extension.decodeOptions(bytes, &cursor)
    case 43: IPv6Extension.decodeRouting(bytes, &cursor)
    case 60: IPv6Extension.decodeDestinationOptions(bytes, &cursor)
    case 44: IPv6Extension.decodeFragment(bytes, &cursor)
    case 51: AuthenticationHeader.decode(bytes, &cursor)
    // IP within IP (RFC 2003, RFC 2473, RFC 4213).
    case 4: cursor.enter(cursor.source.isIPv6 ? .ipv4InIPv6 : .ipv4InIPv4, to: .ipv4)
    case 41: cursor.enter(cursor.source.isIPv6 ? .ipv6InIPv6 : .ipv6InIPv4, to: .ipv6)
    case 47: .gre
    case 97: .etherIP
    // MPLS within IP (RFC 4023).
    case 137: .mpls
    // Ethernet behind a segment route (RFC 8986 §4.9).
    case 143: .ethernet
    default: .stop(.ipProtocol(number))
    }
  }
}
