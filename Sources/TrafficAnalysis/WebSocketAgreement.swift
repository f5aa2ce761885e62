internal import WebSocketDecoding

/// What a handshake settled for the frames behind it.
struct WebSocketAgreement {
  /// permessage-deflate, if the answer accepts it.
  var deflate: OpenRecord.Deflate?
  /// What in the answer makes the client fail the connection, if anything does.
  var responseFault: Rule?
  // A million WebSockets have one, so that these share a byte.
  private var traits: Traits = []

  private struct Traits: OptionSet {
    let rawValue: UInt8
    static let hasUnknownExtension = Traits(rawValue: 1)
    static let isGuessed = Traits(rawValue: 2)
    static let isOfOtherVersion = Traits(rawValue: 4)

    mutating func set(_ trait: Traits, _ isPresent: Bool) {
      if isPresent { insert(trait) } else { remove(trait) }
    }
  }

  /// Whether the answer accepts an extension that is not known here: it may define bits, opcodes and payload.
  var hasUnknownExtension: Bool {
    get { traits.contains(.hasUnknownExtension) }
    set { traits.set(.hasUnknownExtension, newValue) }
  }

  /// Whether all this is a guess, as the handshake was not captured.
  var isGuessed: Bool { traits.contains(.isGuessed) }

  /// Whether the framing rules of RFC 6455 apply: other versions have other framing.
  var followsRFC6455: Bool {
    get { !traits.contains(.isOfOtherVersion) }
    set { traits.set(.isOfOtherVersion, !newValue) }
  }

  /// What is assumed of frames whose handshake was not captured: that they may be compressed, each side with a window
  /// that lasts, and that other bits may mean something.
  ///
  /// - Parameter mayCompress: Whether the client offered permessage-deflate, as far as that is known.
  /// - Returns: The assumption.
  static func guessed(mayCompress: Bool) -> WebSocketAgreement {
    let deflate = OpenRecord.Deflate(clientBits: 15, serverBits: 15, clientResets: false, serverResets: false)
    var agreement = WebSocketAgreement()
    agreement.deflate = mayCompress ? deflate : nil
    agreement.traits = [.hasUnknownExtension, .isGuessed]
    return agreement
  }

  func compression(of sender: Sender) -> MessageAssembler.Compression {
    guard let deflate else { return .none }
    let (resets, bits) =
      sender == .client ? (deflate.clientResets, deflate.clientBits) : (deflate.serverResets, deflate.serverBits)
    return .deflate(resetsContext: resets, windowBits: isGuessed ? nil : UInt8(clamping: bits))
  }
}
