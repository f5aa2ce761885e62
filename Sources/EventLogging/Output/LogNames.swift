public import NetworkTypes

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What the files of a log are called that goes from one to the next.
public struct LogNames: Sendable {
  /// Why a name cannot be used for that.
  public enum Fault: Error, Sendable, Hashable {
    /// The directory has conversions of strftime(3), which are for the name of the file only.
    case conversionInDirectory
    /// The conversions give no name, or one with a slash.
    case noName
  }

  /// The name as it was given.
  public let template: FileName
  /// How many names are used in turn; `nil` where each file has one of its own.
  public let ringCount: Int?
  private let directory: [UInt8]
  private let last: [UInt8]
  private let expands: Bool

  /// The names by which a rotation goes.
  public init(_ template: FileName, _ rotation: LogRotation) throws(Fault) {
    self.template = template
    let slash = template.bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    directory = Array(template.bytes[..<slash])
    last = Array(template.bytes[slash...])
    expands = rotation.seconds != nil
    ringCount = expands && Self.hasConversions(last) ? nil : rotation.count
    guard expands else { return }
    if Self.hasConversions(directory) { throw .conversionInDirectory }
    guard let name = Self.expand(last, 0), !name.isEmpty, !name.contains(UInt8(ascii: "/")) else { throw .noName }
  }

  /// The name of a file that was begun at that second, without a number.
  public func name(at second: Int64) -> FileName {
    FileName(bytes: directory + (expands ? Self.expand(last, second) ?? last : last))
  }

  /// The name with a number behind it: none for 0, and behind a digit a point before it.
  static func numbered(_ name: FileName, _ number: Int) -> FileName {
    guard number > 0 else { return name }
    return FileName(bytes: name.bytes + point(behind: name) + Array(String(number).utf8))
  }

  /// One of the names that are used in turn, with so many digits that they sort.
  public func slot(_ number: Int, at second: Int64 = 0) -> FileName {
    let digits = Array(String(number).utf8)
    let width = String(max(0, (ringCount ?? 1) - 1)).utf8.count
    let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: max(0, width - digits.count))
    let name = name(at: second)
    return FileName(bytes: name.bytes + Self.point(behind: name) + zeros + digits)
  }

  /// Which slot is next after those of an earlier run: the first that is free, else the oldest.
  ///
  /// - Parameter ages: When each slot's file was last changed; `nil` where there is none.
  /// - Returns: The slot's number.
  static func firstSlot(_ ages: [Int64?]) -> Int {
    if let free = ages.firstIndex(of: nil) { return free }
    return ages.indices.min { (ages[$0] ?? 0, $0) < (ages[$1] ?? 0, $1) } ?? 0
  }

  /// When a file was last changed; `nil` if there is none.
  static func age(_ file: FileName) -> Int64? {
    var status = stat()
    // SAFETY: `status` is what the call fills in.
    guard unsafe file.withCString({ unsafe stat($0, &status) }) == 0 else { return nil }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }

  private static func point(behind name: FileName) -> [UInt8] {
    guard let byte = name.bytes.last, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return [] }
    return [UInt8(ascii: ".")]
  }

  /// Whether strftime(3) would put something in; `%%` is only a percent sign.
  static func hasConversions(_ name: [UInt8]) -> Bool {
    var index = 0
    while index < name.count {
      guard name[index] == UInt8(ascii: "%") else {
        index += 1
        continue
      }
      if index + 1 < name.count, name[index + 1] != UInt8(ascii: "%") { return true }
      index += 2
    }
    return false
  }

  /// What strftime(3) makes of a name, in local time; `nil` where that is longer than any name may be.
  static func expand(_ name: [UInt8], _ second: Int64) -> [UInt8]? {
    // SAFETY: its pointer is filled in by the call, and not followed.
    var time = unsafe tm()
    var moment = time_t(second)
    // SAFETY: both are lent for the call.
    guard unsafe localtime_r(&moment, &time) != nil else { return nil }
    var buffer = [CChar](repeating: 0, count: 4096)
    // A letter in front, as nothing at all cannot be told from too much.
    let format = FileName(bytes: [UInt8(ascii: "x")] + name)
    // SAFETY: strftime writes at most as many bytes as the buffer has.
    let count = unsafe format.withCString { format in unsafe strftime(&buffer, buffer.count, format, &time) }
    return count > 0 ? buffer[1..<count].map { UInt8(bitPattern: $0) } : nil
  }
}
