import NetworkTypes
import PacketDecoding
import Testing

@testable import TCPReassembly
@testable import TrafficAnalysis

#if canImport(Glibc)
  /// Bytes that the allocator has set aside at an address; the module of the C library lacks it.
  @_silgen_name("malloc_usable_size")
  private func usableSize(_ address: UnsafeMutableRawPointer) -> Int

  /// What a million idle WebSockets take: the account of memory must not say less than the allocator gives.
  struct HeldMemoryTests {
    /// Bytes of an object, with the allocator's own.
    private static func bytes(_ object: AnyObject) -> Int {
      usableSize(Unmanaged.passUnretained(object).toOpaque()) + MemoryLayout<Int>.size
    }

    private final class NoAnalyzer: ByteStreamAnalyzer {
      func receive(_ bytes: RawSpan, at position: StreamPosition) -> StreamDemand { .everything }
      func gap(byteCount: Int, cause: GapCause, at position: StreamPosition) -> StreamDemand { .everything }
      func finish(_ end: StreamEnd, at position: StreamPosition) -> StreamDemand { .everything }
    }

    private static let packet = PacketStamp(timestamp: .epoch, number: 1, fileIndex: 0)
    private static let client = Endpoint(address: IPAddress(v4: 0x0a00_0001), port: 50_000)
    private static let key = FlowKey(client, Endpoint(address: IPAddress(v4: 0x0a00_0002), port: 80))

    private static func connection() -> Connection {
      let environment = ReassemblyEnvironment(
        limits: Limits(), overlapPolicy: .first, memory: MemoryAccount(limits: Limits())
      ) { _ in NoAnalyzer() }
      let segment = TCPSegment(
        flow: key, sentByLower: true, sequence: SequenceNumber(1), acknowledgment: SequenceNumber(0), flags: .syn,
        window: 0,
        payload: 0..<0, payloadLength: 0, layers: LayerPath())
      return Connection(first: segment, packet: packet, environment: environment)
    }

    @Test func `a connection takes what the account says, and hardly less`() {
      let connection = Self.connection()
      let bytes = Self.bytes(connection)
      #expect(bytes <= Connection.ownBytes && bytes > Connection.ownBytes - 32, "\(bytes)")
    }

    @Test func `an idle WebSocket takes what the account says, and hardly less`() {
      let context = AnalysisContext(options: AnalysisOptions(), sink: Recording())
      let connection = Self.connection()
      let identity = ConnectionIdentity(key: Self.key, start: .epoch, client: Self.client, host: nil, path: nil)
      let analyzer = WebSocketAnalyzer(
        context: context, connection: connection, identity: identity, clientDirection: .fromOriginator,
        agreement: WebSocketAgreement(), opened: Self.packet, violations: ViolationLedger(), requester: .unknown)
      let objects: [AnyObject] = [analyzer, analyzer.client, analyzer.server, identity]
      let bytes = objects.reduce(0) { $0 + Self.bytes($1) }
      // A path has a header of 32 bytes, and the allocator's 8 with up to 15 more.
      let withPath = bytes + 56
      #expect(analyzer.heldBytes == WebSocketAnalyzer.ownBytes)
      #expect(withPath <= WebSocketAnalyzer.ownBytes && withPath > WebSocketAnalyzer.ownBytes - 32, "\(withPath)")
    }
  }
#endif

/// Counts that take four bytes until they are larger.
struct SideCountsTests {
  @Test func `counts go on where four bytes end`() {
    var counts = SideCounts(startingAt: .max - 1)
    #expect(counts.frames == Int(UInt32.max) - 1 && counts.pongs == counts.frames)
    for _ in 0..<4 { counts.add(.frames) }
    counts.add(.pings)
    counts.add(.messages)
    counts.add(.messages)
    #expect(counts.frames == Int(UInt32.max) + 3)
    #expect(counts.pings == Int(UInt32.max) && counts.messages == Int(UInt32.max) + 1)
    #expect(counts.textMessages == Int(UInt32.max) - 1 && counts.pongs == Int(UInt32.max) - 1)
  }
}
