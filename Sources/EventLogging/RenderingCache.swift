internal import TrafficAnalysis

/// Keeps what a writer made of the names of connections, but not of all: a million idle ones would take 200 MB.
///
/// Those that were rendered longest ago go first, and are rendered again when they have a record.
struct RenderingCache {
  private var kept: [ConnectionIdentity] = []
  private var oldest = 0

  /// Connections whose renderings are kept: some 20 MB.
  private static let limit = 65_536

  /// Keeps a connection's rendering with it.
  mutating func keep(_ rendering: [UInt8], of connection: ConnectionIdentity) {
    connection.rendering = rendering
    guard kept.count == Self.limit else { return kept.append(connection) }
    kept[oldest].rendering = nil
    kept[oldest] = connection
    oldest = (oldest + 1) % Self.limit
  }
}
