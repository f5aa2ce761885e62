/// The encapsulations that are told in the log.
public enum TunnelKind: UInt8, Sendable, CaseIterable {
  case pppoe = 1, mpls, gre, gretap, pptp, eoip, erspan, vxlan, vxlanGPE, geneve, ipv4InIPv4, ipv6InIPv4, ipv4InIPv6,
    ipv6InIPv6, teredo, gtpUser, etherIP, pbb, nsh, capwap

  /// The name in the log; an identifier follows it behind a colon where the tunnel has one.
  public var name: StaticString {
    switch self {
    case .pppoe: "pppoe"
    case .mpls: "mpls"
    case .gre: "gre"
    case .gretap: "gretap"
    case .pptp: "pptp"
    case .eoip: "eoip"
    case .erspan: "erspan"
    case .vxlan: "vxlan"
    case .vxlanGPE: "vxlan-gpe"
    case .geneve: "geneve"
    case .ipv4InIPv4: "4in4"
    case .ipv6InIPv4: "6in4"
    case .ipv4InIPv6: "4in6"
    case .ipv6InIPv6: "6in6"
    case .teredo: "teredo"
    case .gtpUser: "gtp-u"
    case .etherIP: "etherip"
    case .pbb: "pbb"
    case .nsh: "nsh"
    case .capwap: "capwap"
    }
  }
}
