// The closing handshake.
extension Check {
  static let close: [Check] = [
    Check(
      .closePayloadOneByte, "close-payload-one-byte", .close, .error, .must,
      "RFC 6455 §5.5.1", by: nil, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "A Close has a payload of one byte.",
      condition: "Close frame with a payload of exactly 1 byte.",
      remarks: "0 bytes is legal (no code), 2 or more carries a code.",
      breaks: "S 88 01 03",
      keeps: "S 88 00",
      tshark: .no(),
      zeek: .yes("analyzer violation (binpac out of bounds on the 2-byte status); from source, not run"),
      suricata: .no()),
    Check(
      .closeCodeOutOfRange, "close-code-out-of-range", .close, .error, .mustNot,
      "RFC 6455 §7.4.2, §11.7", by: nil, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "A Close code is below 1000 or above 4999.",
      condition: "Close code is 0-999 or 5000-65535.",
      remarks: "Declarative rule (the codes are not used; registry spans 1000-4999).",
      breaks: "S 88 02 03e7",
      keeps: "S 88 02 0fa0",
      tshark: .no("websocket.payload.close.status_code field only"),
      zeek: .no("status is an event argument"),
      suricata: .no()),
    Check(
      .closeCodeForbidden, "close-code-forbidden", .close, .error, .mustNot,
      "RFC 6455 §7.4.1", by: nil, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "A Close code is 1005, 1006 or 1015, which are never on the wire.",
      condition: "Close code on the wire is 1005, 1006 or 1015.",
      remarks: """
        These exist for local APIs only: do not confuse a tool's own 'no code seen' (1005/1006 in logs of \
        endpoints) with wire bytes.
        """,
      breaks: "S 88 02 03ed",
      keeps: "S 88 02 03eb",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .closeCodeReserved, "close-code-reserved", .close, .error, .mustNot,
      "RFC 6455 §7.4.1", by: nil, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "A Close code is 1004, which is reserved.",
      condition: "Close code is 1004.",
      remarks: "Reserved without meaning; strict libraries and Autobahn treat it as a protocol error.",
      breaks: "S 88 02 03ec",
      keeps: "S 88 02 03eb",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .closeCodeUnassigned, "close-code-unassigned", .close, .warning, .mustNot,
      "RFC 6455 §7.4.2; IANA close code registry", by: nil, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "A Close code is one of 1016 to 2999, which nobody assigned.",
      condition: "Close code is 1016-2999 and not in the registry copy.",
      remarks: """
        1012, 1013 and 1014 are registered after the RFC and are fine. Keep the registry as data with its \
        date.
        """,
      breaks: "S 88 02 07d0",
      keeps: "S 88 02 03f6",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .closeCodeUnregistered, "close-code-unregistered", .close, .notice, .advisory,
      "IANA close code registry; RFC 6455 §7.4.2", by: nil, on: .wire, isOnByDefault: false,
      silentIf: [.lostBytes, .otherVersion],
      "A Close code of 3000 to 3999 is not in the IANA registry.",
      condition: "Close code is 3000-3999 and not in the registry copy.",
      remarks: """
        Range is first come first served and often used without registration. Newer registry copies list \
        3000, 3003 and 3008. 4000-4999 is private use: never report.
        """,
      breaks: "S 88 02 0bb9",
      keeps: "S 88 02 0bb8",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .closeCodeWrongRole, "close-code-wrong-role", .close, .notice, .advisory,
      "RFC 6455 §7.4.1; IANA close code registry", by: nil, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "A Close code is one that only the other role has a use for.",
      condition: """
        1010 (extension missing) sent by a server, or 1012/1013/1014 (restart, try later, bad gateway) sent \
        by a client.
        """,
      remarks: """
        1011 was written for servers but an erratum (3227, shown in the registry) opens it to both: do not \
        report it.
        """,
      breaks: "S 88 02 03f2",
      keeps: "C 8882 37fa213d 3409",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .closeReasonInvalidUtf8, "close-reason-invalid-utf8", .close, .error, .must,
      "RFC 6455 §5.5.1, §8.1", by: nil, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "A Close reason is not UTF-8.",
      condition: "Bytes after the 2-byte code are not complete, valid UTF-8.",
      remarks: "A reason cut at 123 bytes in the middle of a character is the usual cause.",
      breaks: "S 88 04 03e8 ffff",
      keeps: "S 88 05 03e8 e282ac",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .close1010ReasonEmpty, "close-1010-reason-empty", .close, .notice, .should,
      "RFC 6455 §7.4.1", by: .client, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "A Close with 1010 does not name the missing extensions.",
      condition: "Close code 1010 with no reason text.",
      remarks: "Text is meant to list the missing extensions.",
      breaks: "C 8882 37fa213d 3408",
      keeps: "C 8894 37fa213d 340851584597444e449b46581a9e445b5b9b5558",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .dataAfterClose, "data-after-close", .close, .error, .mustNot,
      "RFC 6455 §5.5.1, §5.1, §6.1 (1)", by: nil, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "Data comes behind the same side's Close.",
      condition: "An endpoint sends a frame with opcode 0, 1 or 2 after its own Close frame.",
      remarks: """
        Per direction, no timing needed. Data from the other side after it received the Close is legal until \
        it sends its own. Pong after own Close is legal and even required while no Close was received. \
        Trailing bytes that do not parse as a frame: notice only.
        """,
      breaks: "S 88 02 03e8 | S 81 04 6c617465",
      keeps: "C 8882 37fa213d 3412 | S 81 02 6f6b | S 88 02 03e8",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .closeRepeated, "close-repeated", .close, .notice, .advisory,
      "RFC 6455 §7.1.5 (note)", by: nil, on: .wire,
      silentIf: [.lostBytes, .otherVersion],
      "A second Close comes from the same side.",
      condition: "A second Close frame in the same direction.",
      remarks: """
        Only a note says that endpoints do not send further Close frames; use reassembled bytes so that TCP \
        retransmission does not count.
        """,
      breaks: "S 88 02 03e8 | S 88 02 03e8",
      keeps: "S 88 02 03e8 | C 8882 37fa213d 3412",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .closeUnanswered, "close-unanswered", .close, .warning, .must,
      "RFC 6455 §5.5.1", by: nil, on: .bothDirections,
      silentIf: [.lostBytes, .oneSided, .noRealEnd],
      "A Close gets no Close before its receiver ends the connection.",
      condition: """
        An endpoint received a Close (acknowledged), had not sent one, and then ended its stream (FIN or \
        RST) without a Close.
        """,
      remarks: """
        Not if it had failed the connection before (then it may ignore the Close). Not at end of capture. \
        Close and FIN of the other side in one packet: the peer may no longer read; lower to notice.
        """,
      breaks: "S 88 02 03e8 | C FIN",
      keeps: "S 88 02 03e8 | C 8882 37fa213d 3412 | S FIN | C FIN",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .closeDelayed, "close-delayed", .close, .notice, .should,
      "RFC 6455 §5.5.1", by: nil, on: .bothDirections,
      silentIf: [.lostBytes, .oneSided, .noOrder],
      "The answering Close comes more than 10 s after the first was acknowledged.",
      condition: """
        The answering Close came later than the limit (default 10 s) after the acknowledgement of the first \
        Close.
        """,
      remarks: "The endpoint may first finish a message under way: measure from the end of that message.",
      breaks: "S 88 02 03e8 | @45 | c 88 02 03e8",
      keeps: "c 01 01 61 | S 88 02 03e8 | [@11 | c 00 01 62] *4 | c 80 01 63 | @0.1 | c 88 02 03e8",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .closeCodeNotEchoed, "close-code-not-echoed", .close, .notice, .advisory,
      "RFC 6455 §5.5.1", by: nil, on: .bothDirections, isOnByDefault: false,
      silentIf: [.lostBytes, .oneSided],
      "The answering Close has another code.",
      condition: "The answering Close carries a code other than the one received.",
      remarks: """
        Echoing is only called typical. Crossing Close frames are independent: compare ACK numbers first. \
        Answer without code is common.
        """,
      breaks: "S 88 02 03e8 | C 8882 37fa213d 3413",
      keeps: "S 88 02 03e8 | C 8882 37fa213d 3412",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .closedWithoutCloseFrame, "closed-without-close-frame", .close, .notice, .should,
      "RFC 6455 §7.1.7, §7.3, §10.7, §7.1.2", by: nil, on: .wire,
      silentIf: [.lostBytes, .noRealEnd],
      "The connection ends without a Close: endpoints report 1006.",
      condition: """
        After an established WebSocket, one side ends TCP first (FIN or RST) and neither side had sent a \
        Close frame (endpoints report this as 1006).
        """,
      remarks: """
        Network loss, idle timeouts of NAT and proxies, and killed processes look the same; raise to warning \
        only after a protocol fault by the peer. Not at end of capture. HTTP/2: END_STREAM or RST_STREAM \
        without Close.
        """,
      breaks: "S 81 02 6f6b | S FIN",
      keeps: "S 88 02 03e9 | C 8882 37fa213d 3413 | S FIN",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .tcpNotClosedAfterClose, "tcp-not-closed-after-close", .close, .warning, .must,
      "RFC 6455 §5.5.1, §7.1.1, §7.1.2", by: .server, on: .bothDirections,
      silentIf: [.lostBytes, .oneSided, .noOrder],
      "The server leaves TCP open for more than 10 s after both Closes.",
      condition: """
        Both Close frames were exchanged and the server sent neither FIN nor RST within the limit (default \
        10 s), while the capture goes on.
        """,
      remarks: """
        TLS close_notify may come first. Load balancers hold connections. Client side has only a SHOULD \
        wait.
        """,
      breaks: "S 88 00 | c 88 00 | @60 | connection | handshake",
      keeps: "S 88 00 | c 88 00 | @0.01 | S FIN | C FIN",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .clientClosedTcpFirst, "client-closed-tcp-first", .close, .notice, .should,
      "RFC 6455 §5.5.1, §7.1.1", by: .client, on: .bothDirections,
      silentIf: [.lostBytes, .oneSided, .noOrder],
      "The client ends TCP before the server after both Closes.",
      condition: """
        After both Close frames the client sends FIN or RST before the server's FIN and within a short time \
        (default 1 s).
        """,
      remarks: """
        The client may close after a reasonable wait; a proxy in between may be the one that closes.
        """,
      breaks: "S 88 00 | C 8880 37fa213d | C FIN | S FIN",
      keeps: "S 88 00 | C 8880 37fa213d | S FIN | C FIN",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .tcpResetAfterClose, "tcp-reset-after-close", .close, .notice, .should,
      "RFC 6455 §7.1.1", by: nil, on: .wire,
      silentIf: [.noRealEnd],
      "The connection is reset after both Closes.",
      condition: "After both Close frames one side ends with RST instead of FIN.",
      remarks: """
        RST after the peer's FIN with unread data is normal for some stacks; endpoints under attack may \
        reset.
        """,
      breaks: "S 88 00 | C 8880 37fa213d | S RST",
      keeps: "S 88 00 | C 8880 37fa213d | S FIN | C FIN",
      tshark: .no("tcp.connection.rst expert is generic"),
      zeek: .no("conn.log conn_state only"),
      suricata: .no()),
  ]
}
