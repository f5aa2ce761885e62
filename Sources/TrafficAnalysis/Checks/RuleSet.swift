/// A set of checks: those that a run looks for.
public struct RuleSet: Sendable, Hashable {
  // A bit for each of the first 256 raw values.
  private var words: (UInt64, UInt64, UInt64, UInt64)

  /// No check.
  public init() { words = (0, 0, 0, 0) }

  /// The checks that are on by default.
  public static let standard: RuleSet = {
    var set = RuleSet()
    for check in Check.all where check.isOnByDefault { set.insert(check.rule) }
    return set
  }()

  /// Every check.
  public static let everything: RuleSet = {
    var set = RuleSet()
    for rule in Rule.allCases { set.insert(rule) }
    return set
  }()

  /// Whether a check is in the set.
  public func contains(_ rule: Rule) -> Bool {
    word(rule.rawValue >> 6) & (1 << UInt64(rule.rawValue & 63)) != 0
  }

  /// Adds a check.
  public mutating func insert(_ rule: Rule) { set(rule, true) }

  /// Takes a check out.
  public mutating func remove(_ rule: Rule) { set(rule, false) }

  /// Whether both hold the same checks.
  public static func == (left: RuleSet, right: RuleSet) -> Bool { left.words == right.words }

  /// Hashes the members.
  public func hash(into hasher: inout Hasher) {
    for index in 0..<4 as Range<UInt8> { hasher.combine(word(index)) }
  }

  private func word(_ index: UInt8) -> UInt64 {
    switch index {
    case 0: words.0
    case 1: words.1
    case 2: words.2
    default: words.3
    }
  }

  private mutating func set(_ rule: Rule, _ isMember: Bool) {
    let bit: UInt64 = 1 << UInt64(rule.rawValue & 63)
    let index = rule.rawValue >> 6
    let changed = isMember ? word(index) | bit : word(index) & ~bit
    switch index {
    case 0: words.0 = changed
    case 1: words.1 = changed
    case 2: words.2 = changed
    default: words.3 = changed
    }
  }
}
