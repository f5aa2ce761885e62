extension JSONValue {
  /// The names of the fields in a record, those inside objects behind a point and those inside arrays behind `[]`, as
  /// `RecordSchema.paths` has them.
  public func paths(under prefix: String = "") -> Set<String> {
    var all: Set<String> = []
    for member in members ?? [] {
      let path = prefix + member.name
      all.insert(path)
      // The value in `json` is a peer's own.
      guard path != "json" else { continue }
      all.formUnion(member.value.paths(under: path + "."))
      for element in member.value.elements ?? [] { all.formUnion(element.paths(under: path + "[].")) }
    }
    return all
  }
}
