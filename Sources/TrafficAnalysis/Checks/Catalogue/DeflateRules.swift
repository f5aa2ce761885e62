// permessage-deflate: its parameters and its data.
extension Check {
  static let deflate: [Check] = [
    Check(
      .deflateParamUnknown, "deflate-param-unknown", .deflate, .error, .must,
      "RFC 7692 §7; RFC 6455 §9.1", by: nil, on: .wire,
      "permessage-deflate has a parameter that is not defined.",
      condition: """
        A permessage-deflate offer or response has a parameter other than server_no_context_takeover, \
        client_no_context_takeover, server_max_window_bits, client_max_window_bits.
        """,
      remarks: """
        Names are case-sensitive as far as the text goes. x-webkit-deflate-frame has its own parameters \
        (max_window_bits, no_context_takeover).
        """,
      breaks: "REQ Sec-WebSocket-Extensions: permessage-deflate; max_window_bits=10",
      keeps: """
        REQ Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_max_window_bits
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .deflateParamDuplicated, "deflate-param-duplicated", .deflate, .error, .must,
      "RFC 7692 §7", by: nil, on: .wire,
      "permessage-deflate has a parameter twice.",
      condition: "The same parameter name occurs twice in one permessage-deflate element.",
      remarks: "Twice in two different offer elements is fine.",
      breaks: """
        REQ Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10; \
        server_max_window_bits=11
        """,
      keeps: """
        REQ Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10, permessage-deflate; \
        server_max_window_bits=11
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .deflateWindowBitsInvalid, "deflate-window-bits-invalid", .deflate, .error, .must,
      "RFC 7692 §7.1.2.1, §7.1.2.2", by: nil, on: .wire,
      "A max_window_bits is not a number from 8 to 15.",
      condition: "A max_window_bits value is not a decimal integer 8-15 without leading zero.",
      remarks: """
        A quoted "10" is equal to 10 (RFC 6455 quoting). Several libraries refuse 8 (zlib cannot deflate \
        with it): that is their right, not a fault of the offer.
        """,
      breaks: "REQ Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=08",
      keeps: "REQ Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=\"8\"",
      tshark: .no("out-of-range values are silently clamped to 8..15"),
      zeek: .no(),
      suricata: .no()),
    Check(
      .deflateWindowBitsMissing, "deflate-window-bits-missing", .deflate, .error, .must,
      "RFC 7692 §7.1.2.1, §7.1.2.2", by: nil, on: .wire,
      "A max_window_bits has no value where it needs one.",
      condition: """
        server_max_window_bits without value (offer or response), or client_max_window_bits without value in \
        a response.
        """,
      remarks: "client_max_window_bits without value in an offer is legal and is what browsers send.",
      breaks: """
        REQ Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits | RES \
        +Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits
        """,
      keeps: """
        REQ Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits | RES \
        +Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=15
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .deflateFlagHasValue, "deflate-flag-has-value", .deflate, .error, .mustNot,
      "RFC 7692 §7.1.1.1, §7.1.1.2", by: nil, on: .wire,
      "A no_context_takeover has a value.",
      condition: "server_no_context_takeover or client_no_context_takeover carries a value.",
      remarks: "Declarative (the parameter has no value) plus the invalid-value rule of section 7.",
      breaks: "REQ Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover=1",
      keeps: "REQ Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .deflateClientBitsNotOffered, "deflate-client-bits-not-offered", .deflate, .error, .mustNot,
      "RFC 7692 §7.1.2.2", by: .server, on: .bothDirections,
      silentIf: [.oneSided],
      "The answer limits the client's window, which was not offered.",
      condition: """
        Response has client_max_window_bits and no valid offer element that it could answer had that \
        parameter.
        """,
      remarks: """
        With several offers the response is fine if it fits at least one. A response value larger than the \
        offered hint is allowed.
        """,
      breaks: """
        REQ Sec-WebSocket-Extensions: permessage-deflate | RES +Sec-WebSocket-Extensions: \
        permessage-deflate; client_max_window_bits=12
        """,
      keeps: """
        REQ Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=10, permessage-deflate | \
        RES +Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=12
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .deflateServerBitsNotHonoured, "deflate-server-bits-not-honoured", .deflate, .error, .must,
      "RFC 7692 §7.1.2.1, §5", by: .server, on: .bothDirections,
      silentIf: [.oneSided],
      "The answer does not keep to the window that the client demands of the server.",
      condition: """
        Every valid offer had server_max_window_bits=N and the response leaves the parameter out or gives a \
        larger number.
        """,
      remarks: """
        A smaller number is legal. If one fallback offer is without the parameter, leaving it out is legal. \
        The rule is stated as the way to accept, without a key word of its own.
        """,
      breaks: """
        REQ Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10 | RES \
        +Sec-WebSocket-Extensions: permessage-deflate
        """,
      keeps: """
        REQ Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10, permessage-deflate | \
        RES +Sec-WebSocket-Extensions: permessage-deflate
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .deflateNoTakeoverNotHonoured, "deflate-no-takeover-not-honoured", .deflate, .error, .must,
      "RFC 7692 §7.1.1.1, §5", by: .server, on: .bothDirections,
      silentIf: [.oneSided],
      "The answer does not keep to the server_no_context_takeover that the client demands.",
      condition: "Every valid offer had server_no_context_takeover and the response leaves it out.",
      remarks: """
        The server may add the parameter unasked. client_no_context_takeover in an offer is only a hint: \
        never report its absence.
        """,
      breaks: """
        REQ Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover | RES \
        +Sec-WebSocket-Extensions: permessage-deflate
        """,
      keeps: """
        REQ Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover | RES \
        +Sec-WebSocket-Extensions: permessage-deflate
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .deflateInvalidOfferAccepted, "deflate-invalid-offer-accepted", .deflate, .error, .must,
      "RFC 7692 §7", by: .server, on: .bothDirections,
      silentIf: [.oneSided],
      "The server accepts permessage-deflate of which every offer is invalid.",
      condition: """
        Server accepted permessage-deflate although every offer element was invalid (unknown, repeated or \
        bad-valued parameter) and had to be declined.
        """,
      remarks: "One valid fallback offer is enough to make it right.",
      breaks: """
        REQ Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=16 | RES \
        +Sec-WebSocket-Extensions: permessage-deflate
        """,
      keeps: """
        REQ Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=16, permessage-deflate | \
        RES +Sec-WebSocket-Extensions: permessage-deflate
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .deflateWindowSmall, "deflate-window-small", .deflate, .notice, .should,
      "RFC 7692 §7.3", by: nil, on: .wire, isOnByDefault: false,
      "A window of 8 or 9 bits is agreed on, which compresses poorly.",
      condition: """
        Agreed server_max_window_bits or client_max_window_bits is 8 or 9 (window under 1024 bytes).
        """,
      remarks: "RECOMMENDED for compression ratio only; embedded devices have reasons.",
      breaks: """
        REQ Sec-WebSocket-Extensions: permessage-deflate | RES +Sec-WebSocket-Extensions: \
        permessage-deflate; server_max_window_bits=9
        """,
      keeps: """
        REQ Sec-WebSocket-Extensions: permessage-deflate | RES +Sec-WebSocket-Extensions: \
        permessage-deflate; server_max_window_bits=10
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .deflateRsv1OnControl, "deflate-rsv1-on-control", .deflate, .error, .mustNot,
      "RFC 7692 §6.1", by: nil, on: .wire,
      silentIf: [.lostBytes, .unknownAgreement],
      "RSV1 is set on a control frame.",
      condition: "permessage-deflate is in use and a control frame has RSV1 = 1.",
      remarks: "Without the extension it is frame-rsv1-unexpected. Never inflate a control payload.",
      breaks: "{permessage-deflate} | S c9 05 48656c6c6f",
      keeps: "{permessage-deflate} | S 89 05 48656c6c6f",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .deflateRsv1OnContinuation, "deflate-rsv1-on-continuation", .deflate, .error, .mustNot,
      "RFC 7692 §6.1", by: nil, on: .wire,
      silentIf: [.lostBytes, .unknownAgreement, .unknownExtension],
      "RSV1 is set on a continuation frame.",
      condition: "permessage-deflate is in use and a frame with opcode 0 has RSV1 = 1.",
      remarks: """
        Only the first frame of a message carries the bit. Old per-frame extensions (x-webkit-deflate-frame) \
        do set it on each frame: silent if one of those is in use.
        """,
      breaks: "{permessage-deflate} | S 41 03 f248cd | S c0 04 c9c90700",
      keeps: "{permessage-deflate} | S 41 03 f248cd | S 80 04 c9c90700",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .deflateInflateFailed, "deflate-inflate-failed", .deflate, .error, .must,
      "RFC 7692 §5, §6.1, §7.2.1", by: nil, on: .wire,
      silentIf: [.lostBytes, .unknownAgreement, .ownLimit],
      "A compressed message does not inflate.",
      condition: """
        A message with RSV1 on its first frame, fragments joined and unmasked, 00 00 ff ff appended, does \
        not inflate (bad block type, bad code lengths, stored length check, distance beyond all data of this \
        direction) or ends inside a block. A compressed message of length 0 also fails. Where all blocks of the \
        message itself are whole, its text is given nevertheless.
        """,
      remarks: """
        Needs every earlier compressed byte of this direction when context takeover is on: after a gap or \
        mid-stream start silent for the rest of the direction. Messages without RSV1 do not touch the \
        window. After BFINAL = 1 go on with a new block series, keeping the window. Stop at the output limit \
        is not a failure.
        """,
      breaks: "{permessage-deflate} | S c1 05 ffffffffff",
      keeps: "{permessage-deflate} | S c1 08 f348cdc9c9070000",
      tshark: .yes("websocket.decompression.failed.expert ; length 0 is not flagged"),
      zeek: .no("compressed payload is not decoded"),
      suricata: .no("failure is silent")),
    Check(
      .deflateTakeoverViolated, "deflate-takeover-violated", .deflate, .error, .must,
      "RFC 7692 §7.2.1", by: nil, on: .wire,
      silentIf: [.lostBytes, .unknownAgreement],
      "A message refers back to earlier ones, though no_context_takeover was agreed on.",
      condition: """
        Agreed parameters hold server_no_context_takeover (server direction) or client_no_context_takeover \
        (client direction) and a message inflates only with the window of earlier messages, not with an \
        empty one.
        """,
      remarks: """
        Agreed means the response; client_no_context_takeover in the offer alone binds nobody. It is this check, \
        and not deflate-inflate-failed, if nothing else is wrong with the message, and the earlier messages have as \
        many bytes as it reaches back.
        """,
      breaks: "{permessage-deflate; server_no_context_takeover} | S c1 07 f248cdc9c90700 | S c1 05 f200110000",
      keeps: "{permessage-deflate; server_no_context_takeover} | S c1 07 f248cdc9c90700 | S c1 07 f248cdc9c90700",
      tshark: .no(
        """
        client and server contexts are swapped; the fault is missed and a legal takeover is reported as \
        failed (confirmed, 4.0.17)
        """),
      zeek: .no(),
      suricata: .no()),
    Check(
      .deflateWindowExceeded, "deflate-window-exceeded", .deflate, .error, .mustNot,
      "RFC 7692 §7.2.1", by: nil, on: .wire,
      silentIf: [.lostBytes, .unknownAgreement, .ownLimit],
      "A message refers back farther than the agreed window.",
      condition: """
        A back reference reaches farther than 2^w bytes, w being the agreed max_window_bits of that \
        direction.
        """,
      remarks: """
        The distances themselves are looked at, as zlib does not hold inflating to a small window. It makes 9 \
        out of 8 when deflating: with w = 8, distances up to 512 are a notice. Without the parameter the limit \
        is 32768, which DEFLATE cannot exceed. Messages of more than 256 KiB on the wire are not looked at.
        """,
      breaks: """
        {permessage-deflate; server_max_window_bits=9} | S c2 7e0166 5c923912183608454fe41921f67338716277ac1\
        7b0132fa78fdca66028109fcf135f3efffdd7a73ffff8f8e1d7cf1fdffffde7db5719a4935ebb891a6e5ec14423996a276ea\
        9f981c6574545533106083c021a1baf42b90cf72e1231533166cf9d4cabbea9830d724eb420141a07b756cdc5523526f6e82\
        c482a3f6777c89a95933bb804edd081cb2bdc7976702e9153aaccf329c4da2f1da39d3e96ae164bad0d2ea1441226c9768e8\
        fa0a40074825c80140e8fe8ddebc5c3b75f3af6e222e9dba3ad8e463b54b61c79b2a5bc2bd7ef1eb9711e233428f35118d5f\
        4a7373e78f27476ca23f2d009cd7a8f1af0e3a429e937e635e5e137315209df63659371dbe8ab1def2b5c2ceba007cca35a8\
        e9e9ef67c6258ce9a37e9efbd9ff75a7956d89ec6caeb1fa925be7a1dd5551f06db364387df83bca643bb3417f61c9e31f59\
        c895675a75a56448229d0072e737512e9c902943b16b4ab245c4b04b32eb0ebf1e5ff07f51f00
        """,
      keeps: """
        {permessage-deflate; server_max_window_bits=9} | S c2 7e016d 144fb77118300c9cc8770441a4392c59b23bc40\
        59435bda902f7c5e3d3bfbfcf4f7f1e1f7efffafefafc787f7b7de1c6b3c2722650dcd4d2e99ce608d1e53b456d41e165515\
        08595001c1783f8f8654e0cc1de83e7109d248ceadd119ab5431a0b782d2f464854722ac9ec8d29a274c8bc22214eda5a337\
        db44828a89c9251d759b069982ad634f63ec74e08f7edc987a42e2c3dd3b5344cd4e7941418bb9cc3ae1ca46b59337230400\
        5f006082637f79ad996d4b4ebc2d27b1b8fdc1da5b9c4cb20a378f1b54da119deb667f1f665e9a8906a2dd02261d7afad71c\
        5aaa8e02158bef9f458b528d08292e0b0ed7d45b1e8267ac8c1fb2ca4dca6e3b5a57c85196be44273e8c1938616167a7ba26\
        bf4a8d5919fddb77b0edf2aa4d763f8ea9b730e6dd98662222e47a754d1e027c8b2cba5526260d6a26e158b6e2f11b393438\
        278a013244823463af05c5b8034c38432e180ad81a05a09bacdfffd7d7efaf3f8f0fbd7f7d7e7c7fbdbebcb7f00
        """,
      tshark: .no("(confirmed; bits applied to the wrong direction)"),
      zeek: .no(),
      suricata: .no("always 15 bits")),
    Check(
      .deflateFragmentTailRemoved, "deflate-fragment-tail-removed", .deflate, .error, .mustNot,
      "RFC 7692 §7.2.1", by: nil, on: .heuristic,
      silentIf: [.lostBytes, .unknownAgreement, .ownLimit],
      "The sender removed 00 00 ff ff from fragments that are not the last.",
      condition: """
        Joined fragments do not inflate, but do when 00 00 ff ff is put back at the end of each non-final \
        fragment.
        """,
      remarks: "A diagnosis on top of deflate-inflate-failed; tells the implementer what went wrong.",
      breaks: "{permessage-deflate} | S 41 07 f248cdc9c90700 | S 80 09 d25108cf2fca490100",
      keeps: "{permessage-deflate} | S 41 0b f248cdc9c907000000ffff | S 80 09 d25108cf2fca490100",
      tshark: .partly("shows as Decompression failed"),
      zeek: .no(),
      suricata: .no()),
    Check(
      .deflateTailNotRemoved, "deflate-tail-not-removed", .deflate, .notice, .must,
      "RFC 7692 §7.2.1", by: nil, on: .heuristic, isOnByDefault: false,
      silentIf: [.lostBytes, .unknownAgreement, .ownLimit],
      "The sender left 00 00 ff ff at a message's end.",
      condition: "The last fragment of a compressed message ends with 00 00 ff ff.",
      remarks: """
        A diagnosis on top of deflate-inflate-failed. No message ends so by right: its last octet has bits of the \
        empty block's header, which are zero. The receiver, who appends the four octets once more, stands inside a \
        block then: the text is whole, but where the context is taken over the next message fails.
        """,
      breaks: "{permessage-deflate} | S c1 0b f248cdc9c907000000ffff",
      keeps: "{permessage-deflate} | S c1 07 f248cdc9c90700",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .deflateBfinalPadding, "deflate-bfinal-padding", .deflate, .notice, .must,
      "RFC 7692 §7.2.1", by: nil, on: .wire,
      silentIf: [.lostBytes, .unknownAgreement, .ownLimit],
      "Bits behind a final deflate block are not zero.",
      condition: """
        After a block with BFINAL = 1 the bits up to the next byte boundary are not zero, or the next block \
        does not start on that boundary.
        """,
      remarks: """
        The octet after a final block (header bits of the empty block) is required: without it the appended \
        tail is misread, which is deflate-inflate-failed.
        """,
      breaks: "{permessage-deflate} | S c1 08 f348cdc9c9078000",
      keeps: "{permessage-deflate} | S c1 08 f348cdc9c9070000",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
  ]
}
