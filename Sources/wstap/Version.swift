/// The program's version.
enum Version {
  /// The number of the release.
  static let current = "0.1.0"
}
