public import NetworkTypes

/// The first time that a check fires for a direction of a connection.
public struct ViolationRecord {
  /// The connection.
  public var connection: ConnectionIdentity
  /// The packet that shows it.
  public var packet: PacketStamp
  /// The check.
  public var rule: Rule
  /// How grave it is: mostly as the catalogue says.
  public var severity: Rule.Severity
  /// Who broke the rule.
  public var sender: Sender
  /// Place in the direction's TCP stream.
  public var offset: Int
  /// The values that show it.
  public var detail: String
}
