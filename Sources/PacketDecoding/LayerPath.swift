/// The tags around a packet, packed so that a segment carries them without an allocation.
public struct LayerPath: Hashable, Sendable {
  /// Identifiers that are kept; deeper tags are only counted.
  public static let keptTags = 4

  /// The kept identifiers, 16 bits each, the outermost in the lowest bits.
  private var packed: UInt64 = 0
  /// VLAN tags passed so far, kept or not.
  public private(set) var vlanCount = 0

  /// A path without tags.
  public init() {}

  /// The VLAN identifiers, outermost first, at most `keptTags` of them; 0 is a tag that carries only a priority.
  public var vlanIDs: [UInt16] {
    (0..<min(vlanCount, Self.keptTags)).map { UInt16(truncatingIfNeeded: packed >> UInt64($0 * 16)) }
  }

  /// Adds a tag inside those before it.
  mutating func appendVLAN(_ identifier: UInt16) {
    if vlanCount < Self.keptTags { packed |= UInt64(identifier) << UInt64(vlanCount * 16) }
    vlanCount += 1
  }
}
