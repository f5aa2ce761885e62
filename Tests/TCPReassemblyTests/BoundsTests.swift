import NetworkTypes
import PacketDecoding
import TCPReassembly
import TestSupport
import Testing

/// What is held stays under the limits, and what that costs is told.
struct BoundsTests {
  @Test func `connections that brought no data go before those that did`() {
    let wire = Wire { $0.connections = 8 }
    wire.handshake()
    wire.client(0, "x")
    wire.wait(milliseconds: 10_000)
    for port in UInt16(1)...20 {
      wire.port = port
      wire.synchronize()
    }
    wire.port = 40000
    wire.client(1, "y")
    wire.finish()
    #expect(wire.recorders.count == 1 && wire.events == ["o:xy", "o end captureEnd", "r end captureEnd"])
    #expect(wire.statistics.connections == 21 && wire.statistics.evicted == 13 && wire.statistics.evictedWanted == 0)
  }

  @Test func `connections of no interest go first, and are not counted`() {
    let wire = Wire(limits: { $0.connections = 3 }, demand: { $0 == "opaque" ? .nothing : .everything })
    for (port, text) in [(1, "one"), (2, "two"), (3, "opaque"), (4, "four")] as [(UInt16, String)] {
      wire.port = port
      wire.handshake()
      wire.client(0, text)
    }
    #expect(wire.statistics.evicted == 0)
    wire.port = 5
    wire.handshake()
    #expect(wire.statistics.evicted == 1 && wire.recorders[0].ends == [.evicted, .evicted])
    #expect(wire.recorders[1].ends == [nil, nil])
  }

  @Test func `a scan takes no more memory than it may`() {
    let wire = Wire {
      $0.memoryBytes = 100_000
      $0.processBytes = 0
    }
    var most = 0
    for number in 0..<5000 {
      wire.port = UInt16(number + 1)
      wire.synchronize()
      most = max(most, wire.memory.bytes)
    }
    #expect(wire.memory.limit == 100_000)
    // It may be overdrawn by the connection that comes.
    #expect(most <= 100_000 && wire.memory.peakBytes < 101_000, "\(most), \(wire.memory.peakBytes)")
    #expect(wire.statistics.connections == 5000 && wire.statistics.evicted > 4500)
    wire.finish()
    #expect(wire.memory.bytes < 20_000, "the table alone: \(wire.memory.bytes)")
  }

  @Test func `who holds much behind holes does without, before others are dropped`() {
    let wire = Wire {
      $0.memoryBytes = 1_000_000
      $0.processBytes = 0
    }
    wire.port = 1
    wire.handshake()
    wire.client(0, "x")
    wire.port = 2
    wire.handshake()
    let text = String(repeating: "a", count: 1000)
    for number in 0..<2000 {
      wire.client(1 + number * 1000, text)
      #expect(wire.memory.bytes <= wire.memory.limit)
    }
    wire.finish()
    #expect(wire.statistics.evicted == 0)
    #expect(wire.recorders.map(\.ends) == [[.captureEnd, .captureEnd], [.captureEnd, .captureEnd]])
    // One byte is missing, once: what waited behind it is passed on, and the rest follows.
    #expect(wire.recorders[1].events.first == "o gap 1 lost" && wire.recorders[1].bytes[0].count == 2_000_000)
    #expect(wire.statistics.gaps == 1 && wire.statistics.gapBytes == 1 && wire.faults == [])
  }

  @Test func `a flow of nothing but future segments is passed on with its holes, under its caps`() {
    let wire = Wire {
      $0.queuedChunks = 64
      $0.unacknowledgedGapNanoseconds = .max
    }
    wire.handshake()
    var most = 0
    for number in 0..<5000 {
      wire.server(1 + number * 2, "x")
      most = max(most, wire.memory.bytes)
    }
    #expect(most < 20_000, "\(most)")
    #expect(wire.recorders[0].bytes[1].count >= 5000 - 65)
    wire.finish()
    #expect(wire.recorders[0].bytes[1].count == 5000 && wire.statistics.gapBytes == 5000 && wire.faults == [])
  }

  @Test func `bytes held before a beginning is known are capped`() {
    let wire = Wire {
      $0.queuedBytes = 10_000
      $0.basePackets = .max
      $0.gapNanoseconds = .max
    }
    for number in 0..<100 { wire.client(number * 2000, String(repeating: "a", count: 1000)) }
    #expect(wire.memory.peakBytes < 40_000, "\(wire.memory.peakBytes)")
    wire.finish()
    #expect(wire.recorders[0].bytes[0].count == 100_000 && wire.faults == [])
  }

  @Test func `a connection that is replaced, reset or idle leaves the account`() {
    let wire = Wire { $0.idleNanoseconds = 1_000_000_000 }
    wire.handshake()
    wire.client(1, "early")
    let one = wire.memory.bytes
    wire.clientBase = 900_001
    wire.serverBase = 700_001
    wire.handshake()
    wire.client(1, "early")
    #expect(wire.memory.bytes == one && wire.statistics.connections == 2)
    wire.client(0, "x")
    wire.client(6, "", [.rst])
    wire.port = 2
    wire.wait(milliseconds: 100_000)
    wire.handshake()
    #expect(wire.memory.bytes < one + 400)
    wire.finish()
    #expect(wire.memory.bytes < 2000 && wire.faults == [])
  }
}
