import EventLogging

/// The tables of fields in `docs/log-format.md`, made from the catalogue.
public enum FieldTable {
  /// The tables by the names that stand in their marks: record types, `all records`, `a connection`, and the named
  /// objects.
  public static func all() -> [(name: String, table: String)] {
    [("all records", of(LogSchema.everyRecord)), ("a connection", of(LogSchema.connection))]
      + LogSchema.records.map { ($0.type, of($0.own, $0.type)) }
      + LogSchema.objects.map { ($0.name ?? "", of($0, $0.name == "counts" ? "end.c2s" : "")) }
  }

  private static func of(_ object: ObjectSchema, _ record: String = "") -> String {
    var rows = rows(of: object, under: "")
    let notYetMade = Set(LogSchema.notYetMade.map(\.field))
    for index in rows.indices where notYetMade.contains("\(record).\(rows[index].path)") {
      rows[index].absence += "; in this version always"
    }
    let hasAbsence = rows.contains { !$0.absence.isEmpty }
    var lines =
      hasAbsence
      ? ["| field | type | meaning | absent |", "|---|---|---|---|"] : ["| field | type | meaning |", "|---|---|---|"]
    lines += rows.map { row in
      let cells = [row.name, row.type, row.meaning] + (hasAbsence ? [row.absence] : [])
      return "| " + cells.joined(separator: " | ") + " |"
    }
    return lines.joined(separator: "\n")
  }

  private struct Row {
    var path: String
    var name: String
    var type: String
    var meaning: String
    var absence: String
  }

  /// A row for each field, and behind an object without a name of its own one for each field in it.
  private static func rows(of object: ObjectSchema, under prefix: String) -> [Row] {
    object.describedFields.flatMap { field -> [Row] in
      var name = "`\(prefix)\(field.name)`"
      switch field.base64Form {
      case .none: break
      case .instead: name += " or `\(prefix)\(field.name)_b64`"
      case .beside: name += ", `\(prefix)\(field.name)_b64`"
      }
      let row = Row(
        path: prefix + field.name, name: name, type: field.type.name + (field.unit.map { ", \($0)" } ?? ""),
        meaning: field.meaning,
        absence: field.absence ?? "")
      guard let inner = field.type.object, inner.name == nil else { return [row] }
      let isArray = if case .array = field.type { true } else { false }
      return [row] + rows(of: inner, under: prefix + field.name + (isArray ? "[]." : "."))
    }
  }
}
