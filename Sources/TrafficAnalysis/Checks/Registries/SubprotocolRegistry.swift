/// The WebSocket Subprotocol Name Registry (RFC 6455 §11.5) at IANA.
///
/// The copies that this was made from are of 2021 to 2024; names registered since may be missing. The newer versions of
/// names in it that servers are known to use (OCPP 2.1, TLCP 2.4.0 and 2.5.0) were added without one.
enum SubprotocolRegistry {
  /// The names, in the order of their registration as far as it is known.
  static let names: Set<String> = [
    "MBWS.huawei.com", "MBLWS.huawei.com", "soap", "wamp", "v10.stomp", "v11.stomp", "v12.stomp", "ocpp1.2", "ocpp1.5",
    "ocpp1.6", "ocpp2.0", "ocpp2.0.1", "ocpp2.1", "rfb", "sip",
    "notificationchannel-netapi-rest.openmobilealliance.org", "wpcp", "amqp", "mqtt", "jsflow", "rwpcp", "xmpp", "ship",
    "mielecloudconnect", "v10.pcp.sap.com", "msrp", "v1.saltyrtc.org", "TLCP-2.0.0.lightstreamer.com", "bfcp",
    "sldp.softvelum.com", "opcua+uacp", "opcua+uajson", "v1.swindon-lattice+json", "v1.usp", "mles-websocket", "coap",
    "TLCP-2.1.0.lightstreamer.com", "sqlnet.oracle.com", "oneM2M.R2.0.json", "oneM2M.R2.0.xml", "oneM2M.R2.0.cbor",
    "transit", "2016.serverpush.dash.mpeg.org", "2018.mmt.mpeg.org", "clue", "webrtc.softvelum.com", "cobra.v2.json",
    "drp", "hub.bsc.bacnet.org", "dc.bsc.bacnet.org", "jmap", "t140", "done", "TLCP-2.2.0.lightstreamer.com",
    "collection-update", "TLCP-2.3.0.lightstreamer.com", "text.ircv3.net", "binary.ircv3.net",
    "v3.penguin-stats.live+proto", "TLCP-2.4.0.lightstreamer.com", "TLCP-2.5.0.lightstreamer.com",
  ]

  /// The names in lower case, with the registered ones: two that differ only in case are never registered (RFC 7936 §2).
  private static let namesByLowercase = Dictionary(names.map { ($0.lowercased(), $0) }) { first, _ in first }

  /// Whether a name is registered, in this case.
  static func contains(_ name: [UInt8]) -> Bool { names.contains(String(decoding: name, as: UTF8.self)) }

  /// The registered name from which this one differs only in case.
  static func caseVariant(of name: [UInt8]) -> String? {
    let text = String(decoding: name, as: UTF8.self)
    guard !names.contains(text) else { return nil }
    return namesByLowercase[text.lowercased()]
  }
}
