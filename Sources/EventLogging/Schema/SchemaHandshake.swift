internal import TrafficAnalysis

// The records of the beginning: what is read, and the handshakes.
extension LogSchema {
  static let meta: RecordSchema = RecordSchema(
    "meta", "The first line: what is read, and by what.", isOfConnection: false,
    ObjectSchema([
      FieldSchema("tool", .word(["wstap"]), "The program: `wstap`."),
      FieldSchema("tool_version", .text, "Its version."),
      FieldSchema("inputs", .array(.text), "Names of the inputs as they were given: those of `-r` first."),
      FieldSchema("filter", .text, "The filter of `-f`.", absent: "without one"),
      FieldSchema(
        "shard", .form("^[0-9]+/[0-9]+$"), "The shard of `--shard`, as `I/N`.", absent: "without that option"),
      FieldSchema(
        "part", .integer(1...largestInteger),
        "Which file of the run's log this is, from 1: with `-C` or `-G`, and for the file of a live capture, which SIGHUP may open anew.",
        absent: "for standard output, a FIFO or a device, and for capture files' log in one file"),
    ]))

  static let open: RecordSchema = RecordSchema(
    "open", "A handshake attempt, when it is answered or given up.",
    ObjectSchema(
      openBeginning + openRequest + openResponse + openNetwork,
      rules: [
        .falseHas("ok", ["fail"]), .requires("accept_ok", ["status"]), .requires("deflate", ["status"]),
        .requires("subprotocol", ["status"]), .requires("wait_us", ["status", "http_version"]),
      ]))

  private static let openBeginning: [FieldSchema] = [
    FieldSchema(
      "ok", .boolean,
      "The answer is a 101 that names websocket in Upgrade and has a Sec-WebSocket-Accept, which belongs to the key where the key is known. True too for `midstream` and `forced`."
    ),
    FieldSchema(
      "fail", .openWord(OpenRecord.Failure.allCases.map(\.rawValue)),
      "Why not: `status` (another status than 101), `no_response` (none, or it is missing), `not_upgraded` (the 101 does not name websocket), `no_accept`, `bad_accept`.",
      absent: "if `ok`"),
    FieldSchema(
      "how", .openWord(OpenRecord.Discovery.allCases.map(\.rawValue)),
      "How it was found: `handshake`; `midstream`, a guess by a chain of frames, where the answer (and perhaps the request) is not in the capture; `forced`, as `--decode-as` names the port."
    ),
    FieldSchema(
      "community_id", .form("^1:[A-Za-z0-9+/]{27}=$"), "Community ID of the connection (version 1, seed 0)."),
    FieldSchema("scheme", .openWord(["ws"]), "`ws`, today always."),
  ]

  private static let openRequest: [FieldSchema] = [
    FieldSchema(
      "http_version", .form("^[0-9]+[.][0-9]+$"), "HTTP version of the request, like `1.1`.", absent: noRequest),
    FieldSchema("method", .text, "Method of the request.", absent: noRequest, notUTF8: .instead),
    FieldSchema("origin", .text, "The first Origin field.", absent: noRequestField, notUTF8: .instead),
    FieldSchema("user_agent", .text, "The first User-Agent field.", absent: noRequestField, notUTF8: .instead),
    FieldSchema(
      "ws_version", .text, "The first Sec-WebSocket-Version field.", absent: noRequestField, notUTF8: .instead),
    FieldSchema(
      "subprotocols_offered", .array(.text), "Elements of all Sec-WebSocket-Protocol fields of the request.",
      absent: noRequest, notUTF8: .beside),
    FieldSchema(
      "extensions_offered", .array(.text), "Elements of all Sec-WebSocket-Extensions fields of the request.",
      absent: noRequest, notUTF8: .beside),
  ]

  private static let openResponse: [FieldSchema] = [
    FieldSchema("status", .integer(0...999), "Status of the answer.", absent: noResponse),
    FieldSchema(
      "subprotocol", .text, "The subprotocol chosen: the answer's first Sec-WebSocket-Protocol field.",
      absent: "if none", notUTF8: .instead),
    FieldSchema(
      "extensions", .array(.text), "Elements of all Sec-WebSocket-Extensions fields of the answer.",
      absent: noResponse, notUTF8: .beside),
    FieldSchema(
      "accept_ok", .boolean, "Whether the accept belongs to the key.",
      absent: "unless both were captured and the status is 101"),
    FieldSchema(
      "deflate", .object(deflate), "permessage-deflate as agreed.", absent: "where the answer does not accept it"),
  ]

  private static let openNetwork: [FieldSchema] = [
    FieldSchema(
      "vlan", .array(.integer(0...4095)),
      "VLAN ids around the connection's first packet, outermost first, at most four.", absent: "without tags"),
    FieldSchema(
      "tunnel", .array(.text),
      "Tunnels around the connection's first packet, outermost first, at most six: a name, and `:` with a decimal number where the tunnel has one, as in `vxlan:100`.",
      absent: "without tunnels"),
    FieldSchema(
      "tcp_rtt_us", .count, unit: "µs", "From the SYN to the acknowledgement of its answer.",
      absent: "unless all three were captured"),
    FieldSchema(
      "wait_us", .count, unit: "µs",
      "From the packet that completed the request's head to the one that completed the answer's.",
      absent: "without either"),
    FieldSchema(
      "headers", .array(.object(headerField)),
      "Fields of the request in their order, with `--headers safe` or `all`.",
      absent: "without the option or the request"),
    FieldSchema(
      "response_headers", .array(.object(headerField)), "Fields of the answer likewise.",
      absent: "without the option or the answer"),
    FieldSchema("incomplete", .boolean, "Parts of the handshake are missing from the capture."),
  ]

  private static let deflate: ObjectSchema = ObjectSchema([
    FieldSchema("c2s_bits", .integer(8...15), "The client's window, as a power of two of bytes."),
    FieldSchema("s2c_bits", .integer(8...15), "The server's window."),
    FieldSchema(
      "c2s_reset", .boolean, "The client compresses each message on its own (`client_no_context_takeover`)."),
    FieldSchema("s2c_reset", .boolean, "The server does (`server_no_context_takeover`)."),
  ])

  private static let noRequest: String = "without a request"
  private static let noRequestField: String = "where the request has none"
  private static let noResponse: String = "without an answer"
}
