#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Sentences for the person at the terminal; records never go here.
struct StandardError {
  /// Whether only failures are told.
  var isQuiet: Bool

  /// Tells why something could not be done.
  func failure(_ sentence: String) { Self.write("wstap: \(Self.harmless(sentence))\n") }

  /// Tells what the reader of the log should know.
  func warning(_ sentence: String) {
    if !isQuiet { Self.write("wstap: warning: \(Self.harmless(sentence))\n") }
  }

  /// Tells what was done.
  func note(_ sentence: String) {
    if !isQuiet { Self.write("wstap: \(Self.harmless(sentence))\n") }
  }

  /// File names and the like, without characters that steer a terminal.
  private static func harmless(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format ? "?" : scalar
        }))
  }

  private static func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      // SAFETY: the bytes are read during the call, as many as there are.
      let written = unsafe bytes.withUnsafeBytes { unsafe writeBytes(STDERR_FILENO, $0.baseAddress, $0.count) }
      guard written > 0 else { return }
      bytes.removeFirst(written)
    }
  }
}

/// The system's `write`, whose name a member would hide.
private func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  unsafe write(descriptor, bytes, count)
}
