internal import CPcap
internal import NetworkTypes

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// An interface that can be captured from.
public struct Interface: Sendable, Hashable {
  /// Its name.
  public let name: String
  /// What libpcap says of it, if anything.
  public let description: String?
  /// Its addresses, with the length of their networks' prefixes.
  public let addresses: [String]
  /// What is true of it: up, running, loopback, wireless, connected, disconnected.
  public let flags: [String]
}

/// The interfaces of this machine, as libpcap lists them.
public enum InterfaceList {
  /// All of them.
  public static func all() throws(InterfaceError) -> [Interface] {
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    var first: UnsafeMutablePointer<pcap_if_t>?
    // SAFETY: the list is freed below, and the buffer has the size that libpcap asks for.
    guard unsafe pcap_findalldevs(&first, &message) == 0 else {
      throw .failed(
        "interfaces", reason: String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    defer { unsafe pcap_freealldevs(first) }
    var interfaces: [Interface] = []
    var next = unsafe first
    while let entry = unsafe next {
      // SAFETY: libpcap's list holds NUL-terminated strings, and ends with a null pointer.
      let device = unsafe entry.pointee
      unsafe interfaces.append(
        Interface(
          name: String(cString: device.name), description: device.description.map { unsafe String(cString: $0) },
          addresses: addresses(device.addresses), flags: flags(device.flags)))
      unsafe next = device.next
    }
    return interfaces
  }

  private static func flags(_ bits: UInt32) -> [String] {
    var flags: [String] = []
    if bits & UInt32(PCAP_IF_UP) != 0 { flags.append("up") }
    if bits & UInt32(PCAP_IF_RUNNING) != 0 { flags.append("running") }
    if bits & UInt32(PCAP_IF_LOOPBACK) != 0 { flags.append("loopback") }
    if bits & UInt32(PCAP_IF_WIRELESS) != 0 { flags.append("wireless") }
    switch bits & UInt32(PCAP_IF_CONNECTION_STATUS) {
    case UInt32(PCAP_IF_CONNECTION_STATUS_CONNECTED): flags.append("connected")
    case UInt32(PCAP_IF_CONNECTION_STATUS_DISCONNECTED): flags.append("disconnected")
    default: break
    }
    return flags
  }

  private static func addresses(_ first: UnsafeMutablePointer<pcap_addr_t>?) -> [String] {
    var addresses: [String] = []
    var next = unsafe first
    while let entry = unsafe next {
      // SAFETY: as above.
      let address = unsafe entry.pointee
      if let text = unsafe octets(address.addr).map({ self.address(of: $0).description }) {
        let ones = unsafe octets(address.netmask)?.reduce(0) { $0 + $1.nonzeroBitCount }
        addresses.append(ones.map { "\(text)/\($0)" } ?? text)
      }
      unsafe next = address.next
    }
    return addresses
  }

  private static func address(of octets: [UInt8]) -> IPAddress {
    let value = octets.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    return octets.count == 4 ? IPAddress(v4: UInt32(truncatingIfNeeded: value)) : IPAddress(v6: value)
  }

  /// The octets of an IPv4 or IPv6 address.
  private static func octets(_ address: UnsafeMutablePointer<sockaddr>?) -> [UInt8]? {
    guard let address = unsafe address else { return nil }
    let start = UnsafeRawPointer(address)
    // SAFETY: the family says which structure the pointer leads to.
    switch unsafe Int32(address.pointee.sa_family) {
    case AF_INET:
      let offset = MemoryLayout<sockaddr_in>.offset(of: \.sin_addr) ?? 4
      return (0..<4).map { unsafe start.load(fromByteOffset: offset + $0, as: UInt8.self) }
    case AF_INET6:
      let offset = MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr) ?? 8
      return (0..<16).map { unsafe start.load(fromByteOffset: offset + $0, as: UInt8.self) }
    default:
      return nil
    }
  }
}
