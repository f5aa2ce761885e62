// Subprotocols and extensions.
extension Check {
  static let negotiation: [Check] = [
    Check(
      .subprotocolOfferMalformed, "subprotocol-offer-malformed", .negotiation, .error, .must,
      "RFC 6455 §4.1 (10), §4.3", by: .client, on: .wire,
      "An offered subprotocol is empty or no token.",
      condition: """
        An element of the joined Sec-WebSocket-Protocol list in the request is empty or not a token (a byte \
        outside 0x21-0x7E or a separator).
        """,
      remarks: """
        Field may repeat in a request; join first. Empty elements from stray commas are tolerated by HTTP list \
        parsing but named illegal here: warning for those, and no reason to refuse; error for bad characters and \
        for a list without any element. Slashes and quotes are separators; +, ., - are fine. Bearer tokens put \
        here often hold = or /.
        """,
      breaks: "REQ Sec-WebSocket-Protocol: chat/1",
      keeps: "REQ Sec-WebSocket-Protocol: chat, v12.stomp",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .subprotocolOfferDuplicate, "subprotocol-offer-duplicate", .negotiation, .warning, .must,
      "RFC 6455 §4.1 (10)", by: .client, on: .wire,
      "A subprotocol is offered twice.",
      condition: """
        The same subprotocol name occurs twice in the request list (exact, case-sensitive compare).
        """,
      remarks: "Names that differ in case are different names (RFC 7936).",
      breaks: "REQ Sec-WebSocket-Protocol: mqtt, mqtt",
      keeps: "REQ Sec-WebSocket-Protocol: mqtt | REQ +Sec-WebSocket-Protocol: wamp",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .subprotocolNotOffered, "subprotocol-not-offered", .negotiation, .error, .mustNot,
      "RFC 6455 §4.2.2 (4), §4.1", by: .server, on: .bothDirections,
      silentIf: [.oneSided],
      "The server selects a subprotocol that was not offered.",
      condition: """
        101 selects a subprotocol that is in none of the client's Sec-WebSocket-Protocol fields (also when \
        the client sent none).
        """,
      remarks: """
        No selection at all is legal. Names differing only in case go to subprotocol-case-mismatch. Needs \
        the whole request.
        """,
      breaks: "REQ Sec-WebSocket-Protocol: mqtt | RES +Sec-WebSocket-Protocol: wamp",
      keeps: """
        REQ Sec-WebSocket-Protocol: mqtt | REQ +Sec-WebSocket-Protocol: wamp | RES +Sec-WebSocket-Protocol: \
        wamp
        """,
      tshark: .no(),
      zeek: .no("websocket.log shows client_protocols and subprotocol"),
      suricata: .no()),
    Check(
      .subprotocolCaseMismatch, "subprotocol-case-mismatch", .negotiation, .warning, .mustNot,
      "RFC 7936 §2; RFC 6455 §4.2.2", by: .server, on: .bothDirections,
      silentIf: [.oneSided],
      "The selected subprotocol is written in another case than the offered one.",
      condition: "Selected name equals an offered one only when case is ignored.",
      remarks: "Registry names match case-sensitively, so a strict client fails the connection.",
      breaks: "REQ Sec-WebSocket-Protocol: mqtt | RES +Sec-WebSocket-Protocol: MQTT",
      keeps: "REQ Sec-WebSocket-Protocol: mqtt | RES +Sec-WebSocket-Protocol: mqtt",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .subprotocolResponseMultiple, "subprotocol-response-multiple", .negotiation, .error, .mustNot,
      "RFC 6455 §11.3.4, §4.3", by: .server, on: .wire,
      "The answer has more than one subprotocol.",
      condition: """
        Response has more than one Sec-WebSocket-Protocol field line, or one line with a comma list.
        """,
      remarks: "The request side may repeat and list; the response side is exactly one token.",
      breaks: "REQ Sec-WebSocket-Protocol: mqtt, wamp | RES +Sec-WebSocket-Protocol: mqtt, wamp",
      keeps: "REQ Sec-WebSocket-Protocol: mqtt, wamp | RES +Sec-WebSocket-Protocol: mqtt",
      tshark: .no(),
      zeek: .partly("weird websocket_multiple_protocol_headers (repeated field, not a list)"),
      suricata: .partly("http.response_header_repetition (sid 2221036) fires on any repeated response header")),
    Check(
      .subprotocolResponseMalformed, "subprotocol-response-malformed", .negotiation, .error, .mustNot,
      "RFC 6455 §4.2.2 (4), §4.3", by: .server, on: .wire,
      "The selected subprotocol is empty or no token.",
      condition: "Response Sec-WebSocket-Protocol is empty or not a token.",
      remarks: "Refusing all subprotocols is done by leaving the field out, not by an empty value.",
      breaks: "REQ Sec-WebSocket-Protocol: mqtt | RES +Sec-WebSocket-Protocol: ",
      keeps: "REQ Sec-WebSocket-Protocol: mqtt",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .subprotocolNoneSelected, "subprotocol-none-selected", .negotiation, .notice, .advisory,
      "WHATWG WebSockets (not in RFC 6455)", by: .server, on: .bothDirections,
      silentIf: [.oneSided],
      "The server selects none of the offered subprotocols: browsers then fail the connection.",
      condition: "Client offered subprotocols and the 101 selects none.",
      remarks: """
        Legal under RFC 6455; browsers following WHATWG fail such a connection, which explains many 'works \
        in curl, not in Chrome' cases.
        """,
      breaks: "REQ Sec-WebSocket-Protocol: mqtt",
      keeps: "REQ Sec-WebSocket-Protocol: mqtt | RES +Sec-WebSocket-Protocol: mqtt",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .subprotocolUnregistered, "subprotocol-unregistered", .negotiation, .notice, .advisory,
      "RFC 6455 §11.5; IANA subprotocol registry", by: nil, on: .wire, isOnByDefault: false,
      "A subprotocol is not in the IANA registry.",
      condition: "An offered or selected name is not in the tool's copy of the IANA subprotocol registry.",
      remarks: """
        Private names are allowed (RFC only suggests a domain-like name), so off by default; keep the list \
        as data with its date.
        """,
      breaks: "REQ Sec-WebSocket-Protocol: chat",
      keeps: "REQ Sec-WebSocket-Protocol: v12.stomp",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .subprotocolCaseVariant, "subprotocol-case-variant", .negotiation, .notice, .advisory,
      "RFC 7936 §2", by: nil, on: .wire,
      "A subprotocol differs from a registered one only in case.",
      condition: "A name differs from a registered subprotocol only in case.",
      remarks: "Not the registered protocol as far as matching goes; usually a typing fault.",
      breaks: "REQ Sec-WebSocket-Protocol: MQTT",
      keeps: "REQ Sec-WebSocket-Protocol: mqtt",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .extensionOfferMalformed, "extension-offer-malformed", .negotiation, .error, .must,
      "RFC 6455 §9.1, §4.3", by: .client, on: .wire,
      "The request's Sec-WebSocket-Extensions breaks the grammar.",
      condition: """
        The joined Sec-WebSocket-Extensions list in the request breaks the grammar: empty field, extension \
        name or parameter name not a token, unclosed quoted string, or a value that is neither token nor \
        quoted string.
        """,
      remarks: """
        Implied blanks around ; , = are allowed by RFC 2616 rules. Several field lines join. Commas inside \
        quoted strings do not split. Null elements (,,) are tolerated.
        """,
      breaks: "REQ Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=",
      keeps: """
        REQ Sec-WebSocket-Extensions: permessage-deflate ; client_max_window_bits = "12" , bbf-usp-protocol
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .extensionResponseMalformed, "extension-response-malformed", .negotiation, .error, .must,
      "RFC 6455 §9.1, §4.3", by: .server, on: .wire,
      "The answer's Sec-WebSocket-Extensions breaks the grammar.",
      condition: """
        The response Sec-WebSocket-Extensions value breaks the same grammar, including an empty value.
        """,
      remarks: "No field at all means no extension.",
      breaks: "REQ Sec-WebSocket-Extensions: permessage-deflate | RES +Sec-WebSocket-Extensions: ",
      keeps: "REQ Sec-WebSocket-Extensions: permessage-deflate",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .extensionParamQuotedInvalid, "extension-param-quoted-invalid", .negotiation, .error, .must,
      "RFC 6455 §9.1, §4.3", by: nil, on: .wire,
      "A quoted value of an extension's parameter is no token.",
      condition: """
        A quoted parameter value, after removing quotes and backslashes, is not a token (blank, comma, empty \
        string ...).
        """,
      remarks: "A quoted number such as \"10\" is fine and equal to 10.",
      breaks: "REQ Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=\"1 0\"",
      keeps: "REQ Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=\"10\"",
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .extensionNotOffered, "extension-not-offered", .negotiation, .error, .mustNot,
      "RFC 6455 §4.2.2 (4), §9; RFC 7692 §5", by: .server, on: .bothDirections,
      silentIf: [.oneSided],
      "The server accepts an extension that was not offered.",
      condition: """
        Response lists an extension name that occurs in no Sec-WebSocket-Extensions field of the request.
        """,
      remarks: """
        Compare names exactly; if only case differs, report with that detail as warning. Needs the whole \
        request; x-webkit-deflate-frame answers only its own offer.
        """,
      breaks: "RES +Sec-WebSocket-Extensions: permessage-deflate",
      keeps: """
        REQ Sec-WebSocket-Extensions: bbf-usp-protocol | REQ +Sec-WebSocket-Extensions: permessage-deflate; \
        client_max_window_bits | RES +Sec-WebSocket-Extensions: permessage-deflate
        """,
      tshark: .no(),
      zeek: .no("websocket.log lists client_extensions and server_extensions"),
      suricata: .no()),
    Check(
      .extensionResponseHeaderRepeated, "extension-response-header-repeated", .negotiation, .notice, .mustNot,
      "RFC 6455 §11.3.2 (but see §4.2.2 (5.6))", by: .server, on: .wire,
      "The answer has more than one Sec-WebSocket-Extensions.",
      condition: "Response has two or more Sec-WebSocket-Extensions field lines.",
      remarks: """
        The RFC contradicts itself: 11.3.2 forbids what 4.2.2 item 5.6 allows. Therefore notice only, and \
        join the lines before all other checks.
        """,
      breaks: """
        REQ Sec-WebSocket-Extensions: permessage-deflate, bbf-usp-protocol | RES +Sec-WebSocket-Extensions: \
        permessage-deflate | RES +Sec-WebSocket-Extensions: bbf-usp-protocol
        """,
      keeps: """
        REQ Sec-WebSocket-Extensions: permessage-deflate, bbf-usp-protocol | RES +Sec-WebSocket-Extensions: \
        permessage-deflate, bbf-usp-protocol
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .partly("http.response_header_repetition (sid 2221036) fires on any repeated response header")),
    Check(
      .extensionAcceptedTwice, "extension-accepted-twice", .negotiation, .error, .mustNot,
      "RFC 7692 §5; RFC 6455 §9.1", by: .server, on: .wire,
      "The server accepts an extension twice.",
      condition: "The same extension name is accepted twice in one response.",
      remarks: "In a request the same name may repeat (alternative offers); only the response counts.",
      breaks: """
        REQ Sec-WebSocket-Extensions: permessage-deflate | RES +Sec-WebSocket-Extensions: \
        permessage-deflate, permessage-deflate
        """,
      keeps: """
        REQ Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10, permessage-deflate | \
        RES +Sec-WebSocket-Extensions: permessage-deflate
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .extensionRsv1Conflict, "extension-rsv1-conflict", .negotiation, .error, .mustNot,
      "RFC 7692 §5", by: .server, on: .wire,
      "The server accepts two extensions that both use RSV1.",
      condition: """
        Response accepts two extensions that both define RSV1 (permessage-deflate together with \
        permessage-bzip2, x-webkit-deflate-frame, deflate-frame ...).
        """,
      remarks: """
        Only for extensions whose use of RSV1 the tool knows. An unknown second extension is not proof.
        """,
      breaks: """
        REQ Sec-WebSocket-Extensions: permessage-deflate, x-webkit-deflate-frame | RES \
        +Sec-WebSocket-Extensions: permessage-deflate, x-webkit-deflate-frame
        """,
      keeps: """
        REQ Sec-WebSocket-Extensions: permessage-deflate, bbf-usp-protocol | RES +Sec-WebSocket-Extensions: \
        permessage-deflate, bbf-usp-protocol
        """,
      tshark: .no(),
      zeek: .no(),
      suricata: .no()),
    Check(
      .extensionUnregistered, "extension-unregistered", .negotiation, .notice, .must,
      "RFC 6455 §9.1, §11.4; IANA extension registry", by: nil, on: .wire,
      "An extension is not in the IANA registry.",
      condition: """
        An extension name is not in the IANA registry (permessage-deflate and bbf-usp-protocol in the copies \
        seen).
        """,
      remarks: """
        Widely broken by old browsers (x-webkit-deflate-frame) and private extensions; if such an extension \
        is accepted, switch RSV, opcode, UTF-8 and interleave checks off.
        """,
      breaks: "REQ Sec-WebSocket-Extensions: x-webkit-deflate-frame",
      keeps: "REQ Sec-WebSocket-Extensions: permessage-deflate",
      tshark: .no("x-webkit-deflate-frame is treated as permessage-deflate"),
      zeek: .no(),
      suricata: .no()),
  ]
}
