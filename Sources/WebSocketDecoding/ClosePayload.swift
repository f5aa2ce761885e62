internal import NetworkTypes

/// The payload of a Close frame (RFC 6455 §5.5.1).
public enum ClosePayload: Sendable, Hashable {
  /// No payload: no code was given.
  case empty
  /// A code, and a reason that is valid UTF-8 (perhaps of no bytes).
  case status(CloseCode, reasonOffset: Int)
  /// A code, and bytes behind it that are not UTF-8.
  case invalidReason(CloseCode)
  /// One byte, which cannot be a code.
  case oneByte

  /// What `payload` is; a reason begins at its `reasonOffset`.
  public init(_ payload: RawSpan) {
    guard payload.byteCount > 0 else {
      self = .empty
      return
    }
    guard let rawCode: UInt16 = payload.bigEndian(at: 0) else {
      self = .oneByte
      return
    }
    let code = CloseCode(rawValue: rawCode)
    var validator = UTF8Validator()
    validator.validate(payload.extracting(2..<payload.byteCount))
    self = validator.isComplete ? .status(code, reasonOffset: 2) : .invalidReason(code)
  }

  /// The code, where there is one.
  public var code: CloseCode? {
    switch self {
    case .status(let code, _), .invalidReason(let code): code
    case .empty, .oneByte: nil
    }
  }
}
