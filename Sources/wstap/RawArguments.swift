internal import NetworkTypes

/// The command line as bytes: what is no UTF-8 (a file name of an older system, a text to look for) must survive the
/// way through strings.
///
/// Each such byte becomes a character of a private plane, U+10FF80 to U+10FFFF, and back; where these characters
/// themselves were given, each of their own bytes does.
enum RawArguments {
  private static let firstEscape: UInt32 = 0x10ff00

  /// The arguments of this process, without the program's name.
  static var ofProcess: [String] {
    var arguments: [String] = []
    // SAFETY: `unsafeArgv` holds `argc` strings that end with a NUL and live as long as the process.
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let argument = unsafe CommandLine.unsafeArgv[index] else { break }
      var bytes: [UInt8] = []
      var offset = 0
      while unsafe argument[offset] != 0 {
        unsafe bytes.append(UInt8(bitPattern: argument[offset]))
        offset += 1
      }
      arguments.append(encode(bytes))
    }
    return arguments
  }

  /// Bytes as a string from which `decode` makes them again.
  static func encode(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: isEscape) {
      return text
    }
    var scalars = String.UnicodeScalarView()
    var rest = bytes[...]
    while !rest.isEmpty {
      let character = (1...4).lazy.compactMap { String(validating: rest.prefix($0), as: UTF8.self) }.first
      if let scalar = character?.unicodeScalars.first, !isEscape(scalar) {
        scalars.append(scalar)
        rest = rest.dropFirst(UTF8.width(scalar))
      } else if let escape = Unicode.Scalar(firstEscape + UInt32(rest.removeFirst())) {
        scalars.append(escape)
      }
    }
    return String(scalars)
  }

  /// The bytes of an argument.
  static func decode(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      if isEscape(scalar) {
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      } else {
        bytes += Array(String(scalar).utf8)
      }
    }
    return bytes
  }

  /// The file that an argument names.
  static func fileName(_ argument: String) -> FileName { FileName(bytes: decode(argument)) }

  private static func isEscape(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= firstEscape + 0x80 }
}
