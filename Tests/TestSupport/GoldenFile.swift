import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Compares text with that of a file, and records the first lines that differ as an issue.
///
/// With `WSTAP_UPDATE_GOLDEN` set in the environment the file is written instead: read the change before committing it.
public func expectGolden(_ text: String, at path: String, sourceLocation: SourceLocation = #_sourceLocation) {
  if getenv("WSTAP_UPDATE_GOLDEN") != nil {
    writeFile(Array(text.utf8), to: path)
    return
  }
  guard let bytes = readFile(path) else {
    Issue.record("\(path) cannot be read", sourceLocation: sourceLocation)
    return
  }
  if let difference = lineDifference(expected: String(decoding: bytes, as: UTF8.self), actual: text) {
    Issue.record("\(path):\n\(difference)", sourceLocation: sourceLocation)
  }
}

/// The lines in which two texts differ, "-" for those expected and "+" for those that came; `nil` if they are equal.
///
/// What is equal at the beginning and at the end is left out but for a line of it; `limit` lines are shown of each text.
public func lineDifference(expected: String, actual: String, limit: Int = 10) -> String? {
  guard expected != actual else { return nil }
  let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
  let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
  var start = 0
  while start < min(old.count, new.count), old[start] == new[start] { start += 1 }
  var end = 0
  while end < min(old.count, new.count) - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }

  func shown(_ lines: [Substring], _ sign: String) -> [String] {
    let changed = lines[start..<lines.count - end]
    let head = changed.prefix(limit).map { "\(sign) \($0)" }
    return changed.count > limit ? head + ["\(sign) … and \(changed.count - limit) lines more"] : head
  }
  let context = start > 0 ? ["  \(old[start - 1])"] : []
  return (["at line \(start + 1):"] + context + shown(old, "-") + shown(new, "+")).joined(separator: "\n")
}
