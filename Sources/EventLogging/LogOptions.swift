/// Which records are written, and how much of them.
public struct LogOptions: Sendable {
  /// A set of record types.
  public struct RecordTypes: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt16
    /// A set by its bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// What is analyzed, and by what.
    public static let meta = RecordTypes(rawValue: 1)
    /// Handshakes.
    public static let open = RecordTypes(rawValue: 2)
    /// Messages.
    public static let message = RecordTypes(rawValue: 4)
    /// Frames.
    public static let frame = RecordTypes(rawValue: 8)
    /// Pings, pongs, Closes.
    public static let control = RecordTypes(rawValue: 16)
    /// Checks that fired.
    public static let violation = RecordTypes(rawValue: 32)
    /// Ends of WebSockets.
    public static let end = RecordTypes(rawValue: 64)
    /// Counts.
    public static let stats = RecordTypes(rawValue: 128)

    /// Every type but frames, which are asked for.
    public static let standard: RecordTypes = [.meta, .open, .message, .control, .violation, .end, .stats]

    /// The types by their names in the log, in the order of the contract.
    public static let byName: [(name: String, type: RecordTypes)] = [
      ("meta", .meta), ("open", .open), ("message", .message), ("frame", .frame), ("control", .control),
      ("violation", .violation), ("end", .end), ("stats", .stats),
    ]
  }

  /// How much of the handshakes' header fields is written.
  public enum Headers: String, Sendable, CaseIterable {
    /// None.
    case none
    /// All but those that carry secrets.
    case safe
    /// All.
    case all
  }

  /// The record types that are written.
  public var types: RecordTypes
  /// Header fields in `open`.
  public var headers: Headers
  /// Whether payloads are written.
  public var writesPayload: Bool
  /// Whether a text message that is JSON is written as that (`json` instead of `text`).
  public var embedsJSON: Bool
  /// Whether the queries of request targets, and of URLs in header fields, are left out.
  public var redactsQueries: Bool
  /// Whether records say which file their packet is in.
  public var writesFile: Bool

  /// Options of a log.
  public init(
    types: RecordTypes = .standard, headers: Headers = .none, writesPayload: Bool = true,
    embedsJSON: Bool = false, redactsQueries: Bool = false, writesFile: Bool = false
  ) {
    self.types = types
    self.headers = headers
    self.writesPayload = writesPayload
    self.embedsJSON = embedsJSON
    self.redactsQueries = redactsQueries
    self.writesFile = writesFile
  }
}
