internal import ArgumentParser
internal import EventLogging
internal import TCPReassembly
internal import TrafficAnalysis

/// The form of the log.
enum LogFormat: String, CaseIterable {
  /// One JSON object a line.
  case ndjson
  /// A conversation that a person reads.
  case text
}

/// When the text format is coloured.
enum ColorChoice: String, CaseIterable {
  /// On a terminal, unless NO_COLOR is set.
  case auto
  /// Always.
  case always
  /// Never.
  case never
}

/// When a progress line is shown.
enum ProgressChoice: String, CaseIterable {
  /// Where standard error is a terminal.
  case auto
  /// Never.
  case never
}

/// What is done where the log cannot be written.
enum WriteErrorChoice: String, CaseIterable {
  /// The run ends.
  case end
  /// Records are dropped until it can be.
  case drop
}

/// How much is told on standard error.
enum Verbosity {
  /// Failures only.
  case quiet
  /// Warnings and the closing summary too.
  case normal
  /// The reasons behind the summary too.
  case verbose
}

/// Options whose values are words.
enum Choice {
  /// The case that is called `word`.
  static func of<Word: RawRepresentable & CaseIterable>(_ word: String, _ option: String) throws -> Word
  where Word.RawValue == String {
    guard let found = Word(rawValue: word) else {
      throw ValidationError("\(option) is \(alternatives(Word.allCases.map(\.rawValue))), not '\(word)'.")
    }
    return found
  }

  /// The words of a list with commas, all of which are known; `shows` names the command that lists them, if they are too
  /// many to be told.
  static func list(
    _ list: String, _ option: String, among known: [String], shows command: String? = nil
  ) throws -> [String] {
    let words = list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    for word in words where !known.contains(word) {
      let hint = command.map { "'\($0)' lists them" } ?? "it takes a list of \(known.joined(separator: ", "))"
      throw ValidationError("\(option) knows no '\(word)'; \(hint).")
    }
    return words
  }

  private static func alternatives(_ words: [String]) -> String {
    words.count < 2 ? words.joined() : words.dropLast().joined(separator: ", ") + " or " + words[words.count - 1]
  }
}
