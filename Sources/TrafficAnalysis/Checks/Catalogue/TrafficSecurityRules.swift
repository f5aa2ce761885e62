// Masking, floods, and payloads that are of use to an attacker.
extension Check {
  static let trafficSecurity: [Check] = [
    Check(
      .maskKeyZero, "mask-key-zero", .security, .warning, .must,
      "RFC 6455 §5.3, §10.3", by: .client, on: .heuristic,
      silentIf: [.lostBytes],
      "A masking key is zero.",
      condition: "Masking key 00 00 00 00 (payload is sent in clear).",
      remarks: """
        One zero key in 2^32 random ones is chance: raise to warning at the second one on a connection or \
        when the first frame has it. Some embedded clients and fuzzers do it by design.
        """,
      breaks: "C 8185 00000000 48656c6c6f | C 8185 00000000 48656c6c6f",
      keeps: "C 8185 37fa213d 7f9f4d5158",
      tshark: .no("websocket.masking_key field"),
      zeek: .no("key not exposed"),
      suricata: .no("websocket.mask keyword can match 0")),
    Check(
      .maskKeyRepeated, "mask-key-repeated", .security, .warning, .must,
      "RFC 6455 §5.3, §10.3", by: .client, on: .wire,
      silentIf: [.lostBytes],
      "A masking key was used before on the connection.",
      condition: """
        A client frame has the same key as an earlier client frame of this connection (look back over the \
        last 1000 frames).
        """,
      remarks: """
        Chance of one repeat in 1000 random keys is about 1 in 8600, so one repeat is a notice and a second \
        one a warning; equal neighbours are a warning at once. Empty frames too. TCP retransmission is not a \
        new frame.
        """,
      breaks: "C 8185 37fa213d 7f9f4d5158 | C 8185 37fa213d 7f9f4d5158",
      keeps: "C 8185 37fa213d 7f9f4d5158 | C 8185 a1b2c3d4 e9d7afb8ce",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .maskKeyPredictable, "mask-key-predictable", .security, .warning, .mustNot,
      "RFC 6455 §5.3, §10.3", by: .client, on: .heuristic,
      silentIf: [.lostBytes],
      "Masking keys follow a pattern.",
      condition: """
        Five or more keys in a row have a constant difference (counter), differ only in the low byte, or \
        show far too few distinct bytes for random data.
        """,
      remarks: "State the test used. Never report on fewer than 5 frames. Byte order: try both.",
      breaks: """
        C 8180 00000001 | C 8180 00000002 | C 8180 00000003 | C 8180 00000004 | C 8180 00000005 | C 8180 \
        00000006
        """,
      keeps: """
        C 8180 37fa213d | C 8180 a1b2c3d4 | C 8180 09cf4d7e | C 8180 e3107b25 | C 8180 5d88f0c1 | C 8180 \
        7714aa92
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .maskKeySharedAcrossConnections, "mask-key-shared-across-connections", .security, .notice, .must,
      "RFC 6455 §5.3", by: .client, on: .heuristic,
      silentIf: [.lostBytes, .otherLeg],
      "Two connections of a client begin with the same masking keys.",
      condition: """
        The first keys of two connections from one client are the same sequence (seeded generator).
        """,
      remarks: """
        Compare at least 3 keys; both legs of a proxy that forwards frames unchanged give the same keys by \
        right.
        """,
      breaks: """
        C 8181 37fa213d 56 | C 8181 a1b2c3d4 c0 | C 8181 09cf4d7e 68 | connection | C 8181 37fa213d 56 | C \
        8181 a1b2c3d4 c0 | C 8181 09cf4d7e 68
        """,
      keeps: """
        C 8181 37fa213d 56 | C 8181 a1b2c3d4 c0 | C 8181 09cf4d7e 68 | connection 10.0.0.2 > 10.0.0.3:80 | C \
        8181 37fa213d 56 | C 8181 a1b2c3d4 c0 | C 8181 09cf4d7e 68
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .maskedBytesLookLikeHttp, "masked-bytes-look-like-http", .security, .warning, .advisory,
      "RFC 6455 §10.3", by: .client, on: .heuristic,
      silentIf: [.lostBytes],
      "A client's frame shows an HTTP request on the wire, as in cache poisoning.",
      condition: """
        The masked bytes of a client frame as they are on the wire hold an HTTP request line (METHOD SP \
        target SP HTTP/1.x CRLF).
        """,
      remarks: """
        This is the cache-poisoning attack that masking is meant to stop: by chance practically impossible, \
        with a zero key or an unmasked frame easy.
        """,
      breaks: "C 8192 00000000 474554202f20485454502f312e310d0a0d0a",
      keeps: "C 8192 37fa213d 70bf751d18da696963aa0e0c19cb2c373af0",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .tunnelInPayload, "tunnel-in-payload", .security, .notice, .advisory,
      "advisory", by: nil, on: .heuristic,
      silentIf: [.lostBytes, .unknownExtension],
      "A message begins as another protocol does.",
      condition: """
        Binary (or text) messages start with the banner of another protocol: SSH-2.0-, TLS ClientHello, \
        SOCKS, RDP, SMB, an HTTP request.
        """,
      remarks: "VNC, MQTT, SSH gateways and wstunnel do this by design; give the protocol name.",
      breaks: "C 828a 37fa213d 64a9691005d411104ff0",
      keeps: "C 8285 37fa213d 5f9f4d5158",
      tshark: .no("subdissectors by port or subprotocol only"),
      zeek: .partly("DPD runs on the payload, conn.log service shows e.g. websocket,ssh"),
      suricata: .no("websocket.payload keyword")),
    Check(
      .declaredLengthHuge, "declared-length-huge", .security, .warning, .advisory,
      "RFC 6455 §10.4", by: nil, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "A frame declares a payload of more than 64 MiB.",
      condition: """
        A frame header declares a payload above the limit (default 64 MiB). Report on the header, before any \
        data.
        """,
      remarks: "File transfer over WebSocket is real: limit is a setting. Never allocate by this number.",
      breaks: "S 82 7f1000000000000000",
      keeps: "S 82 7e0400 00{1024}",
      tshark: .no("(confirmed; 64-bit length cast to 32 bit)"),
      zeek: .no(),
      suricata: .partly(
        """
        websocket.skip_end_of_payload (sid 2235000) for any payload over max-payload-size (64 KiB by \
        default), and only after that many bytes came
        """)),
    Check(
      .messageTooLarge, "message-too-large", .security, .warning, .advisory,
      "RFC 6455 §10.4", by: nil, on: .wire,
      silentIf: [.lostBytes],
      "A message has more than 64 MiB on the wire.",
      condition: """
        The sum of fragment payloads of one message passes the limit (default 64 MiB), before inflating.
        """,
      remarks: "Setting; after it fires the tool keeps counting but stops storing.",
      breaks: "large-message 1 | S 02 7e fde8 00{65000} | S 00 7e fde8 00{65000} *20",
      keeps: "large-message 1 | S 02 7e fde8 00{65000} | S 00 7e fde8 00{65000} *10 | S 80 00",
      tshark: .no("websocket.payload.not.fully.unmasked notes the tool's own limit"),
      zeek: .no(),
      suricata: .yes("websocket.reassembly_limit_reached (sid 2235001), 64 KiB by default")),
    Check(
      .fragmentFlood, "fragment-flood", .security, .warning, .advisory,
      "RFC 6455 §10.4", by: nil, on: .wire,
      silentIf: [.lostBytes],
      "A message has more than 1000 tiny fragments.",
      condition: "One message has more than 1000 fragments with a mean payload below 16 bytes.",
      remarks: "Streaming senders make many fragments, but not that small.",
      breaks: "S 01 01 61 | S 00 01 61 *1200",
      keeps: "S 01 01 61 | S 00 01 61 *50 | S 80 00",
      tshark: .no("websocket.fragment.count field"),
      zeek: .no(),
      suricata: .no()),
    Check(
      .emptyFragmentFlood, "empty-fragment-flood", .security, .warning, .advisory,
      "RFC 6455 §10.4", by: nil, on: .wire,
      silentIf: [.lostBytes],
      "A message has more than 100 empty fragments.",
      condition: "One message has more than 100 fragments with an empty payload.",
      remarks: "Single empty first or last fragments are normal.",
      breaks: "S 01 00 | S 00 00 *150",
      keeps: "S 01 00 | S 00 03 616263 | S 80 00",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .pingFlood, "ping-flood", .security, .warning, .advisory,
      "advisory", by: nil, on: .wire,
      silentIf: [.lostBytes],
      "A side sends more than 100 pings in 10 s, or has more than 50 unanswered.",
      condition: "More than 100 Pings in 10 s from one side, or more than 50 Pings outstanding.",
      remarks: "Game and trading clients ping once or a few times per second; settings.",
      breaks: "S 89 00 *500",
      keeps: "[S 89 00 | c 8a 00 | @5] *10",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .pongFlood, "pong-flood", .security, .warning, .advisory,
      "advisory", by: nil, on: .wire,
      silentIf: [.lostBytes, .oneSided],
      "A side sends more than 100 unsolicited pongs in 10 s.",
      condition: "More than 100 unsolicited Pongs in 10 s from one side.",
      remarks: "One unsolicited Pong per interval is a heartbeat.",
      breaks: "c 8a 00 *500",
      keeps: "[c 8a 00 | @30] *10",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .frameStalled, "frame-stalled", .security, .notice, .advisory,
      "advisory", by: nil, on: .wire,
      silentIf: [.lostBytes, .noOrder],
      "A frame takes more than 30 s at less than a byte a second.",
      condition: """
        A frame has been started (header seen) and is not finished after 30 s while fewer than 1 byte per \
        second came in.
        """,
      remarks: "Slow links; report once per frame. Not after a gap.",
      breaks: "S 82 7e 4000 | [@10 | S 00] *5",
      keeps: "S 82 7e 4000 | [@0.02 | S 00{1024}] *16",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .handshakeStalled, "handshake-stalled", .security, .notice, .advisory,
      "advisory", by: .client, on: .wire,
      silentIf: [.lostBytes, .noOrder],
      "The request's head takes more than 15 s.",
      condition: """
        A request head with Sec-WebSocket or Upgrade fields is not finished 15 s after its first byte.
        """,
      remarks: "Slow header attack; also lost segments: not with a gap.",
      breaks: """
        C "GET /chat HTTP/1.1\\r\\nHost: server.example.com\\r\\nUpgrade: websocket\\r\\n" | @10 | C \
        "Connection: Upgrade\\r\\n" | @10 | C "Sec-WebSocket-Key: 6C4YFfWoQwLvrQvcyWb2Yg==\\r\\nOrigin: \
        http://server.example.com\\r\\nSec-WebSocket-Version: 13\\r\\n\\r\\n" | S response
        """,
      keeps: "handshake",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .deflateBomb, "deflate-bomb", .security, .warning, .advisory,
      "advisory (RFC 6455 §10.4)", by: nil, on: .wire,
      silentIf: [.lostBytes, .unknownAgreement],
      "A message inflates to more than 1 MiB and more than 200 times its size.",
      condition: """
        A compressed message inflates to more than 1 MiB and more than 200 times its wire size (DEFLATE tops \
        out near 1030 to 1). Stop inflating at the tool's limit.
        """,
      remarks: """
        Long runs of blanks in JSON reach 50:1. Counted over the newest 16 KiB of compressed bytes too: many \
        small bombs are one.
        """,
      breaks: "{permessage-deflate} | S c2 7e07a2 ecc101010000008220ffaf6e484001 00{1937} 6f06",
      keeps: "{permessage-deflate} | S c1 07 f248cdc9c90700",
      tshark: .no("(confirmed; inflates without limit)"),
      zeek: .no(),
      suricata: .no("output is cut at max-payload-size without event; http.compression_bomb is for HTTP bodies")),
    Check(
      .handshakeFailuresRepeated, "handshake-failures-repeated", .security, .notice, .advisory,
      "advisory", by: .client, on: .heuristic,
      silentIf: [.otherLeg],
      "A client's handshakes fail 10 times in 60 s.",
      condition: """
        One client address gets 10 or more non-101 answers (401, 403, 404, 400, 426) to websocket handshakes \
        within 60 s.
        """,
      remarks: "Scanners and brute force; also a broken deployment.",
      breaks: """
        [C request | S "HTTP/1.1 404 Not Found\\r\\nContent-Length: 0\\r\\n\\r\\n" | @0.4 | connection] *12
        """,
      keeps: """
        C request | S "HTTP/1.1 401 Unauthorized\\r\\nContent-Length: 0\\r\\n\\r\\n" | C request | S \
        response
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
  ]
}
