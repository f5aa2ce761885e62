internal import NetworkTypes

/// Recognizes a message that begins as another protocol does: a tunnel through the WebSocket.
enum PayloadBanner {
  /// Whether a first byte is worth a look.
  @inline(__always)
  static func mayBegin(with first: UInt8) -> Bool {
    switch first {
    case 0x03, 0x04, 0x05, 0x16, 0x00, UInt8(ascii: "S"), UInt8(ascii: "G"), UInt8(ascii: "P"), UInt8(ascii: "H"),
      UInt8(ascii: "D"), UInt8(ascii: "O"), UInt8(ascii: "C"), 0xfe, 0xff:
      true
    default: false
    }
  }

  /// What the bytes begin as.
  ///
  /// A SOCKS greeting is three bytes that many formats begin with, so that only the client's first message may be one.
  static func name(of bytes: RawSpan, isFirstOfClient: Bool) -> String? {
    if bytes.hasBytes(of: "SSH-2.0-", at: 0) || bytes.hasBytes(of: "SSH-1.99-", at: 0) { return "SSH" }
    if isTLSHello(bytes) { return "TLS" }
    if isRemoteDesktop(bytes) { return "RDP" }
    if isSMB(bytes) { return "SMB" }
    if isHTTPRequest(bytes) { return "an HTTP request" }
    if isFirstOfClient, isSOCKS(bytes) { return "SOCKS" }
    return nil
  }

  /// A handshake record (RFC 8446 §5.1) with a ClientHello.
  private static func isTLSHello(_ bytes: RawSpan) -> Bool {
    bytes.byte(at: 0) == 0x16 && bytes.byte(at: 1) == 3 && (bytes.byte(at: 2) ?? 9) <= 4 && bytes.byte(at: 5) == 1
  }

  /// A TPKT header (RFC 1006 §6) with an X.224 connection request.
  private static func isRemoteDesktop(_ bytes: RawSpan) -> Bool {
    guard bytes.hasBytes(of: "\u{3}\u{0}", at: 0), let length: UInt16 = bytes.bigEndian(at: 2), length >= 11,
      let indicator = bytes.byte(at: 4)
    else { return false }
    return Int(indicator) == Int(length) - 5 && bytes.byte(at: 5) == 0xe0
  }

  /// A message of SMB 1, 2 or 3, with its header of the NetBIOS session service.
  private static func isSMB(_ bytes: RawSpan) -> Bool {
    guard bytes.byte(at: 0) == 0, let mark = bytes.byte(at: 4), mark >= 0xfc else { return false }
    return bytes.hasBytes(of: "SMB", at: 5)
  }

  /// A request line (RFC 9112 §3).
  private static func isHTTPRequest(_ bytes: RawSpan) -> Bool {
    guard MessageStart.isRequest(bytes) else { return false }
    var index = 0
    while let byte = bytes.byte(at: index), index < 4096, byte != 0x0d, byte != 0x0a { index += 1 }
    return bytes.hasBytes(of: "\r\n", at: index) && bytes.hasBytes(of: " HTTP/1.", at: index - 9)
  }

  /// A greeting of SOCKS 5 (RFC 1928 §3), or a request of SOCKS 4, and nothing behind it.
  private static func isSOCKS(_ bytes: RawSpan) -> Bool {
    switch bytes.byte(at: 0) {
    case 5: bytes.byte(at: 1).map { $0 > 0 && bytes.byteCount == Int($0) + 2 } ?? false
    case 4:
      bytes.byteCount >= 9 && (bytes.byte(at: 1) == 1 || bytes.byte(at: 1) == 2)
        && bytes.byte(at: bytes.byteCount - 1) == 0
    default: false
    }
  }
}
