import NetworkTypes

/// UDP (RFC 768), of which only the tunnels are followed.
enum UDP {
  private static let headerBytes = 8

  /// Finds the tunnel by its port.
  ///
  /// The datagrams of all other ports, and those that the tunnel's header does not fit,
  /// are UDP.
  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return .stop(.udp) }
    let source: UInt16 = bytes.checkedBigEndian(cursor.offset)
    let destination: UInt16 = bytes.checkedBigEndian(cursor.offset + 2)
    guard let next = tunnel(destination) ?? tunnel(source) else { return .stop(.udp) }
    let length = Int(bytes.checkedBigEndian(cursor.offset + 4, as: UInt16.self))
    if length >= headerBytes { cursor.limitWithin(length) }
    cursor.offset += headerBytes
    return next
  }

  /// The table of ports (IANA service names registry; 8472 is Linux's first VXLAN port).
  private static func tunnel(_ port: UInt16) -> NextLayer? {
    switch port {
    case 2152: .gtpUser
    case 3544: .teredo
    case 4754: .gre
    case 4789, 8472: .vxlan
    case 4790: .vxlanGPE
    case 5247: .capwap
    case 6081: .geneve
    case 6635: .mpls
    default: nil
    }
  }
}
