internal import EventLogging
internal import LiveCapture

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Sentences for the person at the terminal; records never go here.
final class StandardError {
  private let verbosity: Verbosity
  /// Whether the last line is the progress line, which the next sentence replaces.
  private var isLineOpen = false

  init(verbosity: Verbosity) { self.verbosity = verbosity }

  /// Tells why something could not be done.
  func failure(_ sentence: String) { tell(sentence) }

  /// Tells what makes the exit status 2, whatever is asked for.
  func alarm(_ sentence: String) { tell("warning: " + sentence) }

  /// Tells what the reader of the log should know.
  func warning(_ sentence: String) {
    if verbosity != .quiet { tell("warning: " + sentence) }
  }

  /// Tells what was done.
  func note(_ sentence: String) {
    if verbosity != .quiet { tell(sentence) }
  }

  /// Tells what explains what was done.
  func reason(_ sentence: String) {
    if verbosity == .verbose { tell(sentence) }
  }

  /// Tells why an interface cannot be captured from; a command to be typed has a line of its own.
  func failure(_ error: InterfaceError) {
    let lines = error.description.split(separator: "\n").map(String.init)
    tell(lines[0])
    for line in lines.dropFirst() { write("\(SafeText.string(line))\n") }
  }

  /// Tells what was done, in a line of its own without the program's name.
  func line(_ text: String) {
    guard verbosity != .quiet else { return }
    endProgress()
    write("\(SafeText.string(text))\n")
  }

  /// Tells what is wrong with the command line, and how it is meant to be; line ends stay.
  func usage(_ message: String) {
    for line in message.split(separator: "\n", omittingEmptySubsequences: false) {
      write("\(SafeText.string(String(line)))\n")
    }
  }

  /// Shows a line that the next one replaces; the terminal must obey escape sequences.
  func progress(_ line: String) {
    write("\r\u{1b}[K" + line)
    isLineOpen = true
  }

  /// Takes the progress line away.
  func endProgress() {
    guard isLineOpen else { return }
    isLineOpen = false
    write("\r\u{1b}[K")
  }

  /// File names, filters and the like are shown without what steers a terminal.
  private func tell(_ sentence: String) {
    endProgress()
    write("wstap: \(SafeText.string(sentence))\n")
  }

  private func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      // SAFETY: the bytes are read during the call, as many as there are.
      let written = unsafe bytes.withUnsafeBytes { unsafe writeBytes(STDERR_FILENO, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return }
      bytes.removeFirst(written)
    }
  }
}

/// The system's `write`, whose name a member would hide.
private func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  unsafe write(descriptor, bytes, count)
}
