internal import NetworkTypes
internal import PacketDecoding

/// Counts of packets by what became of them.
struct PacketCounts {
  /// Packets.
  private(set) var packets = 0
  /// Captured bytes of those.
  private(set) var bytes = 0
  /// Packets that could not be decoded.
  private(set) var undecodable = 0
  private var linkTypes: [UInt16] = []
  private var reasons: [String: Int] = [:]
  private var latestLinkType: UInt16?

  /// Reasons that are told apart; damaged captures can make up many.
  private static let keptReasons = 64

  mutating func add(byteCount: Int, linkType: UInt16) {
    packets &+= 1
    bytes &+= byteCount
    guard linkType != latestLinkType else { return }
    latestLinkType = linkType
    if !linkTypes.contains(linkType) { linkTypes.append(linkType) }
  }

  mutating func add(_ error: DecodeError) {
    undecodable += 1
    let reason = error.summary
    if reasons[reason] != nil || reasons.count < Self.keptReasons { reasons[reason, default: 0] += 1 }
  }

  /// The link types by name, in the order of their first packets.
  var linkTypeNames: [String] { linkTypes.map { LinkType(rawValue: $0).name } }

  /// Why packets could not be decoded, most frequent first.
  var undecodableReasons: [(reason: String, count: Int)] {
    reasons.map { (reason: $0.key, count: $0.value) }
      .sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
  }
}
