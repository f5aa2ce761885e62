extension IPAddress {
  /// Whether the address is of no use outside its network: loopback, private, link-local, shared by a provider.
  public var isPrivate: Bool {
    guard isIPv6 else { return Self.isPrivate(v4: UInt32(truncatingIfNeeded: value)) }
    // An IPv4 address in IPv6 (RFC 4291 §2.5.5.2).
    if value >> 32 == 0xffff { return Self.isPrivate(v4: UInt32(truncatingIfNeeded: value)) }
    // ::1, fc00::/7 (RFC 4193), fe80::/10 (RFC 4291 §2.5.6).
    return value == 1 || value >> 121 == 0xfc >> 1 || value >> 118 == 0xfe80 >> 6
  }

  private static func isPrivate(v4 bits: UInt32) -> Bool {
    // RFC 1122 §3.2.1.3, RFC 1918 §3, RFC 3927, RFC 6598.
    bits >> 24 == 127 || bits >> 24 == 10 || bits >> 20 == 0xac1 || bits >> 16 == 0xc0a8 || bits >> 16 == 0xa9fe
      || bits >> 22 == 0x6440 >> 6
  }
}
