internal import NetworkTypes

/// The files of a log that goes from one to the next: which is written, when it is over, and what it is called then.
struct LogParts {
  private let rotation: LogRotation
  private let names: LogNames
  /// What the file at hand is called, without a number.
  private var base: FileName
  private var period: Range<Int64>?
  /// The number that the next file with the same name begins to look for its own at.
  private var number = 0
  /// The next of the names that are used in turn; `nil` before the first.
  private var slot: Int?
  /// The files that are there by this run, the oldest first, where only so many stay.
  private var made: [(name: FileName, identity: FileIdentity)] = []

  init(_ names: LogNames, _ rotation: LogRotation) {
    self.rotation = rotation
    self.names = names
    base = names.template
  }

  /// Where the files are made.
  var directory: FileName { names.template.directory }

  /// Whether the file at hand has had its time.
  func isOver(at time: Timestamp) -> Bool {
    guard let period else { return false }
    return Self.second(time) >= period.upperBound
  }

  /// Begins a file.
  ///
  /// - Parameter time: When it begins.
  /// - Returns: The file, which is called otherwise until it is complete.
  /// - Throws: Why it cannot be made.
  mutating func begin(at time: Timestamp) throws(LogFile.Failure) -> LogFile {
    let second = Self.second(time)
    var start = second
    if let seconds = rotation.seconds, period.map({ second >= $0.upperBound }) ?? true {
      let next = LogRotation.period(
        around: second, length: seconds, offset: LogRotation.localOffset(at: second))
      // The first file of a run is called by when it was begun, the next ones by when their time begins.
      start = period == nil ? second : next.lowerBound
      period = start..<next.upperBound
    } else if let period {
      start = period.lowerBound
    }
    let name = names.name(at: start)
    if name != base { number = 0 }
    base = name
    return try LogFile(partOf: name)
  }

  /// Gives the file at hand its name, and removes the oldest of this run's where only so many stay.
  mutating func complete(_ part: LogFile) {
    if let count = names.ringCount {
      let present = slot ?? LogNames.firstSlot((0..<count).map { LogNames.age(names.slot($0)) })
      part.finish(replacing: names.slot(present))
      if part.failure == nil { slot = (present + 1) % count } else { slot = present }
      return
    }
    let identity = part.identity
    let (base, first) = (base, number)
    guard let taken = part.finish(as: { LogNames.numbered(base, $0) }, from: first) else { return }
    number = taken + 1
    guard let count = rotation.count, let identity else { return }
    made.append((LogNames.numbered(base, taken), identity))
    while made.count > count {
      let oldest = made.removeFirst()
      // What stands under the name now may be somebody else's.
      if FileIdentity(oldest.name) == oldest.identity { FileNaming.remove(oldest.name) }
    }
  }

  /// How many bytes at the beginning of `lines` belong to the file at hand, of which `room` may be taken; whole lines.
  ///
  /// - Parameters:
  ///   - lines: Whole lines.
  ///   - size: Bytes that the file has.
  ///   - goesByRecords: Whether the time of a file is that of its records.
  /// - Returns: The bytes, perhaps none.
  func share(of lines: RawSpan, besides size: Int, goesByRecords: Bool) -> Int {
    var end = lines.byteCount
    if let bytes = rotation.bytes, end > max(0, bytes - size) {
      end = Self.wholeLines(in: lines, within: max(0, bytes - size))
    }
    guard goesByRecords, period != nil else { return end }
    var start = 0
    while start < end {
      let line = lines.extracting(start..<lines.byteCount)
      if let time = RecordTime.of(line), isOver(at: time) { return start }
      start += Self.firstLine(of: line)
    }
    return end
  }

  /// The length of the first line.
  static func firstLine(of lines: RawSpan) -> Int {
    var index = 0
    while index < lines.byteCount, lines.checkedByte(index) != 0x0a { index += 1 }
    return min(index + 1, lines.byteCount)
  }

  /// The length of the whole lines within the first `limit` bytes.
  private static func wholeLines(in lines: RawSpan, within limit: Int) -> Int {
    var end = min(limit, lines.byteCount)
    while end > 0, lines.checkedByte(end - 1) != 0x0a { end -= 1 }
    return end
  }

  private static func second(_ time: Timestamp) -> Int64 {
    let nanoseconds = time.nanoseconds
    let whole = nanoseconds / 1_000_000_000
    return nanoseconds % 1_000_000_000 < 0 ? whole - 1 : whole
  }
}
