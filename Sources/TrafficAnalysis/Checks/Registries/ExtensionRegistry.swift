/// The WebSocket Extension Name Registry (RFC 6455 §11.4) at IANA as of 2026-01-12, and what is known of others.
enum ExtensionRegistry {
  /// The registered names.
  static let names: Set<String> = ["permessage-deflate", "bbf-usp-protocol"]

  /// Extensions that use RSV1: the registered one, those of drafts, of old browsers and of well-known libraries.
  static let usingRSV1: Set<String> = [
    "permessage-deflate", "permessage-compress", "permessage-bzip2", "permessage-snappy", "permessage-brotli",
    "deflate-frame", "x-webkit-deflate-frame", "x-webkit-permessage-deflate", "perframe-deflate", "perframe-compress",
  ]

  /// Whether a name is registered, in this case.
  static func contains(_ name: [UInt8]) -> Bool { names.contains(String(decoding: name, as: UTF8.self)) }
}

/// The WebSocket Version Number Registry (RFC 6455 §11.6) at IANA as of 2026-01-12.
enum VersionRegistry {
  /// What a number other than 13 stands for.
  static func status(of version: Int) -> String {
    switch version {
    case 0...8: "an interim draft"
    case 9...12: "reserved, and never valid"
    case 13: "RFC 6455"
    default: "unassigned"
    }
  }

  /// Whether no draft and no standard has the number.
  static func isNeverValid(_ version: Int) -> Bool { version > 8 && version != 13 }
}
