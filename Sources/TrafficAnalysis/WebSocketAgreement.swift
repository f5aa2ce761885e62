internal import WebSocketDecoding

/// What a handshake settled for the frames behind it.
struct WebSocketAgreement {
  /// permessage-deflate, if the answer accepts it.
  var deflate: OpenRecord.Deflate?
  /// Whether the answer accepts an extension that is not known here: it may define bits, opcodes and payload.
  var hasUnknownExtension = false
  /// Whether the framing rules of RFC 6455 apply: other versions have other framing.
  var followsRFC6455 = true

  func compression(of sender: Sender) -> MessageAssembler.Compression {
    guard let deflate else { return .none }
    return .deflate(resetsContext: sender == .client ? deflate.clientResets : deflate.serverResets)
  }
}
