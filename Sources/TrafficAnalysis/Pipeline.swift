internal import NetworkTypes
public import PacketCapture
internal import PacketDecoding
internal import TCPReassembly

/// Takes packets from a source through decoding, reassembly and analysis to a sink, on one thread.
public final class Pipeline {
  private let options: AnalysisOptions
  private let filter: (any PacketFilter)?
  private let sink: any EventSink
  private let context: AnalysisContext
  private let connections: ConnectionTable
  private var decoder: PacketDecoder
  private var counts = PacketCounts()
  private var meta: MetaRecord
  private var latest: PacketStamp?
  private var hasToldMeta = false
  private var source: (any PacketSource)?

  /// A pipeline to `sink`.
  ///
  /// - Parameters:
  ///   - options: What to analyze, and under which bounds.
  ///   - filter: Decides which packets are looked at; `nil` takes all.
  ///   - meta: What the log's first record says; its packet is filled in.
  ///   - sink: Takes the records.
  public init(options: AnalysisOptions, filter: (any PacketFilter)?, meta: MetaRecord, sink: any EventSink) {
    self.options = options
    self.filter = filter
    self.meta = meta
    self.sink = sink
    let context = AnalysisContext(options: options, sink: sink)
    self.context = context
    decoder = PacketDecoder(limits: options.limits, separatesVLANs: options.separatesVLANs)
    connections = ConnectionTable(
      limits: options.limits, overlapPolicy: options.overlapPolicy, memory: context.memory
    ) { connection in
      ConnectionAnalyzer(context: context, connection: connection)
    }
  }

  /// Analyzes all packets of `source`, and tells the end of every connection that is still open.
  ///
  /// - Parameters:
  ///   - source: Gives the packets.
  ///   - afterBatch: Called after each batch, for what must be done in between (flushing, progress); says whether to go
  ///     on.
  /// - Throws: Why the source cannot go on; what came before is told all the same.
  public func run(_ source: any PacketSource, afterBatch: () -> Bool = { true }) throws(CaptureError) {
    self.source = source
    var failure: CaptureError?
    do throws(CaptureError) {
      while !sink.isBroken, !hasReachedPacketLimit, let run = try source.nextBatch() {
        connections.followsClock = run.clock != nil
        run.batch.withBytes { bytes in
          for index in run.range where !hasReachedPacketLimit {
            let ahead = index + ConnectionTable.distance
            if ahead < run.range.upperBound {
              let packet = run.batch.packets[ahead]
              connections.lookAhead(to: decoder.glance(bytes, in: packet.bytes, linkType: packet.linkType))
            }
            let packet = run.batch.packets[index]
            take(packet, bytes, fileIndex: run.batch.fileIndex &+ Int(packet.inputOffset))
          }
        }
        if let clock = run.clock { passTime(to: clock) }
        guard afterBatch() else { break }
      }
    } catch {
      // What was captured before the failure is told all the same.
      failure = error
    }
    finish()
    if let failure { throw failure }
  }

  /// Lets time pass that a live source tells of.
  private func passTime(to clock: Timestamp) {
    // Records that time completes say the newest packet, and when it was that they were complete.
    guard var stamp = latest, clock >= stamp.timestamp else { return }
    stamp.timestamp = clock
    latest = stamp
    connections.passTime(to: stamp)
  }

  private var hasReachedPacketLimit: Bool {
    guard let limit = options.packetLimit else { return false }
    return counts.packets >= limit
  }

  private func take(_ packet: Packet, _ bytes: RawSpan, fileIndex: Int) {
    if let filter {
      let isWanted = filter.accepts(
        bytes.extracting(packet.bytes), originalLength: packet.originalLength, linkType: packet.linkType)
      guard isWanted else { return }
    }
    let stamp = PacketStamp(timestamp: packet.timestamp, number: packet.number, fileIndex: fileIndex)
    if latest == nil {
      meta.packet = stamp
      tellMeta()
    }
    latest = stamp
    counts.add(byteCount: packet.bytes.count, linkType: packet.linkType)
    let decoded = decoder.decode(
      bytes, in: packet.bytes, originalLength: packet.originalLength, linkType: packet.linkType,
      frameCheckBytes: packet.frameCheckBytes, timestamp: packet.timestamp)
    switch decoded {
    case .segment(let segment):
      if segment.layers.tunnelCount == 0 {
        connections.receive(segment, bytes, packet: stamp)
      } else {
        connections.receive(segment, bytes, packet: stamp, tunnels: decoder.tunnels)
      }
    case .other: break
    case .container: takeContents(bytes, stamp)
    case .undecodable(let error): counts.add(error)
    }
  }

  /// Takes the packets within a packet, or the one that its fragment completes.
  @inline(never)
  private func takeContents(_ bytes: RawSpan, _ stamp: PacketStamp) {
    decoder.decodeContents(bytes, timestamp: stamp.timestamp) { decoded, bytes, tunnels in
      switch decoded {
      case .segment(let segment): connections.receive(segment, bytes, packet: stamp, tunnels: tunnels)
      case .other, .container: break
      case .undecodable(let error): counts.add(error)
      }
    }
  }

  private func finish() {
    if let latest {
      connections.finish(packet: latest)
    } else {
      tellMeta()
    }
    sink.stats(statistics(isFinal: true))
  }

  private func tellMeta() {
    guard !hasToldMeta else { return }
    hasToldMeta = true
    sink.meta(meta)
  }

  /// Tells the sink the counts up to now, which may be before the first packet.
  public func tellStatistics() {
    tellMeta()
    sink.stats(statistics(isFinal: false))
  }

  /// Counts up to now.
  public func statistics(isFinal: Bool) -> StatsRecord {
    let transport = connections.statistics()
    let found = context.statistics
    let fragments = decoder.fragments
    return StatsRecord(
      packet: latest ?? PacketStamp(timestamp: .epoch, number: 0, fileIndex: 0), isFinal: isFinal,
      linkTypes: counts.linkTypeNames, packets: counts.packets, bytes: counts.bytes, undecodable: counts.undecodable,
      undecodableReasons: counts.undecodableReasons, badChecksums: transport.badChecksums,
      fragments: fragments.fragments,
      fragmentsDropped: fragments.dropped + (isFinal ? decoder.waitingFragments : 0),
      fragmentOverlaps: fragments.overlaps, tcpConnections: transport.connections, webSockets: found.webSockets,
      openWebSockets: found.openWebSockets, failedHandshakes: found.failedHandshakes,
      tlsConnections: found.tlsConnections, oneSidedConnections: transport.oneSided, gaps: transport.gaps,
      gapBytes: transport.gapBytes, evicted: transport.evicted, evictedWebSockets: transport.evictedWanted,
      damagedBytes: source?.damagedBytes ?? 0, damagedPackets: source?.damagedPackets ?? 0,
      httpConnections: found.httpConnections,
      lateConnections: found.lateConnections, totals: found.ended, memoryBytes: ProcessMemory.peakBytes)
  }
}
