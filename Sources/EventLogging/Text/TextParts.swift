internal import NetworkTypes
internal import TrafficAnalysis
internal import WebSocketDecoding

// The parts of lines about messages and frames.
extension TextWriter {
  /// Adds the arrow of a direction.
  func putArrow(_ sender: Sender, _ role: TextStyle.Role? = nil, to line: inout TextLine) {
    line.space()
    line.put(style.arrow(sender), role ?? (sender == .client ? .client : .server))
  }

  /// Adds what a line is about: behind an arrow, or in its place.
  func putLabel(_ label: String, _ role: TextStyle.Role = .plain, hasArrow: Bool = true, to line: inout TextLine) {
    line.space()
    line.put(label, role)
    guard style.room == .wide else { return }
    line.space(max(0, (hasArrow ? Self.labelColumns : Self.bareLabelColumns) - label.utf8.count))
  }

  /// The longest of the usual labels, "binary".
  private static let labelColumns = 6
  /// The longest label without an arrow, "open".
  private static let bareLabelColumns = 4
  /// The longest usual size, "999 KiB".
  private static let sizeColumns = 7

  /// Adds a size, right-aligned; `nil` is an unknown one.
  func putSize(_ bytes: Int?, _ role: TextStyle.Role = .plain, to line: inout TextLine) {
    guard style.room != .tiny else { return }
    let size = bytes.map(Quantities.size) ?? "?"
    line.space(style.room == .wide ? 1 + max(0, Self.sizeColumns - size.utf8.count) : 1)
    line.put(size, role)
  }

  /// Adds the mark of something that is wrong with a record.
  ///
  /// One space stands before it, and two before a payload, which never begins with a space or an exclamation mark: so
  /// no payload can pass for a mark.
  func putMark(_ mark: String, to line: inout TextLine) {
    line.space()
    line.put("!\(mark)", .warning)
  }

  /// Adds the marks of what is missing.
  func putLosses(_ losses: LossFlags, to line: inout TextLine) {
    if losses.contains(.incomplete) { putMark("incomplete", to: &line) }
    if losses.contains(.snapped) { putMark("snapped", to: &line) }
    // Without payloads nothing is cut by `--max-payload`.
    if losses.contains(.truncated), options.writesPayload { putMark("truncated", to: &line) }
  }

  // MARK: - Payload

  /// Adds the beginning of a payload in its form.
  func putPayload(
    _ form: PayloadForm, _ payload: RawSpan, _ role: TextStyle.Role = .plain, to line: inout TextLine
  ) {
    switch form {
    case .text: putText(payload, role, to: &line)
    case .bytes: putBytes(payload, role, to: &line)
    case .none: break
    }
  }

  /// Adds the beginning of a text.
  func putText(_ text: RawSpan, _ role: TextStyle.Role = .plain, to line: inout TextLine) {
    guard options.writesPayload, let first = text.byte(at: 0) else { return }
    putGap(to: &line)
    guard first == UInt8(ascii: " ") || first == UInt8(ascii: "!") else { return line.put(text, role) }
    line.putEscape(first)
    line.put(text.extracting(1..<text.byteCount), role)
  }

  /// Bytes of a binary payload that are shown at most.
  private static let shownBytes = 64

  /// Adds the beginning of bytes, in pairs of hexadecimal digits and, behind those, as ASCII where they are printable.
  func putBytes(_ bytes: RawSpan, _ role: TextStyle.Role = .plain, to line: inout TextLine) {
    guard options.writesPayload, bytes.byteCount > 0 else { return }
    putGap(to: &line)
    var shown = min(bytes.byteCount, Self.shownBytes)
    /// `0a1b 2c`, perhaps the sign of a cut, two spaces, and `|...|`.
    func columns(_ count: Int) -> Int {
      2 * count + (count - 1) / 2 + (count < bytes.byteCount ? style.cutColumns : 0) + 4 + count
    }
    while shown > 0, columns(shown) > line.room { shown -= 1 }
    guard shown > 0 else { return line.putCutMark() }
    var hexadecimal: [UInt8] = []
    var printable: [UInt8] = []
    for index in 0..<shown {
      let byte = bytes.checkedByte(index)
      if index > 0, index.isMultiple(of: 2) { hexadecimal.append(UInt8(ascii: " ")) }
      hexadecimal += [SafeText.hexDigit(byte >> 4), SafeText.hexDigit(byte & 0xf)]
      // A dot in place of a backslash, so that none is doubled and the columns stay true.
      let isShown = byte >= 0x20 && byte < 0x7f && byte != UInt8(ascii: "\\")
      printable.append(isShown ? byte : UInt8(ascii: "."))
    }
    line.put(hexadecimal, role)
    if shown < bytes.byteCount { line.putCutMark() }
    line.space(2)
    line.put("|", .dim)
    line.put(printable, role)
    line.put("|", .dim)
  }

  private func putGap(to line: inout TextLine) { line.space(style.room == .tiny ? 1 : 2) }

  // MARK: - Closes and frames

  /// Adds what a Close says.
  func putClose(_ close: ClosePayload?, _ payload: RawSpan, to line: inout TextLine) {
    switch close {
    case .empty?:
      putGap(to: &line)
      line.put("without a code", .dim)
    case .status(let code, let start)?:
      putGap(to: &line)
      putCode(code, to: &line)
      putReason(payload, from: start, to: &line)
    case .invalidReason(let code)?:
      putMark("reason is not UTF-8", to: &line)
      putGap(to: &line)
      putCode(code, to: &line)
      putReason(payload, from: 2, to: &line)
    case .oneByte?:
      putMark("one byte is no code", to: &line)
      putBytes(payload, to: &line)
    case nil:
      putBytes(payload, to: &line)
    }
  }

  /// Adds a code with its meaning.
  private func putCode(_ code: CloseCode, to line: inout TextLine) {
    line.put(String(code.rawValue), code.role)
    if let meaning = code.meaning { line.put(" \(meaning)", code.role) }
  }

  private func putReason(_ payload: RawSpan, from start: Int, to line: inout TextLine) {
    guard options.writesPayload, start < payload.byteCount else { return }
    line.put(": ")
    line.put(payload.extracting(start..<payload.byteCount))
  }

  /// Adds what a frame's header says.
  func putFrame(_ record: FrameRecord, to line: inout TextLine) {
    let header = record.header
    putGap(to: &line)
    line.put(header.opcode.name, .dim)
    if header.opcode.isReserved { line.put(" \(header.opcode.rawValue)", .dim) }
    line.put(header.isFinal ? ", fin" : ", more follows", .dim)
    if header.reservedBits != 0 { line.put(", rsv \(header.reservedBits)", .dim) }
    if let key = header.maskingKey {
      let digits = (0..<4).flatMap { index in
        let byte = UInt8(truncatingIfNeeded: key >> UInt32(24 - 8 * index))
        return [SafeText.hexDigit(byte >> 4), SafeText.hexDigit(byte & 0xf)]
      }
      line.put(", mask ", .dim)
      line.put(digits, .dim)
    }
    if record.length < header.payloadLength { line.put(", \(header.payloadLength) B declared", .dim) }
    line.put(", header of \(header.headerLength) B at \(record.offset)", .dim)
    if let message = record.message { line.put(", message \(message)", .dim) }
  }
}
