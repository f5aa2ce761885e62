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
  @inlinable
  public static func < (left: Endpoint, right: Endpoint) -> Bool {
    left.address == right.address ? left.port < right.port : left.address < right.address
  }
}

/// What makes packets belong to one connection: both ends, whichever of them sent, and the tunnel's network identifier.
public struct FlowKey: Hashable, Sendable {
  /// The end that sorts first.
  public let lower: Endpoint
  /// The end that sorts last.
  public let upper: Endpoint
  /// The network identifier of a VXLAN or GENEVE tunnel around the packet, 0 if there is none.
  public let network: UInt32

  /// The key of the packets between two ends, which may be given in either order.
  @inlinable
  public init(_ one: Endpoint, _ other: Endpoint, network: UInt32 = 0) {
    let ordered = one < other
    lower = ordered ? one : other
    upper = ordered ? other : one
    self.network = network
  }

  /// The key of the packets between two ends, of which the caller knows the order.
  @inlinable
  public init(lower: Endpoint, upper: Endpoint) {
    self.lower = lower
    self.upper = upper
    network = 0
  }

  @inlinable
  public func hash(into hasher: inout Hasher) {
    lower.address.hash(into: &hasher)
    upper.address.hash(into: &hasher)
    hasher.combine(UInt64(lower.port) << 48 | UInt64(upper.port) << 32 | UInt64(network))
  }
}
