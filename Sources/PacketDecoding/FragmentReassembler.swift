import NetworkTypes

/// Counts of fragments of IP packets.
public struct FragmentStatistics: Hashable, Sendable {
  /// Pieces of fragmented packets.
  public var fragments = 0
  /// Pieces that were given up: the rest did not come, they were cut by the snap length, or they contradict others.
  public var dropped = 0
  /// Pieces that overlap others with different octets, and in IPv6 all that overlap without being copies.
  public var overlaps = 0

  /// Counts.
  public init(fragments: Int = 0, dropped: Int = 0, overlaps: Int = 0) {
    self.fragments = fragments
    self.dropped = dropped
    self.overlaps = overlaps
  }
}

/// Puts the pieces of fragmented IP packets together, in whatever order they come.
///
/// Where pieces of IPv4 overlap, the first copy counts, as it does in most hosts. A datagram of IPv6 with pieces that
/// overlap is dropped with all of them, as RFC 5722 §4 demands; copies of a piece, which captures are full of, are not
/// overlaps (RFC 8200 §4.5). What waits is bounded in number and bytes, and given up after so many further fragments or
/// so much packet time (`Limits`).
struct FragmentReassembler {
  /// A datagram that is whole.
  struct Datagram {
    let bytes: [UInt8]
    let next: UInt8
  }

  private(set) var statistics = FragmentStatistics()
  private var partials: [FragmentKey: PartialDatagram] = [:]
  /// The keys in the order in which they came, with those of datagrams that are gone.
  private var order: [(key: FragmentKey, serial: Int)] = []
  private var oldest = 0
  private var storedBytes = 0
  private var latest: Timestamp?
  /// Packet time that has passed, without steps of the clock.
  private var elapsed: Int64 = 0

  private let maximumDatagrams: Int
  private let maximumBytes: Int
  private let maximumAge: Int
  private let maximumTime: Int64
  private let clockJump: Int64

  private static let largestDatagram = 65535
  private static let unitBytes = 8

  init(limits: Limits) {
    maximumDatagrams = limits.fragmentedDatagrams
    maximumBytes = limits.fragmentBytes
    maximumAge = limits.fragmentPackets
    maximumTime = limits.fragmentNanoseconds
    clockJump = limits.clockJumpNanoseconds
  }

  /// Pieces that wait for the rest.
  var waiting: Int { partials.values.reduce(0) { $0 + $1.pieces } }

  /// Takes the piece at `cursor`.
  ///
  /// - Returns: The datagram, if it is whole with this piece.
  mutating func add(_ bytes: RawSpan, _ cursor: LayerCursor, at time: Timestamp) -> Datagram? {
    statistics.fragments += 1
    pass(time)
    expire()
    let header = cursor.fragment
    let length = cursor.available
    guard cursor.capturedEnd == cursor.declaredEnd, length > 0, length <= Self.largestDatagram - header.offset,
      !header.hasMore || length % Self.unitBytes == 0
    else {
      statistics.dropped += 1
      return nil
    }
    let key = FragmentKey(cursor)
    var datagram = partials.removeValue(forKey: key) ?? begin(key)
    guard !datagram.isSpoiled else {
      statistics.dropped += 1
      partials[key] = datagram
      return nil
    }
    let isIPv6 = cursor.source.isIPv6
    storedBytes -= datagram.bytes.count
    switch datagram.add(bytes, cursor.offset..<cursor.capturedEnd, header, keepsOverlaps: !isIPv6) {
    case .kept, .duplicate: break
    case .overlapping where isIPv6:
      statistics.overlaps += 1
      statistics.dropped += datagram.pieces + 1
      datagram.spoil()
    case .overlapping(let differs):
      if differs { statistics.overlaps += 1 }
    case .contradictory: statistics.dropped += 1
    }
    if datagram.isComplete { return Datagram(bytes: datagram.bytes, next: datagram.next) }
    storedBytes += datagram.bytes.count
    partials[key] = datagram
    while storedBytes > maximumBytes, dropOldest() {}
    return nil
  }

  private mutating func begin(_ key: FragmentKey) -> PartialDatagram {
    while partials.count >= max(maximumDatagrams, 1), dropOldest() {}
    order.append((key, statistics.fragments))
    return PartialDatagram(serial: statistics.fragments, time: elapsed)
  }

  /// Advances the time; a step back, or one that no waiting explains, says nothing.
  private mutating func pass(_ time: Timestamp) {
    guard let latest else {
      self.latest = time
      return
    }
    let step = time.nanoseconds(since: latest)
    guard step > 0 || step < -clockJump else { return }
    self.latest = time
    if step > 0, step <= clockJump { elapsed &+= step }
  }

  private mutating func expire() {
    while let (key, serial) = first, let datagram = partials[key] {
      let isOld = statistics.fragments - serial > maximumAge || elapsed &- datagram.time > maximumTime
      guard isOld else { return }
      drop(key)
    }
  }

  /// The oldest datagram that is not gone.
  private var first: (key: FragmentKey, serial: Int)? {
    mutating get {
      while oldest < order.count, partials[order[oldest].key]?.serial != order[oldest].serial { oldest += 1 }
      if oldest > 1024, oldest * 2 > order.count {
        order.removeFirst(oldest)
        oldest = 0
      }
      return oldest < order.count ? order[oldest] : nil
    }
  }

  private mutating func dropOldest() -> Bool {
    guard let (key, _) = first else { return false }
    drop(key)
    return true
  }

  private mutating func drop(_ key: FragmentKey) {
    guard let datagram = partials.removeValue(forKey: key) else { return }
    statistics.dropped += datagram.pieces
    storedBytes -= datagram.bytes.count
  }
}
