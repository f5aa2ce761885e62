import NetworkTypes
import PacketDecoding
import TCPReassembly
import TestSupport
import Testing

/// Time that passes without packets, as in a live capture.
struct PassingTimeTests {
  /// A wire whose client has sent "def" at place 3, with "abc" before it missing.
  private func wireWithHole(isAcknowledged: Bool) -> Wire {
    let wire = Wire()
    wire.followClock()
    wire.handshake()
    wire.client(3, "def")
    if isAcknowledged { wire.server(0, "", ack: 6) }
    return wire
  }

  /// Lets time pass in steps of 100 ms.
  private func pass(_ wire: Wire, milliseconds: Int64) {
    for _ in 0..<milliseconds / 100 {
      wire.wait(milliseconds: 100)
      wire.passTime()
    }
  }

  @Test func `a hole that was acknowledged is given up after two seconds without a packet`() {
    let wire = wireWithHole(isAcknowledged: true)
    pass(wire, milliseconds: 1900)
    #expect(wire.recorders.isEmpty)
    pass(wire, milliseconds: 200)
    #expect(wire.events == ["o gap 3 lost", "o:def"])
    // What is missing may still come: it is late now.
    wire.client(0, "abc")
    wire.client(6, "ghi")
    wire.finish()
    #expect(wire.events == ["o gap 3 lost", "o:defghi", "o end captureEnd", "r end captureEnd"])
    #expect(wire.faults == [] && wire.statistics.gaps == 1 && wire.statistics.gapBytes == 3)
  }

  @Test func `a hole that nobody acknowledged waits for half a minute`() {
    let wire = wireWithHole(isAcknowledged: false)
    pass(wire, milliseconds: 29_900)
    #expect(wire.recorders.isEmpty)
    pass(wire, milliseconds: 200)
    #expect(wire.events == ["o gap 3 lost", "o:def"])
  }

  @Test func `time that was waited between packets counts once`() {
    let wire = wireWithHole(isAcknowledged: true)
    for _ in 0..<3 {
      pass(wire, milliseconds: 500)
      wire.server(0, "", ack: 6)
    }
    #expect(wire.recorders.isEmpty)
    pass(wire, milliseconds: 300)
    #expect(wire.recorders.isEmpty, "1.8 s")
    pass(wire, milliseconds: 300)
    #expect(wire.events == ["o gap 3 lost", "o:def"])
  }

  @Test func `all holes that have waited are given up together`() {
    let wire = Wire()
    wire.followClock()
    wire.handshake()
    for place in [3, 9, 15] { wire.client(place, "xyz") }
    wire.server(0, "", ack: 18)
    pass(wire, milliseconds: 2100)
    #expect(wire.events == ["o gap 3 lost", "o:xyz", "o gap 3 lost", "o:xyz", "o gap 3 lost", "o:xyz"])
    #expect(wire.faults == [])
  }

  @Test func `the beginning of a stream without SYN is settled after two seconds`() {
    let wire = Wire()
    wire.followClock()
    wire.client(0, "abc")
    wire.server(0, "def", ack: 3)
    pass(wire, milliseconds: 1900)
    #expect(wire.recorders.isEmpty)
    pass(wire, milliseconds: 200)
    #expect(wire.events == ["o:abc", "r:def"])
  }

  @Test func `a hole that is filled is no hole any more`() {
    let wire = wireWithHole(isAcknowledged: true)
    pass(wire, milliseconds: 1000)
    wire.client(0, "abc")
    pass(wire, milliseconds: 5000)
    #expect(wire.events == ["o:abcdef"] && wire.statistics.gaps == 0)
  }

  @Test func `the end after a reset is told without a further packet`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "abc")
    wire.client(3, "", .rst)
    pass(wire, milliseconds: 1900)
    #expect(wire.events == ["o:abc"])
    pass(wire, milliseconds: 300)
    #expect(wire.events == ["o:abc", "o end reset", "r end reset"])
  }

  @Test func `a connection without packets ends by the clock`() {
    let wire = Wire { $0.idleNanoseconds = 4_000_000_000 }
    wire.handshake()
    wire.client(0, "abc")
    pass(wire, milliseconds: 3900)
    #expect(wire.events == ["o:abc"])
    pass(wire, milliseconds: 1500)
    #expect(wire.events == ["o:abc", "o end idle", "r end idle"])
  }

  @Test func `a clock that goes back or leaps gives no hole up`() {
    let wire = wireWithHole(isAcknowledged: true)
    wire.wait(milliseconds: -5_000_000)
    wire.passTime()
    wire.wait(milliseconds: 5_000_000)
    wire.wait(milliseconds: 1_800_000)
    wire.passTime()
    #expect(wire.recorders.isEmpty)
    wire.client(0, "abc")
    #expect(wire.events == ["o:abcdef"])
  }
}
