import NetworkTypes

/// A TCP connection as a capture shows it, written down call by call.
///
/// ```swift
/// var talk = Conversation(client: "10.0.0.1:40000", server: "10.0.0.2:80")
/// talk.handshake()
/// talk.client("GET / HTTP/1.1\r\n\r\n")
/// talk.ack(from: .server)
/// talk.server("HTTP/1.1 204 No Content\r\n\r\n")
/// talk.close()
/// let file = CaptureBuilder.pcap(talk.packets)
/// ```
public struct Conversation: Sendable {
  /// An end of the connection: the client is the one that opens it.
  public enum Side: Sendable, CaseIterable {
    case client, server
    /// The other end.
    public var other: Side { self == .client ? .server : .client }
  }

  /// TCP control bits, as in the header.
  public enum Flag {
    /// No more data from the sender.
    public static let fin: UInt8 = 0x01
    /// Synchronize sequence numbers.
    public static let syn: UInt8 = 0x02
    /// Reset the connection.
    public static let rst: UInt8 = 0x04
    /// Push function.
    public static let psh: UInt8 = 0x08
    /// The acknowledgment field is significant.
    public static let ack: UInt8 = 0x10
  }

  /// The packets so far; take some out, double them or change their order as the test wants.
  public var packets: [BuiltPacket] = []
  /// Each side's end.
  public let ends: [Side: Endpoint]
  /// The link layer of the packets that follow.
  public var link: LinkLayer
  /// The next sequence number of each side.
  public var sequence: [Side: UInt32]
  /// What each side has acknowledged of the other's numbers.
  public var acknowledged: [Side: UInt32]
  /// The time of the next packet, in nanoseconds since 1970.
  public var nanoseconds: Int64
  /// Nanoseconds between packets.
  public var step: Int64
  /// Payload octets of the largest segment.
  public var maximumSegment: Int
  /// Whether each segment has a timestamp option, as most have.
  public var hasTimestamps = false
  /// Whether a side acknowledges on each of its segments all that the other has sent so far.
  public var acknowledgesAtOnce = true

  /// A connection between two ends, such as "10.0.0.1:40000" or "[2001:db8::1]:80".
  public init(
    client: String = "10.0.0.1:40000", server: String = "10.0.0.2:80", link: LinkLayer = .ethernet(),
    clientSequence: UInt32 = 1000, serverSequence: UInt32 = 5000, nanoseconds: Int64 = 1_700_000_000_000_000_000,
    step: Int64 = 1_000_000, maximumSegment: Int = 1460
  ) {
    ends = [.client: Endpoint(client), .server: Endpoint(server)]
    self.link = link
    sequence = [.client: clientSequence, .server: serverSequence]
    acknowledged = [.client: serverSequence, .server: clientSequence]
    self.nanoseconds = nanoseconds
    self.step = step
    self.maximumSegment = maximumSegment
  }

  /// SYN, SYN and ACK, ACK; the SYN may carry data.
  public mutating func handshake(synPayload: [UInt8] = []) {
    segment(from: .client, flags: Flag.syn, payload: synPayload)
    segment(from: .server, flags: Flag.syn | Flag.ack)
    ack(from: .client)
  }

  /// Bytes of the client, cut at the largest segment.
  public mutating func client(_ bytes: [UInt8]) { send(from: .client, bytes) }

  /// Text of the client.
  public mutating func client(_ text: String) { client(Array(text.utf8)) }

  /// Bytes of the server, cut at the largest segment.
  public mutating func server(_ bytes: [UInt8]) { send(from: .server, bytes) }

  /// Text of the server.
  public mutating func server(_ text: String) { server(Array(text.utf8)) }

  /// Bytes of a side, cut at the largest segment or at a smaller one.
  public mutating func send(from side: Side, _ bytes: [UInt8], segmentBytes: Int? = nil) {
    let size = max(1, segmentBytes ?? maximumSegment)
    for start in stride(from: 0, to: bytes.count, by: size) {
      segment(from: side, flags: Flag.psh | Flag.ack, payload: Array(bytes[start..<min(start + size, bytes.count)]))
    }
  }

  /// Bytes that a side sends and the capture lacks.
  public mutating func lose(from side: Side, _ bytes: [UInt8]) {
    let kept = packets
    send(from: side, bytes)
    packets = kept
  }

  /// An acknowledgment without data.
  public mutating func ack(from side: Side) { segment(from: side, flags: Flag.ack) }

  /// The end of a side's stream.
  public mutating func fin(from side: Side) { segment(from: side, flags: Flag.fin | Flag.ack) }

  /// A reset by a side.
  public mutating func rst(from side: Side) { segment(from: side, flags: Flag.rst | Flag.ack) }

  /// Both ends of stream and the last acknowledgment, begun by a side.
  public mutating func close(by side: Side = .client) {
    fin(from: side)
    fin(from: side.other)
    ack(from: side)
  }

  /// A pause before the next packet.
  public mutating func wait(nanoseconds pause: Int64) { nanoseconds += pause }

  /// Any segment: numbers that are given stand as they are and leave the side's own numbers alone.
  public mutating func segment(
    from side: Side, flags: UInt8, payload: [UInt8] = [], sequence number: UInt32? = nil,
    acknowledgment: UInt32? = nil, window: UInt16 = 65535, options: [UInt8] = []
  ) {
    if acknowledgesAtOnce, flags & Flag.ack != 0 { acknowledged[side] = sequence[side.other]! }
    let first = number ?? sequence[side]!
    let timestamps =
      hasTimestamps ? [1, 1, 8, 10] + Self.octets(UInt32(truncatingIfNeeded: nanoseconds / 1_000_000)) : []
    let echo: [UInt8] = hasTimestamps ? [0, 0, 0, 1] : []
    let tcp = PacketBuilder.tcp(
      from: ends[side]!, to: ends[side.other]!, sequence: first,
      acknowledgment: acknowledgment ?? (flags & Flag.ack != 0 ? acknowledged[side]! : 0), flags: flags,
      window: window, options: options + timestamps + echo, payload: payload)
    append(from: side, tcp)
    if number == nil {
      let controls = flags & (Flag.syn | Flag.fin) != 0 ? 1 : 0
      sequence[side]! &+= UInt32(truncatingIfNeeded: payload.count + controls)
    }
  }

  /// Puts a TCP segment with its header into a packet.
  private mutating func append(from side: Side, _ tcp: [UInt8]) {
    let source = ends[side]!.address
    let ip = PacketBuilder.ip(
      from: source, to: ends[side.other]!.address, identification: UInt16(truncatingIfNeeded: packets.count),
      payload: tcp)
    let isIPv6 = source.isIPv6
    packets.append(
      BuiltPacket(
        link.header(isIPv6: isIPv6) + ip, nanoseconds: nanoseconds, linkType: link.linkType(isIPv6: isIPv6)))
    nanoseconds += step
  }

  private static func octets(_ value: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(integer: value)
    return bytes
  }
}

extension [BuiltPacket] {
  /// Without the packets at some indices.
  public func dropping(_ indices: Int...) -> [BuiltPacket] {
    self.indices.filter { !indices.contains($0) }.map { self[$0] }
  }

  /// With a second copy of a packet right behind it, or before the packet at another index of the result.
  public func duplicating(_ index: Int, at place: Int? = nil) -> [BuiltPacket] {
    var packets = self
    packets.insert(self[index], at: place ?? index + 1)
    return packets
  }

  /// With a packet taken out and put back so that it has another index.
  public func moving(_ index: Int, to place: Int) -> [BuiltPacket] {
    var packets = self
    packets.insert(packets.remove(at: index), at: place)
    return packets
  }

  /// With times that rise from packet to packet, as they stand now.
  public func retimed(from start: Int64 = 1_700_000_000_000_000_000, step: Int64 = 1_000_000) -> [BuiltPacket] {
    enumerated().map { index, packet in
      var packet = packet
      packet.nanoseconds = start + Int64(index) * step
      return packet
    }
  }

  /// As a capture with this snap length holds them.
  public func snapped(to length: Int) -> [BuiltPacket] { map { $0.snapped(to: length) } }
}
