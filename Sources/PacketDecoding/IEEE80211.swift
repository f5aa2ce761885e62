import NetworkTypes

/// IEEE 802.11 frames (IEEE 802.11 §9.2): data frames that are not encrypted lead to logical link control.
enum IEEE80211 {
  private static let shortestBytes = 2
  private static let headerBytes = 24
  private static let addressBytes = 6
  private static let fourthAddressOffset = 24
  private static let qosBytes = 2
  private static let highThroughputBytes = 4
  private static let sequenceOffset = 22
  private static let aggregateHeaderBytes = 14

  private enum Flags {
    static let toDistribution: UInt8 = 0x01
    static let fromDistribution: UInt8 = 0x02
    static let moreFragments: UInt8 = 0x04
    static let protected: UInt8 = 0x40
    static let order: UInt8 = 0x80
  }

  /// Decodes a frame.
  ///
  /// - Parameters:
  ///   - bytes: The packet.
  ///   - cursor: Where the frame stands.
  ///   - isPadded: Whether the header is padded to four octets (radiotap's data pad).
  ///   - maySwap: Whether the octets of two-octet fields may be swapped, as Cisco's access points do.
  /// - Returns: The layer inside.
  static func decode(
    _ bytes: RawSpan, _ cursor: inout LayerCursor, isPadded: Bool = false, maySwap: Bool = false
  ) -> NextLayer {
    guard cursor.available >= shortestBytes else { return cursor.truncated(.ieee80211, needed: shortestBytes) }
    let at = cursor.offset
    var control = bytes.checkedByte(at)
    var flags = bytes.checkedByte(at + 1)
    // Data to or from an access point has a bit in its flags where the first octet has the version, which is 0.
    let isSwapped = maySwap && control & 0x03 != 0 && flags & 0x0f == 0x08
    if isSwapped { swap(&control, &flags) }
    // Version 0, type 2: data. Subtypes with the third bit set have no data.
    guard control & 0x0f == 0x08, control & 0x40 == 0 else { return .stop(.wirelessControl) }
    let isQoS = control & 0x80 != 0
    var length = headerBytes
    if flags & (Flags.toDistribution | Flags.fromDistribution) == Flags.toDistribution | Flags.fromDistribution {
      length += addressBytes
    }
    let qosOffset = length
    if isQoS { length += qosBytes + (flags & Flags.order != 0 ? highThroughputBytes : 0) }
    let padded = isPadded ? (length + 3) & ~3 : length
    guard cursor.available >= padded else { return cursor.truncated(.ieee80211, needed: padded) }
    guard flags & Flags.protected == 0 else { return cursor.fail(.ieee80211, .encrypted) }
    // The fragment number is in the low four bits of the sequence control, which is little-endian.
    let low = isSwapped ? 1 : 0
    if flags & Flags.moreFragments != 0 || bytes.checkedByte(at + sequenceOffset + low) & 0x0f != 0 {
      return cursor.fail(.ieee80211, .fragmented)
    }
    let isAggregate = isQoS && bytes.checkedByte(at + qosOffset + low) & 0x80 != 0
    cursor.offset += padded
    return isAggregate ? .aggregate : .llc
  }

  /// Takes the next subframe off an A-MSDU: two addresses, length, frame, padding to four octets (§9.3.2.2).
  ///
  /// - Returns: A cursor at the subframe's link control, `nil` at the end; the rest of one that was cut is its own.
  static func nextSubframe(_ bytes: RawSpan, _ rest: inout LayerCursor) -> LayerCursor? {
    guard rest.available >= aggregateHeaderBytes else { return nil }
    let length = Int(bytes.checkedBigEndian(rest.offset + aggregateHeaderBytes - 2, as: UInt16.self))
    guard length > 0, length <= rest.declared - aggregateHeaderBytes else { return nil }
    var inner = rest
    inner.offset += aggregateHeaderBytes
    inner.limit(to: length)
    rest.offset += min((aggregateHeaderBytes + length + 3) & ~3, rest.available)
    return inner
  }
}
