/// A number of the LINKTYPE_ registry (tcpdump.org/linktypes.html): what the first octet of a packet belongs to.
public struct LinkType: RawRepresentable, Hashable, Sendable {
  /// The number in the capture file.
  public let rawValue: UInt16

  /// The link type with the number `rawValue`.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// BSD loopback, with an address family in the byte order of the capturing host.
  public static let null = LinkType(rawValue: 0)
  /// Ethernet.
  public static let ethernet = LinkType(rawValue: 1)
  /// An IP packet without a link header.
  public static let raw = LinkType(rawValue: 101)
  /// OpenBSD loopback, with an address family in network byte order.
  public static let loop = LinkType(rawValue: 108)
  /// Linux cooked capture, version 1.
  public static let linuxCooked = LinkType(rawValue: 113)
  /// An IPv4 packet without a link header.
  public static let ipv4 = LinkType(rawValue: 228)
  /// An IPv6 packet without a link header.
  public static let ipv6 = LinkType(rawValue: 229)
  /// Linux cooked capture, version 2.
  public static let linuxCooked2 = LinkType(rawValue: 276)

  /// One link type that is decoded: its name in the log and its first layer.
  private struct Row {
    let name: StaticString
    let first: NextLayer
    @inline(__always)
    init(_ name: StaticString, _ first: NextLayer) {
      self.name = name
      self.first = first
    }
  }

  /// The table, as a switch because it is looked up for every packet.
  @inline(__always)
  private var row: Row? {
    switch rawValue {
    case 0: Row("null", .loopback)
    case 1: Row("ethernet", .ethernet)
    // 12 and 14 are DLT_RAW of most systems and of OpenBSD, written to files by programs that did not translate them.
    case 12, 14, 101: Row("raw", .ip)
    case 108: Row("loop", .loopback)
    case 113: Row("linux_sll", .linuxCooked)
    case 228: Row("ipv4", .ipv4)
    case 229: Row("ipv6", .ipv6)
    case 276: Row("linux_sll2", .linuxCooked2)
    default: nil
    }
  }

  /// Whether packets of this link type are decoded.
  public var isKnown: Bool { row != nil }

  /// The name in the log; "link type 147" for one that is not known.
  public var name: String { row.map { $0.name.description } ?? "link type \(rawValue)" }

  /// The layer that a packet begins with, `nil` for a link type that is not known.
  @inline(__always)
  var firstLayer: NextLayer? { row?.first }
}
