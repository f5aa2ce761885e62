internal import NetworkTypes

/// What a packet's own network header says of its length, as a second opinion on a capture's record of it.
///
/// It is a glance, not a decoder: one network header right behind a common link header. For everything else there is
/// no opinion.
enum DeclaredLength {
  /// How a record's lengths and the packet's own length go together.
  enum Agreement {
    /// They are the same, but for padding and a frame check sequence.
    case agrees
    /// One of them is wrong.
    case contradicts
    /// There is no opinion.
    case unknown
  }

  /// Octets behind the network layer's end that are nothing unusual: a frame check sequence, a switch's tag.
  private static let usualTrailer = 8
  /// Octets behind it that nothing explains.
  private static let impossibleTrailer = 256
  /// The shortest Ethernet frame, with its frame check sequence.
  private static let shortestEthernetFrame = 64

  /// Bytes of the packet at `start` on its wire, as its network header has it; `nil` where that cannot be told.
  static func bytes(of span: RawSpan, at start: Int, upTo end: Int, linkType: UInt16) -> Int? {
    guard let network = network(in: span, at: start, upTo: end, linkType: linkType) else { return nil }
    guard end - network >= 8 else { return nil }
    switch span.checkedByte(network) >> 4 {
    case 4:
      let headerBytes = Int(span.checkedByte(network) & 0xf) * 4
      let total = Int(span.checkedBigEndian(network + 2) as UInt16)
      // Offloading leaves 0 as the length of what the network card will cut up.
      guard headerBytes >= 20, total >= headerBytes else { return nil }
      return network - start + total
    case 6:
      let payload = Int(span.checkedBigEndian(network + 4) as UInt16)
      return payload > 0 ? network - start + 40 + payload : nil
    default: return nil
    }
  }

  /// Whether the packet at `start` has an IPv4 header whose checksum is right.
  static func hasRightChecksum(_ span: RawSpan, at start: Int, upTo end: Int, linkType: UInt16) -> Bool {
    guard let network = network(in: span, at: start, upTo: end, linkType: linkType), end - network >= 20 else {
      return false
    }
    let headerBytes = Int(span.checkedByte(network) & 0xf) * 4
    guard span.checkedByte(network) >> 4 == 4, headerBytes >= 20, end - network >= headerBytes else { return false }
    var sum: UInt32 = 0
    for offset in stride(from: network, to: network + headerBytes, by: 2) {
      sum += UInt32(span.checkedBigEndian(offset) as UInt16)
    }
    return sum % 0xffff == 0
  }

  /// Holds the lengths of a record against those of the packet at `start`.
  static func agreement(
    of span: RawSpan, at start: Int, upTo end: Int, original: Int, linkType: UInt16
  ) -> Agreement {
    guard let declared = bytes(of: span, at: start, upTo: end, linkType: linkType) else { return .unknown }
    let trailer = original - declared
    if trailer >= 0 && trailer <= usualTrailer || trailer > 0 && original <= shortestEthernetFrame { return .agrees }
    return trailer < 0 || trailer > impossibleTrailer ? .contradicts : .unknown
  }

  /// Where the IP header of a packet begins.
  private static func network(in span: RawSpan, at start: Int, upTo end: Int, linkType: UInt16) -> Int? {
    let linkBytes: Int
    switch linkType {
    // Ethernet.
    case 1:
      linkBytes = 14
    // The null and loopback headers.
    case 0, 108: return end - start > 4 ? start + 4 : nil
    // Raw IP under its several numbers.
    case 12, 14, 101, 228, 229: return start
    // PPP, with or without its HDLC header, and Cisco's HDLC.
    case 9, 50, 104:
      guard end - start > 4 else { return nil }
      let first: UInt16 = span.checkedBigEndian(start)
      let second: UInt16 = span.checkedBigEndian(start + 2)
      if first == 0x0021 || first == 0x0057 { return start + 2 }
      return second == 0x0021 || second == 0x0057 || isIP(second) ? start + 4 : nil
    // Linux cooked.
    case 113: linkBytes = 16
    case 276: return end - start > 20 && isIP(span.checkedBigEndian(start)) ? start + 20 : nil
    default: return nil
    }
    guard end - start > linkBytes else { return nil }
    var type: UInt16 = span.checkedBigEndian(start + linkBytes - 2)
    var network = start + linkBytes
    while isTag(type), end - network > 4, network - start < 32 {
      type = span.checkedBigEndian(network + 2)
      network += 4
    }
    return isIP(type) ? network : nil
  }

  private static func isIP(_ etherType: UInt16) -> Bool { etherType == 0x0800 || etherType == 0x86dd }

  private static func isTag(_ etherType: UInt16) -> Bool {
    etherType == 0x8100 || etherType == 0x88a8 || etherType == 0x9100
  }
}
