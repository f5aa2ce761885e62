import NetworkTypes
import TestSupport
import Testing

@testable import EventLogging
@testable import TrafficAnalysis

/// Counts in the text format of Prometheus.
struct MetricsTextTests {
  static var stats: StatsRecord {
    var stats = StatsRecord(
      packet: PacketStamp(timestamp: .epoch, number: 1, fileIndex: 0), isFinal: false, linkTypes: ["ethernet"],
      packets: 10, bytes: 20, undecodable: 3, undecodableReasons: [(reason: "a \"b\" \\ c\nd", count: 3)],
      badChecksums: 4, fragments: 5, fragmentsDropped: 6, fragmentOverlaps: 0, tcpConnections: 7, webSockets: 8,
      openWebSockets: 2, failedHandshakes: 9, tlsConnections: 1, oneSidedConnections: 0, gaps: 11, gapBytes: 12,
      evicted: 13, memoryBytes: 14)
    (stats.kernelDrops, stats.interfaceDrops, stats.toolDrops, stats.logDrops) = (15, 16, 17, 18)
    stats.evictedWebSockets = 19
    stats.records.messages = 20
    stats.records.controls = 21
    stats.records.violations = [.error: 22, .notice: 23]
    return stats
  }

  @Test func `every count has its help, its type and its value`() {
    let text = String(decoding: MetricsText.render(Self.stats, version: "1.2"), as: UTF8.self)
    let lines = text.split(separator: "\n").map(String.init)
    let samples = lines.filter { !$0.hasPrefix("#") }
    #expect(
      samples == [
        #"wstap_build_info{version="1.2"} 1"#, "wstap_packets_total 10", "wstap_packet_bytes_total 20",
        "wstap_undecodable_packets_total 3",
        #"wstap_undecodable_packets_by_reason_total{reason="a \"b\" \\ c\nd"} 3"#, "wstap_bad_checksums_total 4",
        "wstap_ip_fragments_total 5", "wstap_ip_fragments_dropped_total 6", "wstap_tcp_connections_total 7",
        "wstap_tls_connections_total 1", "wstap_websockets_total 8", "wstap_websockets_open 2",
        "wstap_handshakes_failed_total 9", "wstap_messages_total 20", "wstap_controls_total 21",
        #"wstap_violations_total{severity="error"} 22"#, #"wstap_violations_total{severity="warning"} 0"#,
        #"wstap_violations_total{severity="notice"} 23"#, "wstap_gaps_total 11", "wstap_gap_bytes_total 12",
        "wstap_evicted_connections_total 13", "wstap_evicted_websockets_total 19",
        "wstap_kernel_dropped_packets_total 15", "wstap_interface_dropped_packets_total 16",
        "wstap_tool_dropped_packets_total 17", "wstap_log_dropped_records_total 18", "wstap_memory_peak_bytes 14",
      ])
    #expect(text.hasSuffix("\n"))
    let families = PrometheusText.parse(text)
    #expect(families.faults == [])
    #expect(families.samples.count == samples.count)
  }

  @Test func `what is not known is not there`() {
    var stats = Self.stats
    (stats.kernelDrops, stats.interfaceDrops, stats.toolDrops, stats.logDrops) = (nil, nil, nil, nil)
    stats.memoryBytes = nil
    let text = String(decoding: MetricsText.render(stats, version: "1"), as: UTF8.self)
    for name in ["kernel_dropped", "interface_dropped", "tool_dropped", "log_dropped", "memory"] {
      #expect(!text.contains(name))
    }
  }
}
