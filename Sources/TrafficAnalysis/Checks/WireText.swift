/// Shows bytes of the wire in a detail: as valid text, whatever they are, and not too long.
enum WireText {
  /// Bytes that are shown of one value.
  static let longest = 80

  /// Printable ASCII and letters of other scripts as they are, all else escaped; longer values are cut, which is said.
  static func shown(_ bytes: some Collection<UInt8>, limit: Int = longest) -> String {
    let kept = Array(bytes.prefix(limit))
    let rest = bytes.count - kept.count
    // Nearly all values are plain ASCII, and are shown as they are.
    if rest <= 0, kept.allSatisfy({ 0x20...0x7e ~= $0 && $0 != 0x5c }) { return String(decoding: kept, as: UTF8.self) }
    var text = ""
    if let whole = String(validating: kept, as: UTF8.self) {
      for scalar in whole.unicodeScalars {
        switch scalar.value {
        case 0x5c: text += "\\\\"
        case 0x20...0x7e: text.unicodeScalars.append(scalar)
        case 0x80... where isLetter(scalar): text.unicodeScalars.append(scalar)
        default: for byte in String(scalar).utf8 { text += escaped(byte) }
        }
      }
    } else {
      for byte in kept {
        switch byte {
        case 0x5c: text += "\\\\"
        case 0x20...0x7e: text.unicodeScalars.append(Unicode.Scalar(byte))
        default: text += escaped(byte)
        }
      }
    }
    return rest > 0 ? "\(text)… and \(rest) bytes more" : text
  }

  /// The values of a list with commas between, the first `count` of them.
  static func list(_ values: some Collection<[UInt8]>, count: Int = 5) -> String {
    let text = values.prefix(count).map { shown($0, limit: 40) }.joined(separator: ", ")
    return values.count > count ? "\(text) and \(values.count - count) more" : text
  }

  /// What stands before the query of a target, as tokens travel behind it and users before its host.
  static func shown(target: [UInt8]) -> String {
    let query = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
    var shownPart = Array(target[..<query])
    let authority = RequestTarget(shownPart).authority
    if let authority, let at = authority.lastIndex(of: UInt8(ascii: "@")) {
      shownPart.removeSubrange(authority.startIndex...at)
    }
    return shown(shownPart) + (query < target.endIndex ? "?…" : "")
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter, .decimalNumber: true
    default: false
    }
  }

  private static func escaped(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return "\\x" + (digits.count < 2 ? "0" : "") + digits
  }
}
