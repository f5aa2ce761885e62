import NetworkTypes

/// Makes fields of the lines behind a start line, or behind a last chunk.
struct FieldLineParser {
  enum Outcome {
    case taken
    case tooManyFields
  }

  private(set) var fields = HTTPFields()
  /// What a line that begins with a blank belongs to.
  private var folding = Folding.atStart

  private enum Folding {
    /// No field line has been seen; such a line is left out.
    case atStart
    /// The last line gave a field; such a line goes on with its value.
    case intoLastField
    /// The last line was left out; so is such a line.
    case intoNothing
  }

  /// Takes a line that is not empty, with its offset in the head for the defects that it has.
  mutating func take(_ line: [UInt8], at offset: Int, limit: Int, _ defects: inout [HTTPDefect]) -> Outcome {
    guard let first = line.first else { return .taken }
    Self.noteControls(in: line, at: offset, &defects)
    if ASCII.isBlank(first) {
      switch folding {
      case .atStart:
        defects.note(.blankBeforeFirstField, at: offset)
      case .intoLastField:
        defects.note(.obsoleteFolding, at: offset)
        fields.extendLast(with: ASCII.trimmed(line[...]))
      case .intoNothing:
        defects.note(.obsoleteFolding, at: offset)
      }
      return .taken
    }
    guard let colon = line.firstIndex(of: ASCII.colon) else {
      defects.note(.fieldWithoutColon, at: offset)
      folding = .intoNothing
      return .taken
    }
    guard fields.count < limit else { return .tooManyFields }
    // Slices of an array, and copies of them, cost more than the bytes.
    let field = line.withRawSpan { bytes in
      let name = ASCII.trimmed(bytes, 0..<colon)
      if name.upperBound != colon { defects.note(.blankBeforeColon, at: offset) }
      if name.isEmpty || !name.allSatisfy({ ASCII.isToken(bytes.checkedByte($0)) }) {
        defects.note(.nameNotToken, at: offset)
      }
      let value = ASCII.trimmed(bytes, colon + 1..<bytes.byteCount)
      return HTTPField(name: bytes.extracting(name).copied(), value: bytes.extracting(value).copied())
    }
    fields.append(field)
    folding = .intoLastField
    return .taken
  }

  /// Notes bytes that no line may hold.
  ///
  /// A CR in a line has no LF behind it: the line's own end was taken off.
  static func noteControls(in line: [UInt8], at offset: Int, _ defects: inout [HTTPDefect]) {
    guard line.withRawSpan(ASCII.hasControls) else { return }
    for byte in line where byte < 0x20 || byte == 0x7f {
      if byte == ASCII.tab { continue }
      defects.note(byte == ASCII.carriageReturn ? .bareCR : .controlByteInValue, at: offset)
    }
  }
}
