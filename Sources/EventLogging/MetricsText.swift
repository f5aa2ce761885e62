public import TrafficAnalysis

/// Counts of a run in the text format of Prometheus (version 0.0.4), as its collectors of text files read them.
public struct MetricsText: Sendable {
  private enum Kind: String {
    case counter, gauge
  }

  private var text = ""

  /// Writes the counts.
  ///
  /// - Parameters:
  ///   - stats: The counts.
  ///   - version: The program's version.
  /// - Returns: Lines of text.
  public static func render(_ stats: StatsRecord, version: String) -> [UInt8] {
    var metrics = MetricsText()
    metrics.put("build_info", .gauge, "Always 1; the version is in its label.", [("version", version, 1)])
    metrics.putTraffic(stats)
    metrics.putWebSockets(stats)
    metrics.putLosses(stats)
    if let memory = stats.memoryBytes {
      metrics.put("memory_peak_bytes", .gauge, "The most memory that was resident at once.", memory)
    }
    return Array(metrics.text.utf8)
  }

  private mutating func putTraffic(_ stats: StatsRecord) {
    put("packets_total", .counter, "Packets that passed the filter.", stats.packets)
    put("packet_bytes_total", .counter, "Captured bytes of those.", stats.bytes)
    put(
      "undecodable_packets_total", .counter, "Packets that could not be decoded as far as their transport.",
      stats.undecodable)
    put(
      "undecodable_packets_by_reason_total", .counter, "The same by reason, for the first 64 reasons.",
      stats.undecodableReasons.map { ("reason", $0.reason, $0.count) })
    put("bad_checksums_total", .counter, "TCP segments whose checksum is wrong.", stats.badChecksums)
    put("ip_fragments_total", .counter, "Pieces of fragmented IP packets.", stats.fragments)
    put("ip_fragments_dropped_total", .counter, "Pieces that were given up.", stats.fragmentsDropped)
    put("tcp_connections_total", .counter, "TCP connections.", stats.tcpConnections)
    put("tls_connections_total", .counter, "Connections that begin with a TLS handshake.", stats.tlsConnections)
  }

  private mutating func putWebSockets(_ stats: StatsRecord) {
    put("websockets_total", .counter, "WebSockets whose frames were decoded.", stats.webSockets)
    put("websockets_open", .gauge, "Those that are open.", stats.openWebSockets)
    put("handshakes_failed_total", .counter, "Handshake attempts that failed.", stats.failedHandshakes)
    put("messages_total", .counter, "Messages, complete or given up.", stats.records.messages)
    put("controls_total", .counter, "Pings, pongs and Closes.", stats.records.controls)
    put(
      "violations_total", .counter, "Checks that fired, once a connection and direction.",
      Rule.Severity.allCases.map { ("severity", $0.rawValue, stats.records.violations[$0] ?? 0) })
  }

  private mutating func putLosses(_ stats: StatsRecord) {
    put("gaps_total", .counter, "Holes in TCP streams that were given up.", stats.gaps)
    put("gap_bytes_total", .counter, "Bytes that are missing in those.", stats.gapBytes)
    put("evicted_connections_total", .counter, "TCP connections that were dropped at a limit.", stats.evicted)
    put("evicted_websockets_total", .counter, "WebSockets among them.", stats.evictedWebSockets)
    if let drops = stats.kernelDrops {
      put("kernel_dropped_packets_total", .counter, "Packets that the kernel dropped for want of room.", drops)
    }
    if let drops = stats.interfaceDrops {
      put("interface_dropped_packets_total", .counter, "Packets that the interface dropped.", drops)
    }
    if let drops = stats.toolDrops {
      put("tool_dropped_packets_total", .counter, "Packets that wstap dropped, being too slow.", drops)
    }
    if let drops = stats.logDrops {
      put("log_dropped_records_total", .counter, "Records that could not be written to the log.", drops)
    }
  }

  private mutating func put(_ name: String, _ kind: Kind, _ help: String, _ value: Int) {
    begin(name, kind, help)
    text += "wstap_\(name) \(value)\n"
  }

  private mutating func put(
    _ name: String, _ kind: Kind, _ help: String, _ samples: [(label: String, labelValue: String, value: Int)]
  ) {
    begin(name, kind, help)
    for sample in samples {
      text += "wstap_\(name){\(sample.label)=\"\(Self.escaped(sample.labelValue))\"} \(sample.value)\n"
    }
  }

  private mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP wstap_\(name) \(help)\n# TYPE wstap_\(name) \(kind.rawValue)\n"
  }

  /// A label's value, in which a quote, a backslash and a line end are escaped.
  static func escaped(_ value: String) -> String {
    var escaped = ""
    for character in value.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\"": escaped += "\\\""
      case "\n": escaped += "\\n"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}
