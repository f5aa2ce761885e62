internal import TrafficAnalysis
internal import WebSocketDecoding

// The records of what was sent: messages, frames, control frames.
extension LogSchema {
  static let message: RecordSchema = RecordSchema(
    "message", "A text or binary message, when its last frame is complete or it is given up.",
    ObjectSchema(
      [
        direction,
        FieldSchema("n", .integer(1...largestInteger), "Ordinal of the message in its direction, from 1."),
        FieldSchema("op", .word([Opcode.text.name, Opcode.binary.name]), "`text` or `binary`."),
        FieldSchema(
          "len", .count, unit: "bytes", "The whole payload, inflated; with a hole, what is before it.",
          absent: "if `undecoded`"),
        FieldSchema(
          "wire_len", .count, unit: "bytes",
          "Captured payload of its frames, as compressed, without frame headers; with a hole, on both sides of it."),
        FieldSchema("frames", .count, "How many frames it has."),
        FieldSchema(
          "deflated", .boolean,
          "Compressed by permessage-deflate: RSV1 on its first frame, where the extension was agreed on."),
        FieldSchema(
          "dur_us", .count, unit: "µs",
          "From the packet that completed its first frame's header to its end; 0 for a message in one packet."),
      ] + messagePayload + losses + [
        FieldSchema(
          "undecoded", .openWord(MessageAssembler.Undecoded.allCases.map(\.rawValue)),
          "Why there is no payload: `context_lost` (bytes that it may refer to were lost, or are not kept), `inflate_failed` (no deflate data), `output_limit` (more than 1 GiB), `unknown_extension` (reserved bits of an extension that wstap does not know).",
          absent: "where it is decoded"), resync,
      ],
      rules: [
        .atMostOne(["text", "json", "b64"]), .exactlyOne(["len", "undecoded"]),
        .excludes("undecoded", ["text", "json", "b64"]), .requires("utf8_error_at", ["b64"]),
        .whereWord("op", is: Opcode.binary.name, has: [], hasNot: ["text", "json", "utf8_error_at"]),
      ]))

  private static let messagePayload: [FieldSchema] = [
    FieldSchema(
      "text", .text,
      "A text message whose whole known payload is UTF-8; with `truncated` it is cut between two characters.",
      absent: "where there is another form, none is decoded, and with `--no-payload`"),
    FieldSchema(
      "json", .payload, "Instead of `text`, with `--json-payload`: the payload as the JSON value that it is.",
      absent: "without that option, and where there is another form"),
    FieldSchema(
      "b64", .base64, "Any other payload, and that of every binary message.",
      absent: "where there is another form, none is decoded, and with `--no-payload`"),
    FieldSchema(
      "utf8_error_at", .count, unit: "bytes",
      "Where in the payload of a text message the first ill-formed sequence begins, from 0. A character that the message's end cuts counts as one; one that a hole cuts does not.",
      absent: "where it has none"),
  ]

  static let frame: RecordSchema = RecordSchema(
    "frame", "With `--frames`: a frame, when its payload is complete or given up.",
    ObjectSchema(
      [
        direction,
        FieldSchema(
          "off", .count, unit: "bytes",
          "Place of its first header byte in the direction's TCP stream, from 0: the first byte after the SYN, or the first captured."
        ),
        FieldSchema("fin", .boolean, "FIN: the last frame of its message."),
        FieldSchema("rsv", .integer(0...7), "RSV1 to RSV3 as a number; RSV1 is 4."),
        FieldSchema("opcode", .integer(0...15), "The opcode."),
        FieldSchema(
          "op", .word(opcodeNames),
          "Its name: `continuation`, `text`, `binary`, `close`, `ping`, `pong`, `reserved_data` (3 to 7) or `reserved_control` (11 to 15)."
        ),
        FieldSchema(
          "mask", .form("^[0-9a-f]{8}$"),
          "The masking key, 8 hexadecimal digits in lower case, in the order of the wire.", absent: "if not masked"),
        FieldSchema("hdr_len", .integer(2...14), unit: "bytes", "The header."),
        FieldSchema("len", .count, unit: "bytes", "The payload; with a hole, what is before it."),
        FieldSchema(
          "len_declared", .form("^[1-9][0-9]{15,19}$"), "The length that the header declares, in decimal.",
          absent: "up to 2^53-1"),
        FieldSchema(
          "msg", .integer(1...largestInteger), "`n` of the message that it belongs to.",
          absent: "for control frames and those that belong to nothing"),
      ] + losses + [resync]))

  private static let opcodeNames: [String] = (0..<16).map { Opcode(rawValue: $0).name }.reduce(into: []) {
    names, name in
    if !names.contains(name) { names.append(name) }
  }

  static let control: RecordSchema = RecordSchema(
    "control", "A ping, a pong or a Close, when it is complete or given up.",
    ObjectSchema(
      [
        direction,
        FieldSchema(
          "op", .word([Opcode.ping.name, Opcode.pong.name, Opcode.close.name]), "`ping`, `pong` or `close`."),
        FieldSchema("len", .count, unit: "bytes", "The payload; with a hole, what is before it."),
        FieldSchema(
          "text", .text, "Payload of a ping or pong whose whole known payload is UTF-8.",
          absent: "for a Close, where there is `b64`, and with `--no-payload`"),
        FieldSchema(
          "b64", .base64,
          "Any other payload of a ping or pong; of a Close that is not well formed (one byte, a reason that is not UTF-8) or not whole, the payload as far as it is known.",
          absent: "where there is another form, and with `--no-payload`"),
        FieldSchema(
          "rtt_us", .count, unit: "µs",
          "Time since the ping that this pong answers, where that is certain: the pong is whole, and exactly one ping of the other side with this payload waits (of the last 64).",
          absent: "where it is not, and for the others"),
        FieldSchema(
          "close_code", .integer(0...65535), "Code of a Close that is well formed.",
          absent: "for the others, and where the payload is empty"),
        FieldSchema(
          "close_reason", .text, "Reason of that Close, `\"\"` if there is none.", absent: "without `close_code`"),
      ] + losses + [resync],
      rules: [
        .atMostOne(["text", "b64", "close_code"]), .requires("close_code", ["close_reason"]),
        .requires("close_reason", ["close_code"]),
        .whereWord("op", is: Opcode.ping.name, has: [], hasNot: ["rtt_us", "close_code"]),
        .whereWord("op", is: Opcode.pong.name, has: [], hasNot: ["close_code"]),
        .whereWord("op", is: Opcode.close.name, has: [], hasNot: ["text", "rtt_us"]),
      ]))
}
