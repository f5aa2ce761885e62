/// The tags around a packet, and how many tunnels, packed so that a segment carries them without an allocation.
///
/// It is copied with every segment; the tunnels themselves, which few packets have, are apart in `TunnelPath`.
public struct LayerPath: Hashable, Sendable {
  /// VLAN identifiers that are kept; deeper tags are only counted.
  public static let keptTags = 4

  /// The kept identifiers, 16 bits each, the outermost in the lowest bits.
  private var tags: UInt64 = 0
  private var tagCount: UInt32 = 0
  private var passedTunnels: UInt32 = 0

  /// A path without tags and tunnels.
  public init() {}

  /// VLAN tags passed so far, kept or not.
  public var vlanCount: Int { Int(tagCount) }

  /// Tunnel headers passed so far.
  public var tunnelCount: Int { Int(passedTunnels) }

  /// The VLAN identifiers, outermost first, at most `keptTags` of them; 0 is a tag that carries only a priority.
  public var vlanIDs: [UInt16] {
    (0..<min(vlanCount, Self.keptTags)).map { UInt16(truncatingIfNeeded: tags >> UInt64($0 * 16)) }
  }

  /// Adds a tag inside those before it.
  mutating func appendVLAN(_ identifier: UInt16) {
    if vlanCount < Self.keptTags { tags |= UInt64(identifier) << UInt64(vlanCount * 16) }
    tagCount &+= 1
  }

  /// Counts a tunnel.
  mutating func countTunnel() { passedTunnels &+= 1 }
}
