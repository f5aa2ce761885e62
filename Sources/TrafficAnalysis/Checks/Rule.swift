/// A check's name, by which the analyzers report it; ``Check`` says the rest of it.
///
/// The cases stand in the order of ``Check/all``, which a test holds.
public enum Rule: UInt8, Sendable, Hashable, CaseIterable {
  // The request: its line, target and Host.
  case requestMalformedHttp
  case requestNotGet
  case requestHttpVersionTooLow
  case requestTargetInvalid
  case requestTargetFragment
  case requestTargetNotAscii
  case requestTargetHostMismatch
  case hostMissing
  case hostDuplicated
  case hostInvalid
  case hostPortMismatch
  case requestUpgradeMissing
  case requestConnectionNotUpgrade

  // The request: its fields.
  case keyMissing
  case keyDuplicated
  case keyNotBase64
  case keyNot16Bytes
  case keyBase64NotCanonical
  case keyReused
  case keyWellKnown
  case versionMissing
  case versionDuplicated
  case versionMalformed
  case versionNot13
  case originMissing
  case originMalformed
  case originDuplicated

  // The client around its handshakes.
  case clientDataBeforeResponse
  case simultaneousConnecting
  case legacyHixieHandshake
  case reconnectNoBackoff

  // The answer.
  case responseMalformedHttp
  case responseHttpVersionTooLow
  case responseUpgradeMissing
  case responseUpgradeNotWebsocket
  case responseConnectionNotUpgrade
  case acceptMissing
  case acceptDuplicated
  case acceptMalformed
  case acceptMismatch
  case acceptWithout101
  case unsolicited101
  case response101HasBody
  case versionIn101
  case versionRefusedWithoutList
  case versionListMalformed
  case upgradeRequiredWithoutUpgrade
  case invalidRequestAccepted
  case invalidRequestNoErrorStatus
  case handshakeUnanswered
  case badResponseAccepted

  // Subprotocols and extensions.
  case subprotocolOfferMalformed
  case subprotocolOfferDuplicate
  case subprotocolNotOffered
  case subprotocolCaseMismatch
  case subprotocolResponseMultiple
  case subprotocolResponseMalformed
  case subprotocolNoneSelected
  case subprotocolUnregistered
  case subprotocolCaseVariant
  case extensionOfferMalformed
  case extensionResponseMalformed
  case extensionParamQuotedInvalid
  case extensionNotOffered
  case extensionResponseHeaderRepeated
  case extensionAcceptedTwice
  case extensionRsv1Conflict
  case extensionUnregistered

  // Frames, pings and messages.
  case frameClientUnmasked
  case frameServerMasked
  case frameRsv1Unexpected
  case frameRsv2Unexpected
  case frameRsv3Unexpected
  case frameOpcodeReservedData
  case frameOpcodeReservedControl
  case frameLengthNotMinimal
  case frameLengthTopBit
  case frameTruncated
  case controlFrameFragmented
  case controlFrameTooLong
  case pingUnanswered
  case pongDelayed
  case pongPayloadMismatch
  case pongUnsolicited
  case violationNotFailed
  case continuationWithoutStart
  case messageInterleaved
  case messageUnfinished
  case textInvalidUtf8

  // Closing.
  case closePayloadOneByte
  case closeCodeOutOfRange
  case closeCodeForbidden
  case closeCodeReserved
  case closeCodeUnassigned
  case closeCodeUnregistered
  case closeCodeWrongRole
  case closeReasonInvalidUtf8
  case close1010ReasonEmpty
  case dataAfterClose
  case closeRepeated
  case closeUnanswered
  case closeDelayed
  case closeCodeNotEchoed
  case closedWithoutCloseFrame
  case tcpNotClosedAfterClose
  case clientClosedTcpFirst
  case tcpResetAfterClose

  // permessage-deflate.
  case deflateParamUnknown
  case deflateParamDuplicated
  case deflateWindowBitsInvalid
  case deflateWindowBitsMissing
  case deflateFlagHasValue
  case deflateClientBitsNotOffered
  case deflateServerBitsNotHonoured
  case deflateNoTakeoverNotHonoured
  case deflateInvalidOfferAccepted
  case deflateWindowSmall
  case deflateRsv1OnControl
  case deflateRsv1OnContinuation
  case deflateInflateFailed
  case deflateTakeoverViolated
  case deflateWindowExceeded
  case deflateFragmentTailRemoved
  case deflateTailNotRemoved
  case deflateBfinalPadding

  // Security: handshakes.
  case crossOriginAccepted
  case originNullAccepted
  case cleartextWebsocket
  case cleartextCredentials
  case credentialsInUrl
  case tokenInSubprotocol
  case requestHasBody
  case upgradePipelined
  case upgradeMultipleProtocols
  case connectionListsWebsocketHeader
  case framesAfterRefusedUpgrade
  case httpAfterRefusedUpgrade
  case httpAfter101
  case notWebsocketAfter101
  case protocolSwitchedToOther

  // Security: masks, floods, payloads.
  case maskKeyZero
  case maskKeyRepeated
  case maskKeyPredictable
  case maskKeySharedAcrossConnections
  case maskedBytesLookLikeHttp
  case tunnelInPayload
  case declaredLengthHuge
  case messageTooLarge
  case fragmentFlood
  case emptyFragmentFlood
  case pingFlood
  case pongFlood
  case frameStalled
  case handshakeStalled
  case deflateBomb
  case handshakeFailuresRepeated

  /// What the catalogue says of it.
  public var check: Check { Check.all[Int(rawValue)] }
  // What is asked for each violation is taken from the entry in its place: a copy of all of it costs a thousand
  // instructions.
  /// Its name in the log, such as `frame-client-unmasked`.
  public var id: String { Check.all[Int(rawValue)].id }
  /// How grave a violation is, as a rule.
  public var severity: Severity { Check.all[Int(rawValue)].severity }
  /// The RFC's key word.
  public var level: Level { Check.all[Int(rawValue)].level }
  /// Who can break it; `nil` is either side.
  var usualSender: Sender? { Check.all[Int(rawValue)].sender }
  /// Where it stands.
  public var reference: String { Check.all[Int(rawValue)].reference }

  /// How grave a violation is.
  public enum Severity: String, Sendable, Comparable, CaseIterable {
    /// A rule is broken on the wire.
    case error
    /// A rule is probably broken, or it matters for security.
    case warning
    /// Worth knowing.
    case notice

    private var rank: Int {
      switch self {
      case .notice: 0
      case .warning: 1
      case .error: 2
      }
    }

    /// The milder one is less.
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
  }

  /// The RFC's key word behind a check.
  public enum Level: String, Sendable, CaseIterable {
    /// An absolute demand.
    case must = "MUST"
    /// An absolute prohibition.
    case mustNot = "MUST NOT"
    /// A demand that may be set aside for a good reason.
    case should = "SHOULD"
    /// No sentence of an RFC: good practice.
    case advisory
  }
}
