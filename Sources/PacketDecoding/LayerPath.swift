/// The tags and tunnels around a packet, packed so that a segment carries them without an allocation.
public struct LayerPath: Hashable, Sendable {
  /// VLAN identifiers that are kept; deeper tags are only counted.
  public static let keptTags = 4
  /// Tunnels that are kept; deeper ones are only counted.
  public static let keptTunnels = 6

  /// The kept VLAN identifiers, 16 bits each, the outermost in the lowest bits.
  private var tags: UInt64 = 0
  /// The kept kinds of tunnels, 8 bits each, the outermost in the lowest bits; the top bit says that there is an
  /// identifier.
  private var kinds: UInt64 = 0
  /// Identifiers of the kept tunnels, 32 bits each, two a word.
  private var identifiers: (UInt64, UInt64, UInt64) = (0, 0, 0)
  private var tagCount: UInt32 = 0
  private var passedTunnels: UInt32 = 0

  private static let hasIdentifier: UInt64 = 0x80

  /// A path without tags and tunnels.
  public init() {}

  /// VLAN tags passed so far, kept or not.
  public var vlanCount: Int { Int(tagCount) }

  /// Tunnel headers passed so far, kept or not.
  public var tunnelCount: Int { Int(passedTunnels) }

  /// The VLAN identifiers, outermost first, at most `keptTags` of them; 0 is a tag that carries only a priority.
  public var vlanIDs: [UInt16] {
    (0..<min(vlanCount, Self.keptTags)).map { UInt16(truncatingIfNeeded: tags >> UInt64($0 * 16)) }
  }

  /// The tunnels as the log names them, outermost first, at most `keptTunnels` of them: "gre", "vxlan:100".
  public var tunnels: [String] {
    (0..<min(tunnelCount, Self.keptTunnels)).compactMap { index in
      let entry = kinds >> UInt64(index * 8) & 0xff
      guard let kind = TunnelKind(rawValue: UInt8(truncatingIfNeeded: entry & ~Self.hasIdentifier)) else { return nil }
      guard entry & Self.hasIdentifier != 0 else { return kind.name.description }
      let word = index < 2 ? identifiers.0 : index < 4 ? identifiers.1 : identifiers.2
      return "\(kind.name):\(UInt32(truncatingIfNeeded: word >> UInt64(index % 2 * 32)))"
    }
  }

  /// Adds a tag inside those before it.
  mutating func appendVLAN(_ identifier: UInt16) {
    if vlanCount < Self.keptTags { tags |= UInt64(identifier) << UInt64(vlanCount * 16) }
    tagCount &+= 1
  }

  /// Adds a tunnel inside those before it.
  mutating func appendTunnel(_ kind: TunnelKind, _ identifier: UInt32?) {
    let index = tunnelCount
    passedTunnels &+= 1
    guard index < Self.keptTunnels else { return }
    kinds |= (UInt64(kind.rawValue) | (identifier == nil ? 0 : Self.hasIdentifier)) << UInt64(index * 8)
    let shifted = UInt64(identifier ?? 0) << UInt64(index % 2 * 32)
    switch index / 2 {
    case 0: identifiers.0 |= shifted
    case 1: identifiers.1 |= shifted
    default: identifiers.2 |= shifted
    }
  }

  /// Whether both are the same tags and tunnels.
  public static func == (left: LayerPath, right: LayerPath) -> Bool {
    left.tags == right.tags && left.tagCount == right.tagCount && left.kinds == right.kinds
      && left.passedTunnels == right.passedTunnels && left.identifiers == right.identifiers
  }

  /// Hashes tags and tunnels.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(tags)
    hasher.combine(kinds)
    hasher.combine(UInt64(tagCount) << 32 | UInt64(passedTunnels))
    hasher.combine(identifiers.0)
    hasher.combine(identifiers.1)
    hasher.combine(identifiers.2)
  }
}
