/// A TCP sequence number: arithmetic modulo 2^32 (RFC 9293 §3.4), which stands only here.
public struct SequenceNumber: Hashable, Sendable {
  /// The number as it stands on the wire.
  public let value: UInt32

  /// The sequence number `value`.
  @inlinable
  public init(_ value: UInt32) { self.value = value }

  /// How far this number lies after `other`: negative if it lies before, by the shorter way around.
  @inlinable
  public func distance(from other: SequenceNumber) -> Int {
    Int(Int32(bitPattern: value &- other.value))
  }

  /// The number `count` octets later (or earlier, if negative).
  @inlinable
  public func advanced(by count: Int) -> SequenceNumber {
    SequenceNumber(value &+ UInt32(truncatingIfNeeded: count))
  }
}
