#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The files of this package, read without Foundation; all paths are relative to the package's root.
public enum ProjectFiles {
  /// A file that could not be read.
  public struct Unreadable: Error, CustomStringConvertible {
    /// The path, relative to the package's root.
    public let path: String
    /// The system's word for the failure.
    public let reason: String
    /// The path and the reason.
    public var description: String { "\(path): \(reason)" }
  }

  /// The package's root, found from this file's own place in it.
  public static let root: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/")
  }()

  /// The absolute path of a path in the package.
  public static func absolute(_ path: String) -> String {
    path.isEmpty ? root : root + "/" + path
  }

  /// Whether there is such a folder.
  public static func isFolder(_ path: String) -> Bool {
    guard let folder = opendir(absolute(path)) else { return false }
    closedir(folder)
    return true
  }

  /// The names in a folder in alphabetical order, without those that begin with a dot.
  public static func names(in path: String) throws -> [String] {
    guard let folder = opendir(absolute(path)) else { throw unreadable(path) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// The paths of all files below a folder whose names end so, in alphabetical order.
  public static func files(under path: String, ending suffix: String = "") throws -> [String] {
    var found: [String] = []
    for name in try names(in: path) {
      let inner = path.isEmpty ? name : path + "/" + name
      if isFolder(inner) {
        found += try files(under: inner, ending: suffix)
      } else if name.hasSuffix(suffix) {
        found.append(inner)
      }
    }
    return found
  }

  /// A file's bytes.
  public static func bytes(of path: String) throws -> [UInt8] {
    guard let file = fopen(absolute(path), "rb") else { throw unreadable(path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      bytes += buffer[..<count]
      if count < buffer.count { break }
    }
    if ferror(file) != 0 { throw unreadable(path) }
    return bytes
  }

  /// A file's text; bytes that are no UTF-8 are replaced.
  public static func text(of path: String) throws -> String {
    String(decoding: try bytes(of: path), as: UTF8.self)
  }

  private static func unreadable(_ path: String) -> Unreadable {
    Unreadable(path: path, reason: String(cString: strerror(errno)))
  }
}
