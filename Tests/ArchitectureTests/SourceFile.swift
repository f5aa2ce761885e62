import TestSupport

/// A Swift file of the package, as far as the rules of the architecture look into it.
struct SourceFile {
  /// Relative to the package's root.
  let path: String
  /// Its lines, without their ends.
  let lines: [Substring]

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// Every Swift file below a folder.
  static func all(under folder: String) throws -> [SourceFile] {
    try ProjectFiles.files(under: folder, ending: ".swift").map { path in
      SourceFile(path: path, text: try ProjectFiles.text(of: path))
    }
  }

  /// The target that it belongs to: the folder below `Sources` or `Tests`.
  var target: String {
    let parts = path.split(separator: "/")
    return parts.count > 2 ? String(parts[1]) : ""
  }

  /// The number of lines, as `wc -l` counts them.
  var lineCount: Int { lines.last == "" ? lines.count - 1 : lines.count }

  /// The modules that it imports, in order.
  var imports: [String] { lines.compactMap(Self.importedModule) }

  /// Whether a word stands in its code; comments do not count.
  func mentions(_ word: String) -> Bool {
    lines.contains { line in Self.words(in: Self.withoutComment(line)).contains(word[...]) }
  }

  /// Whether a text stands anywhere in it, comments included.
  func contains(_ text: String) -> Bool {
    lines.contains { $0.contains(text) }
  }

  /// The module of an `import` line, whatever attributes and access modifiers stand before it.
  static func importedModule(_ line: Substring) -> String? {
    let modifiers: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
    var tokens = withoutComment(line).split { $0 == " " || $0 == "\t" }[...]
    while let first = tokens.first, first.hasPrefix("@") || modifiers.contains(first) { tokens.removeFirst() }
    guard tokens.popFirst() == "import" else { return nil }
    if let first = tokens.first, kinds.contains(first) { tokens.removeFirst() }
    return tokens.first?.split(separator: ".").first.map { String($0) }
  }

  /// What stands before `//`.
  ///
  /// A `//` inside a string literal cuts too: no rule here needs better.
  private static func withoutComment(_ line: Substring) -> Substring {
    var index = line.startIndex
    while index < line.endIndex {
      if line[index...].hasPrefix("//") { return line[..<index] }
      index = line.index(after: index)
    }
    return line
  }

  private static func words(in line: Substring) -> [Substring] {
    line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
  }
}
