internal import NetworkTypes

/// The time of a record, read from its line as `NDJSONWriter` has written it.
///
/// A log that goes from file to file is given whole lines, of several threads perhaps; this is how it knows their times.
enum RecordTime {
  /// The time of the line that begins `lines`; `nil` where it is none of NDJSON.
  static func of(_ lines: RawSpan) -> Timestamp? {
    // `{"v":1,"type":"…","ts":"YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ","epoch_us":…`
    guard starts(lines, with: "{\"v\":1,\"type\":\"", at: 0) else { return nil }
    var index = 15
    while let byte = lines.byte(at: index), byte != UInt8(ascii: "\""), index < 64 { index += 1 }
    guard starts(lines, with: "\",\"ts\":\"", at: index) else { return nil }
    let text = index + 8
    guard starts(lines, with: "Z\",\"epoch_us\":", at: text + 29), let nanoseconds = digits(lines, text + 20, 9) else {
      return nil
    }
    var place = text + 43
    let isNegative = lines.byte(at: place) == UInt8(ascii: "-")
    if isNegative { place += 1 }
    var microseconds: Int64 = 0
    let first = place
    while let byte = lines.byte(at: place), byte >= 0x30, byte <= 0x39, place - first < 17 {
      microseconds = microseconds * 10 + Int64(byte &- 0x30)
      place += 1
    }
    guard place > first else { return nil }
    if isNegative { microseconds = -microseconds }
    // The microseconds are exact; the last three digits of the text are what they lack.
    return Timestamp(nanoseconds: microseconds * 1000 + nanoseconds % 1000)
  }

  private static func digits(_ lines: RawSpan, _ start: Int, _ count: Int) -> Int64? {
    var value: Int64 = 0
    for index in start..<start + count {
      guard let byte = lines.byte(at: index), byte >= 0x30, byte <= 0x39 else { return nil }
      value = value * 10 + Int64(byte &- 0x30)
    }
    return value
  }

  private static func starts(_ lines: RawSpan, with text: StaticString, at start: Int) -> Bool {
    guard start + text.utf8CodeUnitCount <= lines.byteCount else { return false }
    for index in 0..<text.utf8CodeUnitCount {
      // SAFETY: the literal has as many bytes as it says.
      let expected = unsafe text.utf8Start[index]
      guard lines.checkedByte(start + index) == expected else { return false }
    }
    return true
  }
}
