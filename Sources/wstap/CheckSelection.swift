internal import ArgumentParser
internal import TrafficAnalysis

/// The checks that `--checks` chooses.
///
/// Its list has ids, layers, `all` and `default`. Each may have a `+` or a `-` before it; where the first has one, the
/// list changes the checks that are on by default, else it begins with none.
enum CheckSelection {
  /// The checks of a list; without one, those that are on by default.
  static func rules(_ list: String?) throws -> RuleSet {
    guard let list else { return .standard }
    var rules = RuleSet()
    for (index, item) in list.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
      var name = item
      let sign = item.first.flatMap { "+-".contains($0) ? $0 : nil }
      if sign != nil { name = item.dropFirst() }
      if index == 0, sign != nil { rules = .standard }
      for rule in try named(String(name)) {
        if sign == "-" { rules.remove(rule) } else { rules.insert(rule) }
      }
    }
    return rules
  }

  private static func named(_ name: String) throws -> [Rule] {
    if let check = Check.named(name) { return [check.rule] }
    if let layer = Check.Layer(rawValue: name) { return Check.all.filter { $0.layer == layer }.map(\.rule) }
    switch name {
    case "all": return Rule.allCases
    case "default": return Check.all.filter(\.isOnByDefault).map(\.rule)
    default:
      let layers = Check.Layer.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError(
        "--checks knows no '\(name)'; it takes ids ('wstap checks' lists them), layers (\(layers)), all and default.")
    }
  }
}
