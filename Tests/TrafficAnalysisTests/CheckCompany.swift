/// What fires besides the check itself in the examples of the catalogue, and why that is right.
enum CheckCompany {
  /// In the example that breaks the check.
  static let breaking: [String: [String]] = [:]

  /// In the example that keeps it.
  static let keeping: [String: [String]] = [:]
}
