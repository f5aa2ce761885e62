/// Short names of connections: beginnings of `conn` that no other connection of the run has been given.
///
/// A name stays the same to the end of the run. When the memory for names is used up, connections have their full
/// names.
struct ConnectionNames {
  /// The shortest names: of 33 million that many, two of a few hundred connections hardly ever share one.
  static let shortest = 5

  private let limit: Int
  /// Each given name, with the full name of the connection that has it.
  private var owners: [String: String] = [:]

  /// No names yet, and room for `limit`.
  init(limit: Int) { self.limit = limit }

  /// The name of the connection that is called `fullName` in the log.
  mutating func shortName(of fullName: String) -> String {
    var length = Self.shortest
    while length < fullName.utf8.count {
      let name = String(fullName.prefix(length))
      if let owner = owners[name] {
        if owner == fullName { return name }
        length += 1
      } else {
        guard owners.count < limit else { return fullName }
        owners[name] = fullName
        return name
      }
    }
    return fullName
  }
}
