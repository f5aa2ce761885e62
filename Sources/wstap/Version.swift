internal import CBuildInfo

/// The program's version.
enum Version {
  /// The number of the release.
  static let number = "0.1.0"

  /// The number, and where known which commit was built (`git describe`).
  static var description: String {
    // SAFETY: a string of the program that ends with a NUL.
    let commit = unsafe String(cString: wstap_git_description())
    return commit.isEmpty ? number : "\(number) (\(commit))"
  }
}
