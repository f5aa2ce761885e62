import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// `--metrics-file`: the counts of the log's last record, for Prometheus.
struct MetricsFileTests {
  @Test func `at the end the file has the counts of the log`() throws {
    let directory = TemporaryDirectory()
    let metrics = directory.write(Array("old".utf8), to: "wstap.prom")
    chmod(metrics, 0o640)
    let (records, result) = try Sample.run("-q", "--metrics-file", metrics)
    #expect(result.status == 0 && result.errors == [])
    #expect(records.types == Sample.types)
    let text = String(decoding: try #require(readFile(metrics)), as: UTF8.self)
    let parsed = PrometheusText.parse(text)
    #expect(parsed.faults == [])
    let stats = try #require(records.last)
    let pairs = [
      ("packets_total", "pkts"), ("packet_bytes_total", "bytes"), ("undecodable_packets_total", "undecodable"),
      ("tcp_connections_total", "tcp_conns"), ("websockets_total", "ws_conns"), ("websockets_open", "ws_open"),
      ("handshakes_failed_total", "failed"), ("gaps_total", "gaps"), ("gap_bytes_total", "gap_bytes"),
      ("evicted_connections_total", "evicted"),
    ]
    for (name, field) in pairs {
      let value = try #require(stats[field]?.integer)
      #expect(parsed.samples["wstap_\(name)"] == Double(value), "\(name)")
    }
    #expect(parsed.samples["wstap_messages_total"] == 3)
    #expect(parsed.samples["wstap_controls_total"] == 4)
    #expect(parsed.samples["wstap_violations_total{severity=\"error\"}"] == 1)
    #expect(parsed.samples["wstap_violations_total{severity=\"notice\"}"] == 0)
    #expect(parsed.samples["wstap_kernel_dropped_packets_total"] == nil)
    #expect(LogDirectory.names(directory) == ["wstap.prom"])
    var status = stat()
    #expect(stat(metrics, &status) == 0 && status.st_mode & 0o777 == 0o640)
  }

  @Test func `what a selection leaves out is counted`() throws {
    let directory = TemporaryDirectory()
    let metrics = directory.file("wstap.prom")
    let (records, _) = try Sample.run("-q", "--metrics-file", metrics, "--op", "close", "--types", "control")
    #expect(records.count == 2)
    let parsed = PrometheusText.parse(String(decoding: try #require(readFile(metrics)), as: UTF8.self))
    #expect(parsed.samples["wstap_messages_total"] == 3)
  }

  @Test func `a stream's counts are there while it goes on`() throws {
    let directory = TemporaryDirectory()
    let metrics = directory.file("wstap.prom")
    let process = RunningProcess.tool(["-q", "--metrics-file", metrics, "-"])
    process.send(SignalTests.beginning)
    #expect(process.wait { _ in readFile(metrics) != nil })
    // SIGUSR1 asks for counts, here too.
    let isCounted = process.wait { process in
      process.signal(SIGUSR1)
      usleep(100_000)
      let parsed = PrometheusText.parse(String(decoding: readFile(metrics) ?? [], as: UTF8.self))
      #expect(parsed.faults == [], "never half a file")
      return parsed.samples["wstap_messages_total"] == 1 && parsed.samples["wstap_websockets_open"] == 1
    }
    #expect(isCounted)
    process.send(SignalTests.rest)
    process.closeInput()
    #expect(process.finish().status == 0)
    let parsed = PrometheusText.parse(String(decoding: try #require(readFile(metrics)), as: UTF8.self))
    #expect(parsed.samples["wstap_messages_total"] == 2 && parsed.samples["wstap_websockets_open"] == 0)
  }

  @Test func `a file that cannot be made is told before anything is read`() {
    let directory = TemporaryDirectory()
    let capture = directory.write(Sample.file, to: "a.pcap")
    let result = BuiltTool.run(["--metrics-file", "/nowhere/at/all", capture])
    #expect(result.status == 1)
    #expect(result.errorText == "wstap: /nowhere/at/all: cannot write: No such file or directory\n")
    #expect(result.output == [])
  }
}
