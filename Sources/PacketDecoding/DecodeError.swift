/// Why a packet cannot be decoded: the packet is counted and skipped, the next one is read.
public struct DecodeError: Error, Hashable, Sendable {
  /// The layers that can fail.
  public enum Layer: UInt8, Sendable {
    case link, ethernet, vlan, loopback, linuxCooked, ip, ipv4, ipv6, ipv6Extension, authentication, tcp
    case ppp, ciscoHDLC, frameRelay, slip, tokenRing, fddi, arcnet, llc, ieee80211, radiotap, avs, prism, ppi, pktap
    case pflog, nflog, pppoe, mpls, pbb, nsh, macsec, gre, erspan, vxlan, geneve, teredo, gtp, capwap, etherIP, tunnel
  }

  /// What is wrong.
  public enum Kind: Hashable, Sendable {
    /// Fewer bytes were captured than the layer needs.
    case truncated
    /// A length field contradicts the header that it stands in, or the layer around it.
    case invalidLength
    /// An IP version other than the one that the layer below announced.
    case badVersion(UInt8)
    /// A link type (LINKTYPE_ registry number) that no row decodes.
    case unknownLinkType(UInt16)
    /// An EtherType that no row names: it may hold anything.
    case unknownEtherType(UInt16)
    /// An address family of a loopback header that is neither IPv4 nor IPv6.
    case unknownAddressFamily(UInt32)
    /// A protocol number of a link or tunnel that no row names.
    case unknownProtocol(UInt16)
    /// The payload is encrypted.
    case encrypted
    /// A frame that the capture says was received with errors.
    case damaged
    /// A piece of a frame that its link has cut up.
    case fragmented
    /// More layers, tunnels, or VLAN tags than `Limits` allows.
    case nestedTooDeeply
  }

  /// The layer that failed.
  public let layer: Layer
  /// What is wrong with it.
  public let kind: Kind
  /// Octets that the layer needs from `offset` on; 0 where the fault is not one of length.
  public let needed: Int
  /// Octets that there are from `offset` on.
  public let available: Int
  /// Where the layer begins, as an octet offset into the packet.
  public let offset: Int

  /// A fault of `layer` that begins at `offset`.
  public init(layer: Layer, kind: Kind, needed: Int = 0, available: Int = 0, offset: Int = 0) {
    self.layer = layer
    self.kind = kind
    self.needed = needed
    self.available = available
    self.offset = offset
  }
}

extension DecodeError: CustomStringConvertible {
  /// One sentence for a person.
  public var description: String {
    switch kind {
    case .truncated: "\(layer) at \(offset): needs \(needed) bytes, \(available) captured"
    case .invalidLength: "\(layer) at \(offset): a length of \(needed) bytes where \(available) are possible"
    case .badVersion(let version): "\(layer) at \(offset): IP version \(version)"
    case .unknownLinkType(let number): "link type \(number) is not known"
    case .unknownEtherType(let number): "EtherType 0x\(String(number, radix: 16)) at \(offset) is not known"
    case .unknownAddressFamily(let number): "address family \(number) at \(offset) is not known"
    case .unknownProtocol(let number): "\(layer) at \(offset): protocol 0x\(String(number, radix: 16)) is not known"
    case .encrypted: "\(layer) at \(offset): encrypted"
    case .damaged: "\(layer) at \(offset): received with errors"
    case .fragmented: "\(layer) at \(offset): a piece of a frame"
    case .nestedTooDeeply: "\(layer) at \(offset): nested too deeply"
    }
  }
}

extension DecodeError {
  /// The kind of fault in a few words, the same for all packets that have it: for counting.
  public var summary: String {
    switch kind {
    case .truncated: "\(layer) truncated"
    case .invalidLength: "\(layer) length invalid"
    case .badVersion: "\(layer) version invalid"
    case .unknownLinkType(let number): "link type \(number)"
    case .unknownEtherType(let number): "EtherType 0x\(String(number, radix: 16))"
    case .unknownAddressFamily(let number): "address family \(number)"
    case .unknownProtocol(let number): "\(layer) protocol 0x\(String(number, radix: 16))"
    case .encrypted: "\(layer) encrypted"
    case .damaged: "\(layer) received with errors"
    case .fragmented: "\(layer) fragmented"
    case .nestedTooDeeply: "nested too deeply"
    }
  }
}
