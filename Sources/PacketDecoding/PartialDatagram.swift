import NetworkTypes

/// The pieces of one datagram that have come so far.
struct PartialDatagram {
  /// What adding a piece came to.
  enum Outcome {
    /// The piece was kept.
    case kept
    /// All of it was there already, with the same octets.
    case duplicate
    /// Some of it was there already; the first copy stays. The flag says whether the octets differ.
    case overlapping(differs: Bool)
    /// It contradicts where the datagram ends.
    case contradictory
  }

  /// The octets, zero where nothing has come.
  private(set) var bytes: [UInt8] = []
  /// The protocol, as the first piece says it.
  private(set) var next: UInt8 = 0
  /// Pieces that were kept.
  private(set) var pieces = 0
  /// Whether it was given up, and pieces that still come are dropped.
  private(set) var isSpoiled = false
  /// What has come: in order, apart from each other.
  private var received: [Range<Int>] = []
  private var end: Int?

  /// The number of the fragment that began it, and the time of that.
  let serial: Int
  let time: Int64

  init(serial: Int, time: Int64) {
    self.serial = serial
    self.time = time
  }

  /// Whether every octet has come.
  var isComplete: Bool {
    guard let end, received.count == 1 else { return false }
    return received[0] == 0..<end
  }

  /// Adds `range` of `source` as a piece; it is not empty and ends within 65,535 octets.
  ///
  /// - Parameters:
  ///   - source: Holds the piece.
  ///   - range: Where the piece lies in `source`.
  ///   - header: What the piece says of itself.
  ///   - keepsOverlaps: Whether a piece that overlaps others is kept where it does not.
  /// - Returns: What it came to.
  mutating func add(
    _ source: RawSpan, _ range: Range<Int>, _ header: FragmentHeader, keepsOverlaps: Bool
  ) -> Outcome {
    let place = header.offset..<header.offset + range.count
    if header.hasMore {
      if let end, place.upperBound > end { return .contradictory }
    } else {
      if let end, end != place.upperBound { return .contradictory }
      if let last = received.last, last.upperBound > place.upperBound { return .contradictory }
    }
    let overlap = compare(source, range.lowerBound - place.lowerBound, place)
    if overlap.count == place.count, !overlap.differs {
      // A copy may bring the news that nothing follows it.
      if !header.hasMore { end = place.upperBound }
      return .duplicate
    }
    if overlap.count > 0, !keepsOverlaps { return .overlapping(differs: overlap.differs) }
    if !header.hasMore { end = place.upperBound }
    if header.offset == 0 || pieces == 0 { next = header.next }
    pieces += 1
    if bytes.count < place.upperBound {
      bytes.append(contentsOf: repeatElement(0, count: place.upperBound - bytes.count))
    }
    fill(source, range.lowerBound - place.lowerBound, place)
    return overlap.count == 0 ? .kept : .overlapping(differs: overlap.differs)
  }

  /// Gives it up.
  mutating func spoil() {
    isSpoiled = true
    bytes = []
    received = []
    pieces = 0
  }

  /// Octets of `place` that have come, and whether they differ from those in `source`, which stand `shift` further.
  private func compare(_ source: RawSpan, _ shift: Int, _ place: Range<Int>) -> (count: Int, differs: Bool) {
    var count = 0
    var differs = false
    for range in received where range.overlaps(place) {
      let common = range.clamped(to: place)
      count += common.count
      differs = differs || common.contains { bytes[$0] != source.checkedByte($0 + shift) }
    }
    return (count, differs)
  }

  /// Copies what has not come, and notes it.
  private mutating func fill(_ source: RawSpan, _ shift: Int, _ place: Range<Int>) {
    var position = place.lowerBound
    for range in received where range.overlaps(place) {
      if position < range.lowerBound { copy(source, shift, position..<range.lowerBound) }
      position = max(position, range.upperBound)
    }
    if position < place.upperBound { copy(source, shift, position..<place.upperBound) }
    // Ranges that touch the new one become one with it.
    let first = received.firstIndex { $0.upperBound >= place.lowerBound } ?? received.count
    let last = received[first...].firstIndex { $0.lowerBound > place.upperBound } ?? received.count
    var lower = place.lowerBound
    var upper = place.upperBound
    if first < last {
      lower = min(lower, received[first].lowerBound)
      upper = max(upper, received[last - 1].upperBound)
    }
    received.replaceSubrange(first..<last, with: CollectionOfOne(lower..<upper))
  }

  private mutating func copy(_ source: RawSpan, _ shift: Int, _ place: Range<Int>) {
    for index in place { bytes[index] = source.checkedByte(index + shift) }
  }
}
