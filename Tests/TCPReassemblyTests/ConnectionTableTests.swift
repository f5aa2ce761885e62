import NetworkTypes
import PacketDecoding
import TCPReassembly
import TestSupport
import Testing

struct ConnectionTableTests {
  // MARK: - Ports that are used again

  @Test func `a new SYN ends the old connection, with its FINs or without`() {
    for hasEnd in [false, true] {
      let wire = Wire()
      wire.handshake()
      wire.client(0, "old")
      if hasEnd {
        wire.client(3, "", [.fin, .ack])
        wire.server(0, "", [.fin, .ack], ack: 4)
        wire.client(4, "", ack: 1)
      }
      wire.clientBase = 900_001
      wire.serverBase = 3_000_000_001
      wire.handshake()
      wire.client(0, "new")
      wire.server(0, "yes", ack: 3)
      wire.finish()
      let ends = hasEnd ? ["o end fin", "r end fin"] : ["o end evicted", "r end evicted"]
      #expect(
        wire.recorders.map(\.events)
          == [["o:old"] + ends, ["o:new", "r:yes", "o end captureEnd", "r end captureEnd"]])
      #expect(wire.faults == [] && wire.statistics.connections == 2)
    }
  }

  @Test func `ports change their roles with a new SYN`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "old")
    wire.clientBase = 900_001
    wire.serverBase = 3_000_000_001
    wire.server(-1, "", .syn)
    wire.client(-1, "", [.syn, .ack])
    wire.server(0, "new")
    #expect(wire.recorders.map(\.events) == [["o:old", "o end evicted", "r end evicted"], ["o:new"]])
    #expect(wire.connections.map(\.originator.port) == [40000, 80])
  }

  @Test(arguments: [false, true])
  func `ports are used again behind a connection of which the middle was captured`(hasEnd: Bool) {
    let wire = Wire()
    // A download: the client only acknowledges.
    wire.client(0, "", ack: 0)
    for index in 0..<140 {
      wire.server(index * 3, "xyz")
      wire.client(0, "", ack: index * 3 + 3)
    }
    if hasEnd {
      wire.server(420, "", [.fin, .ack])
      wire.client(0, "", [.fin, .ack], ack: 421)
      wire.server(421, "", ack: 1)
    }
    wire.clientBase = 2_000_000_001
    wire.serverBase = 3_000_000_001
    wire.handshake()
    wire.client(0, "new")
    wire.server(0, "yes", ack: 3)
    wire.finish()
    #expect(wire.recorders.count == 2 && wire.statistics.connections == 2)
    #expect(wire.recorders.last?.bytes.map { String(decoding: $0, as: UTF8.self) } == ["new", "yes"])
    #expect(wire.faults == [])
  }

  @Test func `a repeated SYN or answer opens nothing new`() {
    let wire = Wire()
    wire.synchronize()
    wire.synchronize()
    wire.answer()
    wire.answer()
    wire.client(0, "abc")
    wire.synchronize()
    wire.answer()
    wire.client(3, "def")
    #expect(wire.events == ["o:abcdef"] && wire.statistics.connections == 1)
  }

  @Test func `stray packets of a closed connection are only counted`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "abc", [.fin, .ack])
    wire.server(0, "", [.fin, .ack], ack: 4)
    let before = wire.recorders[0].events
    wire.client(0, "abc", [.fin, .ack])
    wire.client(4, "zzz")
    wire.server(1, "zzz")
    wire.server(1, "", [.rst])
    wire.finish()
    #expect(wire.recorders.count == 1 && wire.recorders[0].events == before)
    #expect(before == ["o:abc", "o end fin", "r end fin"] && wire.statistics.connections == 1)
  }

  // MARK: - Many connections

  @Test func `connections between the same hosts are told apart by their ports`() {
    let wire = Wire()
    for port in UInt16(1)..<50 {
      wire.port = port
      wire.handshake()
    }
    for port in (UInt16(1)..<50).reversed() {
      wire.port = port
      wire.client(0, "\(port)")
    }
    wire.finish()
    #expect(wire.recorders.map { String(decoding: $0.bytes[0], as: UTF8.self) } == (1..<50).reversed().map(String.init))
  }

  @Test func `beyond their cap the longest idle connections go`() {
    let wire = Wire { $0.connections = 8 }
    for port in UInt16(1)...9 {
      wire.port = port
      wire.handshake()
      wire.client(0, "x")
    }
    wire.port = 2
    wire.client(1, "y")
    wire.finish()
    #expect(wire.recorders.count == 9 && wire.statistics.connections == 9 && wire.statistics.evicted == 1)
    #expect(wire.recorders[0].ends == [.evicted, .evicted])
    #expect(wire.recorders.dropFirst().allSatisfy { $0.ends == [.captureEnd, .captureEnd] })
    #expect(wire.recorders[1].bytes[0] == Array("xy".utf8) && wire.faults == [])
  }

  @Test func `a connection that was idle for an hour is over`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "abc")
    wire.wait(milliseconds: 3_700_000)
    wire.step = 1000
    wire.port = 41000
    for _ in 0..<66_000 { wire.client(0) }
    #expect(wire.events == ["o:abc", "o end idle", "r end idle"])
  }

  @Test func `counts are of all connections, gone or open`() {
    let wire = Wire()
    wire.handshake()
    wire.client(5, "late")
    wire.clientBase = 700_000
    wire.handshake()
    wire.port = 40001
    wire.segment(fromClient: true, sequence: 1, acknowledgment: 1, .ack, [1], hasBadChecksum: true)
    wire.finish()
    let statistics = wire.statistics
    #expect(statistics.connections == 3 && statistics.oneSided == 1 && statistics.badChecksums == 1)
    #expect(statistics.gaps == 1 && statistics.gapBytes == 5 && statistics.evicted == 0)
  }

  @Test func `segments with a wrong checksum are data`() {
    let wire = Wire()
    wire.handshake()
    wire.segment(
      fromClient: true, sequence: 1001, acknowledgment: 5001, .ack, Array("abc".utf8), hasBadChecksum: true)
    #expect(wire.events == ["o:abc"] && wire.statistics.badChecksums == 1)
  }

  // MARK: - Hostile segments

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `any segments end in sound streams`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var demands = SeededGenerator(seed: seed &+ 100)
    let wire = Wire(
      policy: seed.isMultiple(of: 2) ? .first : .last,
      limits: {
        $0.queuedBytes = 20_000
        $0.queuedChunks = 64
        $0.connections = 16
      },
      demand: { _ in Int.random(in: 0..<500, using: &demands) == 0 ? .nothing : .everything })
    let borders: [UInt32] = [0, 1, 1000, 0x3fff_ffff, 0x4000_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, .max]
    for _ in 0..<50_000 {
      wire.port = UInt16.random(in: 0..<24, using: &random)
      let near = UInt32.random(in: 0..<300, using: &random)
      let isWild = Int.random(in: 0..<4, using: &random) == 0
      let sequence = isWild ? UInt32(truncatingIfNeeded: random.next()) : borders[Int(wire.port) % 9] &+ near
      let acknowledgment = isWild ? UInt32(truncatingIfNeeded: random.next()) : borders[Int(wire.port) % 7] &+ near
      var flags = TCPFlags(rawValue: UInt8(truncatingIfNeeded: random.next()))
      if Int.random(in: 0..<8, using: &random) != 0 { flags.subtract([.syn, .rst, .fin]) }
      let payload = [UInt8](repeating: 0x61, count: max(0, Int.random(in: -10...40, using: &random)))
      let declared =
        Int.random(in: 0..<6, using: &random) == 0
        ? [payload.count + 1, 65535, 16 << 20, Int(Int32.max)].randomElement(using: &random)! : payload.count
      switch Int.random(in: 0..<400, using: &random) {
      case 0: wire.nanoseconds = Int64(bitPattern: random.next())
      case 1: wire.nanoseconds = [Int64.min, .max - 10_000_000, 0].randomElement(using: &random)!
      case 2: wire.nanoseconds &-= 5_000_000_000
      default: wire.step = Int64.random(in: 0..<50_000_000, using: &random)
      }
      if wire.nanoseconds > .max - 100_000_000 { wire.nanoseconds = 0 }
      wire.segment(
        fromClient: Bool.random(using: &random), sequence: sequence, acknowledgment: acknowledgment, flags, payload,
        declared: declared)
    }
    wire.finish()
    #expect(wire.faults.prefix(3) == [])
    #expect(wire.recorders.count <= wire.statistics.connections)
  }
}
