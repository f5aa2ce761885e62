/// The name of a file as the system has it: bytes, which are text only mostly.
public struct FileName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// The bytes, without a NUL.
  public let bytes: [UInt8]

  /// A name by its bytes, which end before a NUL.
  public init(bytes: [UInt8]) { self.bytes = Array(bytes.prefix { $0 != 0 }) }
  /// A name that is text.
  public init(_ text: String) { self.init(bytes: Array(text.utf8)) }
  /// A name in the program.
  public init(stringLiteral text: String) { self.init(text) }

  /// The name for people and for the log: bytes that are not UTF-8 stand as `\xhh`.
  public var description: String {
    var text = ""
    var rest = bytes[...]
    while !rest.isEmpty {
      if let whole = String(validating: rest, as: UTF8.self) { return text + whole }
      // A character has one to four bytes; the shortest beginning that is valid is one.
      if let length = (1...4).first(where: { String(validating: rest.prefix($0), as: UTF8.self) != nil }) {
        text += String(decoding: rest.prefix(length), as: UTF8.self)
        rest = rest.dropFirst(length)
      } else {
        let digits = String(rest.removeFirst(), radix: 16)
        text += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
      }
    }
    return text
  }

  /// Whether this stands for standard input or output.
  public var isStandardStream: Bool { bytes == [UInt8(ascii: "-")] }

  /// The directory that the name is in: `.` where it names none.
  public var directory: FileName {
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == 0 ? "/" : FileName(bytes: Array(bytes[..<slash]))
  }

  /// Lends the name as the system takes it, ended by a NUL.
  public func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    let characters = bytes.map { CChar(bitPattern: $0) } + [0]
    // SAFETY: the array is not empty, so that it has an address, which is lent for the call.
    return unsafe characters.withUnsafeBufferPointer { unsafe body($0.baseAddress.unsafelyUnwrapped) }
  }
}
