public import TrafficAnalysis

/// The catalogue of checks as JSON, for `wstap checks --json` and for what is made from it.
public enum CheckCatalogue {
  /// One object a line for each of the checks.
  public static func json(_ checks: [Check]) -> [UInt8] {
    let json = JSONWriter(capacity: 65536)
    for check in checks { put(check, to: json) }
    return json.bytes
  }

  private static func put(_ check: Check, to json: JSONWriter) {
    func text(_ name: StaticString, _ value: String) {
      json.raw(name)
      json.string(value)
    }
    text("{\"id\":", check.id)
    text(",\"layer\":", check.layer.rawValue)
    text(",\"severity\":", check.severity.rawValue)
    text(",\"level\":", check.level.rawValue)
    text(",\"ref\":", check.reference)
    text(",\"broken_by\":", check.sender.map { "\($0.name)" } ?? "either")
    text(",\"basis\":", check.basis.rawValue)
    json.raw(",\"default\":")
    json.boolean(check.isOnByDefault)
    text(",\"summary\":", check.summary)
    text(",\"condition\":", check.condition)
    if !check.remarks.isEmpty { text(",\"remarks\":", check.remarks) }
    json.raw(",\"silent_if\":[")
    for (index, silence) in check.silences.enumerated() {
      if index > 0 { json.raw(",") }
      json.string(silence.rawValue)
    }
    text("],\"breaks\":", check.breaks)
    text(",\"keeps\":", check.keeps)
    json.raw(",\"peers\":{")
    put("\"tshark\":", check.tshark, to: json)
    put(",\"zeek\":", check.zeek, to: json)
    put(",\"suricata\":", check.suricata, to: json)
    json.raw("}}\n")
  }

  private static func put(_ name: StaticString, _ answer: Check.PeerAnswer, to json: JSONWriter) {
    json.raw(name)
    json.raw("{\"says\":")
    json.string(answer.word)
    if !answer.pointer.isEmpty {
      json.raw(",\"what\":")
      json.string(answer.pointer)
    }
    json.raw("}")
  }
}
