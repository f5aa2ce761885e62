internal import NetworkTypes

/// Follows the negotiation with a SOCKS proxy (versions 4, 4a and 5; RFC 1928, RFC 1929) up to the tunnel behind it.
struct SOCKSNegotiation {
  /// What the bytes so far come to.
  enum Outcome: Equatable {
    /// More are needed.
    case negotiating
    /// The tunnel is open; it begins behind these many bytes of each direction.
    case tunnel(clientBytes: Int, serverBytes: Int)
    /// Refused, or no SOCKS, or a kind that hides what follows.
    case none
  }

  /// Whether a stream that begins with these bytes may be a SOCKS client's; false once that is ruled out.
  static func mayBegin(_ bytes: RawSpan) -> Bool {
    guard let version = bytes.byte(at: 0), let second = bytes.byte(at: 1) else {
      return bytes.byteCount == 1 && (bytes.byte(at: 0) == 4 || bytes.byte(at: 0) == 5)
    }
    // Version 4: CONNECT or BIND. Version 5: how many methods; no more than that many follow before the answer.
    return version == 4 ? second == 1 || second == 2 : version == 5 && second > 0
  }

  /// Whether bytes may be the first that a proxy answers, which the capture may show before the client's.
  static func mayAnswer(_ bytes: RawSpan) -> Bool {
    // Two bytes choose the method; the reply of version 4 has eight.
    guard bytes.byteCount <= 8, let version = bytes.byte(at: 0) else { return false }
    guard let second = bytes.byte(at: 1) else { return version == 0 || version == 5 }
    return version == 5 ? second == 0 || second == 2 : version == 0 && 0x5a...0x5d ~= second
  }

  /// Judges both directions from their first bytes on.
  static func outcome(client: RawSpan, server: RawSpan) -> Outcome {
    guard let version = client.byte(at: 0) else { return .negotiating }
    return version == 4 ? version4(client, server) : version5(client, server)
  }

  private static func version4(_ client: RawSpan, _ server: RawSpan) -> Outcome {
    guard client.byteCount > 8 else { return .negotiating }
    guard var end = endOfString(client, from: 8) else { return client.byteCount > 1024 ? .none : .negotiating }
    // 4a: an address 0.0.0.x stands for a host name behind the user's.
    let address: UInt32 = client.checkedBigEndian(4)
    if address > 0, address < 256 {
      guard let name = endOfString(client, from: end) else { return client.byteCount > 2048 ? .none : .negotiating }
      end = name
    }
    guard let reply = server.byte(at: 0) else { return .negotiating }
    guard reply == 0 else { return .none }
    guard server.byteCount >= 8 else { return .negotiating }
    return server.checkedByte(1) == 0x5a ? .tunnel(clientBytes: end, serverBytes: 8) : .none
  }

  private static func version5(_ client: RawSpan, _ server: RawSpan) -> Outcome {
    guard let methods = client.byte(at: 1) else { return .negotiating }
    var clientEnd = 2 + Int(methods)
    guard let version = server.byte(at: 0), let method = server.byte(at: 1) else { return .negotiating }
    guard version == 5 else { return .none }
    var serverEnd = 2
    switch method {
    case 0:
      break
    case 2:
      // User name and password: 1, length, name, length, password; answered by 1, 0 (RFC 1929 §2).
      guard let name = client.byte(at: clientEnd + 1),
        let password = client.byte(at: clientEnd + 2 + Int(name))
      else { return .negotiating }
      clientEnd += 3 + Int(name) + Int(password)
      guard let status = server.byte(at: serverEnd + 1) else { return .negotiating }
      guard status == 0 else { return .none }
      serverEnd += 2
    default:
      return .none
    }
    guard let requestEnd = endOfAddress(client, from: clientEnd) else {
      return client.byteCount > clientEnd + 512 ? .none : .negotiating
    }
    guard let reply = server.byte(at: serverEnd + 1) else { return .negotiating }
    guard reply == 0 else { return .none }
    guard let replyEnd = endOfAddress(server, from: serverEnd) else {
      return server.byteCount > serverEnd + 512 ? .none : .negotiating
    }
    guard client.byteCount >= requestEnd, server.byteCount >= replyEnd else { return .negotiating }
    return .tunnel(clientBytes: requestEnd, serverBytes: replyEnd)
  }

  /// The end of a request or reply: version, code, reserved, address type, address, port (RFC 1928 §4, §6).
  private static func endOfAddress(_ bytes: RawSpan, from start: Int) -> Int? {
    guard let type = bytes.byte(at: start + 3) else { return nil }
    switch type {
    case 1: return start + 4 + 4 + 2
    case 4: return start + 4 + 16 + 2
    case 3: return bytes.byte(at: start + 4).map { start + 5 + Int($0) + 2 }
    default: return nil
    }
  }

  private static func endOfString(_ bytes: RawSpan, from start: Int) -> Int? {
    guard start < bytes.byteCount else { return nil }
    return (start..<min(bytes.byteCount, start + 1024)).first { bytes.checkedByte($0) == 0 }.map { $0 + 1 }
  }
}
