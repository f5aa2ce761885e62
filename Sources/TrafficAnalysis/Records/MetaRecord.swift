public import NetworkTypes

/// What is analyzed, and by what.
public struct MetaRecord: Sendable {
  /// The first packet.
  public var packet: PacketStamp?
  /// The program's version.
  public var toolVersion: String
  /// The inputs, by the names that were given.
  public var inputs: [String]
  /// The BPF filter.
  public var filter: String?
  /// The ordinal of the file in its log; `nil` where a log is one file.
  public var part: Int?

  /// What is analyzed, and by what.
  public init(packet: PacketStamp?, toolVersion: String, inputs: [String], filter: String?) {
    self.packet = packet
    self.toolVersion = toolVersion
    self.inputs = inputs
    self.filter = filter
  }
}
