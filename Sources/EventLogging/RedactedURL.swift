internal import TrafficAnalysis

/// Takes the queries out of URLs: tokens and names of users travel there, as browsers can set no header field.
enum RedactedURL {
  private static let mark = Array("?redacted".utf8)

  /// A request target with `?redacted` for its query, if it has one.
  static func withoutQuery(_ target: [UInt8]) -> [UInt8] {
    guard let query = target.firstIndex(of: UInt8(ascii: "?")) else { return target }
    return target[..<query] + mark
  }

  /// A header field's value with `?redacted` for each query in it: for what stands from a `?` to the next character that
  /// no URL has or that ends one where URLs are listed (RFC 3986 §2, RFC 8288 §3).
  static func withoutQueries(_ value: [UInt8]) -> [UInt8] {
    guard value.contains(UInt8(ascii: "?")) else { return value }
    var result: [UInt8] = []
    var isInQuery = false
    for byte in value {
      if isInQuery { isInQuery = !ends.contains(byte) }
      if !isInQuery {
        if byte == UInt8(ascii: "?") {
          result += mark
          isInQuery = true
        } else {
          result.append(byte)
        }
      }
    }
    return result
  }

  /// What shows a violation, which may quote a field.
  static func detail(_ record: ViolationRecord, _ options: LogOptions) -> String {
    guard options.redactsQueries else { return record.detail }
    return String(decoding: withoutQueries(Array(record.detail.utf8)), as: UTF8.self)
  }

  private static let ends = Set(" \t\"'<>".utf8)
}
