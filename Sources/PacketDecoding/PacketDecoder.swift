public import NetworkTypes

/// Finds the TCP segment in a packet.
///
/// Layers are taken off one after another in a loop: each moves the cursor and names the next. Nothing is allocated but
/// for fragments, no byte outside the packet is read, and the number of layers is bounded.
public struct PacketDecoder {
  private let vlanTags: Int
  private let packetLayers: Int
  private let packetBytes: Int
  private let encapsulations: Int
  private let separatesVLANs: Bool
  private var reassembler: FragmentReassembler
  private var contents = Contents.none
  /// The tunnels around the segment that `decode` gave last, if its `layers.tunnelCount` is not zero.
  public private(set) var tunnels = TunnelPath()

  /// What the latest packet holds, beside its own headers.
  private enum Contents {
    /// Nothing. To: datagram, subframes.
    case none
    /// A datagram of which the packet brought the last piece, and what the headers around it said. To: none.
    case datagram(FragmentReassembler.Datagram, LayerCursor)
    /// Frames, the first of them at the cursor. To: none.
    case subframes(LayerCursor)
  }

  /// A decoder under the default limits.
  public init() { self.init(limits: Limits()) }

  /// A decoder under `limits`.
  ///
  /// - Parameters:
  ///   - limits: The caps on layers, tunnels and fragments.
  ///   - separatesVLANs: Whether VLAN identifiers are put into the flow key, for networks that reuse addresses.
  public init(limits: Limits, separatesVLANs: Bool = false) {
    vlanTags = limits.vlanTags
    packetLayers = limits.packetLayers
    packetBytes = limits.packetBytes
    encapsulations = limits.encapsulations
    self.separatesVLANs = separatesVLANs
    reassembler = FragmentReassembler(limits: limits)
  }

  /// Counts of fragments up to now; those that wait for the rest of their packets are not among the dropped.
  public var fragments: FragmentStatistics { reassembler.statistics }

  /// Fragments that wait for the rest of their packets.
  public var waitingFragments: Int { reassembler.waiting }

  /// Decodes the packet that lies in `range` of `bytes`.
  ///
  /// - Parameters:
  ///   - bytes: The storage that the packet lies in.
  ///   - range: The captured octets.
  ///   - originalLength: Octets on the wire; less than were captured or more than `Limits.packetBytes` is not believed.
  ///   - linkType: The number of the LINKTYPE_ registry.
  ///   - frameCheckBytes: Octets of a frame check sequence at the end of the packet, 0 if none is known of.
  ///   - timestamp: The packet's time, by which fragments are given up.
  /// - Returns: The segment, or what else the packet is. After `.container`, `decodeContents` is due.
  public mutating func decode(
    _ bytes: RawSpan, in range: Range<Int>, originalLength: Int, linkType: UInt16, frameCheckBytes: Int,
    timestamp: Timestamp = .epoch
  ) -> DecodedPacket {
    if linkType == LinkType.ethernet.rawValue, frameCheckBytes == 0, range.lowerBound >= 0,
      range.upperBound <= bytes.byteCount, range.count >= originalLength,
      let segment = OrdinaryPacket.segment(bytes, in: range)
    {
      return .segment(segment)
    }
    return decodeLayers(
      bytes, in: range, originalLength: originalLength, linkType: linkType, frameCheckBytes: frameCheckBytes,
      timestamp: timestamp)
  }

  /// The connection of a packet, where that can be told at a glance; nothing else of the packet is looked at.
  @inline(__always)
  public func glance(_ bytes: RawSpan, in range: Range<Int>, linkType: UInt16) -> FlowKey? {
    guard linkType == LinkType.ethernet.rawValue, range.lowerBound >= 0, range.upperBound <= bytes.byteCount else {
      return nil
    }
    return OrdinaryPacket.flow(bytes, in: range)
  }

  /// Decodes what the latest packet holds, after `decode` gave `.container`.
  ///
  /// - Parameters:
  ///   - bytes: The storage that was given to `decode`.
  ///   - timestamp: The packet's time.
  ///   - body: Is called for each packet in it, with the bytes that its payload lies in, which are borrowed for the call,
  ///     and the tunnels around it.
  public mutating func decodeContents(
    _ bytes: RawSpan, timestamp: Timestamp = .epoch, _ body: (DecodedPacket, RawSpan, TunnelPath) -> Void
  ) {
    let latest = contents
    contents = .none
    switch latest {
    case .none: break
    case .datagram(let datagram, let cursor):
      datagram.bytes.withRawSpan { whole in
        take(whole, cursor.restarted(count: datagram.bytes.count), .ipProtocol(datagram.next), timestamp, body)
      }
    case .subframes(var rest):
      rest.containers += 1
      while let inner = IEEE80211.nextSubframe(bytes, &rest) { take(bytes, inner, .llc, timestamp, body) }
    }
  }

  private mutating func take(
    _ bytes: RawSpan, _ cursor: LayerCursor, _ layer: NextLayer, _ timestamp: Timestamp,
    _ body: (DecodedPacket, RawSpan, TunnelPath) -> Void
  ) {
    var cursor = cursor
    switch decode(bytes, &cursor, layer, timestamp) {
    case .container: decodeContents(bytes, timestamp: timestamp, body)
    case let decoded: body(decoded, bytes, cursor.tunnels)
    }
  }

  /// Takes off one layer after another, whatever they are; the parameters are those of `decode`.
  @inline(never)
  mutating func decodeLayers(
    _ bytes: RawSpan, in range: Range<Int>, originalLength: Int, linkType: UInt16, frameCheckBytes: Int,
    timestamp: Timestamp = .epoch
  ) -> DecodedPacket {
    guard let layer = LinkType(rawValue: linkType).firstLayer else {
      return .undecodable(DecodeError(layer: .link, kind: .unknownLinkType(linkType)))
    }
    let captured = range.clamped(to: 0..<bytes.byteCount)
    // A frame check sequence may be captured, cut, or cut in part: it ends the packet on the wire in any case.
    let onWire = max(min(originalLength, packetBytes), captured.count)
    let length = max(onWire - max(frameCheckBytes, 0), 0)
    var cursor = LayerCursor(
      start: captured.lowerBound, capturedEnd: captured.lowerBound + min(captured.count, length),
      declaredEnd: captured.lowerBound + length)
    cursor.tunnelLimit = encapsulations
    cursor.separatesVLANs = separatesVLANs
    return decode(bytes, &cursor, layer, timestamp)
  }

  /// The loop: one row a layer.
  private mutating func decode(
    _ bytes: RawSpan, _ cursor: inout LayerCursor, _ first: NextLayer, _ timestamp: Timestamp
  ) -> DecodedPacket {
    var layer = first
    for _ in 0..<packetLayers {
      switch layer {
      case .ethernet: layer = Ethernet.decode(bytes, &cursor)
      case .vlan: layer = VLANTag.decode(bytes, &cursor, limit: vlanTags)
      case .ipv4: layer = IPv4Header.decode(bytes, &cursor)
      case .ipv6: layer = IPv6Header.decode(bytes, &cursor)
      case .ipProtocol(TCPHeader.protocolNumber):
        if cursor.layers.tunnelCount != 0 { tunnels = cursor.tunnels }
        return TCPHeader.decode(bytes, cursor)
      case .ipProtocol(let number): layer = IPProtocol.decode(number, bytes, &cursor)
      case .ip: layer = RawIP.decode(bytes, &cursor)
      case .udp: layer = UDP.decode(bytes, &cursor)
      case .loopback: layer = Loopback.decode(bytes, &cursor)
      case .linuxCooked: layer = LinuxCooked.decode(bytes, &cursor)
      case .linuxCooked2: layer = LinuxCooked.decode2(bytes, &cursor)
      case .fragment: return takeFragment(bytes, cursor, timestamp)
      case .aggregate: return hold(.subframes(cursor), cursor)
      case .stop(let other): return .other(other)
      case .failed: return .undecodable(cursor.failure ?? Self.nestedTooDeeply(cursor))
      default: layer = Self.decodeRare(layer, bytes, &cursor)
      }
    }
    return .undecodable(Self.nestedTooDeeply(cursor))
  }

  /// The rows of links and tunnels that most captures do not have.
  @inline(never)
  private static func decodeRare(_ layer: NextLayer, _ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    switch layer {
    case .llc: LLC.decode(bytes, &cursor)
    case .pppoe: PPPoE.decode(bytes, &cursor)
    case .ppp: PPP.decodeFrame(bytes, &cursor)
    case .pppPacket: PPP.decode(bytes, &cursor)
    case .mpls: MPLS.decode(bytes, &cursor)
    case .pseudowire: MPLS.decodePayload(bytes, &cursor)
    case .gre: GRE.decode(bytes, &cursor)
    case .erspan2: ERSPAN.decode2(bytes, &cursor)
    case .erspan3: ERSPAN.decode3(bytes, &cursor)
    case .vxlan: VXLAN.decode(bytes, &cursor, isExtended: false)
    case .vxlanGPE: VXLAN.decode(bytes, &cursor, isExtended: true)
    case .geneve: Geneve.decode(bytes, &cursor)
    case .teredo: Teredo.decode(bytes, &cursor)
    case .gtpUser: GTPUser.decode(bytes, &cursor)
    case .capwap: CAPWAP.decode(bytes, &cursor)
    case .etherIP: EtherIP.decode(bytes, &cursor)
    case .pbb: ProviderBridge.decode(bytes, &cursor)
    case .nsh: NSH.decode(bytes, &cursor)
    case .macsec: MACsec.decode(bytes, &cursor)
    case .ieee80211: IEEE80211.decode(bytes, &cursor)
    case .ieee80211FromAccessPoint: IEEE80211.decode(bytes, &cursor, maySwap: true)
    case .radiotap: WirelessCapture.decodeRadiotap(bytes, &cursor)
    case .avs: WirelessCapture.decodeAVS(bytes, &cursor)
    case .prism: WirelessCapture.decodePrism(bytes, &cursor)
    case .ppi: WirelessCapture.decodePPI(bytes, &cursor)
    case .pktap: PKTAP.decode(bytes, &cursor)
    case .ciscoHDLC: CiscoHDLC.decode(bytes, &cursor)
    case .frameRelay: FrameRelay.decode(bytes, &cursor)
    case .slip: SLIP.decode(bytes, &cursor)
    case .tokenRing: LegacyLAN.decodeTokenRing(bytes, &cursor)
    case .fddi: LegacyLAN.decodeFDDI(bytes, &cursor)
    case .arcnet: ARCNET.decode(bytes, &cursor, isLinux: false)
    case .arcnetLinux: ARCNET.decode(bytes, &cursor, isLinux: true)
    case .pflog: FirewallLog.decodePF(bytes, &cursor)
    case .nflog: FirewallLog.decodeNF(bytes, &cursor)
    case .atmCLIP: ATM.decodeCLIP(bytes, &cursor)
    case .sunATM: ATM.decodeSun(bytes, &cursor)
    case .fixedHeader(let count, let type): PlainHeader.decode(bytes, &cursor, Int(count), typeOffset: Int(type))
    case .prefixed(let count, let inner): PlainHeader.skip(bytes, &cursor, Int(count), to: inner.layer)
    case .switchTag(let count): PlainHeader.decodeTagged(bytes, &cursor, Int(count))
    case .shim(let count): PlainHeader.decode(bytes, &cursor, Int(count), typeOffset: Int(count) - 2)
    case .linkType(let number):
      LinkType(rawValue: number).firstLayer ?? cursor.fail(.link, .unknownLinkType(number))
    // The rows of `decode`.
    case .ethernet, .vlan, .ipv4, .ipv6, .ipProtocol, .ip, .udp, .loopback, .linuxCooked, .linuxCooked2, .fragment,
      .aggregate, .stop, .failed:
      layer
    }
  }

  /// Gives a piece to the reassembler.
  @inline(never)
  private mutating func takeFragment(
    _ bytes: RawSpan, _ cursor: LayerCursor, _ timestamp: Timestamp
  ) -> DecodedPacket {
    guard let datagram = reassembler.add(bytes, cursor, at: timestamp) else { return .other(.fragment) }
    return hold(.datagram(datagram, cursor), cursor)
  }

  private mutating func hold(_ held: Contents, _ cursor: LayerCursor) -> DecodedPacket {
    guard cursor.containers < encapsulations else { return .undecodable(Self.nestedTooDeeply(cursor)) }
    contents = held
    return .container
  }

  private static func nestedTooDeeply(_ cursor: LayerCursor) -> DecodeError {
    DecodeError(layer: .link, kind: .nestedTooDeeply, offset: cursor.offset - cursor.start)
  }
}
