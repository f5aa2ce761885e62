extension Rule {
  /// Whether the other side has to fail the connection for it (RFC 6455 §5.1, §5.2, §7.1.7, §8.1; RFC 7692 §6.1).
  var failsConnection: Bool {
    switch self {
    case .frameClientUnmasked, .frameServerMasked, .frameRsv1Unexpected, .frameRsv2Unexpected, .frameRsv3Unexpected,
      .frameOpcodeReservedData, .frameOpcodeReservedControl, .controlFrameFragmented, .controlFrameTooLong,
      .frameLengthTopBit, .continuationWithoutStart, .messageInterleaved, .textInvalidUtf8, .closePayloadOneByte,
      .closeCodeOutOfRange, .closeCodeForbidden, .closeCodeReserved, .closeReasonInvalidUtf8, .deflateRsv1OnControl,
      .deflateRsv1OnContinuation, .deflateInflateFailed,
      .deflateTakeoverViolated:
      true
    default: false
    }
  }
}
