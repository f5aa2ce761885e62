internal import NetworkTypes

/// The payload of a message that is one frame, uncompressed, and all in one piece: nothing is gathered for it.
///
/// It comes to the same as `MessageAssembler`, which is its plain twin.
public enum WholePayload {
  /// Unmasks and checks a payload, and hands it over if it is sound.
  ///
  /// - Parameters:
  ///   - bytes: The payload as it stood on the wire.
  ///   - maskingKey: The frame's key, if it is masked.
  ///   - isText: Whether it must be UTF-8.
  ///   - workspace: Lends the buffer for unmasking.
  ///   - body: Takes the payload; not called if it is not UTF-8 but should be.
  /// - Returns: Whether it was handed over.
  @inline(__always)
  public static func decode(
    _ bytes: RawSpan, maskingKey: UInt32?, isText: Bool, workspace: PayloadWorkspace, body: (RawSpan) -> Void
  ) -> Bool {
    guard let maskingKey else { return check(bytes, isText: isText, body: body) }
    let scratch = workspace.scratch
    scratch.removeAll()
    Masking.append(bytes, key: maskingKey, offset: 0, to: scratch)
    return scratch.withBytes { check($0, isText: isText, body: body) }
  }

  @inline(__always)
  private static func check(_ payload: RawSpan, isText: Bool, body: (RawSpan) -> Void) -> Bool {
    if isText, UTF8Validator.endOfASCII(in: payload, from: 0) < payload.byteCount {
      var validator = UTF8Validator()
      validator.validate(payload)
      guard validator.isComplete else { return false }
    }
    body(payload)
    return true
  }
}
