import NetworkTypes
import PacketDecoding
import TestSupport
import Testing

@testable import TCPReassembly

/// A reset ends a connection if it took effect, and costs nothing if it did not.
struct ResetTests {
  static let client = Direction.fromOriginator
  static let server = Direction.fromResponder

  /// A connection on which each side has sent three bytes.
  static func talking(_ limits: (inout Limits) -> Void = { _ in }) -> Wire {
    let wire = Wire(limits: limits)
    wire.handshake()
    wire.client(0, "abc")
    wire.server(0, "xyz", ack: 3)
    wire.client(3, "", ack: 3)
    return wire
  }

  static func ignored(_ wire: Wire, _ direction: Direction) -> Int {
    wire.connections[0].statistics(of: direction).ignoredResets
  }

  /// Whatever number a forged reset has, the talk after it is there.
  @Test(arguments: [-70_000, -3, -1, 0, 1, 2, 3, 100, 60_000, 70_000], [client, server])
  func `a reset behind which both go on had no effect`(distance: Int, forged: Direction) {
    let wire = Self.talking()
    if forged == Self.client { wire.client(3 + distance, "", [.rst]) } else { wire.server(3 + distance, "", [.rst]) }
    wire.wait(milliseconds: distance == 0 ? 1000 : 3_000_000)
    wire.client(3, "def", ack: 3)
    wire.server(3, "uvw", ack: 6)
    wire.client(6, "", ack: 6)
    wire.wait(milliseconds: 10_000)
    wire.client(6, "ghi", ack: 6)
    wire.client(9, "", [.fin, .ack], ack: 6)
    wire.server(6, "", [.fin, .ack], ack: 10)
    #expect(wire.events == ["o:abc", "r:xyz", "o:def", "r:uvw", "o:ghi", "o end fin", "r end fin"])
    #expect(wire.faults == [])
    #expect(Self.ignored(wire, forged) == 1 && Self.ignored(wire, forged.opposite) == 0)
    #expect(wire.connections[0].firstEnder == .fromOriginator)
  }

  @Test func `a receiver that only acknowledges is believed when disorder has had its time`() {
    let wire = Self.talking()
    wire.client(3, "", [.rst])
    for index in 0..<400 {
      wire.server(3 + index, "z", ack: 3)
      wire.client(3, "", ack: 4 + index)
    }
    wire.wait(milliseconds: 100_000)
    wire.server(403, "end", ack: 3)
    wire.finish()
    #expect(wire.recorders[0].bytes[1].count == 406)
    #expect(wire.recorders[0].ends == [.captureEnd, .captureEnd])
    #expect(Self.ignored(wire, Self.client) == 1)
  }

  @Test(arguments: [client, server])
  func `of one side alone what it goes on to send refutes a reset`(reset: Direction) {
    let wire = Wire()
    wire.synchronize()
    wire.client(0, "abc", ack: 10)
    if reset == Self.client { wire.client(3, "", [.rst]) } else { wire.server(10, "", [.rst]) }
    for index in 0..<200 {
      wire.wait(milliseconds: 100)
      wire.client(3 + index, "z", ack: 20 + index)
    }
    wire.finish()
    #expect(wire.recorders[0].bytes[0].count == 203)
    #expect(wire.recorders[0].ends.first == .captureEnd)
  }

  @Test func `data that is under way at a reset does not refute it`() {
    let wire = Self.talking()
    wire.client(3, "", [.rst])
    for index in 0..<60 {
      wire.server(3 + index, "z", ack: 3)
      wire.client(3, "", [.rst])
    }
    wire.port = 41000
    wire.wait(milliseconds: 2500)
    wire.client(0)
    #expect(wire.recorders[0].bytes[1].count == 63)
    #expect(wire.recorders[0].ends == [.reset, .reset])
    #expect(wire.connections[0].firstEnder == .fromOriginator)
  }

  /// The last packets before a genuine reset, and the reset, in every order.
  @Test func `a reset ends the connection however it is disordered`() {
    let steps: [(name: String, run: (Wire) -> Void)] = [
      ("data", { $0.client(3, "def", ack: 3) }), ("answer", { $0.server(3, "uvw", ack: 6) }),
      ("acknowledgement", { $0.client(6, "", ack: 6) }), ("reset", { $0.client(6, "", [.rst, .ack], ack: 6) }),
    ]
    for order in permutations(Array(steps.indices)) {
      let wire = Self.talking()
      for index in order { steps[index].run(wire) }
      wire.finish()
      let name = "\(order.map { steps[$0].name })"
      #expect(wire.recorders[0].bytes == [Array("abcdef".utf8), Array("xyzuvw".utf8)], "\(name)")
      #expect(wire.recorders[0].ends == [.reset, .reset], "\(name)")
      #expect(Self.ignored(wire, Self.client) == 0, "\(name)")
    }
  }

  @Test func `a reset with a number that is not expected ends nothing before the connection is idle`() {
    let wire = Self.talking { $0.idleNanoseconds = 3_600_000_000_000 }
    wire.client(1000, "", [.rst])
    wire.port = 41000
    wire.wait(milliseconds: 100_000)
    for _ in 0..<200_000 { wire.client(0) }
    #expect(wire.events == ["o:abc", "r:xyz"])
    wire.finish()
    #expect(wire.recorders[0].ends == [.reset, .reset])
  }

  @Test func `who refuses a connection and then accepts it has accepted it`() {
    let wire = Wire()
    wire.synchronize()
    wire.segment(fromClient: false, sequence: 0, acknowledgment: wire.clientBase, [.rst, .ack], [])
    wire.wait(milliseconds: 500)
    wire.handshake()
    wire.wait(milliseconds: 5000)
    wire.client(0, "abc")
    wire.finish()
    #expect(wire.events == ["o:abc", "o end captureEnd", "r end captureEnd"])
  }

  @Test func `a reset before the SYN is of another connection`() {
    let wire = Wire()
    wire.client(0, "", [.rst])
    wire.wait(milliseconds: 500)
    wire.handshake()
    wire.wait(milliseconds: 5000)
    wire.client(0, "abc")
    wire.finish()
    #expect(wire.events == ["o:abc", "o end captureEnd", "r end captureEnd"])
  }

  @Test func `resets that wait are bounded, and told at the latest then`() {
    let wire = Wire { $0.lingeringResets = 10 }
    for port in 0..<50 {
      wire.port = UInt16(40000 + port)
      wire.handshake()
      wire.client(0, "abc")
      wire.client(3, "", [.rst])
      #expect(wire.recorders.filter { $0.ends[0] == nil }.count <= 11)
    }
    wire.finish()
    #expect(wire.recorders.allSatisfy { $0.ends == [.reset, .reset] })
    #expect(wire.recorders.count == 50 && wire.faults == [])
  }
}

/// What was captured before the SYN is disorder, or an attempt to hide what comes.
struct EarlyDataTests {
  @Test func `what was sent before the SYN does not hide what was sent behind it`() {
    for policy in [OverlapPolicy.first, .last] {
      for early in ["123", "12", "123456789", "ab?"] {
        let wire = Wire(policy: policy)
        wire.client(0, early)
        wire.handshake()
        wire.client(0, "abc")
        wire.client(3, "def")
        wire.server(0, "xyz", ack: 6)
        wire.client(6, "", [.fin, .ack], ack: 3)
        wire.finish()
        #expect(wire.events == ["o:abcdef", "r:xyz", "o end fin", "r end captureEnd"], "\(early)")
        #expect(wire.connections[0].statistics(of: .fromOriginator).overlapConflicts > 0, "\(early)")
        #expect(wire.faults == [])
      }
    }
  }

  @Test func `a FIN before the SYN ends nothing`() {
    let wire = Wire()
    wire.client(0, "", [.fin, .ack])
    wire.handshake()
    wire.client(0, "abc")
    wire.server(0, "xyz", ack: 3)
    wire.finish()
    #expect(wire.events == ["o:abc", "r:xyz", "o end captureEnd", "r end captureEnd"])
  }

  @Test func `disorder before the SYN is used as soon as it is acknowledged`() {
    let wire = Wire()
    wire.client(3, "def")
    wire.client(0, "abc")
    wire.client(6, "", [.fin, .ack])
    wire.handshake()
    #expect(wire.events == ["0 analyzers"])
    wire.server(0, "xyz", ack: 3)
    #expect(wire.events == ["o:abc", "r:xyz"])
    wire.server(3, "", ack: 7)
    #expect(wire.events == ["o:abc", "r:xyz", "o:def", "o end fin"])
    #expect(wire.memory.bytes < 2000)
  }

  @Test(arguments: [false, true])
  func `where nobody acknowledges, disorder before the SYN has its time`(byTime: Bool) {
    let wire = Wire()
    wire.client(0, "abc")
    wire.synchronize()
    wire.client(3, "def")
    if byTime { wire.wait(milliseconds: 2100) } else { for _ in 0..<130 { wire.client(6) } }
    wire.client(6)
    #expect(wire.events == ["o:abcdef"])
  }
}
