/// A strict reader of the text format of Prometheus (version 0.0.4), for tests.
public struct PrometheusText {
  /// The samples by name with labels, as they stand in the text.
  public private(set) var samples: [String: Double] = [:]
  /// What is wrong with it.
  public private(set) var faults: [String] = []

  /// Reads a text.
  public static func parse(_ text: String) -> PrometheusText {
    var parsed = PrometheusText()
    var (helped, typed): (Set<Substring>, [Substring: Substring]) = ([], [:])
    var present: Substring = ""
    if !text.hasSuffix("\n") { parsed.faults.append("the last line has no end") }
    for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
      if let help = line.wholeMatch(of: /# HELP ([a-z_:][a-z0-9_:]*) (.+)/) {
        if !helped.insert(help.1).inserted { parsed.faults.append("two HELP lines: \(line)") }
        present = help.1
      } else if let type = line.wholeMatch(of: /# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge)/) {
        if typed.updateValue(type.2, forKey: type.1) != nil || type.1 != present {
          parsed.faults.append("a TYPE line out of place: \(line)")
        }
        if (type.2 == "counter") != type.1.hasSuffix("_total") { parsed.faults.append("a name that is none: \(line)") }
      } else if let sample = line.wholeMatch(
        of: /(([a-z_:][a-z0-9_:]*)(\{[a-z_]+="([^"\\]|\\["\\n])*"\})?) (-?[0-9.e+]+)/),
        let value = Double(sample.5)
      {
        if sample.2 != present || typed[sample.2] == nil { parsed.faults.append("no HELP and TYPE before it: \(line)") }
        if parsed.samples.updateValue(value, forKey: String(sample.1)) != nil {
          parsed.faults.append("twice: \(line)")
        }
      } else {
        parsed.faults.append("no line of the format: \(line)")
      }
    }
    return parsed
  }
}
