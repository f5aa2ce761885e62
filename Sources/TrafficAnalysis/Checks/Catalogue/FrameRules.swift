// Frame headers, pings and pongs, and messages.
extension Check {
  static let frame: [Check] = [
    Check(
      .frameClientUnmasked, "frame-client-unmasked", .frame, .error, .must,
      "RFC 6455 §5.1, §5.3, §6.1 (5)", by: .client, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "A client's frame has no mask.",
      condition: """
        A frame in the client-to-server direction has MASK = 0 (data and control alike, also with empty \
        payload).
        """,
      remarks: """
        Client is the side that sent the HTTP request, not the TCP initiator. In mid-stream captures the \
        direction is a guess: do not report unless the handshake was seen. TLS or HTTP/2 underneath changes \
        nothing.
        """,
      breaks: "C 81 05 48656c6c6f",
      keeps: "C 8185 37fa213d 7f9f4d5158",
      tshark: .no("websocket.mask field only"),
      zeek: .no("mask bit is not even an event argument"),
      suricata: .no("websocket.mask keyword, no event")),
    Check(
      .frameServerMasked, "frame-server-masked", .frame, .error, .mustNot,
      "RFC 6455 §5.1", by: .server, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "A server's frame has a mask.",
      condition: "A frame in the server-to-client direction has MASK = 1.",
      remarks: "Same direction care as frame-client-unmasked. Still unmask to keep on decoding.",
      breaks: "S 8185 37fa213d 7f9f4d5158",
      keeps: "S 81 05 48656c6c6f",
      tshark: .no("websocket.mask field only"),
      zeek: .no(),
      suricata: .no("websocket.mask keyword, no event")),
    Check(
      .frameRsv1Unexpected, "frame-rsv1-unexpected", .frame, .error, .must,
      "RFC 6455 §5.2, §9.1; RFC 7692 §5", by: nil, on: .wire,
      silentIf: [.lostBytes, .unknownAgreement, .unknownExtension, .otherVersion],
      "RSV1 is set where no extension defines it.",
      condition: "RSV1 = 1 and no extension that defines RSV1 is in use on this connection.",
      remarks: """
        In use means listed in the 101, not merely offered. When the handshake was not captured the state is \
        unknown: stay silent. With permessage-deflate in use see deflate-rsv1-on-control and \
        deflate-rsv1-on-continuation.
        """,
      breaks: "S c1 05 48656c6c6f",
      keeps: "{permessage-deflate} | S c1 07 f248cdc9c90700",
      tshark: .no("websocket.rsv field only"),
      zeek: .no("rsv is an event argument only"),
      suricata: .no("websocket.flags keyword; payload is inflated even when not negotiated")),
    Check(
      .frameRsv2Unexpected, "frame-rsv2-unexpected", .frame, .error, .must,
      "RFC 6455 §5.2", by: nil, on: .wire,
      silentIf: [.lostBytes, .unknownAgreement, .unknownExtension, .otherVersion],
      "RSV2 is set where no extension defines it.",
      condition: "RSV2 = 1 and no extension that defines RSV2 is in use.",
      remarks: "No registered extension defines RSV2. Silent when an unknown extension is in use.",
      breaks: "S a1 05 48656c6c6f",
      keeps: "S 81 05 48656c6c6f",
      tshark: .no(),
      zeek: .no(),
      suricata: .partly("probing parser refuses a first frame with RSV2 or RSV3, no event")),
    Check(
      .frameRsv3Unexpected, "frame-rsv3-unexpected", .frame, .error, .must,
      "RFC 6455 §5.2", by: nil, on: .wire,
      silentIf: [.lostBytes, .unknownAgreement, .unknownExtension, .otherVersion],
      "RSV3 is set where no extension defines it.",
      condition: "RSV3 = 1 and no extension that defines RSV3 is in use.",
      remarks: "As frame-rsv2-unexpected.",
      breaks: "S 91 05 48656c6c6f",
      keeps: "S 81 05 48656c6c6f",
      tshark: .no(),
      zeek: .no(),
      suricata: .partly("probing parser refuses a first frame with RSV2 or RSV3, no event")),
    Check(
      .frameOpcodeReservedData, "frame-opcode-reserved-data", .frame, .error, .mustNot,
      "RFC 6455 §5.2, §5.6; IANA opcode registry", by: nil, on: .wire,
      silentIf: [.lostBytes, .unknownExtension, .otherVersion],
      "The opcode is one of 3 to 7.",
      condition: "Opcode 0x3-0x7 without an extension that defines it.",
      remarks: """
        The length fields still tell the frame end: skip the payload and go on. Do not let it start or end a \
        message.
        """,
      breaks: "S 83 05 48656c6c6f",
      keeps: "S 82 05 48656c6c6f",
      tshark: .partly("websocket.payload.unknown.expert (note), only when the payload is not empty"),
      zeek: .no("opcode is an event argument"),
      suricata: .no("logged as unknown-3, websocket.opcode keyword")),
    Check(
      .frameOpcodeReservedControl, "frame-opcode-reserved-control", .frame, .error, .mustNot,
      "RFC 6455 §5.2, §5.5; IANA opcode registry", by: nil, on: .wire,
      silentIf: [.lostBytes, .unknownExtension, .otherVersion],
      "The opcode is one of 11 to 15.",
      condition: "Opcode 0xB-0xF without an extension that defines it.",
      remarks: "Control rules (length, FIN) apply to it as well.",
      breaks: "S 8b 00",
      keeps: "S 8a 00",
      tshark: .partly("websocket.payload.unknown.expert (note), only when the payload is not empty"),
      zeek: .no(),
      suricata: .no("logged as unknown-11")),
    Check(
      .frameLengthNotMinimal, "frame-length-not-minimal", .frame, .error, .must,
      "RFC 6455 §5.2", by: nil, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "The length is written in a longer form than it needs.",
      condition: "16-bit length form with a value below 126, or 64-bit form with a value below 65536.",
      remarks: "Report once with both numbers; the value itself is usable, decoding goes on.",
      breaks: "S 81 7e0005 48656c6c6f",
      keeps: "S 82 7e007e 00{126}",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .frameLengthTopBit, "frame-length-top-bit", .frame, .error, .must,
      "RFC 6455 §5.2", by: nil, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "The top bit of a 64-bit length is set: nothing behind it can be read.",
      condition: "64-bit length form with the most significant bit set.",
      remarks: """
        Treat as loss of framing: stop this direction, no follow-up reports. Never add the value to an \
        offset (overflow).
        """,
      breaks: "S 81 7f8000000000000005 48656c6c6f",
      keeps: "S 82 7f0000000000010000 61{65536}",
      tshark: .no("value is cast to 32 bit (confirmed, frame shown as normal)"),
      zeek: .no(),
      suricata: .no("event websocket.skip_end_of_payload (2235000) fires for any payload over the limit")),
    Check(
      .frameTruncated, "frame-truncated", .frame, .warning, .must,
      "RFC 6455 §6.1 (7), §7.1.1", by: nil, on: .wire,
      silentIf: [.lostBytes, .noRealEnd],
      "A direction ends inside a frame.",
      condition: "A direction ends (FIN or RST) in the middle of a frame header or payload.",
      remarks: """
        Needs the real end of stream. After a TCP gap the parser may be out of step: silent. RST from the \
        other side explains it: say which side ended. After a Close frame trailing bytes may be dropped.
        """,
      breaks: "S 81 0a 48656c | S FIN",
      keeps: "S 81 03 48656c | S 88 00 | S FIN",
      tshark: .no("(confirmed; shown as TCP segment data)"),
      zeek: .no(),
      suricata: .no()),
    Check(
      .controlFrameFragmented, "control-frame-fragmented", .frame, .error, .mustNot,
      "RFC 6455 §5.4, §5.5", by: nil, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "A control frame has no FIN.",
      condition: "FIN = 0 on any opcode with the high bit set (0x8-0xF).",
      remarks: "The frame must not open a message: a following continuation is continuation-without-start.",
      breaks: "S 09 01 78",
      keeps: "S 01 01 61 | S 89 01 78 | S 80 01 62",
      tshark: .partly("only the stray continuation that follows gets websocket.payload.unknown.expert"),
      zeek: .partly("no report on the frame; the next non-continuation frame raises an analyzer violation"),
      suricata: .no()),
    Check(
      .controlFrameTooLong, "control-frame-too-long", .frame, .error, .must,
      "RFC 6455 §5.5", by: nil, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "A control frame has more than 125 bytes.",
      condition: "Opcode 0x8-0xF with a payload length above 125.",
      remarks: "Length code 126 or 127 on a control frame is always wrong: too long or not minimal.",
      breaks: "S 89 7e007e 78{126}",
      keeps: "S 89 7d 78{125}",
      tshark: .no(),
      zeek: .yes("weird websocket_control_frame_size_exceeded (close, ping, pong)"),
      suricata: .no()),
    Check(
      .pingUnanswered, "ping-unanswered", .frame, .warning, .must,
      "RFC 6455 §5.5.2", by: nil, on: .bothDirections,
      silentIf: [.lostBytes, .oneSided, .noRealEnd, .noOrder],
      "A ping gets no pong.",
      condition: """
        A Ping was acknowledged by TCP and its receiver sent no Pong for it, nor for a later Ping, until the \
        end of its stream or for the time limit (default 60 s) while it did send other frames.
        """,
      remarks: """
        Only the newest outstanding Ping needs an answer. No duty once the receiver got a Close, so ignore \
        pings after the pinger's Close. Not at end of capture. Not if the receiver's direction has a gap.
        """,
      breaks: "S 89 01 31 | C 8180 37fa213d | C FIN",
      keeps: "S 89 01 31 | S 89 01 32 | C 8a81 37fa213d 05 | C FIN",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .pongDelayed, "pong-delayed", .frame, .notice, .should,
      "RFC 6455 §5.5.2", by: nil, on: .bothDirections,
      silentIf: [.lostBytes, .oneSided, .noOrder],
      "A pong comes more than 10 s after its ping was acknowledged.",
      condition: """
        Pong for a Ping came later than the limit (default 10 s after the TCP acknowledgement of the Ping).
        """,
      remarks: """
        A large outgoing message without fragmentation may block the Pong; measure from the ACK, not from \
        the Ping.
        """,
      breaks: "S 89 00 | @31 | c 8a 00",
      keeps: "S 89 00 | @0.05 | c 8a 00",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .pongPayloadMismatch, "pong-payload-mismatch", .frame, .notice, .must,
      "RFC 6455 §5.5.3", by: nil, on: .heuristic,
      silentIf: [.lostBytes, .oneSided],
      "A pong's payload is that of no outstanding ping.",
      condition: """
        At least one Ping is outstanding and the Pong's payload equals none of the outstanding Pings.
        """,
      remarks: """
        The RFC writes a lower-case must, and unsolicited Pongs are legal, so this can only hint. Forget \
        pings older than the answered one.
        """,
      breaks: "S 89 01 31 | C 8a81 37fa213d 0e",
      keeps: "S 89 01 31 | C 8a81 37fa213d 06",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .pongUnsolicited, "pong-unsolicited", .frame, .notice, .advisory,
      "RFC 6455 §5.5.3", by: nil, on: .bothDirections, isOnByDefault: false,
      silentIf: [.lostBytes, .oneSided],
      "A pong comes without a ping.",
      condition: "A Pong without any outstanding Ping.",
      remarks: """
        Explicitly allowed as a one-way heartbeat (Internet Explorer, some libraries): information only, off \
        by default.
        """,
      breaks: "C 8a80 37fa213d",
      keeps: "S 89 00 | C 8a80 37fa213d",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .violationNotFailed, "violation-not-failed", .frame, .warning, .must,
      "RFC 6455 §5.1, §5.2, §7.1.7, §8.1, §10.7; RFC 7692 §6.1", by: nil, on: .bothDirections,
      silentIf: [.lostBytes, .oneSided, .noOrder],
      "A peer goes on, although the other's fault makes it fail the connection.",
      condition: """
        Peer A broke a rule that makes the receiver fail the connection (mask, RSV, opcode, control frame, \
        UTF-8, compressed-bit, close-body faults); B acknowledged those bytes and, later than a limit \
        (default 5 s or 3 round trips), still sends data frames or answers pings of A.
        """,
      remarks: """
        Shows a lenient receiver, which is what smuggling needs. Report once per connection with the id of \
        the first fault. Frames in flight, and B's own Close, are not evidence. Unmasked client frames \
        between trusted proxies are common.
        """,
      breaks: "C 81 05 48656c6c6f | @20 | S 81 02 6f6b",
      keeps: "C 81 05 48656c6c6f | S 88 02 03ea | S FIN",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .continuationWithoutStart, "continuation-without-start", .message, .error, .mustNot,
      "RFC 6455 §5.4", by: nil, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "A continuation frame comes where no message is open.",
      condition: "Opcode 0 while no fragmented message is open in that direction.",
      remarks: """
        First frame after a gap or at mid-stream start may be a legal continuation: silent until a message \
        start was seen. Follows from the definition of a fragmented message (no key word of its own).
        """,
      breaks: "S 80 03 616263",
      keeps: "S 01 01 61 | S 00 01 62 | S 80 01 63",
      tshark: .partly("websocket.payload.unknown.expert 'Opcode (0)' when FIN = 1 ; none for FIN = 0"),
      zeek: .yes("analyzer violation (binpac enforce: first frame opcode must not be 0)"),
      suricata: .no()),
    Check(
      .messageInterleaved, "message-interleaved", .message, .error, .mustNot,
      "RFC 6455 §5.4", by: nil, on: .wire,
      silentIf: [.lostBytes, .unknownExtension, .otherVersion],
      "A message begins inside a fragmented one.",
      condition: """
        A frame with opcode 1 or 2 starts while a fragmented message is still open in that direction.
        """,
      remarks: """
        Control frames between fragments are legal. The two directions are independent. Silent if an unknown \
        extension (multiplexing) is in use. Afterwards drop the open message and start with the new one.
        """,
      breaks: "S 01 01 61 | S 81 01 62 | S 80 01 63",
      keeps: "S 01 01 61 | S 89 00 | C 8181 37fa213d 55 | S 80 01 63",
      tshark: .no(),
      zeek: .yes(
        """
        analyzer violation (binpac enforce), but the same rule also fires on the legal control frame \
        between fragments
        """),
      suricata: .no()),
    Check(
      .messageUnfinished, "message-unfinished", .message, .warning, .must,
      "RFC 6455 §5.4, §6.1 (4)", by: nil, on: .wire,
      silentIf: [.lostBytes, .noRealEnd],
      "A direction ends inside a fragmented message.",
      condition: "The direction ends (FIN or RST) while a fragmented message has not had its FIN frame.",
      remarks: """
        Real end only. A Close frame in the middle of an own message ends it as well (no data may follow): \
        report with that detail. RST by the other side: notice.
        """,
      breaks: "S 01 01 61 | S 88 02 03e8 | S FIN",
      keeps: "S 01 01 61 | S 80 01 62 | S 88 02 03e8 | S FIN",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .textInvalidUtf8, "text-invalid-utf8", .message, .error, .must,
      "RFC 6455 §5.6, §8.1; RFC 7692 §6.1", by: nil, on: .wire,
      silentIf: [.lostBytes, .unknownAgreement, .unknownExtension, .ownLimit],
      "A text message is not UTF-8.",
      condition: """
        The payload of a text message, all fragments joined, unmasked and inflated, is not UTF-8: stray or \
        missing continuation byte, overlong form, surrogate U+D800-DFFF, above U+10FFFF, or an incomplete \
        sequence at FIN. Validate incrementally and report the byte offset.
        """,
      remarks: """
        A fragment may end inside a character. With RSV1 validate after inflating, never the wire bytes; if \
        inflating failed or the inflate state is lost, silent. Non-characters such as U+FFFE and a BOM are \
        valid. Silent while an unknown extension is in use or when the tool cut the message at its own \
        limit.
        """,
      breaks: "S 81 03 ceba ff",
      keeps: "S 01 01 ce | S 80 01 ba",
      tshark: .no(),
      zeek: .no(),
      suricata: .no("payload_printable is lossy UTF-8")),
  ]
}
