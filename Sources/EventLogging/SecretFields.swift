/// Header fields that commonly carry secrets, which `--headers safe` leaves out.
enum SecretFields {
  private static let names: Set<String> = [
    "authorization", "proxy-authorization", "authentication-info", "proxy-authentication-info", "www-authenticate",
    "proxy-authenticate", "cookie", "cookie2", "set-cookie", "set-cookie2", "x-api-key", "api-key", "apikey",
    "x-auth-token", "x-access-token", "x-csrf-token", "x-xsrf-token", "x-amz-security-token",
    "x-goog-iap-jwt-assertion",
    "x-forwarded-access-token", "x-vault-token", "sec-websocket-protocol",
  ]

  /// Whether a field of this name may carry a secret.
  ///
  /// Sec-WebSocket-Protocol is among them: browsers cannot set Authorization there, so tokens travel as subprotocols.
  static func contains(_ name: [UInt8]) -> Bool {
    names.contains(String(decoding: name, as: UTF8.self).lowercased())
  }
}
