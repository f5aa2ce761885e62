public import NetworkTypes

/// What every record of a connection repeats: its name, both ends by their WebSocket roles, and what was asked for.
///
/// A new identity is made where any of it changes, so that a log writer may keep its rendering of it.
public final class ConnectionIdentity {
  /// 13 base32 characters: the same for the same connection on every run.
  public var name: String { Base32.encode(number) }
  /// The Community ID (version 1, seed 0), which is needed once.
  public var communityID: String { "1:" + Base64.encode(SHA1.digest(Self.communityIDInput(client, server))) }
  // A million identities are kept: an address with its version takes 17 bytes, and begins at a multiple of 16.
  private let clientBits: UInt128
  private let serverBits: UInt128
  private let isClientIPv6: Bool
  private let isServerIPv6: Bool
  /// Whether its records are wanted, once whoever selects them has decided; it belongs to that one.
  public var isSelected: Bool?
  private let clientPort: UInt16
  private let serverPort: UInt16
  /// The Host field, or the authority of the target, as it was sent.
  public let host: [UInt8]?
  /// The request target as it was sent.
  public let path: [UInt8]?
  /// What a log writer made of the fields above; it belongs to the writer.
  public var rendering: [UInt8]?
  /// What the name writes.
  let number: UInt64

  /// The end that sent the handshake.
  public var client: Endpoint { Endpoint(address: Self.address(clientBits, isIPv6: isClientIPv6), port: clientPort) }
  /// The end that answers it.
  public var server: Endpoint { Endpoint(address: Self.address(serverBits, isIPv6: isServerIPv6), port: serverPort) }

  /// The identity of the connection `key`, first seen at `start`.
  ///
  /// - Parameters:
  ///   - key: Both ends, and the tunnel's network identifier.
  ///   - start: Time of the connection's first packet.
  ///   - client: The end that sent the handshake.
  ///   - host: The Host field, if known.
  ///   - path: The request target, if known.
  public init(key: FlowKey, start: Timestamp, client: Endpoint, host: [UInt8]?, path: [UInt8]?) {
    let server = client == key.lower ? key.upper : key.lower
    (clientBits, clientPort) = (client.address.value, client.port)
    (serverBits, serverPort) = (server.address.value, server.port)
    (isClientIPv6, isServerIPv6) = (client.address.isIPv6, server.address.isIPv6)
    self.host = host
    self.path = path
    var input = Self.communityIDInput(key.lower, key.upper)
    Self.append(UInt64(bitPattern: start.nanoseconds), to: &input)
    Self.append(UInt64(0), to: &input)  // The stream identifier, for HTTP/2 and 3.
    if let network = key.network { Self.append(network, to: &input) }
    for identifier in key.vlanIDs { Self.append(identifier, to: &input) }
    number = SHA1.digest(input).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The same connection with another request.
  public init(_ other: ConnectionIdentity, host: [UInt8]?, path: [UInt8]?) {
    number = other.number
    (clientBits, clientPort) = (other.clientBits, other.clientPort)
    (serverBits, serverPort) = (other.serverBits, other.serverPort)
    (isClientIPv6, isServerIPv6) = (other.isClientIPv6, other.isServerIPv6)
    self.host = host
    self.path = path
  }

  private static func address(_ bits: UInt128, isIPv6: Bool) -> IPAddress {
    isIPv6 ? IPAddress(v6: bits) : IPAddress(v4: UInt32(truncatingIfNeeded: bits))
  }

  /// Seed, addresses, protocol, padding, ports: the end that sorts first comes first.
  private static func communityIDInput(_ one: Endpoint, _ other: Endpoint) -> [UInt8] {
    let (lower, upper) = one < other ? (one, other) : (other, one)
    var input: [UInt8] = [0, 0]
    input += lower.address.octets
    input += upper.address.octets
    input += [6, 0]
    append(lower.port, to: &input)
    append(upper.port, to: &input)
    return input
  }

  private static func append<T: FixedWidthInteger>(_ value: T, to bytes: inout [UInt8]) {
    for shift in stride(from: T.bitWidth - 8, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> T(shift)))
    }
  }
}

/// The side of a WebSocket connection that sends: the client is the one that sent the handshake.
public enum Sender: Int, Sendable, CaseIterable {
  /// From the client to the server.
  case client = 0
  /// From the server to the client.
  case server = 1

  /// The other side.
  public var opposite: Sender { self == .client ? .server : .client }
  /// The name of the direction in the log.
  public var directionName: StaticString { self == .client ? "c2s" : "s2c" }
  /// The name of the side in the log.
  public var name: StaticString { self == .client ? "client" : "server" }
}
