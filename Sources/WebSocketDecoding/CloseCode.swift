/// The status code of a Close frame (RFC 6455 §7.4).
public struct CloseCode: RawRepresentable, Hashable, Sendable {
  /// The number as it stands on the wire.
  public let rawValue: UInt16

  /// The code `rawValue`.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// What the registry and the RFC say of a code.
  public enum Standing: Sendable, Hashable {
    /// May stand on the wire.
    case usable
    /// 3000 to 3999, which are handed out first come, first served, and not handed out.
    case unregistered
    /// 1005, 1006 and 1015: for local use, never on the wire (RFC 6455 §7.4.1).
    case forbidden
    /// 1004: reserved, without a meaning yet (RFC 6455 §7.4.1).
    case reserved
    /// Within 1000–2999, which the RFC and its registry hand out, and not handed out.
    case unassigned
    /// Below 1000 or above 4999 (RFC 6455 §7.4.2).
    case outOfRange
  }

  /// The codes of 3000 to 3999 that the IANA registry names: unauthorized, forbidden, timeout.
  private static let registered: [UInt16] = [3000, 3003, 3008]

  /// The standing by RFC 6455 §7.4 and the IANA registry of 2026-01-12, which adds 1012 to 1014.
  public var standing: Standing {
    switch rawValue {
    case 1000...1003, 1007...1014, 4000...4999: .usable
    case 3000...3999: Self.registered.contains(rawValue) ? .usable : .unregistered
    case 1004: .reserved
    case 1005, 1006, 1015: .forbidden
    case 1016...2999: .unassigned
    default: .outOfRange
    }
  }
}
