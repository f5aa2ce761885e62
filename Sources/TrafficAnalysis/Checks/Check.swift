/// An entry of the catalogue of checks: what it is called, how grave it is, where the rule stands, and when it fires.
///
/// The entries are in `Checks/Catalogue`, by layer. `wstap checks`, `docs/checks.md` and the schema come from them, and
/// their two examples are run by a test.
public struct Check: Sendable {
  /// What a check looks at.
  public enum Layer: String, Sendable, CaseIterable {
    /// The handshake's request.
    case request
    /// The handshake's answer.
    case response
    /// Subprotocols and extensions.
    case negotiation
    /// Frame headers, pings and pongs.
    case frame
    /// Messages of several frames, and text.
    case message
    /// The closing handshake.
    case close
    /// permessage-deflate.
    case deflate
    /// What is of use to an attacker.
    case security
  }

  /// What it takes to tell.
  public enum Basis: String, Sendable, CaseIterable {
    /// One direction is enough.
    case wire
    /// Both directions must be in the capture.
    case bothDirections = "both directions"
    /// A limit, a guess, or what is known from elsewhere.
    case heuristic
  }

  /// When a check keeps silent.
  public enum Silence: String, Sendable, CaseIterable {
    /// Bytes are missing before this point in this direction.
    case lostBytes = "bytes are missing before it"
    /// Only one direction, or no complete handshake, was captured.
    case oneSided = "one direction or the handshake was not captured"
    /// The answer was not captured, so that the extensions are unknown.
    case unknownAgreement = "the agreed extensions are unknown"
    /// An extension is in use that wstap does not know.
    case unknownExtension = "an unknown extension is in use"
    /// The stream did not end by FIN or RST.
    case noRealEnd = "the stream did not end by FIN or RST"
    /// The version is not 13.
    case otherVersion = "the version is not 13"
    /// The same handshake is seen on another leg.
    case otherLeg = "it is the same WebSocket on another leg"
    /// wstap itself cut the message at a limit.
    case ownLimit = "a limit of wstap cut the message"
    /// Packet times or acknowledgements are missing or out of order.
    case noOrder = "times or acknowledgements do not tell"
  }

  /// What another analyzer says of the fault.
  public enum PeerAnswer: Sendable, Hashable {
    /// It names the fault.
    case yes(String = "")
    /// A side effect, a more general event, or some cases.
    case partly(String = "")
    /// Nothing.
    case no(String = "")

    /// `yes`, `partly` or `no`.
    public var word: String {
      switch self {
      case .yes: "yes"
      case .partly: "partly"
      case .no: "no"
      }
    }

    /// The name of what it says, or why it says nothing; often empty.
    public var pointer: String {
      switch self {
      case .yes(let text), .partly(let text), .no(let text): text
      }
    }
  }

  /// The name by which analyzers report it.
  public let rule: Rule
  /// Its name in the log.
  public let id: String
  /// What it looks at.
  public let layer: Layer
  /// How grave a violation is; where the remarks say so, a violation is milder or graver.
  public let severity: Rule.Severity
  /// The RFC's key word.
  public let level: Rule.Level
  /// Where the rule stands.
  public let reference: String
  /// Who can break it; `nil` is either side.
  public let sender: Sender?
  /// What it takes to tell.
  public let basis: Basis
  /// Whether it is looked for unless `--checks` says so.
  public let isOnByDefault: Bool
  /// When it keeps silent.
  public let silences: [Silence]
  /// One sentence that says what is wrong.
  public let summary: String
  /// When it fires, exactly.
  public let condition: String
  /// What to know of it: exceptions, milder and graver cases, usual causes.
  public let remarks: String
  /// A scene in which it fires; `docs/contributing.md` describes the language.
  public let breaks: String
  /// A scene in which it does not.
  public let keeps: String
  /// What tshark says of it.
  public let tshark: PeerAnswer
  /// What Zeek says of it.
  public let zeek: PeerAnswer
  /// What Suricata says of it.
  public let suricata: PeerAnswer

  init(
    _ rule: Rule, _ id: String, _ layer: Layer, _ severity: Rule.Severity, _ level: Rule.Level, _ reference: String,
    by sender: Sender?, on basis: Basis, isOnByDefault: Bool = true, silentIf silences: [Silence] = [],
    _ summary: String, condition: String, remarks: String = "", breaks: String, keeps: String, tshark: PeerAnswer,
    zeek: PeerAnswer, suricata: PeerAnswer
  ) {
    self.rule = rule
    self.id = id
    self.layer = layer
    self.severity = severity
    self.level = level
    self.reference = reference
    self.sender = sender
    self.basis = basis
    self.isOnByDefault = isOnByDefault
    self.silences = silences
    self.summary = summary
    self.condition = condition
    self.remarks = remarks
    self.breaks = breaks
    self.keeps = keeps
    self.tshark = tshark
    self.zeek = zeek
    self.suricata = suricata
  }

  /// Every check, in the order of ``Rule``.
  public static let all: [Check] =
    requestLine + requestFields + requestConduct + response + negotiation + frame + close + deflate
    + handshakeSecurity + trafficSecurity

  /// The check of this name.
  public static func named(_ id: String) -> Check? { all.first { $0.id == id } }
}
