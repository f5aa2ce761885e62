internal import NetworkTypes
public import TrafficAnalysis

/// Which records reach the log: of which connections, which messages of those, and which checks.
///
/// What is left out was decoded and counted all the same.
public struct RecordSelection: Sendable {
  /// Patterns of the Host field, with or without its port; none selects all.
  public var hosts: [Glob] = []
  /// Patterns of the request target, with or without its query.
  public var paths: [Glob] = []
  /// Ports of either end.
  public var ports: Set<UInt16> = []
  /// Beginnings of `conn`.
  public var connections: [String] = []
  /// Names of opcodes, as `op` has them.
  public var operations: Set<String> = []
  /// Who sent it.
  public var sender: Sender?
  /// Bytes that must all be in the payload.
  public var needles: [Needle] = []
  /// Bytes of payload at least.
  public var shortestLength = 0
  /// Whether pings, pongs and messages that only keep the connection alive are left out.
  public var leavesOutHeartbeats = false

  /// Everything.
  public init() {}

  /// Whether nothing is left out.
  public var isEverything: Bool {
    hosts.isEmpty && paths.isEmpty && ports.isEmpty && connections.isEmpty && operations.isEmpty && sender == nil
      && needles.isEmpty && shortestLength == 0 && !leavesOutHeartbeats
  }

  /// Whether records of a connection are wanted.
  func includes(_ connection: ConnectionIdentity) -> Bool {
    if let known = connection.isSelected { return known }
    let verdict =
      (ports.isEmpty || ports.contains(connection.client.port) || ports.contains(connection.server.port))
      && (connections.isEmpty || connections.contains { connection.name.hasPrefix($0) })
      && (hosts.isEmpty || Self.matches(hosts, connection.host.map(Self.hostForms)))
      && (paths.isEmpty || Self.matches(paths, connection.path.map(Self.pathForms)))
    connection.isSelected = verdict
    return verdict
  }

  /// Whether an opcode from a side is wanted.
  func includes(operation: String, from sender: Sender) -> Bool {
    (operations.isEmpty || operations.contains(operation)) && (self.sender == nil || self.sender == sender)
  }

  /// Whether a pattern matches one of the forms.
  private static func matches(_ globs: [Glob], _ forms: [[UInt8]]?) -> Bool {
    guard let forms else { return false }
    return globs.contains { glob in forms.contains { glob.matches($0) } }
  }

  /// A Host as it was sent, without its port, and an IPv6 address without its brackets (RFC 3986 §3.2.2).
  private static func hostForms(_ host: [UInt8]) -> [[UInt8]] {
    var forms = [host]
    if let colon = host.lastIndex(of: UInt8(ascii: ":")),
      host[(colon + 1)...].allSatisfy({ (0x30...0x39).contains($0) })
    {
      forms.append(Array(host[..<colon]))
    }
    forms += forms.filter { $0.first == UInt8(ascii: "[") && $0.last == UInt8(ascii: "]") }
      .map { Array($0.dropFirst().dropLast()) }
    return forms
  }

  /// A request target as it was sent, and without its query.
  private static func pathForms(_ path: [UInt8]) -> [[UInt8]] {
    [path] + (path.firstIndex(of: UInt8(ascii: "?")).map { [Array(path[..<$0])] } ?? [])
  }
}
