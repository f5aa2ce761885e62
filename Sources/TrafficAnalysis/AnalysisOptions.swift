public import NetworkTypes
public import TCPReassembly

/// What a run analyzes, and under which bounds.
public struct AnalysisOptions: Sendable {
  /// The caps on everything that is held.
  public var limits: Limits
  /// Which copy counts where segments overlap with different bytes.
  public var overlapPolicy: OverlapPolicy
  /// Whether connections are told apart by their VLAN identifiers, for networks that reuse addresses.
  public var separatesVLANs: Bool
  /// Whether each frame is reported.
  public var reportsFrames: Bool
  /// Stop after this many packets.
  public var packetLimit: Int?
  /// Server ports whose connections are WebSockets from their first byte, whatever that is (`--decode-as`).
  public var forcedPorts: Set<UInt16>
  /// The checks that are looked for.
  public var rules: RuleSet
  /// Milder violations are not told, and not counted.
  public var mildestSeverity: Rule.Severity

  /// Options for a run.
  public init(
    limits: Limits = Limits(), overlapPolicy: OverlapPolicy = .first, reportsFrames: Bool = false,
    packetLimit: Int? = nil, separatesVLANs: Bool = false, forcedPorts: Set<UInt16> = [],
    rules: RuleSet = .standard, mildestSeverity: Rule.Severity = .notice
  ) {
    self.limits = limits
    self.overlapPolicy = overlapPolicy
    self.reportsFrames = reportsFrames
    self.packetLimit = packetLimit
    self.separatesVLANs = separatesVLANs
    self.forcedPorts = forcedPorts
    self.rules = rules
    self.mildestSeverity = mildestSeverity
  }
}
