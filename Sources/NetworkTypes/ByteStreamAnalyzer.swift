/// The sender of bytes in a TCP connection.
public enum Direction: Int, Sendable, CaseIterable {
  /// From the end that opened the connection (or, where its SYN was not captured, that was seen first).
  case fromOriginator = 0
  /// From the other end.
  case fromResponder = 1

  /// The other direction.
  @inlinable
  public var opposite: Direction { self == .fromOriginator ? .fromResponder : .fromOriginator }
}

/// Where in a stream and in the capture some bytes stand.
public struct StreamPosition: Sendable {
  /// Which end sent the bytes.
  public var direction: Direction
  /// Octets before them in this direction, counted from the first after the SYN, or from the first captured.
  public var offset: Int
  /// The packet that brought or released them.
  public var packet: PacketStamp

  /// A position in a stream, at a packet.
  @inlinable
  public init(direction: Direction, offset: Int, packet: PacketStamp) {
    self.direction = direction
    self.offset = offset
    self.packet = packet
  }
}

/// Why bytes are missing from a stream.
public enum GapCause: Sendable {
  /// The packets that carried them are not in the capture.
  case lost
  /// The capture's snap length cut them from their packets.
  case snapped
}

/// Why a direction of a stream is over.
public enum StreamEnd: Sendable, Hashable, CaseIterable {
  /// The sender's FIN, and all bytes before it were delivered or given up.
  case fin
  /// A reset by either end.
  case reset
  /// Nothing was seen for longer than the idle time-out.
  case idle
  /// A limit was reached, or a new connection took the ports over.
  case evicted
  /// The capture ended first.
  case captureEnd
}

/// What an analyzer still wants of a connection.
public enum StreamDemand {
  /// Every byte of both directions, in order.
  case everything
  /// Nothing: the connection is of no interest, only counters are kept from here on.
  case nothing
  /// Every byte, but by another analyzer from here on, which has been given what was left over.
  case replacement(any ByteStreamAnalyzer)
}

/// Takes the two ordered byte streams of one connection.
///
/// Calls for a direction come in stream order, and the two directions are interleaved as the capture released them.
/// After `finish` for a direction nothing more comes for it. Bytes are borrowed for the call. An analyzer that has
/// learned what the connection speaks names its successor and gets no further calls.
public protocol ByteStreamAnalyzer: AnyObject {
  /// Takes the next bytes of a direction.
  func receive(_ bytes: RawSpan, at position: StreamPosition) -> StreamDemand
  /// Says that `byteCount` bytes of a direction were never captured.
  func gap(byteCount: Int, cause: GapCause, at position: StreamPosition) -> StreamDemand
  /// Says that a direction is over.
  func finish(_ end: StreamEnd, at position: StreamPosition) -> StreamDemand
  /// The objects that each call reads, so that they can be fetched into the cache before it comes: at most four.
  var hotObjects: [AnyObject] { get }
  /// Bytes of memory that the analyzer takes with all that it holds, about.
  ///
  /// Where that changes, it notes so in the run's `MemoryAccount`.
  var heldBytes: Int { get }
  /// How much would be lost with the connection.
  var worth: StreamWorth { get }
}

extension ByteStreamAnalyzer {
  /// The analyzer alone.
  public var hotObjects: [AnyObject] { [self] }
  /// Nothing worth counting.
  public var heldBytes: Int { 0 }
  /// Nothing is known.
  public var worth: StreamWorth { .undecided }
}
