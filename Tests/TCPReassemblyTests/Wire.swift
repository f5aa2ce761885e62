import NetworkTypes
import PacketDecoding
import TCPReassembly
import TestSupport

/// Writes down what a connection passes on, and what breaks the promises of `ByteStreamAnalyzer`.
final class Recorder: ByteStreamAnalyzer {
  /// What was told, such as "o:abc" (bytes of the originator), "r gap 5 lost" and "o end fin"; adjacent bytes are joined.
  private(set) var events: [String] = []
  private(set) var bytes: [[UInt8]] = [[], []]
  private(set) var ends: [StreamEnd?] = [nil, nil]
  /// Promises that were broken.
  private(set) var faults: [String] = []
  private var offsets = [0, 0]
  private let demand: (String) -> StreamDemand
  private var lastBytes: Direction?

  init(demand: @escaping (String) -> StreamDemand) { self.demand = demand }

  private static func name(_ direction: Direction) -> String { direction == .fromOriginator ? "o" : "r" }

  private func check(_ position: StreamPosition, _ count: Int) {
    let index = position.direction.rawValue
    if ends[index] != nil { faults.append("\(Self.name(position.direction)): something behind the end") }
    if position.offset != offsets[index] {
      faults.append("\(Self.name(position.direction)): offset \(position.offset), not \(offsets[index])")
    }
    if count < 0 { faults.append("a negative count") }
    offsets[index] += count
  }

  func receive(_ bytes: RawSpan, at position: StreamPosition) -> StreamDemand {
    check(position, bytes.byteCount)
    if bytes.byteCount == 0 { faults.append("no bytes") }
    let copy = bytes.copied()
    self.bytes[position.direction.rawValue] += copy
    let text = String(decoding: copy, as: UTF8.self)
    if lastBytes == position.direction {
      events[events.count - 1] += text
    } else {
      events.append(Self.name(position.direction) + ":" + text)
    }
    lastBytes = position.direction
    return demand(text)
  }

  func gap(byteCount: Int, cause: GapCause, at position: StreamPosition) -> StreamDemand {
    check(position, byteCount)
    if byteCount == 0 { faults.append("an empty gap") }
    let text = "gap \(byteCount) \(cause)"
    events.append(Self.name(position.direction) + " " + text)
    lastBytes = nil
    return demand(text)
  }

  func finish(_ end: StreamEnd, at position: StreamPosition) -> StreamDemand {
    check(position, 0)
    ends[position.direction.rawValue] = end
    events.append("\(Self.name(position.direction)) end \(end)")
    lastBytes = nil
    return .everything
  }
}

/// A capture of one pair of ports, segment by segment: places are counted from each side's first byte.
final class Wire {
  private(set) var recorders: [Recorder] = []
  private(set) var connections: [Connection] = []
  private var table: ConnectionTable!
  let memory: MemoryAccount
  private(set) var packets = 0
  /// The time of the next packet, and what passes between packets.
  var nanoseconds: Int64 = 1_700_000_000_000_000_000
  var step: Int64 = 1_000_000
  /// The number of each side's first byte.
  var clientBase: UInt32 = 1001
  var serverBase: UInt32 = 5001
  /// The client's port.
  var port: UInt16 = 40000

  init(
    policy: OverlapPolicy = .first, limits change: (inout Limits) -> Void = { _ in },
    demand: @escaping (String) -> StreamDemand = { _ in .everything }
  ) {
    var limits = Limits()
    change(&limits)
    memory = MemoryAccount(limits: limits)
    table = ConnectionTable(limits: limits, overlapPolicy: policy, memory: memory) { [unowned self] connection in
      let recorder = Recorder(demand: demand)
      recorders.append(recorder)
      connections.append(connection)
      return recorder
    }
  }

  private var stamp: PacketStamp {
    PacketStamp(timestamp: Timestamp(nanoseconds: nanoseconds), number: packets, fileIndex: 0)
  }

  /// A segment of either side; `declared` is its payload's length on the wire.
  func segment(
    fromClient: Bool, sequence: UInt32, acknowledgment: UInt32, _ flags: TCPFlags, _ payload: [UInt8],
    declared: Int? = nil, hasBadChecksum: Bool = false
  ) {
    packets += 1
    let client = Endpoint(address: IPAddress(v4: 0x0a00_0001), port: port)
    let server = Endpoint("10.0.0.2:80")
    let segment = TCPSegment(
      flow: FlowKey(client, server), sentByLower: fromClient, sequence: SequenceNumber(sequence),
      acknowledgment: SequenceNumber(acknowledgment), flags: flags, window: 65535, payload: 0..<payload.count,
      payloadLength: declared ?? payload.count, hasBadChecksum: hasBadChecksum)
    table.receive(segment, payload.span.bytes, packet: stamp)
    nanoseconds += step
  }

  /// A segment of the client, whose payload begins at a place in its stream.
  func client(
    _ place: Int, _ text: String = "", _ flags: TCPFlags = [.ack], ack: Int = 0, declared: Int? = nil
  ) {
    segment(
      fromClient: true, sequence: clientBase &+ UInt32(truncatingIfNeeded: place),
      acknowledgment: flags.contains(.ack) ? serverBase &+ UInt32(truncatingIfNeeded: ack) : 0, flags,
      Array(text.utf8), declared: declared)
  }

  /// A segment of the server, whose payload begins at a place in its stream.
  func server(
    _ place: Int, _ text: String = "", _ flags: TCPFlags = [.ack], ack: Int = 0, declared: Int? = nil
  ) {
    segment(
      fromClient: false, sequence: serverBase &+ UInt32(truncatingIfNeeded: place),
      acknowledgment: flags.contains(.ack) ? clientBase &+ UInt32(truncatingIfNeeded: ack) : 0, flags,
      Array(text.utf8), declared: declared)
  }

  func synchronize() { client(-1, "", .syn) }
  func answer() { server(-1, "", [.syn, .ack]) }

  func handshake() {
    synchronize()
    answer()
    client(0)
  }

  func wait(milliseconds: Int64) { nanoseconds += milliseconds * 1_000_000 }

  /// Says that time is told by a clock, and that it has passed until now.
  func followClock() { table.followsClock = true }
  func passTime() { table.passTime(to: stamp) }

  /// The end of the capture.
  func finish() { table.finish(packet: stamp) }

  var statistics: ReassemblyStatistics { table.statistics() }
  /// What the only connection told.
  var events: [String] { recorders.count == 1 ? recorders[0].events : ["\(recorders.count) analyzers"] }
  var faults: [String] { recorders.flatMap(\.faults) }

  /// Packets of a built conversation.
  func receive(_ built: [BuiltPacket]) {
    var decoder = PacketDecoder()
    for packet in built {
      packets += 1
      nanoseconds = packet.nanoseconds
      let decoded = decoder.decode(
        packet.bytes.span.bytes, in: 0..<packet.bytes.count, originalLength: packet.originalLength,
        linkType: packet.linkType, frameCheckBytes: 0)
      if case .segment(let segment) = decoded { table.receive(segment, packet.bytes.span.bytes, packet: stamp) }
    }
  }
}

/// All orders of some values.
func permutations<Value>(_ values: [Value]) -> [[Value]] {
  guard values.count > 1 else { return [values] }
  return values.indices.flatMap { index in
    var rest = values
    let first = rest.remove(at: index)
    return permutations(rest).map { [first] + $0 }
  }
}
