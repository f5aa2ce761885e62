import NetworkTypes
import PacketDecoding
import TestSupport
import Testing

@testable import TCPReassembly

/// When a hole is given up.
struct HalfStreamTests {
  private func expect(
    _ wire: Wire, _ events: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(wire.events == events, sourceLocation: sourceLocation)
    #expect(wire.faults == [], sourceLocation: sourceLocation)
  }

  /// "abc" and "ghi" of the client with a hole between.
  private func wireWithHole(_ change: (inout Limits) -> Void = { _ in }) -> Wire {
    let wire = Wire(limits: change)
    wire.handshake()
    wire.client(0, "abc")
    wire.client(6, "ghi")
    return wire
  }

  private static let givenUp = ["o:abc", "o gap 3 lost", "o:ghi"]

  @Test func `an acknowledged hole is given up 128 packets later`() {
    let wire = wireWithHole()
    wire.server(0, ack: 9)
    for _ in 0..<127 { wire.server(0, ack: 9) }
    expect(wire, ["o:abc"])
    wire.server(0, ack: 9)
    expect(wire, Self.givenUp)
    wire.client(9, "jkl")
    wire.client(3, "def")
    expect(wire, Self.givenUp.dropLast() + ["o:ghijkl"])
    #expect(wire.statistics.gaps == 1 && wire.statistics.gapBytes == 3)
    #expect(wire.connections[0].statistics(of: .fromOriginator).retransmittedBytes == 3)
  }

  @Test func `a hole is filled up to 127 packets after its acknowledgment`() {
    let wire = wireWithHole()
    wire.server(0, ack: 9)
    for _ in 0..<126 { wire.server(0, ack: 9) }
    wire.client(3, "def")
    expect(wire, ["o:abcdefghi"])
  }

  @Test func `an acknowledged hole is given up two seconds later`() {
    let wire = wireWithHole()
    wire.server(0, ack: 9)
    wire.wait(milliseconds: 1900)
    wire.server(0, ack: 9)
    expect(wire, ["o:abc"])
    wire.wait(milliseconds: 200)
    wire.server(0, ack: 9)
    expect(wire, Self.givenUp)
  }

  @Test func `time before the acknowledgment does not count against the hole`() {
    let wire = wireWithHole()
    wire.wait(milliseconds: 5000)
    wire.server(0, ack: 9)
    wire.client(3, "def")
    expect(wire, ["o:abcdefghi"])
  }

  @Test func `a hole that is not acknowledged waits for thirty seconds`() {
    let wire = wireWithHole()
    for _ in 0..<300 { wire.server(0, ack: 3) }
    expect(wire, ["o:abc"])
    for _ in 0..<2 {
      wire.wait(milliseconds: 14_000)
      wire.client(9)
      expect(wire, ["o:abc"])
    }
    wire.wait(milliseconds: 4000)
    wire.client(9)
    expect(wire, Self.givenUp)
  }

  @Test func `holes that were acknowledged together are given up together`() {
    let wire = wireWithHole()
    wire.client(12, "mno")
    wire.client(18, "stu")
    wire.server(0, ack: 15)
    for _ in 0..<64 { wire.server(0, ack: 15) }
    wire.server(0, ack: 21)
    for _ in 0..<63 { wire.server(0, ack: 21) }
    // 128 packets behind the first acknowledgment, 63 behind the second.
    expect(wire, Self.givenUp + ["o gap 3 lost", "o:mno"])
    for _ in 0..<128 { wire.server(0, ack: 21) }
    expect(wire, Self.givenUp + ["o gap 3 lost", "o:mno", "o gap 3 lost", "o:stu"])
  }

  @Test func `an acknowledgment that ends inside the hole does not count`() {
    let wire = wireWithHole()
    for _ in 0..<200 { wire.server(0, ack: 5) }
    expect(wire, ["o:abc"])
  }

  @Test func `silence before the hole shows does not count against it`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "abc")
    wire.wait(milliseconds: 45_000)
    wire.client(6, "ghi")
    wire.client(3, "def")
    expect(wire, ["o:abcdefghi"])
  }

  @Test func `a segment from far ahead does not destroy the stream at the next silence`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "a", ack: 0)
    wire.client(500_000_000, "forged")
    for place in 1..<5 {
      wire.server(0, ack: place)
      wire.wait(milliseconds: 31_000)
      wire.client(place, "a")
    }
    #expect(wire.recorders[0].bytes[0] == Array("aaaaa".utf8))
    #expect(wire.faults == [])
  }

  @Test func `a clock that leaps or goes back does not count`() {
    let wire = wireWithHole()
    wire.server(0, ack: 9)
    wire.wait(milliseconds: 61_000)
    wire.server(0, ack: 9)
    wire.wait(milliseconds: -3_600_000)
    wire.server(0, ack: 9)
    wire.nanoseconds = .min
    wire.server(0, ack: 9)
    wire.nanoseconds = .max - 2_000_000
    wire.server(0, ack: 9)
    expect(wire, ["o:abc"])
    wire.client(3, "def")
    expect(wire, ["o:abcdefghi"])
  }

  @Test func `a hole is given up when more is held than the cap on bytes`() {
    let wire = Wire { $0.queuedBytes = 100 }
    wire.handshake()
    wire.client(10, String(repeating: "x", count: 60))
    wire.client(70, String(repeating: "x", count: 40))
    #expect(wire.recorders.isEmpty)
    wire.client(110, "y")
    expect(wire, ["o gap 10 lost", "o:" + String(repeating: "x", count: 100) + "y"])
  }

  @Test func `a hole is given up when more chunks are held than their cap`() {
    let wire = Wire { $0.queuedChunks = 4 }
    wire.handshake()
    for index in 0..<4 { wire.client(10 + index * 2, "x") }
    #expect(wire.recorders.isEmpty)
    wire.client(18, "x")
    expect(wire, ["o gap 10 lost", "o:x"])
  }

  @Test func `what is held stays bounded under segments that are all early`() {
    let wire = Wire { $0.queuedBytes = 1000 }
    wire.handshake()
    for index in 0..<500 { wire.client(10 + index * 20, "0123456789") }
    #expect(wire.recorders[0].bytes[0].count >= 5000 - 1010 && wire.faults == [])
    wire.finish()
    #expect(wire.recorders[0].bytes[0].count == 5000 && wire.statistics.gapBytes == 5000)
  }

  @Test func `before the beginning is known what is held stays bounded`() {
    let wire = Wire { $0.queuedBytes = 1000 }
    for index in 0..<120 { wire.client(index * 10, "0123456789") }
    #expect(wire.recorders.count == 1 && wire.recorders[0].bytes[0].count >= 1000)
  }

  @Test func `what the snap length cut is told at once, with its cause`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "abc", declared: 10)
    wire.client(10, "xyz")
    expect(wire, ["o:abc", "o gap 7 snapped", "o:xyz"])
    wire.client(13, "", declared: 5)
    wire.client(18, "end", [.fin, .ack], declared: 4)
    expect(wire, ["o:abc", "o gap 7 snapped", "o:xyz", "o gap 5 snapped", "o:end", "o gap 1 snapped", "o end fin"])
    #expect(wire.statistics.gaps == 3 && wire.statistics.gapBytes == 13)
  }

  @Test func `a capture whose snap length leaves no payload is told as a gap`() {
    var talk = Conversation()
    talk.handshake()
    talk.client(String(repeating: "x", count: 1000))
    talk.server(String(repeating: "y", count: 5000))
    talk.close()
    let wire = Wire()
    wire.receive(talk.packets.snapped(to: 54))
    wire.finish()
    expect(wire, ["o gap 1000 snapped", "o end fin", "r gap 5000 snapped", "r end fin"])
  }

  @Test func `a cut segment that comes again whole fills its hole, if it comes first`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "abc", declared: 6)
    wire.client(0, "abcdef")
    wire.client(6, "ghi")
    expect(wire, ["o:abcdefghi"])
  }

  @Test func `a hole that is cut in part only counts as lost`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "abc", declared: 6)
    wire.client(9, "jkl")
    expect(wire, ["o:abc"])
    wire.finish()
    expect(wire, ["o:abc", "o gap 6 lost", "o:jkl", "o end captureEnd", "r end captureEnd"])
  }

  @Test func `the end of the capture gives up every hole`() {
    let wire = wireWithHole()
    wire.client(20, "xyz", [.fin, .ack])
    wire.server(4, "s")
    wire.finish()
    expect(
      wire,
      Self.givenUp + [
        "o gap 11 lost", "o:xyz", "o end fin", "r gap 4 lost", "r:s", "r end captureEnd",
      ])
  }

  @Test func `a hole before a FIN alone is told at the end`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "abc")
    wire.client(10, "", [.fin, .ack])
    for _ in 0..<300 { wire.server(0, ack: 11) }
    wire.finish()
    expect(wire, ["o:abc", "o gap 7 lost", "o end fin", "r end captureEnd"])
  }

  @Test func `segments beyond the largest window are counted and left alone`() {
    let wire = Wire()
    wire.handshake()
    wire.client(0, "abc")
    wire.client((1 << 30) + 4, "far")
    wire.client(3, "def")
    wire.finish()
    expect(wire, ["o:abcdef", "o end captureEnd", "r end captureEnd"])
    #expect(wire.connections[0].statistics(of: .fromOriginator).outOfWindow == 1)
  }

  // MARK: - The half stream by itself

  @Test func `places are counted anew when the base becomes known`() {
    var half = HalfStream()
    half.setReference(SequenceNumber(100))
    #expect(half.offset(of: SequenceNumber(90)) == -10 && half.lowestHeld == nil)
    _ = withSpan([1, 2, 3]) { half.disordered().queue.insert($0, at: -10, policy: .first) }
    half.noteEnd(at: 5)
    #expect(half.lowestHeld == SequenceNumber(90) && !half.hasReachedEnd)
    half.fixBase(at: SequenceNumber(88), .syn)
    #expect(half.disordered().queue.firstOffset == 2 && half.endOffset == 17 && half.nextOffset == 0)
    #expect(half.hole == 0..<2)
    half.advance(by: 17)
    #expect(half.hasReachedEnd && half.offset(of: SequenceNumber(105)) == 17)
  }

  @Test func `a base above what is held drops it`() {
    var half = HalfStream()
    half.setReference(SequenceNumber(100))
    _ = withSpan([1, 2, 3, 4]) { half.disordered().queue.insert($0, at: -2, policy: .first) }
    half.fixBase(at: SequenceNumber(100), .syn)
    #expect(half.disordered().queue.firstOffset == 0 && half.disordered().queue.byteCount == 2)
  }

  @Test func `a hole counts as cut only where cuts cover all of it`() {
    var half = HalfStream()
    half.fixBase(at: SequenceNumber(0), .syn)
    half.noteSnapped(5..<10)
    #expect(half.cause(of: 0..<10) == .lost && half.cause(of: 5..<10) == .snapped && half.cause(of: 5..<11) == .lost)
    half.noteSnapped(0..<3)
    #expect(half.cause(of: 0..<10) == .lost)
    half.noteSnapped(2..<6)
    #expect(half.cause(of: 0..<10) == .snapped && half.cause(of: 1..<9) == .snapped)
  }
}
