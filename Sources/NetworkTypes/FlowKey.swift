/// One end of a TCP connection.
public struct Endpoint: Hashable, Sendable {
  /// The address of the host.
  public let address: IPAddress
  /// The TCP port.
  public let port: UInt16

  /// The end at `address` and `port`.
  @inlinable
  public init(address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }
}

extension Endpoint: Comparable {
  /// By address, then by port.
  @inlinable
  public static func < (left: Endpoint, right: Endpoint) -> Bool {
    left.address == right.address ? left.port < right.port : left.address < right.address
  }
}

/// What makes packets belong to one connection: both ends, whichever of them sent, the tunnel's network identifier, and
/// the VLAN identifiers if connections are told apart by them.
public struct FlowKey: Hashable, Sendable {
  // The order leaves no room between fields, as a million keys are kept: an end has 20 bytes, and begins at a multiple of
  // 16.
  /// The end that sorts first.
  public let lower: Endpoint
  /// See `network`; 0 where there is none.
  @usableFromInline let networkBits: UInt32
  /// VLAN identifiers of 12 bits each, the outermost lowest; their number from bit 48; bit 51 for a network.
  ///
  /// It is 0 for most packets.
  @usableFromInline let tags: UInt64
  /// The end that sorts last.
  public let upper: Endpoint

  @usableFromInline static let networkTag: UInt64 = 1 << 51
  @usableFromInline static let countShift: UInt64 = 48

  /// The key of the packets between two ends, which may be given in either order.
  @inlinable
  public init(_ one: Endpoint, _ other: Endpoint) {
    let ordered = one < other
    lower = ordered ? one : other
    upper = ordered ? other : one
    networkBits = 0
    tags = 0
  }

  /// The key of packets in a tunnel, or behind VLAN tags that tell connections apart.
  ///
  /// - Parameters:
  ///   - one: One end.
  ///   - other: The other end.
  ///   - network: The network identifier of a VXLAN or GENEVE tunnel around the packet, if there is one.
  ///   - vlanIDs: VLAN identifiers, outermost first, of which the low 12 bits of the first four count.
  public init(_ one: Endpoint, _ other: Endpoint, network: UInt32?, vlanIDs: [UInt16] = []) {
    let ordered = one < other
    lower = ordered ? one : other
    upper = ordered ? other : one
    networkBits = network ?? 0
    let kept = vlanIDs.prefix(4)
    var tags = UInt64(kept.count) << Self.countShift | (network == nil ? 0 : Self.networkTag)
    for (index, identifier) in kept.enumerated() { tags |= UInt64(identifier & 0x0fff) << UInt64(index * 12) }
    self.tags = tags
  }

  /// The key of the packets between two ends, of which the caller knows the order.
  @inlinable
  public init(lower: Endpoint, upper: Endpoint) {
    self.lower = lower
    self.upper = upper
    networkBits = 0
    tags = 0
  }

  /// The network identifier of the innermost VXLAN or GENEVE tunnel around the packet, `nil` if there is none.
  public var network: UInt32? { tags & Self.networkTag == 0 ? nil : networkBits }

  /// The VLAN identifiers that tell the connection apart, outermost first; none unless that was asked for.
  public var vlanIDs: [UInt16] {
    (0..<(tags >> Self.countShift & 7)).map { UInt16(truncatingIfNeeded: tags >> ($0 * 12) & 0x0fff) }
  }

  /// What stands in the key beside the ends, mixed into one word: 0 for most packets.
  @inlinable
  public var scope: UInt64 { tags ^ UInt64(networkBits) << 32 }

  /// Whether both are the key of one connection.
  @inlinable @inline(__always)
  public static func == (left: FlowKey, right: FlowKey) -> Bool {
    left.lower == right.lower && left.upper == right.upper && left.networkBits == right.networkBits
      && left.tags == right.tags
  }

  /// Hashes both ends and the network.
  @inlinable
  public func hash(into hasher: inout Hasher) {
    lower.address.hash(into: &hasher)
    upper.address.hash(into: &hasher)
    hasher.combine(UInt64(lower.port) << 48 | UInt64(upper.port) << 32 | UInt64(networkBits))
    hasher.combine(tags)
  }
}
