internal import EventLogging

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What the environment says about the terminal.
enum Terminal {
  /// Whether a descriptor leads to a terminal.
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Columns of the terminal behind a descriptor; `nil` if it does not tell, or is none.
  static func width(_ descriptor: Int32) -> Int? {
    guard isTerminal(descriptor) else { return nil }
    var size = winsize()
    // SAFETY: `size` is what the call fills in.
    if unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return variable("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  /// Whether a descriptor's terminal obeys escape sequences.
  static func obeysEscapes(_ descriptor: Int32) -> Bool {
    isTerminal(descriptor) && !["", "dumb"].contains(variable("TERM") ?? "")
  }

  /// How the text format looks on `descriptor`.
  ///
  /// NO_COLOR counts where it is set and not empty (no-color.org); a locale that names no character set is taken for
  /// UTF-8, as terminals are.
  static func style(_ descriptor: Int32, isOutput: Bool, color: ColorChoice) -> TextStyle {
    let usesColor =
      switch color {
      case .always: true
      case .never: false
      case .auto: isOutput && obeysEscapes(descriptor) && (variable("NO_COLOR") ?? "").isEmpty
      }
    return TextStyle(
      width: isOutput && isTerminal(descriptor) ? width(descriptor) ?? 80 : nil, usesColor: usesColor,
      usesUTF8: localeIsUTF8)
  }

  private static var localeIsUTF8: Bool {
    let named = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { variable($0) }.first { !$0.isEmpty }
    guard let locale = named?.lowercased() else { return true }
    return locale.contains("utf-8") || locale.contains("utf8")
  }

  /// A variable of the environment.
  private static func variable(_ name: String) -> String? {
    // SAFETY: `getenv` gives a string that ends with a NUL, and nothing here changes the environment.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}
