/// A check of the catalogue: what it is called, how grave it is, and where the rule stands.
///
/// Adding one is an entry here, a condition in the file of its layer, and a fixture.
public struct Rule: Sendable, Hashable {
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
    /// No sentence of an RFC: good practice.
    case advisory
  }

  /// The check's name.
  public let id: String
  /// How grave a violation is.
  public let severity: Severity
  /// The RFC's key word.
  public let level: Level
  /// Where the rule stands.
  public let reference: String

  private init(_ id: String, _ severity: Severity, _ level: Level, _ reference: String) {
    self.id = id
    self.severity = severity
    self.level = level
    self.reference = reference
  }

  /// Rules are told apart by their names.
  public static func == (left: Rule, right: Rule) -> Bool { left.id == right.id }
  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

// The opening handshake.
extension Rule {
  static let acceptMissing = Rule("accept-missing", .error, .must, "RFC 6455 §4.2.2 (5.4), §4.1")
  static let acceptMismatch = Rule("accept-mismatch", .error, .must, "RFC 6455 §4.2.2 (5.4), §4.1")
}

// Frames.
extension Rule {
  static let clientUnmasked = Rule("frame-client-unmasked", .error, .must, "RFC 6455 §5.1, §5.3, §6.1 (5)")
  static let serverMasked = Rule("frame-server-masked", .error, .mustNot, "RFC 6455 §5.1")
  static let rsv1Unexpected = Rule("frame-rsv1-unexpected", .error, .must, "RFC 6455 §5.2, §9.1; RFC 7692 §5")
  static let rsv2Unexpected = Rule("frame-rsv2-unexpected", .error, .must, "RFC 6455 §5.2")
  static let rsv3Unexpected = Rule("frame-rsv3-unexpected", .error, .must, "RFC 6455 §5.2")
  static let reservedDataOpcode = Rule(
    "frame-opcode-reserved-data", .error, .mustNot, "RFC 6455 §5.2, §5.6; IANA opcode registry")
  static let reservedControlOpcode = Rule(
    "frame-opcode-reserved-control", .error, .mustNot, "RFC 6455 §5.2, §5.5; IANA opcode registry")
  static let lengthNotMinimal = Rule("frame-length-not-minimal", .error, .must, "RFC 6455 §5.2")
  static let lengthTopBit = Rule("frame-length-top-bit", .error, .must, "RFC 6455 §5.2")
  static let controlFragmented = Rule("control-frame-fragmented", .error, .mustNot, "RFC 6455 §5.4, §5.5")
  static let controlTooLong = Rule("control-frame-too-long", .error, .must, "RFC 6455 §5.5")
}

// Messages.
extension Rule {
  static let continuationWithoutStart = Rule("continuation-without-start", .error, .mustNot, "RFC 6455 §5.4")
  static let messageInterleaved = Rule("message-interleaved", .error, .mustNot, "RFC 6455 §5.4")
  static let textInvalidUTF8 = Rule("text-invalid-utf8", .error, .must, "RFC 6455 §5.6, §8.1; RFC 7692 §6.1")
}

// Closing.
extension Rule {
  static let closeOneByte = Rule("close-payload-one-byte", .error, .must, "RFC 6455 §5.5.1")
  static let closeCodeOutOfRange = Rule("close-code-out-of-range", .error, .mustNot, "RFC 6455 §7.4.2, §11.7")
  static let closeCodeForbidden = Rule("close-code-forbidden", .error, .mustNot, "RFC 6455 §7.4.1")
  static let closeCodeReserved = Rule("close-code-reserved", .error, .mustNot, "RFC 6455 §7.4.1")
  static let closeCodeUnassigned = Rule(
    "close-code-unassigned", .warning, .mustNot, "RFC 6455 §7.4.2; IANA close code registry")
  static let closeReasonInvalidUTF8 = Rule("close-reason-invalid-utf8", .error, .must, "RFC 6455 §5.5.1, §8.1")
  static let dataAfterClose = Rule("data-after-close", .error, .mustNot, "RFC 6455 §5.5.1, §5.1, §6.1 (1)")
  static let closeRepeated = Rule("close-repeated", .notice, .advisory, "RFC 6455 §7.1.5 (note)")
}

// Compression.
extension Rule {
  static let compressedControl = Rule("deflate-rsv1-on-control", .error, .mustNot, "RFC 7692 §6.1")
  static let compressedContinuation = Rule("deflate-rsv1-on-continuation", .error, .mustNot, "RFC 7692 §6.1")
  static let inflateFailed = Rule("deflate-inflate-failed", .error, .must, "RFC 7692 §5, §6.1, §7.2.1")
}
