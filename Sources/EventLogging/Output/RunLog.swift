public import NetworkTypes

/// The log of a run: standard output, a file, or one file after the other.
///
/// Whole lines come in, and a file ends between two of them. Files that follow one another, and one that is appended to,
/// begin with a line that says what log they belong to, which the maker of the log gives.
public final class RunLog: LogDestination {
  /// Where a log goes, and what is done when that is not possible.
  public struct Settings: Sendable {
    /// The file; `nil` is standard output.
    public var file: FileName?
    /// When it goes on in another file.
    public var rotation: LogRotation?
    /// Whether a plain file is written under its own name, behind what is in it, and can be opened anew.
    public var appends: Bool
    /// Whether records are dropped while nothing can be written, instead of ending.
    public var dropsOnError: Bool

    /// Settings of a log.
    public init(file: FileName?, rotation: LogRotation? = nil, appends: Bool = false, dropsOnError: Bool = false) {
      self.file = file
      self.rotation = rotation
      self.appends = appends
      self.dropsOnError = dropsOnError
    }
  }

  /// What the reader of standard error should know.
  public enum News: Sendable, Hashable, CustomStringConvertible {
    /// Records are dropped from now on.
    case dropping(LogFile.Failure)
    /// Records are written again.
    case writing(name: String, dropped: Int)
    /// The run is over, and nothing could be written to its end.
    case ended(name: String, dropped: Int)
    /// The file could not be opened anew.
    case notReopened(LogFile.Failure)

    /// One sentence.
    public var description: String {
      switch self {
      case .dropping(let failure): "\(failure.cause); records are dropped until it works again"
      case .writing(let name, let dropped): "\(name): can be written again; \(Self.records(dropped)) dropped"
      case .ended(let name, let dropped):
        "\(name): could not be written any more; \(Self.records(dropped)) dropped"
      case .notReopened(let failure): "\(failure.cause); the log goes on in the file that was open"
      }
    }

    private static func records(_ count: Int) -> String { count == 1 ? "1 record was" : "\(count) records were" }
  }

  /// A time in which nothing could be written.
  private struct Outage {
    var dropped = 0
    /// Whether the next lines are tried.
    var mayTry = false
    /// When they are, by the clock of `tick`.
    var nextTry: Int64?
  }

  /// Makes the line that a file begins with, from its number in the log and its time; nothing where none is wanted.
  public typealias Header = @Sendable (_ part: Int, _ time: Timestamp) -> [UInt8]

  /// Why nothing more can be written, once that is so.
  public private(set) var failure: LogFile.Failure?
  private let settings: Settings
  private let header: Header
  /// The clock by which files change; `nil` where that is the time of the records.
  private let clock: (@Sendable () -> Timestamp)?
  private var parts: LogParts?
  private var file: LogFile?
  private var partNumber = 0
  /// Whether the file at hand still lacks its first line, and whether it has a record behind that.
  private var lacksHeader = false
  private var hasRecord = false
  private var outage: Outage?
  private var dropped = 0
  private var news: [News] = []
  private var isFinished = false

  /// Nanoseconds after which writing is tried again.
  private static let retryInterval: Int64 = 1_000_000_000

  /// Opens the log.
  ///
  /// - Parameters:
  ///   - settings: Where it goes.
  ///   - clock: The clock by which files change; `nil` goes by the time of the records.
  ///   - header: Makes the line that a file begins with, where `hasHeader` says so.
  /// - Throws: Why it cannot be written.
  public init(
    _ settings: Settings, clock: (@Sendable () -> Timestamp)?, header: @escaping Header
  ) throws(LogFile.Failure) {
    self.settings = settings
    self.clock = clock
    self.header = header
    guard let name = settings.file else {
      file = LogFile()
      return
    }
    guard let rotation = settings.rotation else {
      let opened = settings.appends ? try LogFile(appendingTo: name) : try LogFile(name)
      lacksHeader = opened.isAppended
      failure = opened.failure
      file = opened
      return
    }
    do throws(LogNames.Fault) {
      parts = LogParts(try LogNames(name, rotation), rotation)
    } catch {
      throw .failed(name: name.description, reason: "no name for files that follow one another")
    }
    if let fault = FileNaming.fault(ofDirectory: name.directory) {
      throw .failed(name: name.directory.description, reason: fault)
    }
  }

  deinit { finish() }

  /// Whether this log writes the first line of its files itself.
  public var hasHeader: Bool { parts != nil || file?.isAppended == true }
  /// Whether this is a terminal.
  public var isTerminal: Bool { file?.isTerminal ?? false }
  /// Whether nothing more can be written.
  public var isBroken: Bool { failure != nil }
  /// Lines that were dropped.
  public var droppedLines: Int? { settings.dropsOnError ? dropped : nil }

  /// Where files get their names: they must be writable to the end.
  public var directories: [FileName] { (parts?.directory ?? file?.directory).map { [$0] } ?? [] }

  /// Where a file may have to be opened anew.
  public var reopeningDirectories: [FileName] {
    guard let name = settings.file, file?.isAppended == true else { return [] }
    // A link, and what it leads to.
    return Array(Set([name.directory, FileNaming.resolved(name).directory]))
  }

  /// Makes a file that was opened here another user's, who can then rename it where only owners may.
  public func give(to user: UInt32, group: UInt32) { file?.give(to: user, group: group) }

  /// Writes the first line of the first file, before there is anything else to write, so that it is seen that the run has
  /// begun; where files go by the time of their records, that has to wait for one.
  public func begin() {
    guard failure == nil, hasHeader, let time = clock?() else { return }
    _ = openPart(at: time) && (!lacksHeader || writeHeader(time))
  }

  /// Writes whole lines, each into one file.
  public func write(_ lines: RawSpan) {
    guard failure == nil, lines.byteCount > 0 else { return }
    if let outage, !outage.mayTry { return drop(lines) }
    outage?.mayTry = false
    var rest = lines
    while rest.byteCount > 0, failure == nil {
      guard let count = prepare(for: rest) else { return drop(rest) }
      // The file at hand is full, and the next one begins.
      guard count > 0 else { continue }
      let isWritten = put(rest.extracting(first: count))
      rest = rest.extracting(droppingFirst: count)
      if !isWritten { return drop(rest) }
    }
  }

  /// Sees to it that there is a file for the next line.
  ///
  /// - Returns: How many bytes of `lines` it takes, none if it is full; `nil` where nothing can be written.
  private func prepare(for lines: RawSpan) -> Int? {
    if parts == nil {
      let time = clock?() ?? RecordTime.of(lines) ?? .epoch
      return !lacksHeader || writeHeader(time) ? lines.byteCount : nil
    }
    if let clock, parts?.isOver(at: clock()) == true { completePart() }
    guard failure == nil else { return nil }
    let recordTime = RecordTime.of(lines)
    let time = clock?() ?? recordTime ?? .epoch
    guard openPart(at: time), !lacksHeader || writeHeader(recordTime ?? time) else { return nil }
    let share = parts?.share(of: lines, besides: file?.size ?? 0, goesByRecords: clock == nil) ?? 0
    guard share == 0 else { return share }
    // One record that is larger than a file may be has one for itself.
    if !hasRecord { return LogParts.firstLine(of: lines) }
    return completePart() ? 0 : nil
  }

  /// Opens the next of files that follow one another, unless one is open.
  private func openPart(at time: Timestamp) -> Bool {
    guard parts != nil, file == nil else { return true }
    do throws(LogFile.Failure) {
      file = try parts?.begin(at: time)
      (lacksHeader, hasRecord) = (true, false)
      return true
    } catch {
      suffer(error)
      return false
    }
  }

  /// Writes lines that all belong to the file at hand.
  ///
  /// - Returns: Whether all are written.
  private func put(_ lines: RawSpan) -> Bool {
    guard let file else { return false }
    file.write(lines)
    if file.keptBytes > 0 { hasRecord = true }
    guard let fault = file.failure else {
      recover()
      return true
    }
    suffer(fault)
    drop(lines.extracting(droppingFirst: file.keptBytes))
    return false
  }

  private func writeHeader(_ time: Timestamp) -> Bool {
    guard let file else { return false }
    file.write(header(partNumber + 1, time))
    if let fault = file.failure {
      suffer(fault)
      return false
    }
    lacksHeader = false
    partNumber += 1
    return true
  }

  /// Closes the file at hand and gives it its name; the next line begins another.
  ///
  /// - Returns: Whether it got it.
  @discardableResult
  private func completePart() -> Bool {
    guard parts != nil, let part = file else { return true }
    file = nil
    if lacksHeader {
      part.discard()
      return true
    }
    parts?.complete(part)
    guard let fault = part.failure else { return true }
    suffer(fault)
    return false
  }

  // MARK: - What fails

  /// Ends, or drops records from now on.
  private func suffer(_ fault: LogFile.Failure) {
    guard settings.dropsOnError, fault != .readerGone else {
      failure = fault
      return
    }
    file?.tryAgain()
    guard outage == nil else { return }
    outage = Outage()
    news.append(.dropping(fault))
  }

  private func recover() {
    guard let outage else { return }
    news.append(.writing(name: displayName, dropped: outage.dropped))
    self.outage = nil
  }

  /// Counts lines that are not written.
  private func drop(_ lines: RawSpan) {
    guard settings.dropsOnError, failure == nil else { return }
    var count = 0
    for index in 0..<lines.byteCount where lines.checkedByte(index) == 0x0a { count += 1 }
    dropped += count
    outage?.dropped += count
  }

  private var displayName: String { settings.file?.description ?? "standard output" }

  /// What happened since this was last asked.
  public func takeNews() -> [News] {
    defer { news = [] }
    return news
  }

  // MARK: - What hangs on the clock, on signals and on the end

  /// Completes a file whose time is over, tries again to write where that failed, and looks whether the reader has gone.
  ///
  /// - Parameter nanoseconds: A clock that never goes back.
  public func tick(_ nanoseconds: Int64) {
    guard failure == nil else { return }
    if let clock, parts?.isOver(at: clock()) == true { completePart() }
    if outage?.nextTry.map({ nanoseconds >= $0 }) == true { outage?.mayTry = true }
    if outage?.nextTry == nil || outage?.mayTry == true { outage?.nextTry = nanoseconds &+ Self.retryInterval }
    if let file {
      file.lookForReader()
      if let fault = file.failure { suffer(fault) }
    }
  }

  /// Opens a plain file anew that somebody has renamed, or goes on in the next file; else does nothing.
  public func reopen() {
    guard failure == nil else { return }
    guard parts == nil else {
      completePart()
      return
    }
    guard let name = settings.file, let file, file.isAppended else { return }
    do throws(LogFile.Failure) {
      let next = try LogFile(appendingTo: name)
      guard next.identity != file.identity else { return next.finish() }
      file.finish()
      if let fault = file.failure { suffer(fault) }
      self.file = next
      lacksHeader = true
      if failure == nil, let clock { _ = writeHeader(clock()) }
    } catch {
      news.append(.notReopened(error))
    }
  }

  /// Completes the log; a late error counts as a failed write.
  public func finish() {
    guard !isFinished else { return }
    isFinished = true
    if parts != nil {
      if failure == nil { completePart() }
    } else if let file {
      file.finish()
      if let fault = file.failure, failure == nil { suffer(fault) }
    }
    guard let outage else { return }
    news.append(.ended(name: displayName, dropped: outage.dropped))
    self.outage = nil
  }

  /// Closes the log and takes it back: a file of that name that was there before stays as it was.
  public func discard() {
    isFinished = true
    file?.discard()
    file = nil
  }
}
