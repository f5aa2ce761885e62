extension Rule {
  /// Every check, in the order of the layers.
  public static let all: [Rule] = [
    acceptMissing, acceptMismatch,
    clientUnmasked, serverMasked, rsv1Unexpected, rsv2Unexpected, rsv3Unexpected, reservedDataOpcode,
    reservedControlOpcode, lengthNotMinimal, lengthTopBit, controlFragmented, controlTooLong,
    continuationWithoutStart, messageInterleaved, textInvalidUTF8,
    closeOneByte, closeCodeOutOfRange, closeCodeForbidden, closeCodeReserved, closeCodeUnassigned,
    closeReasonInvalidUTF8, dataAfterClose, closeRepeated,
    compressedControl, compressedContinuation, inflateFailed,
  ]
}
