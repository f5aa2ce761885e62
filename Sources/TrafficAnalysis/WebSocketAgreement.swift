internal import WebSocketDecoding

/// What a handshake settled for the frames behind it.
struct WebSocketAgreement {
  /// permessage-deflate, if the answer accepts it.
  var deflate: OpenRecord.Deflate?
  /// Whether the answer accepts an extension that is not known here: it may define bits, opcodes and payload.
  var hasUnknownExtension = false
  /// What in the answer makes the client fail the connection, if anything does.
  var responseFault: Rule?
  /// Whether all this is a guess, as the handshake was not captured.
  var isGuessed = false
  /// Whether the framing rules of RFC 6455 apply: other versions have other framing.
  var followsRFC6455 = true

  /// What is assumed of frames whose handshake was not captured: that they may be compressed, each side with a window
  /// that lasts, and that other bits may mean something.
  ///
  /// - Parameter mayCompress: Whether the client offered permessage-deflate, as far as that is known.
  /// - Returns: The assumption.
  static func guessed(mayCompress: Bool) -> WebSocketAgreement {
    let deflate = OpenRecord.Deflate(clientBits: 15, serverBits: 15, clientResets: false, serverResets: false)
    return WebSocketAgreement(deflate: mayCompress ? deflate : nil, hasUnknownExtension: true, isGuessed: true)
  }

  func compression(of sender: Sender) -> MessageAssembler.Compression {
    guard let deflate else { return .none }
    return .deflate(resetsContext: sender == .client ? deflate.clientResets : deflate.serverResets)
  }
}
