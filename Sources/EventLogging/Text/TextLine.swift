internal import NetworkTypes

/// A line of the text format while it is put together: it counts columns, and is cut where they are used up.
///
/// A cut never falls into a character or an escape, and has its sign within the width.
struct TextLine {
  /// What was written, without an end of line.
  private(set) var bytes: [UInt8] = []
  /// Columns of that.
  private(set) var columns = 0
  /// Whether the line is full and takes no more.
  private(set) var isCut = false
  let style: TextStyle
  private let safe: SafeText
  private var limit: Int
  private var role = TextStyle.Role.plain
  /// The longest beginning of the line behind which the sign of a cut has room.
  private var cut = Place()

  private struct Place {
    var byteCount = 0
    var columns = 0
    var role = TextStyle.Role.plain
  }

  /// An empty line.
  init(style: TextStyle) {
    self.style = style
    safe = SafeText(usesUTF8: style.usesUTF8)
    limit = style.columns
    bytes.reserveCapacity(256)
  }

  /// Columns that are left.
  var room: Int { isCut ? 0 : max(0, limit - columns) }

  // MARK: - Adding

  /// Adds text, shown harmlessly.
  mutating func put(_ text: RawSpan, _ role: TextStyle.Role = .plain) {
    guard !isCut else { return }
    safe.forEachPiece(of: text) { piece, columns, kind in
      switch kind {
      case .plain: add(piece, columns, role)
      case .escape: add(piece, columns, .escape)
      case .run: addRun(piece, role)
      }
      return !isCut
    }
  }

  /// Adds text, shown harmlessly.
  mutating func put(_ text: String, _ role: TextStyle.Role = .plain) {
    put(Array(text.utf8), role)
  }

  /// Adds text, shown harmlessly.
  mutating func put(_ text: [UInt8], _ role: TextStyle.Role = .plain) {
    text.withRawSpan { put($0, role) }
  }

  /// Adds spaces.
  mutating func space(_ count: Int = 1) {
    for _ in 0..<min(count, room + 1) { add([0x20], 1, role) }
  }

  /// Marks that there is more, which is not shown.
  mutating func putCutMark() {
    guard !isCut else { return }
    if columns + style.cutColumns > limit {
      endByCut()
    } else {
      add(Array(style.cutMark.utf8), style.cutColumns, .dim)
    }
  }

  /// Adds what `body` adds, cut to `columns` columns on its own.
  mutating func limited(to columns: Int, _ body: (inout TextLine) -> Void) {
    guard !isCut else { return }
    let whole = limit
    limit = min(whole, self.columns + max(columns, style.cutColumns))
    noteCut()
    body(&self)
    if isCut, limit < whole { isCut = false }
    limit = whole
    noteCut()
  }

  /// The line with its end; a colour is ended before it.
  mutating func finish() -> [UInt8] {
    change(to: .plain)
    bytes.append(0x0a)
    return bytes
  }

  /// Adds a byte as an escape, whatever it is.
  mutating func putEscape(_ byte: UInt8) { add(SafeText.escape(byte: byte), 4, .escape) }

  // MARK: - Inside

  private mutating func add(_ piece: [UInt8], _ columns: Int, _ role: TextStyle.Role) {
    guard !isCut else { return }
    guard self.columns + columns <= limit else { return endByCut() }
    // Spaces have no colour, so that a run of words needs no sequences between them.
    if piece.count != 1 || piece[0] != 0x20 { change(to: role) }
    bytes += piece
    self.columns += columns
    noteCut()
  }

  /// Adds ASCII characters, as many as there is room for.
  private mutating func addRun(_ run: [UInt8], _ role: TextStyle.Role) {
    // Up to here the sign of a cut has room, and it may have to stand here for what comes behind the run.
    let kept = max(0, limit - columns - style.cutColumns)
    guard run.count > kept else { return add(run, run.count, role) }
    if kept > 0 { add(Array(run[..<kept]), kept, role) }
    add(Array(run[kept...]), run.count - kept, role)
  }

  private mutating func noteCut() {
    guard columns + style.cutColumns <= limit else { return }
    cut = Place(byteCount: bytes.count, columns: columns, role: role)
  }

  private mutating func endByCut() {
    bytes.removeSubrange(min(cut.byteCount, bytes.count)...)
    columns = cut.columns
    role = cut.role
    change(to: .dim)
    bytes += Array(style.cutMark.utf8)
    columns += style.cutColumns
    isCut = true
  }

  private mutating func change(to role: TextStyle.Role) {
    guard style.usesColor, role != self.role else { return }
    self.role = role
    bytes += TextStyle.sequence(role).utf8
  }
}
