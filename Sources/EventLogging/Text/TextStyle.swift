internal import TrafficAnalysis

/// How the text format looks: how wide, in which characters, in which colours.
public struct TextStyle: Sendable {
  /// Columns of the terminal; `nil` for a pipe or a file.
  ///
  /// No line has more. A width below 1 is that of a terminal which does not know its own, and counts as 80.
  public var width: Int?
  /// Whether colours are written, as SGR sequences (`ESC [ … m`) and nothing else that a terminal obeys.
  public var usesColor: Bool
  /// Whether characters beyond ASCII are written; if not, arrows are `->` and `<-`, and a cut is `...`.
  public var usesUTF8: Bool
  /// Whether a line with the date comes before the first record, and where the date changes.
  public var showsDate: Bool

  /// A style; without arguments that of a pipe or a file.
  public init(width: Int? = nil, usesColor: Bool = false, usesUTF8: Bool = true, showsDate: Bool = true) {
    self.width = width
    self.usesColor = usesColor
    self.usesUTF8 = usesUTF8
    self.showsDate = showsDate
  }

  /// Columns of the longest line, where the terminal does not say less: enough to read on, few enough for a pager.
  public static let widest = 2000

  /// Columns of a line at most.
  var columns: Int {
    guard let width else { return Self.widest }
    return width < 1 ? 80 : min(width, Self.widest)
  }

  /// What of a line's beginning there is room for.
  enum Room: Equatable {
    /// The time with milliseconds, the name, what it is, the size, in columns under each other.
    case wide
    /// The time in seconds, nothing padded: below 60 columns.
    case narrow
    /// No time and no sizes: below 30 columns.
    case tiny
  }

  var room: Room { columns < 30 ? .tiny : columns < 60 ? .narrow : .wide }

  // MARK: - Signs

  /// The sign of a direction: from the client, to it.
  func arrow(_ sender: Sender) -> String {
    switch (sender, usesUTF8) {
    case (.client, true): "→"
    case (.server, true): "←"
    case (.client, false): "->"
    case (.server, false): "<-"
    }
  }

  /// The sign of a cut.
  var cutMark: String { usesUTF8 ? "…" : String(repeating: ".", count: min(3, columns)) }
  /// The columns of `cutMark`.
  var cutColumns: Int { usesUTF8 ? 1 : min(3, columns) }
  /// The unit of microseconds.
  var microseconds: String { usesUTF8 ? "µs" : "us" }

  // MARK: - Colours

  /// What a part of a line is, which decides on its colour.
  enum Role: Equatable {
    case plain
    /// Of little interest: times, heartbeats.
    case dim
    case client
    case server
    case good
    case error
    case warning
    case notice
    /// Not what was sent, but how it is shown.
    case escape
    /// One of `nameColors` colours, by which the eye follows a connection.
    case name(Int)
  }

  /// Colours of connections' names.
  static let nameColors = 6

  /// What ends every colour.
  static let reset = "\u{1b}[0m"

  /// The SGR sequence of a role; every one begins with a reset, so that none adds to another.
  static func sequence(_ role: Role) -> String {
    switch role {
    case .plain: reset
    case .dim: "\u{1b}[0;2m"
    case .client: "\u{1b}[0;1;32m"
    case .server: "\u{1b}[0;1;34m"
    case .good: "\u{1b}[0;32m"
    case .error: "\u{1b}[0;1;31m"
    case .warning: "\u{1b}[0;33m"
    case .notice: "\u{1b}[0;36m"
    case .escape: "\u{1b}[0;35m"
    case .name(0): "\u{1b}[0;36m"
    case .name(1): "\u{1b}[0;35m"
    case .name(2): "\u{1b}[0;34m"
    case .name(3): "\u{1b}[0;96m"
    case .name(4): "\u{1b}[0;95m"
    case .name: "\u{1b}[0;94m"
    }
  }
}
