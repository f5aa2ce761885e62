import TestSupport
import Testing

/// What a terminal got: its lines, what steers it, and how wide it comes out, found without the tool's own code.
struct TerminalBytes {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Without select-graphic-rendition sequences (ECMA-48 §8.3.117): `ESC [`, digits and semicolons, `m`.
  var withoutColors: [UInt8] {
    var result: [UInt8] = []
    var rest = bytes[...]
    while let byte = rest.first {
      let parameters = rest.dropFirst(2).prefix { (0x30...0x39).contains($0) || $0 == 0x3b }
      if byte == 0x1b, rest.dropFirst().first == 0x5b, rest.dropFirst(2 + parameters.count).first == 0x6d {
        rest = rest.dropFirst(3 + parameters.count)
      } else {
        result.append(byte)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  /// Whether there is any colour.
  var hasColors: Bool { withoutColors.count < bytes.count }

  /// The lines as text, colours and line ends taken off; `nil` if it is not UTF-8.
  var lines: [String]? {
    guard let text = String(validating: withoutColors, as: UTF8.self) else { return nil }
    var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    if lines.last == "" { lines.removeLast() }
    return lines.map { $0.unicodeScalars.last == "\r" ? String($0.unicodeScalars.dropLast()) : $0 }
  }

  /// Columns of a text: two for East Asian wide characters and emoji, none for marks, one for the rest.
  static func columns(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + columns($1) }
  }

  private static func columns(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    let wide: [ClosedRange<UInt32>] = [
      0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x4dbf, 0x4e00...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff,
      0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x20000...0x3fffd,
    ]
    if wide.contains(where: { $0.contains(scalar.value) }) { return 2 }
    return scalar.properties.isEmojiPresentation ? 2 : 1
  }

  /// Holds that nothing in it steers or deceives a terminal but colours, line ends and, where told, the progress line.
  func expectHarmless(allowsProgress: Bool = false, sourceLocation: SourceLocation = #_sourceLocation) {
    var rest = withoutColors
    if allowsProgress {
      // What erases a line: carriage return, ESC [ K.
      while let place = rest.indices.first(where: { rest[$0...].starts(with: [0x0d, 0x1b, 0x5b, 0x4b]) }) {
        rest.removeSubrange(place..<place + 4)
      }
    }
    guard let text = String(validating: rest, as: UTF8.self) else {
      Issue.record("not UTF-8", sourceLocation: sourceLocation)
      return
    }
    var before: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      let number = String(scalar.value, radix: 16)
      switch scalar.value {
      case 0x0a: break
      case 0x0d: break  // Must stand before a line feed: seen there.
      case 0..<0x20, 0x7f...0x9f:
        Issue.record("control U+\(number)", sourceLocation: sourceLocation)
      case 0x061c, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069, 0x2028, 0x2029, 0xfeff, 0xe0000...0xe007f:
        Issue.record("U+\(number)", sourceLocation: sourceLocation)
      default: break
      }
      if before == "\r", scalar != "\n" { Issue.record("a lone carriage return", sourceLocation: sourceLocation) }
      before = scalar
    }
    #expect(before == "\n" || text.isEmpty, "ends with a line end", sourceLocation: sourceLocation)
  }
}

extension RunningProcess {
  /// The tool with no input, over captures that are named in `arguments`.
  static func tool(
    _ arguments: [String], environment: [String: String] = [:], terminal: Streams = [], columns: Int = 80
  ) -> RunningProcess {
    RunningProcess([BuiltTool.path] + arguments, environment: environment, terminal: terminal, columns: columns)
  }
}
