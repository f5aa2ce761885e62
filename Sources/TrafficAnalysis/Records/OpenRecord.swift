public import HTTPDecoding
public import NetworkTypes

/// A handshake attempt, answered or given up.
public struct OpenRecord {
  /// Why an attempt failed.
  public enum Failure: String, Sendable, Hashable, CaseIterable {
    /// The answer has another status than 101.
    case status
    /// There was no answer.
    case noResponse = "no_response"
    /// The 101 has a wrong Sec-WebSocket-Accept.
    case badAccept = "bad_accept"
    /// The 101 has no Sec-WebSocket-Accept.
    case noAccept = "no_accept"
    /// The 101 does not name websocket.
    case notUpgraded = "not_upgraded"
  }

  /// How the WebSocket was found.
  public enum Discovery: String, Sendable, Hashable, CaseIterable {
    /// By its handshake.
    case handshake
    /// By a chain of plausible frames, without a handshake: a guess.
    case midstream
    /// By `--decode-as`.
    case forced
  }

  /// permessage-deflate as agreed (RFC 7692 §7.1).
  public struct Deflate: Sendable, Hashable {
    /// The client's window bits.
    public var clientBits: Int { Int(rawClientBits) }
    /// The server's window bits.
    public var serverBits: Int { Int(rawServerBits) }
    /// Whether the client compresses each message on its own.
    public let clientResets: Bool
    /// Whether the server compresses each message on its own.
    public let serverResets: Bool
    // Each WebSocket keeps them.
    private let rawClientBits: UInt8
    private let rawServerBits: UInt8

    init(clientBits: Int, serverBits: Int, clientResets: Bool, serverResets: Bool) {
      rawClientBits = UInt8(clamping: clientBits)
      rawServerBits = UInt8(clamping: serverBits)
      self.clientResets = clientResets
      self.serverResets = serverResets
    }
  }

  /// The connection.
  public var connection: ConnectionIdentity
  /// The packet that completed the attempt.
  public var packet: PacketStamp
  /// How it was found.
  public var discovery: Discovery
  /// Why it failed; `nil` if it succeeded.
  public var failure: Failure?
  /// Whether parts of the handshake are missing from the capture.
  public var isIncomplete: Bool
  /// The request, if captured.
  public var request: HTTPRequestHead?
  /// The answer, if captured.
  public var response: HTTPResponseHead?
  /// Whether the accept belongs to the key, where both were captured.
  public var isAcceptRight: Bool?
  /// permessage-deflate, if agreed.
  public var deflate: Deflate?
  /// VLAN identifiers around the first packet.
  public var vlanIDs: [UInt16]
  /// Tunnels around the first packet, outermost first: "gre", "vxlan:100".
  public var tunnels: [String]
  /// Time from SYN to the acknowledgement of its answer, in µs.
  public var tcpRoundTripMicroseconds: Int64?
  /// Time from the request to its answer, in µs.
  public var waitMicroseconds: Int64?
}
