/// The tunnels around a packet, outermost first, without an allocation.
public struct TunnelPath: Sendable {
  /// Tunnels that are kept; deeper ones are left out.
  public static let keptTunnels = 6

  /// The kept kinds, 8 bits each, the outermost in the lowest bits; the top bit says that there is an identifier.
  private var kinds: UInt64 = 0
  /// Identifiers of the kept tunnels, two a word.
  private var identifiers: InlineArray<3, UInt64> = [0, 0, 0]
  private var count = 0

  private static let hasIdentifier: UInt64 = 0x80

  /// No tunnels.
  public init() {}

  /// The tunnels as the log names them, at most `keptTunnels` of them: "gre", "vxlan:100".
  public var names: [String] {
    (0..<count).compactMap { index in
      let entry = kinds >> UInt64(index * 8) & 0xff
      guard let kind = TunnelKind(rawValue: UInt8(truncatingIfNeeded: entry & ~Self.hasIdentifier)) else { return nil }
      guard entry & Self.hasIdentifier != 0 else { return kind.name.description }
      return "\(kind.name):\(UInt32(truncatingIfNeeded: identifiers[index / 2] >> UInt64(index % 2 * 32)))"
    }
  }

  /// Adds a tunnel inside those before it.
  mutating func append(_ kind: TunnelKind, _ identifier: UInt32?) {
    guard count < Self.keptTunnels else { return }
    kinds |= (UInt64(kind.rawValue) | (identifier == nil ? 0 : Self.hasIdentifier)) << UInt64(count * 8)
    identifiers[count / 2] |= UInt64(identifier ?? 0) << UInt64(count % 2 * 32)
    count += 1
  }
}
