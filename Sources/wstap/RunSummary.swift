internal import EventLogging
internal import TrafficAnalysis

/// The run in a few sentences: what was there, what was lost, and, where nothing was found, why.
struct RunSummary {
  let stats: StatsRecord
  /// What the selection let pass, where there is one.
  let tally: SelectingSink.Tally?
  /// Whether a filter chose the packets.
  let isFiltered: Bool

  /// What everybody is told.
  var sentences: [String] {
    var sentences = [overview]
    if let losses { sentences.append(losses) }
    if let violations { sentences.append(violations) }
    if let tally { sentences += selected(tally) }
    if stats.webSockets == 0 { sentences += reasonsForNothing }
    return sentences
  }

  /// What `-v` adds.
  var reasons: [String] {
    var reasons: [String] = []
    if !stats.linkTypes.isEmpty { reasons.append("link types: " + stats.linkTypes.joined(separator: ", ")) }
    for entry in stats.undecodableReasons {
      reasons.append("not decoded, \(counted(entry.count, "packet")): \(entry.reason)")
    }
    if stats.fragments > 0 { reasons.append("\(counted(stats.fragments, "piece")) of fragmented IP packets") }
    if stats.badChecksums > 0 {
      reasons.append(
        "\(counted(stats.badChecksums, "wrong TCP checksum")), as offloading leaves them; taken nevertheless")
    }
    if stats.oneSidedConnections > 0 {
      reasons.append("of \(counted(stats.oneSidedConnections, "TCP connection")) only one direction was captured")
    }
    if stats.lateConnections > 0 {
      reasons.append(
        "\(counted(stats.lateConnections, "TCP connection")) began before the capture, or lost the beginning")
    }
    if stats.httpConnections > 0 { reasons.append("\(counted(stats.httpConnections, "connection")) spoke HTTP/1.1") }
    for (rule, count) in stats.totals.rules.sorted(by: { ($1.value, $0.key.id) < ($0.value, $1.key.id) }) {
      reasons.append("\(rule.severity.rawValue) \(rule.id): \(count)")
    }
    if let memory = stats.memoryBytes { reasons.append("peak memory \(memory >> 20) MiB") }
    return reasons
  }

  private var overview: String {
    var parts = [counted(stats.packets, "packet"), counted(stats.tcpConnections, "TCP connection")]
    parts.append(counted(stats.webSockets, "WebSocket"))
    if stats.webSockets > 0 { parts.append(counted(stats.totals.messages, "message")) }
    if stats.failedHandshakes > 0 { parts.append(counted(stats.failedHandshakes, "failed handshake")) }
    if stats.tlsConnections > 0 { parts.append("\(counted(stats.tlsConnections, "TLS connection")), not decrypted") }
    return parts.joined(separator: ", ") + "."
  }

  private var losses: String? {
    var parts: [String] = []
    if stats.gapBytes > 0 { parts.append("\(counted(stats.gapBytes, "byte")) in \(counted(stats.gaps, "gap"))") }
    if stats.totals.unframedBytes > 0 {
      parts.append("\(counted(stats.totals.unframedBytes, "captured byte")) that could not be told apart into frames")
    }
    if stats.damagedBytes > 0 { parts.append("\(counted(stats.damagedBytes, "byte")) of damaged files") }
    if stats.damagedPackets > 0 { parts.append("\(counted(stats.damagedPackets, "damaged packet"))") }
    if stats.undecodable > 0 { parts.append(counted(stats.undecodable, "packet") + " that could not be decoded") }
    if stats.fragmentsDropped > 0 {
      parts.append(counted(stats.fragmentsDropped, "piece") + " of fragmented IP packets")
    }
    if stats.evicted > 0 {
      parts.append("\(counted(stats.evicted, "connection")) dropped at a limit\(webSocketsAmongThem)")
    }
    return parts.isEmpty ? nil : "Lost: " + parts.joined(separator: ", ") + "."
  }

  private var webSocketsAmongThem: String {
    stats.evictedWebSockets > 0 ? " (\(counted(stats.evictedWebSockets, "WebSocket")) among them)" : ""
  }

  private var violations: String? {
    let counts = Rule.Severity.allCases.map { ($0, stats.totals.violations($0)) }.filter { $0.1 > 0 }
    guard !counts.isEmpty else { return nil }
    let parts = counts.map { counted($1, $0.rawValue) }.joined(separator: ", ")
    return "Broken rules: \(parts) (\(counted(stats.totals.rules.count, "check")))."
  }

  private func selected(_ tally: SelectingSink.Tally) -> [String] {
    var sentences: [String] = []
    if tally.leftOut > 0 || tally.passed > 0 {
      sentences.append("Selected: \(tally.passed) of \(tally.passed + tally.leftOut) messages and controls.")
    }
    if tally.partlySearched > 0 {
      sentences.append(
        "\(counted(tally.partlySearched, "message")) could be searched only in part or not at all (lost, not inflated, "
          + "or very long), and what was there does not contain the text.")
    }
    if tally.attempts == 0, stats.webSockets + stats.failedHandshakes > 0 {
      sentences.append("No connection was selected: see --host, --path, --port and --conn.")
    }
    return sentences
  }

  /// Why there is no WebSocket.
  private var reasonsForNothing: [String] {
    if stats.packets == 0 {
      return [isFiltered ? "No packet passed the filter." : "There is no packet in it."]
    }
    if stats.undecodable == stats.packets { return ["No packet could be decoded; -v tells why."] }
    if stats.tcpConnections == 0 { return ["There is no TCP in it."] }
    var sentences: [String] = []
    if stats.tlsConnections > 0 {
      sentences.append("What is inside TLS stays unknown: capture behind the TLS proxy, or without TLS.")
    }
    let others = stats.tcpConnections - stats.tlsConnections
    if stats.failedHandshakes > 0 {
      sentences.append("Handshakes were tried, and none succeeded: the open records say why.")
    } else if others > 0 {
      let http =
        stats.httpConnections > 0 ? ", of \(counted(stats.httpConnections, "HTTP connection")) none asked for it" : ""
      sentences.append("No WebSocket handshake was seen\(http).")
      if stats.lateConnections > 0 {
        sentences.append(
          "\(counted(stats.lateConnections, "connection")) began before the capture; try --decode-as PORT=websocket.")
      }
    }
    return sentences
  }

  private func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }
}
