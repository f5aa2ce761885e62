/// An IPv4 or IPv6 address.
public struct IPAddress: Hashable, Sendable {
  /// The address as an integer; an IPv4 address is in the low 32 bits.
  public let value: UInt128
  /// Whether this is an IPv6 address.
  public let isIPv6: Bool

  /// An IPv4 address from its 32 bits, most significant octet first.
  public init(v4 bits: UInt32) {
    value = UInt128(bits)
    isIPv6 = false
  }

  /// An IPv6 address from its 128 bits, most significant octet first.
  public init(v6 bits: UInt128) {
    value = bits
    isIPv6 = true
  }

  /// The octets in network order: 4 or 16 of them.
  public var octets: [UInt8] {
    let count = isIPv6 ? 16 : 4
    return (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt128((count - 1 - $0) * 8)) }
  }

  /// Whether the address is of a host's own, a link's or a private network: what is sent there crosses no open network.
  ///
  /// Loopback, link-local, RFC 1918, the shared addresses of RFC 6598, and unique local addresses (RFC 4193); so are IPv4
  /// addresses that are mapped into IPv6.
  public var isInternal: Bool {
    if isIPv6, value >> 32 == 0xffff { return IPAddress(v4: UInt32(truncatingIfNeeded: value)).isInternal }
    guard isIPv6 else {
      let bits = UInt32(truncatingIfNeeded: value)
      return switch bits >> 24 {
      case 10, 127: true
      case 100: bits >> 22 == 100 << 2 | 1
      case 169: bits >> 16 == 169 << 8 | 254
      case 172: bits >> 20 == 172 << 4 | 1
      case 192: bits >> 16 == 192 << 8 | 168
      default: false
      }
    }
    return value == 1 || value >> 121 == 0xfc >> 1 || value >> 118 == 0xfe80 >> 6
  }

  /// Whether both are the same address of the same version.
  @inlinable
  public static func == (left: IPAddress, right: IPAddress) -> Bool {
    left.value == right.value && left.isIPv6 == right.isIPv6
  }

  /// Hashes the bits that an address of its version has.
  @inlinable
  public func hash(into hasher: inout Hasher) {
    hasher.combine(UInt64(truncatingIfNeeded: value))
    if isIPv6 { hasher.combine(UInt64(truncatingIfNeeded: value >> 64)) }
  }
}

extension IPAddress: Comparable {
  /// IPv4 before IPv6, then by numeric value, which is the order of the octets.
  @inlinable
  public static func < (left: IPAddress, right: IPAddress) -> Bool {
    left.isIPv6 == right.isIPv6 ? left.value < right.value : !left.isIPv6
  }
}

extension IPAddress: CustomStringConvertible {
  /// Dotted decimal for IPv4, the canonical form of RFC 5952 for IPv6.
  public var description: String {
    isIPv6 ? ipv6Text : Self.dotted(UInt32(truncatingIfNeeded: value))
  }

  private static func dotted(_ bits: UInt32) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(15)
    for shift in stride(from: 24, through: 0, by: -8) {
      let octet = UInt8(truncatingIfNeeded: bits >> UInt32(shift))
      if octet >= 100 { text.append(0x30 + octet / 100) }
      if octet >= 10 { text.append(0x30 + octet / 10 % 10) }
      text.append(0x30 + octet % 10)
      if shift > 0 { text.append(UInt8(ascii: ".")) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private var ipv6Text: String {
    let octets = self.octets
    // RFC 5952 §5: an address that embeds IPv4 by a well-known prefix is written with dotted decimals.
    if value >> 32 == 0xffff {
      return "::ffff:" + octets[12...].map(String.init).joined(separator: ".")
    }
    let groups = (0..<8).map { UInt16(octets[$0 * 2]) << 8 | UInt16(octets[$0 * 2 + 1]) }
    let zeros = Self.longestZeroRun(in: groups)
    func text(_ range: Range<Int>) -> String {
      range.map { String(groups[$0], radix: 16) }.joined(separator: ":")
    }
    guard let zeros else { return text(0..<8) }
    return text(0..<zeros.lowerBound) + "::" + text(zeros.upperBound..<8)
  }

  /// The first longest run of two or more zero groups (RFC 5952 §4.2).
  private static func longestZeroRun(in groups: [UInt16]) -> Range<Int>? {
    var best: Range<Int>?
    var start = 0
    while start < groups.count {
      guard groups[start] == 0 else {
        start += 1
        continue
      }
      var end = start
      while end < groups.count, groups[end] == 0 { end += 1 }
      if end - start >= 2, end - start > (best?.count ?? 0) { best = start..<end }
      start = end
    }
    return best
  }
}
