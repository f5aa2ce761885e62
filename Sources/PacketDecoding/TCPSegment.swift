public import NetworkTypes

/// One TCP segment: what its headers say, and where its payload lies.
public struct TCPSegment: Sendable {
  /// The connection's key.
  public var flow: FlowKey
  /// Whether `flow.lower` sent the segment; so it is also where both ends are the same address and port.
  public var sentByLower: Bool
  /// The control bits.
  public var flags: TCPFlags
  /// Whether the checksum was verified and is wrong.
  ///
  /// A checksum of zero is never wrong: it is what a capture on the sending host shows where the network card fills the
  /// field in. A sum over the pseudo-header alone, which other cards start from, is wrong and cannot be told from a
  /// damaged segment, so that a wrong sum may be counted but must not hide data. Segments that the snap length cut are
  /// not verified.
  public var hasBadChecksum: Bool
  /// The receive window as it stands in the header, before scaling.
  public var window: UInt16
  /// The sequence number of the first octet (of the SYN, if it is set).
  public var sequence: SequenceNumber
  /// The next octet that the sender expects; significant only with `ack`.
  public var acknowledgment: SequenceNumber
  /// The captured payload, as offsets into the bytes that were given to the decoder.
  public var payload: Range<Int>
  /// Payload octets on the wire as the IP header declares them: more than `payload.count` where the snap length cut it.
  public var payloadLength: Int
  /// The VLAN tags around the packet.
  public var layers: LayerPath

  /// A segment of the connection `flow`.
  public init(
    flow: FlowKey, sentByLower: Bool, sequence: SequenceNumber, acknowledgment: SequenceNumber, flags: TCPFlags,
    window: UInt16, payload: Range<Int>, payloadLength: Int, hasBadChecksum: Bool = false,
    layers: LayerPath = LayerPath()
  ) {
    self.flow = flow
    self.sentByLower = sentByLower
    self.flags = flags
    self.hasBadChecksum = hasBadChecksum
    self.window = window
    self.sequence = sequence
    self.acknowledgment = acknowledgment
    self.payload = payload
    self.payloadLength = payloadLength
    self.layers = layers
  }

  /// The end that sent the segment.
  @inlinable
  public var source: Endpoint { sentByLower ? flow.lower : flow.upper }

  /// The end that the segment is for.
  @inlinable
  public var destination: Endpoint { sentByLower ? flow.upper : flow.lower }
}
