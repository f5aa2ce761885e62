internal import TrafficAnalysis

// What several record types have in common.
extension LogSchema {
  /// What every record has, beside `type`.
  public static let everyRecord: ObjectSchema = ObjectSchema([
    FieldSchema("v", .version(version), "The version of this format."),
    FieldSchema("type", .word(LogOptions.RecordTypes.byName.map(\.name)), "What the record tells."),
    FieldSchema(
      "ts", .form("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{9}Z$"),
      "Packet time in UTC: RFC 3339, nine digits behind the point and `Z`."),
    FieldSchema(
      "epoch_us", .integer(-largestInteger...largestInteger), unit: "µs",
      "The same time since 1970, cut; negative before that."),
  ])

  /// What every record of a connection has.
  public static let connection: ObjectSchema = ObjectSchema([
    FieldSchema(
      "conn", .form("^[a-z2-7]{13}$"),
      "The connection's name: 13 characters of base32 (RFC 4648 alphabet in lower case, no padding), the same on every run."
    ),
    FieldSchema("client_ip", .text, "Address of the end that sent the handshake."),
    FieldSchema("client_port", port, "Its port."),
    FieldSchema("server_ip", .text, "Address of the other end."),
    FieldSchema("server_port", port, "Its port."),
    FieldSchema(
      "host", .text, "The request's Host field as it was sent, else the authority of an absolute target.",
      absent: "without either, or where the request was not captured", notUTF8: .instead),
    FieldSchema(
      "path", .text, "The request target as it was sent.", absent: "where the request was not captured",
      notUTF8: .instead),
    FieldSchema(
      "pkt", .integer(1...largestInteger), "Number of the packet in its file, from 1 (Wireshark's `frame.number`)."),
    FieldSchema(
      "file", .count, "Index of the packet's file in `meta.inputs`, from 0.", absent: "with one input"),
  ])

  static let port: FieldType = .integer(0...65535)

  static let direction: FieldSchema = FieldSchema(
    "dir", .word(Sender.allCases.map { "\($0.directionName)" }),
    "Who sent it: `c2s` is from the client to the server, `s2c` from the server to the client.")

  /// Where frames were found again.
  static let resync: FieldSchema = FieldSchema(
    "resync_off", .count, unit: "bytes",
    "Where in the direction's TCP stream frames were found again before this one, behind a lost frame header.",
    absent: "but for the first record behind such a loss")

  /// The three losses.
  static let losses: [FieldSchema] = [
    FieldSchema(
      "truncated", .boolean,
      "More was sent than is written, by `--max-payload`; `len` is whole all the same."),
    FieldSchema(
      "incomplete", .boolean,
      "Bytes are not in the capture, or it ended inside, or another message began before this one was over."),
    FieldSchema("snapped", .boolean, "Bytes were cut from their packets by the capture's snap length."),
  ]

  /// A field of a handshake's head.
  static let headerField: ObjectSchema = ObjectSchema(
    name: "header",
    [
      FieldSchema("name", .text, "The name as it was sent.", notUTF8: .instead),
      FieldSchema("value", .text, "The value, without the blanks around it.", notUTF8: .instead),
    ])
}
