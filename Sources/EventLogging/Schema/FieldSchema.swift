/// One field of a record, or of an object inside one.
public struct FieldSchema: Sendable {
  /// What stands where a value is not UTF-8.
  public enum Base64Form: Sendable {
    /// The value is UTF-8 by its nature, or no text.
    case none
    /// The field is absent, and there is one with `_b64` behind its name.
    case instead
    /// An array has the elements that are UTF-8, and there is one with `_b64` behind its name for the others.
    case beside
  }

  /// The name.
  public let name: String
  /// What values it has.
  public let type: FieldType
  /// What a number counts: `bytes`, `µs`; `nil` where the meaning says it, or for what is no number.
  public let unit: String?
  /// What it says, in one sentence or a few words.
  public let meaning: String
  /// When it is absent; `nil` for a field that is always there.
  public let absence: String?
  /// What stands where a value is not UTF-8.
  public let base64Form: Base64Form

  /// A field.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - type: What values it has.
  ///   - unit: What a number counts.
  ///   - meaning: What it says.
  ///   - absence: When it is absent; `nil` for a field that is always there.
  ///   - base64Form: What stands where a value is not UTF-8.
  init(
    _ name: String, _ type: FieldType, unit: String? = nil, _ meaning: String, absent absence: String? = nil,
    notUTF8 base64Form: Base64Form = .none
  ) {
    self.name = name
    self.type = type
    self.unit = unit
    self.meaning = meaning
    self.absence = absence
    self.base64Form = base64Form
  }

  /// The field of the values that are not UTF-8.
  var base64Field: FieldSchema? {
    let other = name + "_b64"
    switch base64Form {
    case .none:
      return nil
    case .instead:
      return FieldSchema(
        other, .base64, "The value of `\(name)` in base64.", absent: "where `\(name)` is UTF-8 or unknown")
    case .beside:
      return FieldSchema(
        other, .array(.base64), "The elements of `\(name)` that are not UTF-8.", absent: "without such elements")
    }
  }
}
