import NetworkTypes

/// What stands at the cursor: the decoder's loop has one row for each case.
enum NextLayer: Sendable {
  // Links.
  case ethernet
  case loopback
  case linuxCooked
  case linuxCooked2
  case slip
  case ppp
  case pppPacket
  case ciscoHDLC
  case frameRelay
  case tokenRing
  case fddi
  case arcnet
  case arcnetLinux
  case ieee80211
  /// The same as access points send it to their controller: some swap both octets of the frame control.
  case ieee80211FromAccessPoint
  case radiotap
  case avs
  case prism
  case ppi
  case pktap
  case pflog
  case nflog
  /// A header of so many octets with an EtherType in its last two; the second number is where that stands.
  case fixedHeader(bytes: UInt8, typeOffset: UInt8)
  /// A header of so many octets before another layer.
  case prefixed(bytes: UInt8, SimpleLayer)
  /// A switch's tag of so many octets between the addresses of an Ethernet frame and its EtherType.
  case switchTag(UInt8)
  case atmCLIP
  case sunATM
  /// A packet of another link type, by its number.
  case linkType(UInt16)
  /// IPv4 or IPv6, told apart by the version in the first octet.
  case ip
  // What stands between.
  case vlan
  case llc
  case pppoe
  case mpls
  case pseudowire
  case pbb
  case nsh
  case macsec
  /// A tag of so many octets that ends with an EtherType.
  case shim(UInt8)
  // Over IP.
  case ipv4
  case ipv6
  case ipProtocol(UInt8)
  case udp
  case gre
  case erspan2
  case erspan3
  case vxlan
  case vxlanGPE
  case geneve
  case teredo
  case gtpUser
  case capwap
  case etherIP
  /// A piece of a datagram, which `LayerCursor.fragment` describes.
  case fragment
  /// Several frames in one, the first at the cursor.
  case aggregate
  /// Nothing that is decoded further.
  case stop(OtherProtocol)
  /// Nothing that can be decoded: `LayerCursor.failure` says why.
  case failed
}

/// Layers that follow a header which says nothing of them.
enum SimpleLayer: Sendable {
  case ethernet, llc, ip, ppp, ciscoHDLC, frameRelay

  @inline(__always)
  var layer: NextLayer {
    switch self {
    case .ethernet: .ethernet
    case .llc: .llc
    case .ip: .ip
    case .ppp: .ppp
    case .ciscoHDLC: .ciscoHDLC
    case .frameRelay: .frameRelay
    }
  }
}

/// Where the decoder stands in a packet, and what the layers passed so far have said.
///
/// Invariant: `start <= offset <= capturedEnd <= declaredEnd`, and `capturedEnd` lies within the bytes.
struct LayerCursor {
  /// Where the packet begins.
  let start: Int
  /// Where the next layer begins.
  var offset: Int
  /// Where the captured bytes of the layer around it end.
  var capturedEnd: Int
  /// Where that layer ended on the wire; beyond `capturedEnd` where the snap length cut it.
  var declaredEnd: Int
  /// The tags passed, and how many tunnels.
  var layers = LayerPath()
  /// The tunnels passed.
  var tunnels = TunnelPath()
  /// The addresses of the innermost IP header passed.
  var source = IPAddress(v4: 0)
  /// See `source`.
  var destination = IPAddress(v4: 0)
  /// Whether a TCP checksum covers these addresses; not on the way through a source route (RFC 8200 §8.1).
  var canVerifyChecksum = true
  /// The identifier of the innermost VXLAN or GENEVE tunnel passed.
  var network: UInt32?
  /// The piece that stands at the cursor, for `NextLayer.fragment`.
  var fragment = FragmentHeader()
  /// Packets that hold this one, or were put together to give it.
  var containers = 0
  /// See `Limits.encapsulations`.
  var tunnelLimit = 0
  /// Whether VLAN identifiers tell connections apart.
  var separatesVLANs = false

  /// Captured octets from the cursor on.
  @inline(__always)
  var available: Int { capturedEnd - offset }

  /// Octets from the cursor on that were on the wire.
  @inline(__always)
  var declared: Int { declaredEnd - offset }

  /// Why decoding ended, once a layer has failed.
  ///
  /// It stands here so that what every step returns fits a register.
  private(set) var failure: DecodeError?

  /// A cursor at the beginning of a packet.
  @inline(__always)
  init(start: Int, capturedEnd: Int, declaredEnd: Int) {
    self.start = start
    self.offset = start
    self.capturedEnd = capturedEnd
    self.declaredEnd = declaredEnd
  }

  /// Ends the layer `length` octets after the cursor, as its own header declares: what follows is padding, and what
  /// was not captured of it was cut.
  @inline(__always)
  mutating func limit(to length: Int) {
    declaredEnd = offset + length
    capturedEnd = min(capturedEnd, declaredEnd)
  }

  /// As `limit`, but a length beyond the layer around it is not believed.
  @inline(__always)
  mutating func limitWithin(_ length: Int) {
    if length >= 0, length < declared { limit(to: length) }
  }

  /// Passes `count` octets, all captured, and goes on to `next`.
  @inline(__always)
  mutating func advance(_ count: Int, to next: NextLayer) -> NextLayer {
    offset += count
    return next
  }

  /// Notes a tunnel whose header was passed, and goes on to `next` unless there are too many.
  mutating func enter(_ tunnel: TunnelKind, _ identifier: UInt32? = nil, to next: NextLayer) -> NextLayer {
    pass(tunnel, identifier) ? next : .failed
  }

  /// Notes a tunnel whose header was passed; `false` if there are too many.
  mutating func pass(_ tunnel: TunnelKind, _ identifier: UInt32? = nil) -> Bool {
    guard layers.tunnelCount < tunnelLimit else {
      _ = fail(.tunnel, .nestedTooDeeply)
      return false
    }
    layers.countTunnel()
    tunnels.append(tunnel, identifier)
    return true
  }

  /// A cursor at the beginning of `count` octets that were put together elsewhere, and mean what these would have.
  func restarted(count: Int) -> LayerCursor {
    var other = LayerCursor(start: 0, capturedEnd: count, declaredEnd: count)
    other.layers = layers
    other.tunnels = tunnels
    other.source = source
    other.destination = destination
    other.canVerifyChecksum = canVerifyChecksum
    other.network = network
    other.containers = containers + 1
    other.tunnelLimit = tunnelLimit
    other.separatesVLANs = separatesVLANs
    return other
  }

  /// Fails for a layer of which fewer than `needed` octets were captured.
  @inline(never)
  mutating func truncated(_ layer: DecodeError.Layer, needed: Int) -> NextLayer {
    fail(layer, .truncated, needed: needed, available: available)
  }

  /// Fails for a layer that is wrong in another way.
  @inline(never)
  mutating func fail(
    _ layer: DecodeError.Layer, _ kind: DecodeError.Kind, needed: Int = 0, available: Int = 0
  ) -> NextLayer {
    failure = DecodeError(layer: layer, kind: kind, needed: needed, available: available, offset: offset - start)
    return .failed
  }
}
