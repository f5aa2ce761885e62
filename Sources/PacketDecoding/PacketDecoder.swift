public import NetworkTypes

/// Finds the TCP segment in a packet.
///
/// Layers are taken off one after another in a loop: each moves the cursor and names the next. Nothing is allocated, no
/// byte outside the packet is read, and the number of layers is bounded.
public struct PacketDecoder {
  private let vlanTags: Int
  private let packetLayers: Int
  private let packetBytes: Int

  /// A decoder under the default limits.
  public init() { self.init(limits: Limits()) }

  /// A decoder under `limits`.
  public init(limits: Limits) {
    vlanTags = limits.vlanTags
    packetLayers = limits.packetLayers
    packetBytes = limits.packetBytes
  }

  /// Decodes the packet that lies in `range` of `bytes`.
  ///
  /// - Parameters:
  ///   - bytes: The storage that the packet lies in.
  ///   - range: The captured octets.
  ///   - originalLength: Octets on the wire; less than were captured or more than `Limits.packetBytes` is not believed.
  ///   - linkType: The number of the LINKTYPE_ registry.
  ///   - frameCheckBytes: Octets of a frame check sequence at the end of the packet, 0 if none is known of.
  /// - Returns: The segment, or what else the packet is.
  public mutating func decode(
    _ bytes: RawSpan, in range: Range<Int>, originalLength: Int, linkType: UInt16, frameCheckBytes: Int
  ) -> DecodedPacket {
    if linkType == LinkType.ethernet.rawValue, frameCheckBytes == 0, range.lowerBound >= 0,
      range.upperBound <= bytes.byteCount, range.count >= originalLength,
      let segment = OrdinaryPacket.segment(bytes, in: range)
    {
      return .segment(segment)
    }
    return decodeLayers(
      bytes, in: range, originalLength: originalLength, linkType: linkType, frameCheckBytes: frameCheckBytes)
  }

  /// The connection of a packet, where that can be told at a glance; nothing else of the packet is looked at.
  @inline(__always)
  public func glance(_ bytes: RawSpan, in range: Range<Int>, linkType: UInt16) -> FlowKey? {
    guard linkType == LinkType.ethernet.rawValue, range.lowerBound >= 0, range.upperBound <= bytes.byteCount else {
      return nil
    }
    return OrdinaryPacket.flow(bytes, in: range)
  }

  /// Takes off one layer after another, whatever they are; the parameters are those of `decode`.
  @inline(never)
  func decodeLayers(
    _ bytes: RawSpan, in range: Range<Int>, originalLength: Int, linkType: UInt16, frameCheckBytes: Int
  ) -> DecodedPacket {
    guard var layer = LinkType(rawValue: linkType).firstLayer else {
      return .undecodable(DecodeError(layer: .link, kind: .unknownLinkType(linkType)))
    }
    let captured = range.clamped(to: 0..<bytes.byteCount)
    // A frame check sequence may be captured, cut, or cut in part: it ends the packet on the wire in any case.
    let onWire = max(min(originalLength, packetBytes), captured.count)
    let length = max(onWire - max(frameCheckBytes, 0), 0)
    var cursor = LayerCursor(
      start: captured.lowerBound, capturedEnd: captured.lowerBound + min(captured.count, length),
      declaredEnd: captured.lowerBound + length)

    for _ in 0..<packetLayers {
      switch layer {
      case .ethernet: layer = Ethernet.decode(bytes, &cursor)
      case .loopback: layer = Loopback.decode(bytes, &cursor)
      case .linuxCooked: layer = LinuxCooked.decode(bytes, &cursor)
      case .linuxCooked2: layer = LinuxCooked.decode2(bytes, &cursor)
      case .ip: layer = RawIP.decode(bytes, &cursor)
      case .vlan: layer = VLANTag.decode(bytes, &cursor, limit: vlanTags)
      case .ipv4: layer = IPv4Header.decode(bytes, &cursor)
      case .ipv6: layer = IPv6Header.decode(bytes, &cursor)
      case .ipProtocol(TCPHeader.protocolNumber): return TCPHeader.decode(bytes, cursor)
      case .ipProtocol(let number): layer = IPProtocol.decode(number, bytes, &cursor)
      case .stop(let other): return .other(other)
      case .failed: return .undecodable(cursor.failure ?? Self.nestedTooDeeply(cursor))
      }
    }
    return .undecodable(Self.nestedTooDeeply(cursor))
  }

  private static func nestedTooDeeply(_ cursor: LayerCursor) -> DecodeError {
    DecodeError(layer: .link, kind: .nestedTooDeeply, offset: cursor.offset - cursor.start)
  }
}
