internal import NetworkTypes
internal import TrafficAnalysis

// The records that judge and sum up: violations, ends, counts.
extension LogSchema {
  static let violation: RecordSchema = RecordSchema(
    "violation", "The first time that a check fires on a connection in a direction.",
    ObjectSchema([
      FieldSchema("rule", .openWord(Check.all.map(\.id)), "The check's name; [checks.md](checks.md) has them all."),
      FieldSchema(
        "severity", .word(Rule.Severity.allCases.map(\.rawValue)), "`error`, `warning` or `notice`."),
      FieldSchema(
        "level", .openWord(Rule.Level.allCases.map(\.rawValue)), "`MUST`, `MUST NOT`, `SHOULD` or `advisory`."),
      FieldSchema("ref", .text, "Where the rule stands."),
      direction,
      FieldSchema(
        "off", .count, unit: "bytes",
        "Place of the frame's first header byte in the direction's TCP stream; for the handshake, of the piece of the stream that completed the answer."
      ),
      FieldSchema("detail", .text, "The values that show it, for people; its wording may change."),
    ]))

  static let end: RecordSchema = RecordSchema(
    "end", "A WebSocket whose frames were decoded, when its TCP connection is over.",
    ObjectSchema(
      [
        FieldSchema(
          "cause", .openWord(StreamEnd.allCases.map { "\($0.logName)" }),
          "`fin` (both sides), `rst`, `idle` (nothing for an hour, or for what `--idle-timeout` says, or for a minute after one side's FIN; looked for every 65,536 TCP packets, or more with more connections), `evicted` (a limit, or another connection took the ports over), `capture_end`."
        ),
        FieldSchema("clean", .boolean, "Both sides sent a Close."),
        FieldSchema(
          "closed_by", .word(Sender.allCases.map { "\($0.name)" }),
          "`client` or `server`: who sent the first Close, else the first FIN or RST.", absent: "without any"),
        FieldSchema(
          "close_code", .integer(0...65535), "Code of the first Close.",
          absent: "if it has none, or there is no Close"),
        FieldSchema(
          "close_reason", .text, "Reason of the first Close.", absent: "without a code, or where it is not UTF-8"),
        FieldSchema(
          "dur_us", .count, unit: "µs", "From the handshake's answer to the connection's last packet."),
        FieldSchema(
          "rules", .array(.object(ruleCount)),
          "The checks that fired, in the order of their first times."),
        FieldSchema("c2s", .object(directionCounts), "Counts of the direction from the client to the server."),
        FieldSchema("s2c", .object(directionCounts), "Counts of the other direction."),
      ],
      rules: [.requires("close_reason", ["close_code"])]))

  private static let ruleCount: ObjectSchema = ObjectSchema([
    FieldSchema("rule", .openWord(Check.all.map(\.id)), "The check's name, as in `violation`."),
    FieldSchema("count", .count, "How often it fired, both directions together."),
  ])

  /// Counts of one direction of a WebSocket.
  static let directionCounts: ObjectSchema = ObjectSchema(
    name: "counts",
    [
      FieldSchema("pkts", .count, "TCP packets of the whole connection, its beginning and end included."),
      FieldSchema(
        "bytes", .count, unit: "bytes",
        "Captured TCP payload of those, the handshake and what came again included."),
      FieldSchema("frames", .count, "Frames whose header was read."),
      FieldSchema("msgs", .count, "Messages, those given up included."),
      FieldSchema("text_msgs", .count, "Text messages among them."),
      FieldSchema("binary_msgs", .count, "Binary messages among them."),
      FieldSchema("pings", .count, "Pings."),
      FieldSchema("pongs", .count, "Pongs."),
      FieldSchema("payload", .count, unit: "bytes", "Sum of `len` of the messages."),
      FieldSchema("wire", .count, unit: "bytes", "Sum of `wire_len` of the messages."),
      FieldSchema(
        "gap_bytes", .count, unit: "bytes",
        "What of the TCP stream is not in the capture, or was cut by its snap length."),
      FieldSchema(
        "unframed_bytes", .count, unit: "bytes",
        "What was captured and could not be told apart into frames: behind a lost frame header, behind a length with its top bit set, an unfinished header at the end, or another protocol where the first frame should be."
      ),
      FieldSchema("retrans_bytes", .count, unit: "bytes", "What came again."),
      FieldSchema(
        "overlap_conflicts", .count, "Segments that carried other bytes than an earlier one for the same place."),
      FieldSchema(
        "resync_count", .integer(1...largestInteger), "How often frames were found again behind a lost frame header.",
        absent: "if never"),
      FieldSchema(
        "resyncs", .array(.object(resyncPlaces)), "Where, the first 64 times; the beginning of a guess is one.",
        absent: "without `resync_count`"),
    ], rules: [.requires("resync_count", ["resyncs"]), .requires("resyncs", ["resync_count"])])

  private static let resyncPlaces: ObjectSchema = ObjectSchema([
    FieldSchema("gap_off", .count, unit: "bytes", "Where in the direction's TCP stream the loss begins."),
    FieldSchema("off", .count, unit: "bytes", "The first byte of the frame that was found."),
  ])

  static let stats: RecordSchema = RecordSchema(
    "stats", "Counts over the run; the last line is one.", isOfConnection: false,
    ObjectSchema([
      FieldSchema(
        "final", .boolean,
        "Whether this is the last line. On the way, SIGUSR1 asks for one, and a live capture writes one each minute."
      ),
      FieldSchema(
        "link_types", .array(.text),
        "The names of the LINKTYPE_ registry in lower case (`ethernet`, `raw`, `linux_sll2`, …), or `link type N` for one that is not decoded, in the order of their first packets."
      ),
      FieldSchema("pkts", .count, "Packets that passed the filter."),
      FieldSchema("bytes", .count, unit: "bytes", "What was captured of those."),
      FieldSchema("undecodable", .count, "Packets that could not be decoded as far as their transport."),
      FieldSchema(
        "undecodable_reasons", .array(.object(reasonCount)), "Why not, the most frequent first, at most 64 reasons."),
      FieldSchema(
        "bad_checksums", .count,
        "TCP segments whose checksum is wrong, as offloading leaves them; their data counts all the same."),
      FieldSchema("ip_fragments", .count, "Pieces of fragmented IP packets."),
      FieldSchema(
        "fragments_dropped", .count,
        "Pieces that were given up: the rest of their packet did not come within 30 s of packet time, 65,536 fragments, or the room there is; the snap length cut them; or they contradict others. A copy of a piece of a packet that was whole already may be among them."
      ),
      FieldSchema(
        "fragment_overlaps", .count,
        "Pieces that overlap others with different bytes, which is an evasion: the first copy counts. In IPv6 every overlap that is not a copy is counted, and the packet is dropped (RFC 5722)."
      ),
      FieldSchema("tcp_conns", .count, "TCP connections."),
      FieldSchema("ws_conns", .count, "WebSockets whose frames were decoded."),
      FieldSchema("ws_open", .count, "Those whose end was not told yet: 0 in the last line."),
      FieldSchema("failed", .count, "`open` records with `ok:false`."),
      FieldSchema("tls_conns", .count, "Connections that begin with a TLS handshake record."),
      FieldSchema("one_sided", .count, "TCP connections of which one end's packets were captured."),
      FieldSchema(
        "gaps", .count, "Holes that were given up in all TCP streams that were still of interest."),
      FieldSchema("gap_bytes", .count, unit: "bytes", "What is missing in those."),
      FieldSchema(
        "evicted", .count,
        "TCP connections that were dropped at a limit (their number, or `--memory-limit`) before their end, and before it was clear that they carry no WebSocket; such as have brought no data go before others."
      ),
      FieldSchema("evicted_websockets", .count, "WebSockets among them; their `end` has `cause:\"evicted\"`."),
      FieldSchema(
        "damaged_bytes", .count, unit: "bytes",
        "What was skipped in damaged capture files, because no packet in it could be read for sure; behind a fault of the compression it is not known, and not counted."
      ),
      FieldSchema(
        "damaged_pkts", .count,
        "Packets of pcapng files that were seen and left out: their block is damaged, or the description of their interface is lost."
      ),
      FieldSchema(
        "kernel_drops", .count,
        "Packets that passed the filter and that the kernel dropped, as its buffer (`-B`) was full.",
        absent: "for capture files"),
      FieldSchema(
        "if_drops", .count,
        "Packets that the interface dropped before the kernel saw them, whatever they were (`rx_missed_errors` and `rx_fifo_errors` of Linux).",
        absent: "for capture files, and where no interface tells"),
      FieldSchema(
        "tool_drops", .count,
        "Packets that wstap dropped, as it, or whoever reads its log, was too slow; they are not among `pkts`.",
        absent: "for capture files"),
      FieldSchema(
        "log_drops", .count,
        "Records that were dropped as the log could not be written (a full disk), up to this one.",
        absent: "without `--on-write-error drop`"),
      FieldSchema(
        "mem_bytes", .count, unit: "bytes", "The most memory that was resident at once.",
        absent: "where the system does not say"),
    ]))

  private static let reasonCount: ObjectSchema = ObjectSchema([
    FieldSchema("reason", .text, "Why they could not, for people."),
    FieldSchema("count", .count, unit: "packets", "How many."),
  ])
}
